"""`flowcfd cluster`: a private Slurm on this machine."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from flowcfd.cli import output
from flowcfd.cluster import private, profile
from flowcfd.cluster.private import Private
from flowcfd.settings import settings

PROFILE = "private"


def up(options: Namespace) -> int:
    """Start it and write the profile by which runs are sent to it."""
    made = private.up(_folder(options), nodes=options.nodes, cores=options.cores, memory=options.memory)
    known = profile.Profile(
        description="the private Slurm of this machine",
        conf=made.conf,
        shared_cores=True,
        grace=30.0,
        environment={"OMPI_MCA_btl": "self,tcp"},  # nodes that are one machine would share memory that is not theirs
    )
    path = profile.write(PROFILE, known)
    if options.json:
        output.document({**_as_dict(made), "profile": str(path)})
    else:
        output.text(
            f"Slurm is up: {made.nodes} nodes of {made.cores} cores in {made.folder}\n"
            f"Send runs to it:  flowcfd run CASE --on {PROFILE}    or    fc.run(case, on={PROFILE!r})\n"
            f"Slurm's own commands see it after:  export SLURM_CONF={made.conf}\n"
            "End it:  flowcfd cluster down"
        )
    return 0


def down(options: Namespace) -> int:
    """Stop it; nothing to stop is no mistake."""
    folder = _folder(options)
    stopped = private.down(folder)
    if options.json:
        output.document({"folder": str(folder), "stopped": stopped})
    else:
        output.text(f"{folder}: {'stopped' if stopped else 'no private Slurm is at work there'}")
    return 0


def status(options: Namespace) -> int:
    """Its daemons and nodes; exit code 1 when it is not at work."""
    folder = _folder(options)
    found = private.find(folder)
    lives = found is not None and bool(found.pids())
    if options.json:
        output.document(_as_dict(found) if found is not None else {"folder": str(folder), "daemons": {}})
    elif found is None or not lives:
        output.text(f"{folder}: no private Slurm is at work there; start one: flowcfd cluster up")
    else:
        output.text("\n".join([
            f"{found.folder}: {', '.join(f'{name} (pid {pid})' for name, pid in found.pids().items())}",
            f"nodes that can compute: {', '.join(found.idle()) or 'none'} of {found.nodes}",
        ]))  # fmt: skip
    return 0 if lives else 1


def _folder(options: Namespace) -> Path:
    return Path(options.dir or settings().home / "cluster").expanduser().absolute()


def _as_dict(made: Private) -> dict[str, object]:
    return {
        "folder": str(made.folder), "conf": str(made.conf), "nodes": made.names, "cores": made.cores,
        "daemons": made.pids(), "idle": made.idle(),
    }  # fmt: skip
