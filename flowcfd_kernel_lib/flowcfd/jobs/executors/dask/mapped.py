"""A function over many things in the pool: each call in a process of its pilot, on a core that no run has."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache, partial
from typing import Any

from flowcfd.errors import SiteError
from flowcfd.jobs import process
from flowcfd.jobs.executors.dask.task import pilot
from flowcfd.jobs.process import Identity
from flowcfd.jobs.slots import Slots
from flowcfd.settings import settings

_LOOK = 1.0
"""Time [s] between two looks whether the pilot lives."""
Answer = tuple[bool, bytes]
"""Whether it is a value, and the value or the error, pickled."""


def call(function: bytes, item: bytes, shared: bool, most: int) -> Answer:
    """Call a function in a process of this pilot, which has `most` at a time; `shared`: wait for a core as runs do.

    `function` is pickled with the places where its modules are found.
    """
    slots = Slots(settings().home, 1) if shared else None
    try:
        while slots is not None and not slots.ready():
            time.sleep(0.02)
        return _processes(most).submit(_called, function, item).result()
    except BrokenProcessPool:
        _processes.cache_clear()
        return _error(SiteError("the process that computed it was killed"))
    finally:
        pilot.busy = time.monotonic()
        if slots is not None:
            slots.release()


@cache
def _processes(most: int) -> ProcessPoolExecutor:
    """Warm processes."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["flowcfd.post.open", "cloudpickle"])
    me = Identity.of(os.getpid())
    assert me is not None
    return ProcessPoolExecutor(most, mp_context=context, initializer=partial(_begin, me))


def _begin(pilot_: Identity) -> None:
    """Each process has one core: libraries that take all there are would take those of runs. It ends with its pilot.

    The server that forks it off lives as long as it does, so that server's end would never come.
    """
    os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "VTK_SMP_MAX_THREADS"), "1"))

    def leave() -> None:
        while process.alive(pilot_):
            time.sleep(_LOOK)
        os._exit(1)

    threading.Thread(target=leave, daemon=True).start()


def _called(function: bytes, item: bytes) -> Answer:
    import cloudpickle  # type: ignore[import-untyped]

    try:
        places, sent = cloudpickle.loads(function)
        sys.path += [place for place in places if place not in sys.path]
        called: Callable[[Any], Any] = cloudpickle.loads(sent)
        return True, cloudpickle.dumps(called(cloudpickle.loads(item)))
    except Exception as error:  # the function is the user's: its error is the answer
        return _error(error)


def _error(error: Exception) -> Answer:
    """An error that the caller can raise; one that cannot be sent becomes its words."""
    import cloudpickle

    try:
        sent = cloudpickle.dumps(error)
        cloudpickle.loads(sent)
    except Exception:  # whatever a foreign error does when it is pickled
        sent = cloudpickle.dumps(SiteError(" ".join(f"{type(error).__name__}: {error}".split())))
    return False, sent
