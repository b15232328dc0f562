"""Every rule: why it is there, what its example makes it find, and its silence about the sound case."""

from __future__ import annotations

import pytest

from flowcfd.errors import UnknownName
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.check import RULES, CaseView, Example, Finding, Findings, Rule, check, examples, mend
from flowcfd.foam.check.examples import BASES
from flowcfd.foam.check.rule import FAILED

OURS = {name: rule for name, rule in RULES.items() if rule.inspect.__module__.startswith("flowcfd.")}
BUILT_IN = {name: rule for name, rule in OURS.items() if rule.example.base in BASES}


def test_there_are_as_many_rules_as_were_promised() -> None:
    assert len(OURS) >= 36


@pytest.mark.parametrize("name", OURS)
def test_a_rule_says_why_it_is_there(name: str) -> None:
    assert len(OURS[name].why.split()) >= 8
    assert name == name.lower()
    assert " " not in name


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_rule_finds_its_example_and_nothing_in_the_sound_case(name: str) -> None:
    rule = BUILT_IN[name]
    found = rule.findings(CaseView(rule.example.broken()))
    assert found
    assert {one.rule for one in found} == {name}
    assert all(one.message and "\n" not in one.message for one in found)
    assert rule.findings(CaseView(rule.example.sound())) == []


def mendable(rule: Rule) -> list[Finding]:
    return [one for one in rule.findings(CaseView(rule.example.broken())) if one.mend]


@pytest.mark.parametrize("name", [name for name, rule in BUILT_IN.items() if mendable(rule)])
def test_a_mend_ends_what_it_is_for(name: str) -> None:
    rule = BUILT_IN[name]
    files = rule.example.broken()
    found = mendable(rule)
    mended = mend(files, found)
    assert mended.diff
    left = rule.findings(CaseView(mended.files))
    assert not {one.place for one in left} & {one.place for one in found}


@pytest.mark.parametrize("base", BASES)
def test_the_built_in_cases_are_sound(base: str) -> None:
    found = check(examples.base(base), dry_run=False)
    assert [str(one) for one in found if one.severity != "note"] == []


@pytest.mark.parametrize("base", BASES)
def test_no_rule_fails_on_a_case_with_a_file_missing(base: str) -> None:
    files = examples.base(base)
    for path in files:
        assert failures(files.with_files({path: None})) == [], path


def failures(files: CaseFiles) -> list[str]:
    return [str(one) for one in check(files, dry_run=False).by(FAILED)]


def test_a_rule_that_raises_is_a_finding_that_names_it() -> None:
    def inspect(case: CaseView):  # type: ignore[no-untyped-def]
        """A rule that raises whatever it is given, as foreign code may do."""
        raise ZeroDivisionError(case.application)
        yield

    (finding,) = Rule("divides-by-zero", inspect, Example("cavity", {})).findings(CaseView(examples.base("cavity")))
    assert finding.rule == FAILED
    assert "'divides-by-zero'" in finding.message
    assert "ZeroDivisionError: icoFoam" in finding.message


def test_only_the_rules_that_are_named_are_asked() -> None:
    files = examples.base("cavity").edit("system/controlDict", stopAt="writeNow", deltaT=1)
    found = check(files, dry_run=False, rules=["stop-left-over"])
    assert isinstance(found, Findings)
    assert {one.rule for one in found} == {"stop-left-over"}
    with pytest.raises(UnknownName, match="unknown rule 'stop-leftover'; did you mean 'stop-left-over'"):
        check(files, rules=["stop-leftover"])
