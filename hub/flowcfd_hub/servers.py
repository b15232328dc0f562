"""The users' servers: processes of this machine, each in a home of its own, with FlowCFD and its kernel in them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from flowcfd_hub.config import HubConfig
from flowcfd_hub.home import new_home

KEPT = ["LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH"]
"""What of the hub's own environment its users' servers get; nothing that may hold a secret."""


def update_servers(c: Any, config: HubConfig) -> None:
    """A local process for each user, reachable through the proxy only; a new user gets the example notebooks."""
    servers = config.servers
    c.JupyterHub.spawner_class = "simple"
    c.SimpleLocalProcessSpawner.home_dir_template = str(config.homes / "{username}")
    # The program sets what FlowCFD's widgets need and becomes jupyterhub-singleuser; -P: a file in the user's home
    # takes the place of no module.
    c.Spawner.cmd = [str(servers.prefix / "bin/python"), "-P", "-m", "flowcfd.kernel.userserver"]
    c.Spawner.args = [*(["--allow-root"] if os.geteuid() == 0 else []), *servers.arguments]
    c.Spawner.ip = "127.0.0.1"
    c.Spawner.default_url = servers.page
    c.Spawner.start_timeout = c.Spawner.http_timeout = servers.start_within
    c.Spawner.pre_spawn_hook = new_home(config.servers.notebooks)


def update_environment(c: Any, config: HubConfig) -> None:
    """The environment of a user's server: its Python first, a FLOWCFD_HOME of its own."""
    path = [str(config.servers.prefix / "bin"), *os.environ.get("PATH", "/usr/bin:/bin").split(os.pathsep)]
    c.Spawner.env_keep = KEPT
    c.Spawner.environment = {
        "PATH": os.pathsep.join(dict.fromkeys(path)),
        "FLOWCFD_HOME": flowcfd_home,
        **config.servers.variables,
    }


def flowcfd_home(spawner: Any) -> str:
    """Where a user's runs are kept."""
    return str(Path(spawner.home_dir) / "flowcfd")


def update_limits(c: Any, config: HubConfig) -> None:
    """How many servers; what each may use is told to it only, for the simple spawner enforces nothing."""
    limits = config.limits
    c.JupyterHub.active_server_limit = limits.servers
    c.JupyterHub.concurrent_spawn_limit = limits.starting
    if limits.memory is not None:
        c.Spawner.mem_limit = limits.memory
    if limits.cores is not None:
        c.Spawner.cpu_limit = limits.cores
