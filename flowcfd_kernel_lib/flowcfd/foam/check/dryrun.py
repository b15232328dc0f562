"""The third gate: the real solver reads a copy of the case with `-dry-run`, and says what it stumbles over.

The dry run replaces the mesh by one column of cells that has its patches, reads everything and does one step. Without a
mesh it would make up one of walls from the fields and raise false alarms, so the copy gets its mesh first: its own, or
the one that blockMesh makes when it is small, or a row of cells with its patches where a dear mesher foretells them.
What it cannot see: whether the mesh is there, and the Courant number.
What it complains of may lie in its column of cells (a cell number beyond it, walls that are not parallel): so the
solver does one real step then, and only what ends that too is a finding.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from flowcfd import telling
from flowcfd.errors import CaseError, SiteError
from flowcfd.foam import faults, install
from flowcfd.foam.casefiles import Blob, CaseFiles
from flowcfd.foam.check import layout, standin
from flowcfd.foam.check.finding import Finding, Gate
from flowcfd.foam.check.view import CaseView
from flowcfd.foam.steps import steps as steps_of

NAME = "dry run"
RULE = "dry-run"
CHEAP = ("blockMesh", "setFields", "topoSet", "createPatch", "mirrorMesh", "extrudeMesh", "changeDictionary",
         "createBaffles", "setSet", "transformPoints", "renumberMesh", "setAlphaField")  # fmt: skip
"""Steps before the solver that are done in the copy."""
PASSED_OVER = ("potentialFoam", "renumberMesh", "checkMesh", "decomposePar", "mapFields")
"""Steps before the solver that the dry run does without."""
MOST_CELLS = 200_000
"""Cells of a blockMesh that is made for a dry run which nobody asked for; ten times as many where it is asked for."""
MOST_BYTES = 400_000_000
"""Bytes of a case that are copied for a dry run."""
LIMIT = 20.0
"""Seconds that a step may take when nobody asked for the dry run; ten times as long where it is asked for."""
_TOLD_BY = {
    **dict.fromkeys(("unequal-dimensions", "different-dimensions", "property-of-wrong-dimensions"),
                    ("field-dimensions", "property-dimensions")),
    "wall-function-on-no-wall": ("wall-function-off-wall",),
    "wall-function-without-that-of-nut": ("wall-function-without-nut", "wall-function-of-another-field"),
    "omega-zero": ("turbulence-value-zero", "level-not-absolute"),
    "epsilon-zero": ("turbulence-value-zero", "level-not-absolute"),
    "field-missing": ("start-time-missing", "field-missing"),
    "broken-header": ("duplicate-entry",),
    "no-mesh": ("mesh-missing",),
}  # fmt: skip
"""Faults of the catalogue that name another place than the rules which see their causes."""
_OWN_MESH = "Creating simplified mesh using"
_STEP = b"ExecutionTime = "
_NO_OPTION = "Invalid option: -dry-run"


class _LeftOut(Exception):
    """Why there is no dry run."""


@dataclass(frozen=True, slots=True)
class _Done:
    returncode: int
    error: str
    output: str


def gate(
    case: CaseView, found: Iterable[Finding], *, wanted: bool | None, allow_code: bool
) -> tuple[list[Finding], Gate]:
    """What the solver says of the case, and what was done; `found` are the findings so far."""
    begin = time.perf_counter()
    try:
        if wanted is False:
            raise _LeftOut("not asked for")
        more, done = _gate(case, tuple(found), wanted=bool(wanted), allow_code=allow_code)
    except (_LeftOut, SiteError) as reason:
        return [], Gate(NAME, time.perf_counter() - begin, left_out=str(reason))
    return more, Gate(NAME, time.perf_counter() - begin, done)


def _gate(case: CaseView, found: tuple[Finding, ...], *, wanted: bool, allow_code: bool) -> tuple[list[Finding], str]:
    files = standin.files(case.files) or case.files
    steps = _steps(case, files, found, wanted=wanted, allow_code=allow_code)
    installation = install.find()
    application = installation.application(case.application)
    limit = LIMIT * (10 if wanted else 1)
    with tempfile.TemporaryDirectory(prefix="flowcfd-check-") as place:
        copy = Path(place, "case")
        _write(files, copy)
        for step in steps:
            name, *arguments = step.split()
            done = _ended(name, _run(installation, [str(installation.application(name)), *arguments], copy, limit))
            if done.returncode:
                return _told(_fault(done, copy), found, f"{name}: "), f"{step} ended with an error"
        done = _ended(case.application, _run(installation, [str(application), "-dry-run"], copy, limit))
        made = f"{' and '.join([*steps, ''])}{case.application} -dry-run"
        if _NO_OPTION in done.output + done.error:
            raise _LeftOut(f"{case.application} has no -dry-run")
        if done.returncode == 0 and _OWN_MESH not in done.output:
            raise _LeftOut(f"{case.application} did not take the mesh of the case")
        if not done.returncode:
            return [], made
        real = _run(installation, [str(application)], copy, limit, until=_STEP)
        if real is None or not real.returncode:
            fault = _fault(done, copy)
            doubt = f"{made}; what it complained of did not end a real step"
            return (_told(fault, found), made) if real is None and fault.kind == "input" else ([], doubt)
        return _told(_fault(real, copy), found), f"{made}, confirmed by a real step"


def _steps(
    case: CaseView, files: CaseFiles, found: tuple[Finding, ...], *, wanted: bool, allow_code: bool
) -> tuple[str, ...]:
    """The steps to do in the copy of `files` before the dry run; raises _LeftOut with the reason for none."""
    if any(one.severity == "error" and one.rule == "parse" for one in found):
        raise _LeftOut("dictionaries cannot be read")
    if case.multi_region:
        raise _LeftOut("a case of several regions")
    if not case.start:
        raise _LeftOut("no initial fields")
    code, outside = case.code
    if code and not allow_code:
        raise _LeftOut(f"the case would run code of its own ({code[0]}); allow_code=True permits it")
    if outside:
        raise _LeftOut(f"the case reads files from outside ({outside[0]})")
    size = sum(one.size for one in case.files.files.values() if isinstance(one, Blob))
    if size > MOST_BYTES:
        raise _LeftOut(f"{size / 1e6:.0f} MB are too much to copy (at most {MOST_BYTES / 1e6:.0f})")
    try:
        steps = [step for step in steps_of(files)[:-1] if step.split()[0] not in PASSED_OVER]
    except CaseError as error:
        raise _LeftOut(str(error)) from None
    dear = [step for step in steps if step.split()[0] not in CHEAP]
    if dear:
        raise _LeftOut(f"{dear[0].split()[0]} is too dear for a check: mesh the case first")
    if files is case.files and not layout.meshed(files):
        _affordable(case, MOST_CELLS * (10 if wanted else 1))
    return tuple(steps)


def _affordable(case: CaseView, most: int) -> None:
    block = layout.block_file(case)
    mesh = layout.block_mesh(case, block) if block else None
    if block and mesh is None and case.complete(block):
        return  # another shape than is known here; the time limit holds
    if mesh is not None and mesh.cells > most:
        raise _LeftOut(f"no mesh, and blockMesh would make {mesh.cells} cells (at most {most} for a check)")


def _write(files: CaseFiles, copy: Path) -> None:
    """The case in a folder of its own: files of the user are copied, so that no step can write into them."""
    try:
        files.write(copy)
    except (CaseError, OSError) as error:
        raise _LeftOut(f"the case cannot be copied: {error}") from None
    start = copy / "0"
    if not start.is_dir() and (copy / "0.orig").is_dir():
        (copy / "0.orig").rename(start)


def _ended(name: str, done: _Done | None) -> _Done:
    if done is None:
        raise _LeftOut(f"{name} did not end in time")
    return done


def _run(
    installation: install.Installation, command: list[str], case: Path, limit: float, until: bytes = b""
) -> _Done | None:
    """Run one application in the copy, its whole process group ended at the limit [s]; None when it was.

    With `until` it is ended as well when its output has a line that begins so, and that counts as exit code 0.
    """
    with (
        tempfile.TemporaryFile() as output,
        tempfile.TemporaryFile() as error,
        subprocess.Popen(
            command, cwd=case, env=installation.environment(case=case), stdin=subprocess.DEVNULL, stdout=output,
            stderr=error, start_new_session=True,
        ) as process,
    ):  # fmt: skip
        try:
            returncode = _waited(process, limit, output, until, " ".join([Path(command[0]).name, *command[1:]]))
        finally:
            telling.tell(process, "", over=True)
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        if returncode is None:
            return None
        texts = []
        for stream in (error, output):
            stream.seek(max(0, stream.seek(0, os.SEEK_END) - 200_000))
            texts.append(stream.read().decode("latin-1"))
    return _Done(returncode, *texts)


def _waited(process: subprocess.Popen[bytes], limit: float, output: IO[bytes], until: bytes, what: str) -> int | None:
    """The exit code; 0 as soon as `until` begins a line of the output, None at the limit [s]; `what` runs is told."""
    end = time.monotonic() + limit
    while (left := end - time.monotonic()) > 0:
        telling.tell(process, f"check: {what}")
        try:
            return process.wait(min(left, 0.05 if until else 0.5))
        except subprocess.TimeoutExpired:
            written = os.pread(output.fileno(), 5_000_000, 0) if until else b""
            if until and b"\n" + until in written:
                return 0
    return None


def _fault(done: _Done, copy: Path) -> faults.Fault:
    """What a step died of."""
    return faults.cause(done.returncode, done.error, done.output, case=copy)


def _told(fault: faults.Fault, found: tuple[Finding, ...], prefix: str = "") -> list[Finding]:
    """The fault as a finding; none when a rule has told it already, with a better place or a mend."""
    errors = [one for one in found if one.severity == "error"]
    if any(_same(fault, known) for known in errors):
        return []
    message = f"{prefix}{fault.message}" + (f"; {fault.mend}" if fault.mend else "")
    return [Finding("error", RULE, message, fault.file, fault.line, 0, fault.entry)]


def _same(fault: faults.Fault, known: Finding) -> bool:
    """Whether fault and finding are about one line, one section of a file, a file to be renamed, or one cause."""
    if known.rule in (fault.name, *_TOLD_BY.get(fault.name, ())):
        return True
    if known.rule == "symmetry-plane-not-plane" and "is not planar" in fault.message:
        return True
    if not fault.file or not known.file:
        return False
    if known.mend is not None and not fault.entry and any(change.file == fault.file for change in known.mend.changes):
        return True
    if fault.file != known.file:
        return False
    sections = {one.entry.partition(".")[0] for one in (fault, known)}
    return fault.line == known.line or len(sections) == 1 or not fault.entry
