"""Runs on a cluster with Slurm: one job per run, named by the run's uid, whose only program is the run's worker.

A job id alone says nothing: a controller that was killed just after a submission gives the same id again. So a run is
found by its name, and the run directory, not the scheduler, tells how it ended.
"""

from flowcfd.jobs.executors.slurm.executor import Slurm

__all__ = ["Slurm"]
