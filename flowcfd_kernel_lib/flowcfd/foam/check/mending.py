"""The mends of findings, applied to CaseFiles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape

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

    def __repr__(self) -> str:
        return f"<Mended {self.summary}>"

    @property
    def summary(self) -> str:
        """One line: how many findings are mended, and how many have no edit."""
        left = f", {len(self.left)} without a mend" if self.left else ""
        return f"{self.files.name}: {len(self.mended)} mended{left}"

    def _repr_html_(self) -> str:
        lines = "".join(f"<span style='{_paint(line)}'>{escape(line)}</span>\n" for line in self.diff.splitlines())
        diff = f"<pre style='line-height:1.3;margin:4px 0'>{lines}</pre>" if self.diff else ""
        return f"<b>Mended {escape(self.summary)}</b>{diff}"


def _paint(line: str) -> str:
    """The style of a line of a diff, readable on white and on black."""
    if line.startswith(("+++", "---")):
        return "font-weight:bold"
    return {"+": "color:#2e9e62", "-": "color:#d04545", "@": "color:#8a8f98"}.get(line[:1], "")


def mend(files: CaseFiles, findings: Iterable[Finding] | Finding) -> Mended:
    """Apply the mends of the findings to the files, in their order; the answer unpacks into files and diff.

    What has no mend is passed over and stands in `left`; a change that was made already is not made twice. Raises
    CaseError for a mend that does not fit these files.
    """
    if not isinstance(files, CaseFiles):
        raise CaseError(
            f"mend: files must be CaseFiles, as fc.adopt and fc.render make them (got {type(files).__name__})"
        )
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
