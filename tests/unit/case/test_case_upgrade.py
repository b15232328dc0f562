from __future__ import annotations

import re
from typing import Any

import pytest

import flowcfd as fc
from flowcfd.case.upgrade import SCHEMA, STEPS, Step, step, upgrade


def chain() -> dict[int, Step]:
    """Two steps as a later FlowCFD might have them."""
    steps: dict[int, Step] = {}

    @step(1, steps)
    def _speed_was_u(data: dict[str, Any]) -> dict[str, Any]:
        inlet = data["boundaries"]["inlet"]
        renamed = {"speed" if name == "u" else name: value for name, value in inlet.items()}
        return {**data, "boundaries": {**data["boundaries"], "inlet": renamed}}

    @step(2, steps)
    def _one_region(data: dict[str, Any]) -> dict[str, Any]:
        return {"schema": 2, "regions": {"fluid": {"boundaries": data["boundaries"]}}}

    return steps


def test_an_old_description_goes_through_every_step() -> None:
    old = {"schema": 1, "boundaries": {"inlet": {"u": 3}}}
    assert upgrade(old, chain(), 3) == {"schema": 3, "regions": {"fluid": {"boundaries": {"inlet": {"speed": 3}}}}}
    assert old == {"schema": 1, "boundaries": {"inlet": {"u": 3}}}


def test_a_description_in_between_takes_the_rest_of_the_way() -> None:
    assert upgrade({"schema": 2, "boundaries": {}}, chain(), 3)["regions"] == {"fluid": {"boundaries": {}}}


def test_a_description_without_a_schema_is_current() -> None:
    assert upgrade({"boundaries": {}}, chain(), 3) == {"boundaries": {}}


def test_there_is_a_step_from_every_older_schema() -> None:
    assert sorted(STEPS) == list(range(1, SCHEMA))


@pytest.mark.parametrize(
    ("schema", "line"),
    [
        (2, "schema: 2 is newer than this FlowCFD knows (1); upgrade FlowCFD"),
        (0, "schema: must be a whole number from 1 to 1 (got 0)"),
        ("1", "schema: must be a whole number from 1 to 1 (got '1')"),
        (True, "schema: must be a whole number from 1 to 1 (got True)"),
        (None, "schema: must be a whole number from 1 to 1 (got None)"),
    ],
)
def test_a_schema_that_is_not_known_is_refused(channel: fc.Case, schema: object, line: str) -> None:
    with pytest.raises(fc.CaseError, match=f"^{re.escape(line)}$"):
        fc.Case.from_dict({**channel.to_dict(), "schema": schema})


def test_a_second_step_from_the_same_schema_is_an_error_of_the_programmer() -> None:
    with pytest.raises(ValueError, match="the step from schema 1 is registered twice"):
        step(1, chain())(dict)
