"""JupyterHub is started with our configuration; servers and people are in tests/browser."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.flow
HUB = Path(__file__).parents[2] / "hub"


def test_a_wrong_configuration_ends_the_start_with_its_sentence(tmp_path: Path) -> None:
    (tmp_path / "hub.yaml").write_text("network: {prot: 1}")
    done = subprocess.run(
        [sys.executable, "-m", "jupyterhub", "-f", str(HUB / "jupyterhub_config.py")],
        cwd=tmp_path, env={"PATH": "/usr/bin:/bin", "FLOWCFD_HUB_CONFIG": str(tmp_path / "hub.yaml")},
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 2
    assert "hub: " in done.stderr
    assert "network.prot: there is no such key" in done.stderr
    assert "Traceback" not in done.stderr
