import pytest

from flowcfd.errors import CaseError, FlowError, UnknownName
from flowcfd.foam import install
from flowcfd.foam.adopt import adopt
from flowcfd.foam.steps import steps
from flowcfd.foam.tutorials import cases, tutorial

pytestmark = pytest.mark.flow

NOT_ALONE = 66
"""So many of the shipped cases need steps that their files do not name (regions, meshes made by scripts)."""


def test_a_tutorial_is_found_by_the_end_of_its_path():
    assert tutorial("simpleFoam/pitzDaily").parts[-3:] == ("incompressible", "simpleFoam", "pitzDaily")
    with pytest.raises(CaseError, match=r"'pitzDaily' is the end of several: .*simpleFoam/pitzDaily"):
        tutorial("pitzDaily")
    with pytest.raises(UnknownName, match="did you mean 'airFoil2D'"):
        tutorial("airFoil2d")


def test_every_shipped_case_is_adopted_and_says_its_steps_or_asks_for_them():
    examples = install.find().examples
    assert examples is not None
    asked = {}
    for name in cases(examples):
        files = adopt(examples / name)
        assert len(files.digest) == 64
        try:
            assert steps(files)[-1]
        except FlowError as error:
            asked[name] = str(error)
    assert all("\n" not in error for error in asked.values())
    assert len(cases(examples)) > 4 * NOT_ALONE
    assert len(asked) == NOT_ALONE
