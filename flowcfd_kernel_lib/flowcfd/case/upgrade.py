"""Upgrades: a description written by an older FlowCFD, step by step into today's form.

A step is a pure function from the dict of one schema to that of the next:

    @step(1)
    def _speed_was_called_velocity(data): ...        # from schema 1 to 2

Then SCHEMA becomes 2, and a case.json of schema 1 goes into tests/unit/case/old.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flowcfd.errors import CaseError

SCHEMA = 1
"""The schema of today's descriptions."""
Step = Callable[[dict[str, Any]], dict[str, Any]]
STEPS: dict[int, Step] = {}
"""The steps by the schema that they start from."""


def step(schema: int, steps: dict[int, Step] = STEPS) -> Callable[[Step], Step]:
    """Register the step from `schema` to the next one."""

    def register(function: Step) -> Step:
        if schema in steps:
            raise ValueError(f"the step from schema {schema} is registered twice")
        steps[schema] = function
        return function

    return register


def upgrade(data: Mapping[str, Any], steps: Mapping[int, Step] = STEPS, current: int = SCHEMA) -> dict[str, Any]:
    """The description in the current schema; the given one is left as it is.

    One without `schema` is current. Raises CaseError for a schema that this version does not know.
    """
    schema = data.get("schema", current)
    if isinstance(schema, bool) or not isinstance(schema, int) or schema < 1:
        raise CaseError(f"schema: must be a whole number from 1 to {current} (got {schema!r})")
    if schema > current:
        raise CaseError(f"schema: {schema} is newer than this FlowCFD knows ({current}); upgrade FlowCFD")
    upgraded = dict(data)
    for number in range(schema, current):
        upgraded = {**steps[number](dict(upgraded)), "schema": number + 1}
    return upgraded
