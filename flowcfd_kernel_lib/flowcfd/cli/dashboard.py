"""`flowcfd dashboard`."""

from __future__ import annotations

import sys
from argparse import Namespace

from flowcfd.cli import output
from flowcfd.errors import CaseError
from flowcfd.widgets.dashboard.served import Server
from flowcfd.widgets.dashboard.subject import subject


def dashboard(options: Namespace) -> int:
    """Serve the page until Ctrl-C; its address, which holds the secret, goes to this terminal only."""
    if not 0 <= options.port <= 65535:
        raise CaseError(f"--port: must be 0 to 65535 (got {options.port})")
    server = Server(subject(options.target, options.measure), options.port)
    try:
        if options.json:
            output.document({"address": server.address})
        else:
            output.text(f"{server.address}\nCtrl-C ends it")
        sys.stdout.flush()  # whoever reads a pipe waits for the address
        server.process.wait()
    finally:
        server.end()
    return 0
