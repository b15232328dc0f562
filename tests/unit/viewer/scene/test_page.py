"""The page of a scene is the same, however often trame writes its elements."""

from __future__ import annotations

import re
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flowcfd.bench.box import Box, write_field, write_mesh
from flowcfd.scene import view
from flowcfd.viewer.live import Live
from flowcfd.viewer.scene import build, page
from flowcfd.viewer.sharing import Shared

CONTROL = "application simpleFoam; startFrom startTime; startTime 0; stopAt endTime; endTime 1; deltaT 1;"


def written(case: Path) -> dict[str, str]:
    """The state of a page, without the numbers that every element and trigger has of its own."""
    from trame.app import get_server

    server, shared = get_server(f"page-{len(list(case.iterdir()))}-{id(object())}", client_type="vue3"), Shared()
    live = Live(server, shared.read)
    build(server, live, view(case).to_json(), lambda message: None)
    live.close()
    server.state.ready()
    return {re.sub(r"\d+", "", name): re.sub(r"\d+", "", str(value)) for name, value in server.state.to_dict().items()}


def test_what_is_written_once_is_what_was_written_often(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    box = Box((3, 3, 3))
    write_mesh(tmp_path, box)
    write_field(tmp_path, "1", "p", np.arange(27.0))
    (tmp_path / "system").mkdir()
    (tmp_path / "system/controlDict").write_text(CONTROL)
    once = written(tmp_path)
    often: Any = nullcontext
    monkeypatch.setattr(page, "_written_once", often)
    assert once == written(tmp_path)
    assert "flowcfd-drawer" in str(once)
