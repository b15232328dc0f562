"""Services that hub.yaml names: what each may ask of the hub is a role of its own."""

from __future__ import annotations

from typing import Any

from flowcfd_hub.config import HubConfig


def update_services(c: Any, config: HubConfig) -> None:
    """Each service with its command or address, and its scopes."""
    for name, service in config.services.items():
        given = {"command": list(service.command) or None, "url": service.url}
        c.JupyterHub.services.append({"name": name, **{key: value for key, value in given.items() if value}})
        if service.scopes:
            c.JupyterHub.load_roles.append({"name": name, "scopes": list(service.scopes), "services": [name]})
