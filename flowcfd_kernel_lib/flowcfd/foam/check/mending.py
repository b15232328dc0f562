"""The mends of findings, applied to CaseFiles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flowcfd.errors import CaseError
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.check.finding import Change, Finding


@dataclass(frozen=True)
class Mended:
    """CaseFiles with mends applied, the unified diff of it, which findings were mended, and which have no edit."""

    files: CaseFiles
    diff: str
    mended: tuple[Finding, ...]
    left: tuple[Finding, ...]

    def __iter__(self) -> Iterator[CaseFiles | str]:
        return iter((self.files, self.diff))

    def __str__(self) -> str:
        return self.diff


def mend(files: CaseFiles, findings: Iterable[Finding] | Finding) -> Mended:
    """Apply the mends of the findings to the files, in their order; the answer unpacks into files and diff.

    What has no mend is passed over and stands in `left`; a change that was made already is not made twice. Raises
    CaseError for a mend that does not fit these files.
    """
    found = (findings,) if isinstance(findings, Finding) else tuple(findings)
    made: dict[tuple[str, str], object] = {}
    after = files
    for one in found:
        for change in one.mend.changes if one.mend else ():
            place = (change.file, change.entry)
            if place in made:
                continue  # two findings about one entry: the worse one, which comes first, decides
            made[place] = change.value
            after = _changed(after, change, one)
    mended = tuple(one for one in found if one.mend)
    return Mended(after, files.diff(after), mended, tuple(one for one in found if not one.mend))


def _changed(files: CaseFiles, change: Change, finding: Finding) -> CaseFiles:
    try:
        if not change.entry:
            return files.with_files({change.file: None if change.value is None else str(change.value)})
        return files.edited(change.file, {change.entry: change.value})
    except CaseError as error:
        raise CaseError(f"mend of {finding.rule!r} does not fit {files.name}: {error}") from None
