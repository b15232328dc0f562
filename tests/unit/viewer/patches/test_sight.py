"""Sights: JSON there and back, and what they refuse."""

from __future__ import annotations

import json

import pytest

from flowcfd.errors import CaseError
from flowcfd.viewer.patches.sight import Sight


def test_there_and_back() -> None:
    sight = Sight("a.npz", ("in", "out"), (1,), {"in": "Inlet"}, hidden=("out",), mode="box", angle=12.0, dark=True)
    assert Sight.from_json(json.loads(json.dumps(sight.to_json()))) == sight
    assert Sight.from_json({**sight.to_json(), "later": 1}) == sight


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"mode": "lasso"}, "mode: must be one of"), ({"angle": 0.0}, "angle: must be more than 0"),
     ({"opacity": 0.0}, "opacity: must be"), ({"view": "up"}, "view: must be one of")],
)  # fmt: skip
def test_what_cannot_be_is_refused(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(CaseError, match=said):
        Sight("a.npz", ("in",)).changed(**wrong)
