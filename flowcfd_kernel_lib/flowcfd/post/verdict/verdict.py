"""The verdict: what all judges say of a run, in one colour, one line, one look and one table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from flowcfd.errors import SiteError
from flowcfd.post.verdict.evidence import Apart, Evidence, Missing
from flowcfd.post.verdict.judge import JUDGES, RANK, Colour, Judge, Judgement, amber, inapplicable, unjudged

if TYPE_CHECKING:
    import pandas as pd

    from flowcfd.post.open import Results

ESSENTIAL: Final = ("residuals", "mass balance", "bounded fields")
"""What has to be judged, where it applies, before a verdict can be green."""


@dataclass(frozen=True)
class Verdict:
    """What the judges say: red when one says red, else amber when one does, else green.

    Green says that nothing was found by those who could judge. It is not given while a criterion of ESSENTIAL, or more
    than half of all that apply, could not be judged for want of evidence.
    """

    judgements: tuple[Judgement, ...]
    title: str = ""

    @cached_property
    def colour(self) -> Colour:
        """green, amber or red."""
        found = {each.colour for each in self.judgements}
        if "red" in found:
            return "red"
        return "amber" if "amber" in found or self.doubt else "green"

    @cached_property
    def doubt(self) -> str:
        """Why too little could be judged for green; empty where enough could."""
        lacking = [each.name for each in self.missing if each.name in ESSENTIAL]
        if lacking:
            return f"not judged for want of evidence: {', '.join(lacking)}"
        if len(self.missing) > len(self.judged):
            return f"only {len(self.judged)} of {len(self.judged) + len(self.missing)} criteria could be judged"
        return ""

    @property
    def reasons(self) -> tuple[str, ...]:
        """The sentences of red and amber, the gravest first."""
        return (*(each.sentence for each in self.findings), *([self.doubt] if self.doubt else []))

    @property
    def findings(self) -> tuple[Judgement, ...]:
        """Red and amber, the gravest first."""
        found = [each for each in self.judgements if RANK[each.colour] >= RANK["amber"]]
        return tuple(sorted(found, key=lambda each: -RANK[each.colour]))

    @property
    def judged(self) -> tuple[Judgement, ...]:
        """Those that say anything."""
        return tuple(each for each in self.judgements if each.judged)

    @property
    def missing(self) -> tuple[Judgement, ...]:
        """Those that apply and could not judge."""
        return tuple(each for each in self.judgements if not each.judged and each.applies)

    def __getitem__(self, name: str) -> Judgement:
        """The judgement of this name; KeyError for none."""
        for each in self.judgements:
            if each.name == name:
                return each
        raise KeyError(name)

    @property
    def line(self) -> str:
        """The verdict in one line."""
        count = Counter(each.colour for each in self.judgements)
        parts = [f"{count[shade]} {shade}" for shade in ("red", "amber", "green") if count[shade]]
        scope = f"judged {len(self.judged)} of {len(self.judged) + len(self.missing)} criteria"
        return f"{self.colour}: {scope} ({', '.join(parts) or 'none'})"

    def __str__(self) -> str:
        reasons = [f"  {each.colour:5}  {each.name}: {each.sentence}" for each in self.findings]
        return "\n".join([self.line, *reasons, *([f"  {'amber':5}  {self.doubt}"] if self.doubt else [])])

    __repr__ = __str__

    @property
    def table(self) -> pd.DataFrame:
        """All judgements: colour, value, limit and sentence by name."""
        import pandas as pd

        columns = ("colour", "value", "limit", "sentence")
        rows = [[getattr(each, column) for column in columns] for each in self.judgements]
        names = pd.Index([each.name for each in self.judgements], name="criterion")
        return pd.DataFrame(rows, index=names, columns=list(columns))

    def to_json(self) -> dict[str, Any]:
        """All of it as values of JSON."""
        return {
            "colour": self.colour,
            "line": self.line,
            "reasons": list(self.reasons),
            "judged": len(self.judged),
            "missing": [each.name for each in self.missing],
            "judgements": [each.to_json() for each in self.judgements],
        }

    def _repr_html_(self) -> str:
        from flowcfd.post.verdict.page import page

        return page(self)


def pronounce(results: Results, *, judges: Iterable[tuple[str, Judge]] | None = None) -> Verdict:
    """The verdict on what a run or a case directory has written; `judges` None: all that are registered.

    Never raises for what a run lacks: what is absent is not judged, and a judge that fails is an amber judgement that
    names it.
    """
    seen = Evidence(results)
    chosen = list(judges) if judges is not None else _all()
    said = [_said(name, each, seen) for name, each in chosen]
    title = results.run.name if results.run is not None else results.case.name
    return Verdict(tuple(sorted(said, key=lambda each: -RANK[each.colour])), title)


def _all() -> list[tuple[str, Judge]]:
    """All judges; a plug-in that cannot be loaded is a judgement that says so."""
    try:
        return list(JUDGES.items())
    except SiteError as error:
        text = str(error)
        return [("judges of plug-ins", lambda seen: amber(text)), *JUDGES.loaded()]


def _said(name: str, judge: Judge, seen: Evidence) -> Judgement:
    try:
        found = judge(seen)
    except Apart as apart:
        found = inapplicable(str(apart))
    except Missing as missing:
        found = unjudged(str(missing))
    except Exception as error:  # a judge may be of a plug-in: what it raises must not hide what the others say
        words = str(error).splitlines()
        found = amber(f"the judge failed: {type(error).__name__}: {words[0] if words else ''}".rstrip(": "))
    if found is None:
        found = Judgement(name, "grey", "does not apply to this case", applies=False)
    return replace(found, name=name)
