"""Playing the times: each is read in a thread before the loop draws it."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flowcfd.bench.box import Box, write_field, write_mesh
from flowcfd.post import fields
from flowcfd.scene import view
from flowcfd.viewer.live import Live
from flowcfd.viewer.scene import build
from flowcfd.viewer.scene.app import SceneApp
from flowcfd.viewer.sharing import Shared

CONTROL = "application icoFoam; startFrom startTime; startTime 0; stopAt endTime; endTime 3; deltaT 1;"


async def played(case: Path) -> SceneApp:
    """The app of a case after all its times were played."""
    from trame.app import get_server

    server, shared = get_server("played", client_type="vue3"), Shared()
    live = Live(server, shared.read)
    try:
        app = build(server, live, view(case).at(1).to_json(), lambda message: None)
        app.play()
        while app._playback.playing:
            await asyncio.sleep(0.01)
    finally:
        live.close()
    return app


def test_times_are_read_in_a_thread_while_the_one_before_is_seen(tmp_path: Path, monkeypatch: Any) -> None:
    write_mesh(tmp_path, Box((3, 3, 3)))
    for time in (1, 2, 3):
        write_field(tmp_path, str(time), "p", time * np.arange(27.0))
    (tmp_path / "system").mkdir()
    (tmp_path / "system/controlDict").write_text(CONTROL)
    read: list[tuple[float, bool]] = []
    before = fields.mesh

    def mesh(case: Path, time: Any = None, **more: Any) -> Any:
        read.append((time, threading.current_thread() is threading.main_thread()))
        return before(case, time, **more)

    monkeypatch.setattr(fields, "mesh", mesh)
    app = asyncio.run(played(tmp_path))
    assert app.scene.time == 3.0
    assert read == [(1.0, True), (2.0, False), (3.0, False)]
    assert float(np.max(app.scene._data.cells["p"])) == pytest.approx(78.0)
