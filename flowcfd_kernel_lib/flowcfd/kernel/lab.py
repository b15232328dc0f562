"""JupyterLab as FlowCFD wants it: its settings, and nothing fetched from the net."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from flowcfd.kernel import labextension

HERE = Path(__file__).parent
"""Holds what Jupyter reads of every folder on JUPYTER_CONFIG_PATH: settings of JupyterLab (`labconfig/`), the default
kernel, and which server extensions are left out (`jupyter_server_config*`).
"""


def lab_arguments() -> list[str]:
    """Options of JupyterLab: in a source tree the extension is served from there, so it is never an older one."""
    if labextension.source().parent != labextension.tree():
        return []
    return [f"--LabApp.extra_labextensions_path={labextension.tree()}"]


def lab_environment(base: Mapping[str, str]) -> dict[str, str]:
    """The environment of a Jupyter server whose notebooks show our widgets; works behind a hub and alone.

    trame's VTK for browsers would be fetched from the net when the server starts, unless a folder is named: ours, which
    has none.
    """
    path = [str(HERE), *filter(None, base.get("JUPYTER_CONFIG_PATH", "").split(os.pathsep))]
    return {
        **base,
        "JUPYTER_CONFIG_PATH": os.pathsep.join(dict.fromkeys(path)),
        "VTK_WASM_DIR_OVERRIDE": base.get("VTK_WASM_DIR_OVERRIDE") or str(HERE / "labconfig"),
        "PYVISTA_OFF_SCREEN": base.get("PYVISTA_OFF_SCREEN") or "true",
    }
