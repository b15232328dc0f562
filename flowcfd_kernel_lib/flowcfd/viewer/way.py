"""How scenes are shown in this place."""

from __future__ import annotations

from importlib.util import find_spec

from flowcfd.settings import settings


def way() -> str:
    """As the settings say (FLOWCFD_VIEW), else "live" where Jupyter's proxy is, else as a "picture"."""
    said = settings()
    if said.view:
        return said.view
    return "live" if said.notebook and find_spec("jupyter_server_proxy") is not None else "picture"
