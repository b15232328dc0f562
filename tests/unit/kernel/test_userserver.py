"""A user's server behind a hub is given what FlowCFD's widgets need."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from flowcfd.kernel import lab, userserver


def test_it_becomes_the_single_user_server_with_our_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    became: list[object] = []
    monkeypatch.setattr("os.execve", lambda *given: became.extend(given))
    userserver.main(["--port=1"], {"HOME": "/ada", "JUPYTERHUB_USER": "ada"})
    program, command, environment = became
    assert program == sys.executable
    assert command == [sys.executable, "-P", "-m", "jupyterhub.singleuser", "--port=1"]
    assert isinstance(environment, dict)
    assert environment == lab.lab_environment({"HOME": "/ada", "JUPYTERHUB_USER": "ada"})
    assert environment["JUPYTERHUB_USER"] == "ada"


def test_what_costs_seconds_at_the_start_and_is_not_used_is_not_loaded() -> None:
    [file] = (lab.HERE / "jupyter_server_config.d").glob("*.json")
    installed = Path(sys.prefix) / "etc/jupyter/jupyter_server_config.d" / file.name
    ours, theirs = (json.loads(one.read_text())["ServerApp"]["jpserver_extensions"] for one in (file, installed))
    assert ours == dict.fromkeys(theirs, False)  # of the same name, or it would be without effect
