"""Ask the process that looks at meshes (`look`), and keep what it found in files for as long as somebody needs it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import weakref
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flowcfd import telling
from flowcfd.errors import CaseError, ResultError

LIMIT = 3600.0
"""So long [s] may one look take."""


class Folder:
    """A folder of answers that goes when nobody has it any more."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="flowcfd-quality-"))
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)

    def ask(self, what: str, words: str, **request: object) -> dict[str, Any]:
        """The answer; ResultError or CaseError as the process says, ResultError when it dies of something else."""
        (self.path / "request.json").write_text(json.dumps({"what": what, **request}))
        (self.path / "answer.json").unlink(missing_ok=True)
        said = _run(self.path, words)
        try:
            answer: dict[str, Any] = json.loads((self.path / "answer.json").read_text())
        except (OSError, ValueError):
            raise ResultError(f"{words}: the process that looks at the mesh ended without an answer: {said}") from None
        if "error" in answer:
            raise (ResultError if answer["result"] else CaseError)(str(answer["error"]))
        return answer


class Metrics(Mapping[str, NDArray[np.float64]]):
    """The metrics of all cells by name, in files; of what is looked at only the part is in memory that is looked at."""

    def __init__(self, folder: Folder, files: Mapping[str, str]) -> None:
        self.folder, self.files = folder, files

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        found: NDArray[np.float64] = np.load(self.folder.path / self.files[name], mmap_mode="r")
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self.files)

    def __len__(self) -> int:
        return len(self.files)


def _run(folder: Path, words: str) -> str:
    """The last line that the process printed, once it has ended."""
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "flowcfd.post.quality.look", str(folder)], stdin=subprocess.DEVNULL, stdout=output,
            stderr=output, env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        )  # fmt: skip
        deadline = time.monotonic() + LIMIT
        try:
            while process.poll() is None:
                if time.monotonic() > deadline:
                    raise ResultError(f"{words} did not end within {LIMIT:g} s")
                telling.tell(process, words)
                try:
                    process.wait(0.2)
                except subprocess.TimeoutExpired:
                    continue
        finally:
            telling.tell(process, "", over=True)
            if process.poll() is None:
                process.terminate()
                process.wait()
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"
