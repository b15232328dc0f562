"""Which of OpenFOAM's shipped cases run unmodified, in serial, by the steps that their files name.

    python tools/survey_tutorials.py OUT.json [NAME ...]

Each case is adopted, its steps are done for real in a temporary folder, and the solver is ended after its second time
step. OUT.json holds per case "runs", or why not: no steps, code of its own, a step that failed, a time limit.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from flowcfd.errors import FlowError
from flowcfd.foam import faults, install
from flowcfd.foam.adopt import adopt
from flowcfd.foam.code import directives, escapes
from flowcfd.foam.steps import steps
from flowcfd.foam.tutorials import cases

LIMIT = 60.0
"""Seconds for one step."""
_STEP = re.compile(rb"^ExecutionTime = |^Courant Number mean|^Time = \S+\s*$", re.MULTILINE)


def survey(folder: Path) -> str:
    """The word "runs", or why it does not."""
    try:
        files = adopt(folder)
        whole = steps(files)
    except FlowError as error:
        return f"no steps: {error}"
    if places := directives(files):
        return f"code: {places[0]}"
    if places := escapes(files):
        return f"outside: {places[0]}"
    with tempfile.TemporaryDirectory(prefix="flowcfd-survey-") as place:
        case = Path(place, "case")
        files.write(case)
        for number, step in enumerate(whole, 1):
            trouble = _step(step.split(), case, last=number == len(whole))
            if trouble:
                return trouble
    return "runs"


def _step(words: list[str], case: Path, *, last: bool) -> str:
    found = install.find()
    try:
        application = found.application(words[0])
    except FlowError as error:
        return f"application: {error}"
    log, error = case / f"log.{words[0]}", case / f"err.{words[0]}"
    with log.open("wb") as out, error.open("wb") as err:
        process = subprocess.Popen(
            [str(application), *words[1:]], cwd=case, env=found.environment(case=case), stdin=subprocess.DEVNULL,
            stdout=out, stderr=err, start_new_session=True,
        )  # fmt: skip
        begin = time.monotonic()
        while process.poll() is None:
            time.sleep(0.05)
            ended = last and log.stat().st_size < 5_000_000 and _second_step(log.read_bytes())
            if ended or time.monotonic() - begin > LIMIT:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                return "" if ended else f"limit: {words[0]} takes more than {LIMIT:.0f} s"
    if process.returncode:
        fault = faults.cause(process.returncode, error.read_text("latin-1"), log.read_text("latin-1"), case=case)
        return f"{words[0]}: {fault}"
    return ""


def _second_step(log: bytes) -> bool:
    return len(re.findall(rb"^Time = ", log, re.MULTILINE)) >= 3 and len(_STEP.findall(log)) >= 5


def main() -> int:
    """Survey all shipped cases, or those named."""
    examples = install.find().examples
    assert examples is not None, "the examples are not installed"
    target, wanted = Path(sys.argv[1]), sys.argv[2:]
    results = json.loads(target.read_text()) if target.is_file() else {}
    for name in cases(examples):
        if (wanted and name not in wanted) or (not wanted and name in results):
            continue
        results[name] = survey(examples / name)
        sys.stdout.write(f"{name}: {results[name]}\n")
        sys.stdout.flush()
        target.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
