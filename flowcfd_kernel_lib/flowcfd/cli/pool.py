"""`flowcfd cluster dask`: pools of Dask, by the name of their profile."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict

from flowcfd.cli import output
from flowcfd.jobs.executors.dask.handle import DaskPool, Standing


def up(options: Namespace) -> int:
    """Start it, unless it is up, and show it."""
    return _show(DaskPool(options.profile).up().status, as_json=options.json)


def down(options: Namespace) -> int:
    """Stop its runs with their fields written and end it; nothing to end is no mistake."""
    pool = DaskPool(options.profile)
    was_up = pool.down()
    if options.json:
        output.document({"name": pool.name, "stopped": was_up})
    else:
        output.text(f"the pool {pool.name!r} {'is down' if was_up else 'was not up'}")
    return 0


def status(options: Namespace) -> int:
    """Its pilots, runs and dashboard; exit code 1 when it is not up."""
    return _show(DaskPool(options.profile).status, as_json=options.json)


def _show(now: Standing, *, as_json: bool) -> int:
    if as_json:
        output.document(asdict(now))
    elif not now.up:
        left = f"; {now.waiting} runs wait for it ({now.waits})" if now.waiting else ""
        output.text(f"the pool {now.name!r} is not up{left}; start it: flowcfd cluster dask up {now.name}")
    else:
        output.text(
            f"pool {now.name!r} on {now.host} (pid {now.pid}): {now.computing} runs at work, {now.waiting} waiting"
        )
        if now.waits:
            output.text(now.waits)
        rows = [(pilot["name"], pilot["host"], f"{pilot['taken']} of {pilot['cores']}") for pilot in now.pilots]
        output.table(("pilot", "host", "cores taken"), rows, numbers=("cores taken",))
        output.text(f"dashboard: {now.dashboard}")
    return 0 if now.up else 1
