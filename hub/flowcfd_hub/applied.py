"""hub.yaml applied to the hub's configuration, one subject a function."""

from __future__ import annotations

from typing import Any

from flowcfd_hub.config import HubConfig
from flowcfd_hub.culling import update_culling
from flowcfd_hub.login import update_login
from flowcfd_hub.network import update_network
from flowcfd_hub.servers import update_environment, update_limits, update_servers
from flowcfd_hub.services import update_services
from flowcfd_hub.state import PASSWORD, address, prepared

UPDATES = (
    update_network, update_login, update_servers, update_environment, update_limits, update_culling, update_services,
)  # fmt: skip


def apply(c: Any, config: HubConfig) -> HubConfig:
    """Make the hub's folder and fill the configuration; gives the configuration with nothing left open."""
    made = prepared(config)
    for update in UPDATES:
        update(c, made)
    return made


def greeting(config: HubConfig) -> str:
    """Where people come in and with what; the password itself is not said."""
    made = config.state / PASSWORD
    where = f"in {made}" if made.is_file() else "of hub.yaml"
    who = "one of " + ", ".join(config.login.users) if config.login.users else "any name"
    return f"hub: {address(config)} - log in with {who} and the password {where}"
