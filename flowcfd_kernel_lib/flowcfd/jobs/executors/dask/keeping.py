"""How a pool's keeper is started, found and ended; and what the pool's pilots are. Nothing of Dask is imported here."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from flowcfd.errors import SiteError
from flowcfd.jobs import detached, lock, process, slots
from flowcfd.jobs.executors.dask.places import Place
from flowcfd.jobs.process import Identity

if TYPE_CHECKING:
    from flowcfd.cluster.pool import Pool

MEND = "pip install 'flowcfd[cluster]'"
_END_TIMEOUT = 60.0


def require(pool: Pool) -> None:
    """SiteError, which says what installs it, when something is missing that the pool needs."""
    needed = ["dask", "distributed", "cryptography", *(["dask_jobqueue"] if pool.cluster == "slurm" else [])]
    missing = [name for name in needed if find_spec(name) is None]
    if missing:
        raise SiteError(f"a pool of Dask needs {', '.join(missing)}; install: {MEND}")


def cores(pool: Pool) -> int:
    """The cores of a pilot."""
    return pool.cores or slots.machine()


def start(place: Place, name: str, pool: Pool) -> None:
    """See that a keeper lives; returns when it has its lock, and before Dask is up. SiteError when it cannot begin."""
    place.make()
    with lock.held(place.folder / "start.lock"):
        if place.kept:
            return
        content = {"name": name, "pool": pool.model_dump(mode="json", exclude_defaults=True)}
        part = place.folder / "pool.part"
        part.write_text(json.dumps(content, indent=1) + "\n")
        part.replace(place.folder / "pool.json")
        (place.folder / "keeper.json").unlink(missing_ok=True)
        with (place.folder / "keeper.log").open("wb") as log, suppress(subprocess.TimeoutExpired):
            subprocess.run(
                [sys.executable, "-P", "-m", "flowcfd.jobs.executors.dask.keeper", str(place.folder)],
                env=environment(place, pool), cwd=place.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                timeout=detached.START_TIMEOUT, check=False,
            )  # fmt: skip
        if not place.kept:
            raise SiteError(f"the keeper of the pool {name!r} could not begin: {place.last_words()}")


def environment(place: Place, pool: Pool) -> dict[str, str]:
    """The variables of a keeper: without those of a job around it, which are options to Slurm's programs."""
    foreign = ("SLURM_", "SBATCH_", "SQUEUE_", "SCANCEL_", "DASK_", "FLOWCFD_TURN", "FLOWCFD_RESTARTS")
    found = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    conf = str(pool.conf) if pool.conf is not None else os.environ.get("SLURM_CONF")
    if pool.cluster == "slurm" and conf:
        found["SLURM_CONF"] = conf
    return {**found, "FLOWCFD_HOME": str(place.home)}


def wait(place: Place, name: str, *, patience: float = 120.0) -> Mapping[str, object]:
    """What the keeper says once its scheduler is up; SiteError when that does not come."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if place.kept and (said := place.keeper).get("address"):
            return said
        if not place.kept:
            raise SiteError(f"the scheduler of the pool {name!r} did not come up: {place.last_words()}")
        time.sleep(0.1)
    raise SiteError(f"the scheduler of the pool {name!r} did not come up within {patience:g} s")


def end(place: Place) -> bool:
    """End the keeper by its pid, and its pilots with it; whether there was one. SiteError for another machine's."""
    keeper = _living(place)
    if keeper is None:
        return False
    process.send([keeper.pid], signal.SIGTERM)
    deadline = time.monotonic() + _END_TIMEOUT
    while process.alive(keeper):
        if time.monotonic() > deadline:
            process.send([keeper.pid], signal.SIGKILL)
        time.sleep(0.05)
    return True


def _living(place: Place) -> Identity | None:
    """The keeper's process; one that has just begun has yet to say who it is, and its number may be another's else."""
    deadline = time.monotonic() + _END_TIMEOUT
    while place.kept:
        who = place.keeper.get("identity")
        keeper = Identity(**who) if isinstance(who, dict) else None
        lives = False if keeper is None else process.alive(keeper)
        if lives is None:
            host = str(place.keeper.get("host") or "another machine")
            raise SiteError(f"the keeper of {place.folder} is at work on {host}: end it there")
        if lives:
            return keeper
        if time.monotonic() > deadline:
            raise SiteError(f"the keeper of {place.folder} does not say who it is; see keeper.log")
        time.sleep(0.05)
    return None


def command(pool: Pool, run: Path) -> str:
    """How a pilot starts the worker of a run."""
    mode = "--allocated" if pool.cluster == "slurm" else "--turn"
    return shlex.join([pool.python or sys.executable, "-m", "flowcfd.jobs.worker", mode, str(run)])


def pilot_script(pool: Pool) -> str:
    """The batch script of a pilot, but for addresses and names."""
    from flowcfd.jobs.executors.dask.pilots import directives, prologue

    lines = [*(f"#SBATCH {option}" for option in directives(pool)), *prologue(pool)]
    return "\n".join(["#!/bin/sh", *lines, f"exec {pilot_python(pool)} -m flowcfd.jobs.executors.dask.pilot ...", ""])


def pilot_python(pool: Pool) -> str:
    """The interpreter of a pilot, as a shell reads it."""
    return " ".join([*([pool.wrap] if pool.wrap else []), shlex.quote(pool.python or sys.executable)])
