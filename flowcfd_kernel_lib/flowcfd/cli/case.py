"""What a word on the command line names as a case."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from flowcfd.errors import CaseError
from flowcfd.foam.adopt import adopt
from flowcfd.foam.casefiles import CaseFiles

if TYPE_CHECKING:
    from flowcfd.case import Case


def read(word: str) -> Case | CaseFiles:
    """The case in a JSON file, or in an OpenFOAM directory; raises CaseError."""
    path = Path(word).expanduser()
    if path.is_file():
        from flowcfd.case import Case

        try:
            return Case.from_json(path.read_text())
        except UnicodeDecodeError as error:
            raise CaseError(f"{word}: is no JSON text: {error.reason} at byte {error.start}") from None
    return adopt(path)


def files(word: str) -> CaseFiles:
    """As `read`, a Case rendered; also the case of a run."""
    if not Path(word).expanduser().exists() and "/" not in word:
        from flowcfd import jobs

        return adopt(jobs.open(word).case)
    if (Path(word) / "job.json").is_file():
        return adopt(Path(word) / "case")
    return rendered(read(word))


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
        case = rendered(case).edited(file, {entry: value if value else None})
    return case
