"""Checks before a run: `check(case)` finds what is wrong, `mend(files, findings)` puts right what has a known mend.

Three gates: every dictionary is parsed (`gates`), the rules look at the case as a whole (`rule`, `rules/`), and the
real solver reads a copy of it (`dryrun`). A rule is a small function over a `CaseView`:

    @rule("name-of-the-rule", example=Example("cavity", {"system/controlDict": {"writeInterval": 1000}}))
    def name_of_the_rule(case: CaseView) -> Iterator[Finding]:
        \"\"\"Why it matters, in a sentence or two.\"\"\"
        if case.number("system/controlDict", "writeInterval") ...:
            yield case.finding("warning", "what is wrong", "system/controlDict", "writeInterval",
                               mend=Mend.of("set ...", "system/controlDict", {"writeInterval": 20}))

It goes into a module of `rules/` (found by itself), asks the view, which has None or nothing for what is absent, and
stays silent where it cannot know (`case.complete(file)`, `case.patches is None`): a false alarm is a defect. The
example names a sound base (`examples.BASES`, or a tutorial) and edits; tests hold that the rule fires on it and not on
its base.
"""

from flowcfd.foam.check.finding import Change, Finding, Findings, Gate, Mend, Severity
from flowcfd.foam.check.gates import check
from flowcfd.foam.check.mending import Mended, mend
from flowcfd.foam.check.rule import RULES, Example, Rule, rule
from flowcfd.foam.check.view import CaseView

__all__ = [
    "RULES", "CaseView", "Change", "Example", "Finding", "Findings", "Gate", "Mend", "Mended", "Rule", "Severity",
    "check", "mend", "rule",
]  # fmt: skip
