"""What `fc.Viewer` refuses, before any process is started."""

from __future__ import annotations

import gc

import pytest

import flowcfd as fc
from flowcfd.errors import CaseError


@pytest.mark.parametrize("given", [None, 3, "cavity", fc.Case])
def test_what_is_no_scene_is_said_and_nothing_is_left(given: object) -> None:
    with pytest.raises(CaseError, match=r"Viewer: must be given a Scene, such as fc.view\(run\)"):
        fc.Viewer(given)  # type: ignore[arg-type]
    gc.collect()  # closing what was never open raises nothing
