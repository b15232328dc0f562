"""OpenFOAM's tools in a temporary folder, told of while they run: what is made there is counted and thrown away."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from flowcfd import telling
from flowcfd.errors import CaseError
from flowcfd.foam import install
from flowcfd.foam.casefiles import CaseFiles

LIMIT = 3600.0
"""Seconds that a step may take."""


@contextmanager
def meshed(files: CaseFiles, steps: Sequence[str], who: str) -> Iterator[tuple[Path, str]]:
    """The folder in which steps have been done, and the log of the last of them; gone after the block.

    `who` is whose cells are counted, for people. SiteError without OpenFOAM, CaseError where a step fails.
    """
    installation = install.find()
    with tempfile.TemporaryDirectory(prefix="flowcfd-counting-") as made:
        folder = Path(made) / "case"
        files.write(folder)
        log = ""
        for step in steps:
            log = _done(installation, step, folder, who)
        yield folder, log


def _done(installation: install.Installation, step: str, folder: Path, who: str) -> str:
    name, *arguments = step.split()
    command = [str(installation.application(name)), *arguments]
    with (
        (folder / f"log.{name}").open("w+") as log,
        subprocess.Popen(
            command,
            cwd=folder,
            env=installation.environment(case=folder),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            _awaited(process, f"{who}: {name}")
        finally:
            telling.tell(process, "", over=True)
            if process.poll() is None:
                process.kill()
        log.seek(0)
        said = log.read()
    if process.returncode:
        last = [line for line in said.splitlines() if line.strip()][-3:]
        raise CaseError(f"mesh: {name} ended with an error while cells were counted: {' '.join(last)}")
    return said


def _awaited(process: subprocess.Popen[bytes], words: str) -> None:
    for _ in range(int(2 * LIMIT)):
        telling.tell(process, words)
        try:
            process.wait(0.5)
            return
        except subprocess.TimeoutExpired:
            continue
