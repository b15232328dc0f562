"""Servers that nobody uses are ended. Runs go on: their workers have left the server's session."""

from __future__ import annotations

import sys
from typing import Any

from flowcfd_hub.config import CULLER, HubConfig

SCOPES = ["list:users", "read:users:activity", "read:servers", "delete:servers"]
MOST = 300
"""Servers and proxy are asked for signs of use at least so often [s]."""


def update_culling(c: Any, config: HubConfig) -> None:
    """The service that ends idle servers, with the rights for that and no others."""
    culling = config.culling
    if culling.idle is None and culling.age is None:
        return
    idle = culling.idle or culling.age or MOST
    # What is known of a server's use may be as old as this: it must be much fresher than what counts as idle.
    fresh = max(1, min(MOST, idle // 4))
    c.JupyterHub.last_activity_interval = fresh
    c.JupyterHub.activity_resolution = min(30, fresh)
    c.Spawner.environment.update({"JUPYTERHUB_ACTIVITY_INTERVAL": str(fresh)})
    c.JupyterHub.services.append({"name": CULLER, "command": command(config)})
    c.JupyterHub.load_roles.append({"name": CULLER, "scopes": SCOPES, "services": [CULLER]})


def command(config: HubConfig) -> list[str]:
    """The culler's command line."""
    culling = config.culling
    never = 10 * 365 * 86400
    return [
        sys.executable, "-P", "-m", "jupyterhub_idle_culler", f"--timeout={culling.idle or never}",
        f"--cull-every={culling.every}", *([f"--max-age={culling.age}"] if culling.age else []),
    ]  # fmt: skip
