"""The folder of the hub: rights for its owner only, a password that is made once, ports that are free."""

from __future__ import annotations

import os
import secrets
import socket
from pathlib import Path

from flowcfd_hub.config import ConfigError, HubConfig

PASSWORD = "password"
"""The file with the password that was made."""


def prepared(config: HubConfig) -> HubConfig:
    """The configuration with what was left open: its folders are made, its ports and its password are known.

    ConfigError where users' servers could not start.
    """
    python = config.servers.prefix / "bin/python"
    if not python.is_file():
        raise ConfigError(f"servers.prefix: there is no Python environment: {python} is not there")
    for folder in (config.state, config.homes):
        private(folder)
    network = config.network.model_copy(
        update={name: getattr(config.network, name) or free_port() for name in ("port", "hub_port", "proxy_port")}
    )
    login = config.login.model_copy(update={"password": config.login.password or password(config.state / PASSWORD)})
    made = config.model_copy(update={"network": network, "login": login})
    write(config.state / "address", f"{address(made)}\n")
    return made


def address(config: HubConfig) -> str:
    """Where people come in."""
    host = f"[{config.network.address}]" if ":" in config.network.address else config.network.address
    return f"http://{host}:{config.network.port}"


def private(folder: Path) -> None:
    """Make a folder that nobody else can enter; ConfigError where that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if folder.stat().st_uid != os.geteuid():
            raise ConfigError(f"{folder}: belongs to another user; name another folder in state or servers.homes")
        folder.chmod(0o700)
    except OSError as error:
        raise ConfigError(f"{folder}: cannot be made: {error.strerror}") from None


def password(path: Path) -> str:
    """The password in a file of the hub's folder, made at the first start."""
    if not path.is_file():
        write(path, f"{secrets.token_urlsafe(12)}\n")
    return path.read_text().strip()


def write(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.touch(mode=0o600)
    part.write_text(text)
    part.replace(path)


def free_port() -> int:
    """A port of the loopback that nobody uses now."""
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])
