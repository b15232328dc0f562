"""Who may come in."""

from __future__ import annotations

from typing import Any

from flowcfd_hub.config import USER, HubConfig


def update_login(c: Any, config: HubConfig) -> None:
    """The development login: any allowed name with the one password. Nobody is an administrator."""
    login = config.login
    c.JupyterHub.authenticator_class = "shared-password"
    c.SharedPasswordAuthenticator.user_password = login.password
    c.Authenticator.username_pattern = rf"^{USER}\Z"  # $ would let a line's end through
    if login.users:
        c.Authenticator.allowed_users = set(login.users)
    else:
        c.Authenticator.allow_all = True
