"""controlDict: how far and in which steps, and what is written when."""

from __future__ import annotations

from collections.abc import Mapping

from flowcfd.case.solve import Solve, Steady, Transient
from flowcfd.errors import CaseError

Entries = dict[str, object]


def entries(
    solve: Solve, application: str, functions: Mapping[str, Entries], *, libraries: tuple[str, ...] = ()
) -> Entries:
    """The entries of a controlDict; a run begins at its latest time, which at first is 0."""
    return {
        "application": application,
        "startFrom": "latestTime",
        "startTime": 0,
        "stopAt": "endTime",
        **_times(solve),
        "purgeWrite": solve.keep,
        "writeFormat": solve.write_format,
        "writePrecision": solve.write_precision,
        "writeCompression": False,
        "timeFormat": "general",
        "timePrecision": 10,
        "runTimeModifiable": True,
        **({"libs": libraries} if libraries else {}),
        **({"functions": functions} if functions else {}),
    }


def _times(solve: Solve) -> Entries:
    if isinstance(solve, Steady):
        return {
            "endTime": solve.iterations,
            "deltaT": 1,
            "writeControl": "timeStep",
            "writeInterval": solve.write_every or solve.iterations,
        }
    if isinstance(solve, Transient):
        adaptive: Entries = {}
        if solve.max_courant is not None:
            adaptive = {"adjustTimeStep": True, "maxCo": solve.max_courant}
            adaptive |= {"maxDeltaT": solve.max_step} if solve.max_step is not None else {}
        return {
            "endTime": solve.end,
            "deltaT": solve.step,
            **adaptive,
            "writeControl": "adjustableRunTime" if adaptive else "runTime",
            "writeInterval": solve.write_every or solve.end,
        }
    raise CaseError(f"solve: must be Steady or Transient (got {solve.kind})")
