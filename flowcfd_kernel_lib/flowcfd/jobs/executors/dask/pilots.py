"""What a pilot job asks of Slurm, and what it does before its work."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from flowcfd.jobs.executors.slurm.script import grace

if TYPE_CHECKING:
    from flowcfd.cluster.pool import Pool

SKIPPED = tuple(f"#SBATCH {option}" for option in ("-n ", "--cpus-per-task", "--mem", "-t ", "-p ", "-A "))
"""Lines of dask-jobqueue that ours replace: it asks for one task of many CPUs, in which mpirun finds one slot."""


def directives(pool: Pool) -> list[str]:
    """The options of sbatch: so many tasks on one node, and a signal before the end. A lost pilot is not repeated."""
    assert pool.cores is not None
    wanted = pool.resources.model_copy(update={"nodes": 1})
    told = f"--signal=B:USR1@{grace(pool.grace, wanted.seconds)}"
    return [*wanted.directives(pool.cores), "--no-requeue", told]


def prologue(pool: Pool) -> list[str]:
    """Lines of shell: the site's, then its variables."""
    shared = f"FLOWCFD_SHARED_CORES={int(pool.shared_cores)}"
    variables = [shared, *(f"{name}={value}" for name, value in pool.environment.items())]
    return [*pool.setup, *(f"export {shlex.quote(word)}" for word in variables)]
