"""References of forces: one finding for all that is missing, and what the case itself says of them."""

from __future__ import annotations

from flowcfd.foam.check import RULES, CaseView, mend
from flowcfd.foam.check.examples import base

CONTROL = "system/controlDict"
ENTRIES = ("magUInf", "lRef", "Aref", "liftDir", "dragDir", "CofR", "rho", "rhoInf", "origin", "pitchAxis")
RULE = RULES.get("force-references-missing")


def without(*names: str) -> dict[str, None]:
    return {f"functions.bodyCoeffs.{name}": None for name in names}


def test_all_that_is_missing_is_one_finding_with_what_the_case_knows() -> None:
    files = base("step").edited(CONTROL, {"functions.bodyCoeffs": {
        "type": "forceCoeffs", "libs": "(forces)", "patches": "(step)"}})  # fmt: skip
    (one,) = RULE.findings(CaseView(files))
    assert one.message.startswith("bodyCoeffs has no magUInf, lRef, Aref, liftDir, dragDir, CofR and rho (")
    assert "magUInf 10" in one.message and "dragDir (1 0 0)" in one.message and "liftDir (0 1 0)" in one.message
    assert one.mend is None  # nothing says the length


def test_references_that_follow_from_the_case_are_a_mend() -> None:
    files = base("step").edited(CONTROL, without("magUInf", "Aref", "liftDir", "dragDir", "CofR", "rho", "rhoInf"))
    (one,) = RULE.findings(CaseView(files))
    assert one.mend
    after = CaseView(mend(files, one).files)
    assert RULE.findings(after) == []
    right = CaseView(base("step")).functions["bodyCoeffs"]
    for name in ("magUInf", "Aref"):
        assert abs(after.functions["bodyCoeffs"][name] - right[name]) <= 1e-5 * right[name]
    assert tuple(after.functions["bodyCoeffs"]["dragDir"]) == (1, 0, 0)


def test_a_density_of_forces_in_newton_is_not_made_up() -> None:
    files = base("step").edited(CONTROL, {"functions.body.rho": None, "functions.body.rhoInf": None})
    (one,) = RULE.findings(CaseView(files))
    assert one.mend is None
