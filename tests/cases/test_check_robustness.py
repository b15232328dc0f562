"""No rule fails, whatever stands in a file: too many checks for the quick tests, and none needs OpenFOAM."""

from __future__ import annotations

import pytest

from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.check import check, examples
from flowcfd.foam.check.rule import FAILED
from flowcfd.foam.check.view import CaseView

GARBAGE = (
    "",
    "{",
    "};",
    "\0\x01\xff",
    "a b c",
    "FoamFile { version; }",
    "x ($y);",
    'x #calc "1";',
    "(((((",
    "inlet",
    "x {}",
    "x ();",
    "x -1;",
    "x nonuniform List<scalar> 3 (1 2);",
    "dimensions [m]; internalField uniform; boundaryField {a;}",
)


@pytest.mark.parametrize("base", ["step", "cavity"])
def test_no_rule_fails_on_a_case_with_a_file_full_of_garbage(base: str) -> None:
    files = examples.base(base)
    for path in files:
        for text in GARBAGE:
            assert failures(files.with_files({path: text})) == [], (path, text)


@pytest.mark.parametrize("base", ["step"])
def test_no_rule_fails_on_a_case_with_any_entry_missing_or_of_another_kind(base: str) -> None:
    files = examples.base(base)
    for path in files:
        tree = CaseView(files).tree(path)
        assert tree is not None
        for name in tree:
            for value in (None, "word", "(1 2 3)", {"inner": "x"}):
                assert failures(files.edited(path, {name: value})) == [], (path, name, value)


def failures(files: CaseFiles) -> list[str]:
    return [str(one) for one in check(files, dry_run=False).by(FAILED)]
