"""Runs in a pool of Dask: cores that are held, on this machine or in pilot jobs of Slurm, for many short solves.

A process of its own, the keeper, has Dask's scheduler and outlives notebooks; submitters leave a ticket in its folder
and need no connection. Dask sends a solve to free cores; what is computed there is the run's ordinary worker, and the
run directory tells how it ended. So a Dask worker, scheduler or client that dies costs nothing that was written.

Nothing of Dask is imported but by the keeper, its pilots, and `map`.
"""

__all__: list[str] = []
