"""A process that has OpenCASCADE loaded, and forks for each request: `flowcfd.cad.occ.worker` without its start.

    python warm.py

Each line of input is a JSON list of the folder of a request and its memory [bytes]; the answer is the worker's exit
code. The children run the very worker with its limits, so a test that asks often need not wait for the imports.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

LONG = 300.0


class Run(Protocol):
    """What `flowcfd.cad.occ.process` calls: the exit code, and the last of what was printed."""

    def __call__(self, folder: Path, words: str, timeout: float, memory: int) -> tuple[int | None, str]: ...


@contextmanager
def warm() -> Iterator[Run]:
    """Requests are answered by forks of one process, which ends with this context."""
    program = [sys.executable, __file__]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None and server.stdout is not None
        asked, answers = server.stdin, server.stdout

        def run(folder: Path, words: str, timeout: float, memory: int) -> tuple[int | None, str]:
            asked.write(json.dumps([str(folder), memory]) + "\n")
            asked.flush()
            code = int(answers.readline())
            return code, (folder / "log").read_text(errors="replace")[-4000:]

        try:
            yield run
        finally:
            asked.close()
            server.wait(LONG)


def main() -> None:
    """Fork until the input ends."""
    from flowcfd.cad.occ import requests, worker

    assert requests.read, "loaded before the first fork"
    for line in sys.stdin:
        folder, memory = json.loads(line)
        child = os.fork()
        if not child:
            _work(worker, folder, memory)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _work(worker, folder: str, memory: int) -> None:
    code = 1
    try:
        log = os.open(f"{folder}/log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(log, 1)
        os.dup2(log, 2)
        sys.argv = ["worker", folder, str(memory), str(os.getppid())]
        code = worker.main()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
