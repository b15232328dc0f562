"""hub.yaml applied to the hub's configuration, one subject a function."""

from __future__ import annotations

from typing import Any

from flowcfd_hub.config import HubConfig
from flowcfd_hub.culling import update_culling
from flowcfd_hub.login import update_login
from flowcfd_hub.network import update_network
from flowcfd_hub.servers import update_environment, update_limits, update_servers
from flowcfd_hub.services import update_services
from flowcfd_hub.state import prepared

UPDATES = (
    update_network, update_login, update_servers, update_environment, update_limits, update_culling, update_services,
)  # fmt: skip


def apply(c: Any, config: HubConfig) -> HubConfig:
    """Make the hub's folder and fill the configuration; gives the configuration with nothing left open."""
    made = prepared(config)
    for update in UPDATES:
        update(c, made)
    return made
