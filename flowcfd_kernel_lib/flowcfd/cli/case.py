"""What a word on the command line names: a case or a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from flowcfd import jobs
from flowcfd.errors import CaseError
from flowcfd.foam.adopt import adopt
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.steps import MESHERS
from flowcfd.foam.steps import steps as steps_of
from flowcfd.given import given_path
from flowcfd.jobs import Run
from flowcfd.jobs.given import given

if TYPE_CHECKING:
    from flowcfd.case import Case


def read(word: str) -> Case | CaseFiles:
    """The case in a JSON file, or in an OpenFOAM directory; raises CaseError."""
    if not word:
        raise CaseError("'': names no case; give an OpenFOAM directory (this one: .) or a case.json")
    path = given_path(word)
    if path.is_file():
        from flowcfd.case import Case

        try:
            return Case.from_json(path.read_text())
        except UnicodeDecodeError as error:
            raise CaseError(f"{word}: is no JSON text: {error.reason} at byte {error.start}") from None
        except CaseError as error:
            raise CaseError([f"{word}: {problem}" for problem in error.problems]) from None
    return adopt(path)


def run(word: str) -> Run:
    """The run of this name, beginning of a name, or path; raises CaseError for none (a mistake, not a failure)."""
    if "/" in word and not (given_path(word) / "job.json").is_file():
        raise CaseError(f"{word}: no run here, job.json is missing")
    return jobs.open(word)


def files(word: str) -> CaseFiles:
    """As `read`, a Case rendered; also what a run was given. The steps are always filled in, where they are known."""
    path = given_path(word)
    if (path / "job.json").is_file() or not (path.exists() or "/" in word):
        return _of_run(run(word))
    found = rendered(read(word))
    try:
        return replace(found, steps=steps_of(found))
    except CaseError:  # a case of several regions may be compared without running it
        return found


def _of_run(run: Run) -> CaseFiles:
    """The case of a run without the mesh that it made."""
    found = given(run.case, run.record.application, steps=run.record.steps)
    if any(step.split()[0] in MESHERS for step in run.record.steps):
        made = [path for path in found if path.startswith("constant/polyMesh/") and not path.endswith("Dict")]
        found = found.with_files(dict.fromkeys(made))
    return found


def rendered(case: Case | CaseFiles) -> CaseFiles:
    """The OpenFOAM files of a case."""
    if isinstance(case, CaseFiles):
        return case
    from flowcfd.foam.render import render

    return render(case)


def with_edits(case: Case | CaseFiles, edits: Sequence[str]) -> Case | CaseFiles:
    """The case with entries changed, each "FILE:ENTRY=VALUE"; an empty value deletes. Raises CaseError."""
    for edit in edits:
        file, colon, rest = edit.partition(":")
        entry, equals, value = rest.partition("=")
        if not (file and colon and entry and equals):
            raise CaseError(f"--set {edit!r}: must be FILE:ENTRY=VALUE, such as system/controlDict:endTime=50")
        try:
            case = rendered(case).edited(file, {entry: value if value else None})
        except CaseError as error:
            raise CaseError([f"--set {edit!r}: {problem}" for problem in error.problems]) from None
    return case
