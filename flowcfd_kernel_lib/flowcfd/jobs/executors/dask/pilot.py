"""A pilot in Slurm: `python -m flowcfd.jobs.executors.dask.pilot ADDRESS ...`, the program of its batch job.

It is a Dask worker that ends with its job: told that the time is over, it takes no more, lets the runs write their
fields, and leaves. When the scheduler is gone it stays until its runs have ended.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
import tempfile
import time
from pathlib import Path

from flowcfd.jobs.executors.dask import keys
from flowcfd.jobs.executors.dask.task import pilot


def main() -> int:
    """Serve until the end of the job, or of the work."""
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    for name in ("--name", "--tls-ca-file", "--tls-cert", "--tls-key", "--interface"):
        parser.add_argument(name)
    parser.add_argument("--cores", type=int, required=True)
    parser.add_argument("--idle", type=float, required=True)
    options, _ = parser.parse_known_args()  # dask-jobqueue has more to say than there is to heed
    with tempfile.TemporaryDirectory(prefix="flowcfd-pilot-") as scratch:
        asyncio.run(_serve(options, scratch))
    return 0


async def _serve(options: argparse.Namespace, scratch: str) -> None:
    from distributed import Status, Worker

    worker = Worker(
        options.address, name=options.name, nthreads=options.cores, resources={"cores": options.cores},
        memory_limit=0, security=keys.security(Path(options.tls_cert), Path(options.tls_key)), death_timeout=60,
        interface=options.interface, protocol="tls", dashboard=False, dashboard_address="127.0.0.1:0",
        local_directory=scratch,
    )  # fmt: skip

    def over() -> None:
        worker.status = Status.paused  # the scheduler sends nothing more
        pilot.close()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGUSR1, signal.SIGTERM):
        loop.add_signal_handler(number, over)
    await worker
    pilot.busy = time.monotonic()
    while worker.status not in (Status.closed, Status.failed):
        await asyncio.sleep(0.2)
        if pilot.closing and not pilot.children and not worker.state.executing_count:
            await asyncio.sleep(1.0)  # what it computed last is told first
            await worker.close(reason="the pilot's time is over")
        elif pilot.children or worker.state.executing_count:
            pilot.busy = time.monotonic()
        elif time.monotonic() - pilot.busy > options.idle:
            pilot.closing = True
            with contextlib.suppress(Exception):  # the scheduler may go at the same time
                await worker.close_gracefully(reason="nothing to do")
    while pilot.children:
        await asyncio.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main())
