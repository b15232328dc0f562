"""The rules whose examples are shipped cases: they find the mistake, and nothing in the case as it is shipped."""

from __future__ import annotations

import pytest

from flowcfd.foam.check import RULES, CaseView, mend
from flowcfd.foam.check.examples import BASES

pytestmark = pytest.mark.flow

SHIPPED = {name: rule for name, rule in RULES.items() if rule.example.base not in BASES}


@pytest.mark.parametrize("name", SHIPPED)
def test_a_rule_finds_its_example_and_nothing_in_the_shipped_case(name: str) -> None:
    rule = SHIPPED[name]
    files = rule.example.broken()
    found = rule.findings(CaseView(files))
    assert found
    assert {one.rule for one in found} == {name}
    assert rule.findings(CaseView(rule.example.sound())) == []
    mendable = [one for one in found if one.mend]
    left = rule.findings(CaseView(mend(files, mendable).files))
    assert not {one.place for one in left} & {one.place for one in mendable}
