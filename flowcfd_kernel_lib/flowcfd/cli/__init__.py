"""The command line `flowcfd`: thin over the API, one line per error, exit codes that a script can rely on."""

from flowcfd.cli.entry import main

__all__ = ["main"]
