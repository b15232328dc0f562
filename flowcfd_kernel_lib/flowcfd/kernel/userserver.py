"""A user's server behind a hub: `python -m flowcfd.kernel.userserver OPTION...` becomes jupyterhub-singleuser.

So the hub needs to know nothing of what FlowCFD's widgets need of a Jupyter server; its own environment may be another.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from flowcfd.kernel.lab import lab_environment


def command(options: list[str]) -> list[str]:
    """The server's command line; a file in the user's home takes the place of no module."""
    return [sys.executable, "-P", "-m", "jupyterhub.singleuser", *options]


def main(options: list[str], environment: Mapping[str, str]) -> None:
    """Become the server."""
    os.execve(sys.executable, command(options), lab_environment(environment))


if __name__ == "__main__":
    main(sys.argv[1:], os.environ)
