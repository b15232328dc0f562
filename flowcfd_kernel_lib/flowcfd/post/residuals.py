"""Tables from solver logs: residuals, iterations, continuity, Courant numbers, time steps.

Several logs of one application (a run that was resumed) are joined: of a time that was computed twice the later counts.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from flowcfd.foam.log import bulk
from flowcfd.foam.log.bulk import Columns, Log
from flowcfd.post.table import Table, table

Ints = npt.NDArray[np.int64]
Logs = Sequence[tuple[Log, npt.NDArray[np.bool_]]]
"""Logs in their order, each with the steps that count: those that nothing later computed again."""


def logs(paths: Sequence[Path]) -> Logs:
    """The logs at `paths`, in the order in which they were written. Raises OSError when one cannot be read."""
    found = [_read(path, path.stat().st_size, path.stat().st_mtime_ns) for path in paths]
    kept, later = [], np.inf
    for log in reversed(found):
        times = log.steps["time"]
        after = np.minimum.accumulate(np.append(times, later)[::-1])[::-1]
        kept.append(times < after[1:])
        later = after[0]
    return list(zip(found, reversed(kept), strict=True))


@lru_cache(maxsize=8)
def _read(path: Path, size: int, changed: int) -> Log:
    """A log is read once as long as it does not change, by its size and time of change."""
    return bulk.read(path)


def residuals(found: Logs, unit: str) -> Table:
    """The first initial residual of each field in each step; index Time [`unit`]; `heater/h` is of region heater.

    A field that a step does not solve for has nan there.
    """
    return _joined([_per_step(log, keep, "initial", first=True) for log, keep in found], unit)


def iterations(found: Logs, unit: str) -> Table:
    """The iterations of the linear solvers for each field, summed over a step; otherwise as `residuals`."""
    return _joined([_per_step(log, keep, "iterations", first=False) for log, keep in found], unit)


def _per_step(log: Log, keep: npt.NDArray[np.bool_], column: str, *, first: bool) -> pd.DataFrame:
    solves = {name: values[log.solves["step"] >= 0] for name, values in log.solves.items()}
    width = len(log.names)
    labels = solves["region"].astype(np.int64) * width + solves["field"]
    order, places = _by_appearance(labels)
    cells = solves["step"].astype(np.int64) * len(order) + places
    grid = np.full((len(keep), len(order)), np.nan)
    if first:
        cells, rows = np.unique(cells, return_index=True)
        grid.flat[cells] = solves[column][rows]
    elif len(cells):
        sums = np.bincount(cells, solves[column], grid.size)
        solved = np.unique(cells)
        grid.flat[solved] = sums[solved]
    names = [_label(log, label // width, label % width) for label in order.tolist()]
    return pd.DataFrame(grid[keep], index=log.steps["time"][keep], columns=pd.Index(names, dtype=object))


def _by_appearance(labels: Ints) -> tuple[Ints, Ints]:
    """The different labels in the order in which they come, and for each entry the place of its label there."""
    different, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    order = np.argsort(first)
    return different[order], np.argsort(order)[inverse]


def _label(log: Log, region: int, field: int) -> str:
    return f"{log.names[region]}/{log.names[field]}" if log.names[region] else log.names[field]


def steps(found: Logs, unit: str) -> Table:
    """deltaT, execution (CPU time of the process so far) and clock, all in [s], over time [`unit`]."""
    names = ("deltaT", "execution", "clock")
    parts = [
        pd.DataFrame({name: log.steps[name][keep] for name in names}, index=log.steps["time"][keep])
        for log, keep in found
    ]
    return _joined(parts, unit, {"deltaT": unit, "execution": "s", "clock": "s"})


def continuity(found: Logs, unit: str) -> Table:
    """The last continuity errors of each step: local, global, cumulative; with several regions `<region>/local`."""
    names = ("local", "global", "cumulative")
    return _joined([_last_per_step(log, keep, log.continuity, names, ("region",)) for log, keep in found], unit)


def courant(found: Logs, unit: str) -> Table:
    """Courant numbers of each step: mean and max of the flow; of others `interface mean`, `<region>/max`."""
    return _joined(
        [_last_per_step(log, keep, log.courant, ("mean", "max"), ("region", "kind")) for log, keep in found], unit
    )


def _last_per_step(
    log: Log, keep: npt.NDArray[np.bool_], rows: Columns, names: Sequence[str], keys: Sequence[str]
) -> pd.DataFrame:
    count = len(keep)
    inside = (rows["step"] >= 0) & (rows["step"] < count)
    columns: dict[str, npt.NDArray[np.float64]] = {}
    combined = np.stack([rows[key][inside] for key in keys])
    for combination in np.unique(combined, axis=1).T[np.argsort(_firsts(combined))]:
        of = (combined == combination[:, None]).all(axis=0)
        prefix = _prefix(log, dict(zip(keys, combination.tolist(), strict=True)))
        for name in names:
            values = np.full(count, np.nan)
            values[rows["step"][inside][of]] = rows[name][inside][of]  # a later line of a step replaces an earlier one
            columns[prefix + name] = values[keep]
    return pd.DataFrame(columns, index=log.steps["time"][keep])


def _firsts(combined: npt.NDArray[Any]) -> Ints:
    return np.unique(combined, axis=1, return_index=True)[1]


def _prefix(log: Log, codes: dict[str, int]) -> str:
    region, kind = log.names[codes["region"]], log.names[codes.get("kind", 0)]
    return (f"{region}/" if region else "") + (f"{kind} " if kind not in ("", "flow") else "")


def bounding(found: Logs, unit: str) -> Table:
    """Each time a field had to be bounded: field, min, max, average as they were before."""
    return _long(found, "bounding", ("field",), ("min", "max", "average"), unit)


def solves(found: Logs, unit: str) -> Table:
    """Every linear solve in the order of the log: field, initial, final, iterations, region, solver; index Time."""
    return _long(found, "solves", ("field", "region", "solver"), ("initial", "final", "iterations"), unit)


def _long(found: Logs, name: str, words: Sequence[str], numbers: Sequence[str], unit: str) -> Table:
    parts: dict[str, list[npt.NDArray[Any]]] = {column: [] for column in ("Time", *words, *numbers)}
    known = [*dict.fromkeys(word for log, _ in found for word in log.names)]
    for log, keep in found:
        rows: Columns = getattr(log, name)
        chosen = np.append(keep, True)[rows["step"]]  # the -1 of rows before the first step finds the True
        parts["Time"].append(rows["time"][chosen])
        codes = np.array([known.index(word) for word in log.names], np.int32)
        for column in words:
            parts[column].append(codes[rows[column][chosen]])
        for column in numbers:
            parts[column].append(rows[column][chosen])
    joined = {column: np.concatenate(values) for column, values in parts.items()}
    named = {column: _categories(joined[column], known) for column in words}
    order = ("Time", words[0], *numbers, *words[1:])
    units: dict[Hashable, str] = {"Time": unit}
    if name == "solves":
        units |= dict.fromkeys(numbers, "")
    return table({column: named.get(column, joined[column]) for column in order}, index="Time", units=units)


def _categories(codes: npt.NDArray[Any], known: Sequence[str]) -> pd.Categorical[str]:
    used, places = np.unique(codes, return_inverse=True)
    names = pd.Index([known[code] for code in used.tolist()], dtype=str)
    return pd.Categorical.from_codes(places, categories=names)


def _joined(parts: Sequence[pd.DataFrame], unit: str, units: dict[str, str] | None = None) -> Table:
    filled = [part for part in parts if len(part)] or list(parts[:1])
    whole = Table(pd.concat(filled))
    whole.index.name = "Time"
    whole.attrs["units"] = {"Time": unit, **(units or dict.fromkeys(map(str, whole.columns), ""))}
    return whole
