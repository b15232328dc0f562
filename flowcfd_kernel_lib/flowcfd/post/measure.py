"""Single numbers over time by their names: `Cd`, `body.Cd`, `p[0]`, `reattachment`."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import cast

import numpy as np

from flowcfd.case.measure import REATTACHMENT, find, unit
from flowcfd.errors import FlowError, NotYet, ResultError, UnknownName
from flowcfd.foam import measures, samples, tables
from flowcfd.post import forces, probes, setup
from flowcfd.post.table import Signal, Table, table
from flowcfd.series import Mean, Settling, even, mean, mean_settled, mser, settled
from flowcfd.uncertain import Uncertain

UnitOf = Callable[[str], "str | None"]
Columns = dict[str, Callable[[], Signal]]

MOST = 6
"""So many measures are shown when none are asked for."""
_FIRST = ("Cd", "Cl", "Cs", REATTACHMENT)
"""Names of measures that are worth a column before others."""


def measure(case: Path, name: str, *, time_unit: str, unit_of: UnitOf) -> Signal:
    """The measure that `name` means, over Time, without the times at which it has no value.

    Raises CaseError for a text that names several or is no name; NotYet, which lists those there are, for none.
    """
    known = columns(case, time_unit, unit_of)
    try:
        whole = find(name, known)
    except UnknownName:
        waiting = [one for one in measures.measures(case) if one not in known]
        later = f"; not written yet: {', '.join(waiting)}" if waiting else ""
        near = get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise NotYet(f"no measure {name!r}; {hint}there are: {', '.join(known) or 'none'}{later} [{case}]") from None
    signal = cast(Signal, known[whole]().dropna())
    signal.name = whole
    return signal


def columns(case: Path, time_unit: str, unit_of: UnitOf) -> Columns:
    """All measures that are written, by their whole names."""
    found: Columns = {}
    for name in forces.names(case):
        found |= _of(name, forces.forces(case, name, time_unit))
    for name in probes.names(case):
        found |= _of(name, probes.probes(case, name, unit_of, time_unit))
    taken = {name.partition(".")[0] for name in found}
    for name, stems in tables.names(case).items():
        if name not in taken and name.removesuffix("Coeffs") not in taken:
            found |= _others(case, name, stems, time_unit)
    for name, written in measures.measures(case).items():
        if written.source.direction is not None and (case / "postProcessing" / written.source.function).is_dir():
            found[name] = _sampled(case, written.source, time_unit)
    return found


def statistics(signal: Signal, *, confidence: float = 0.95, steady: bool) -> Uncertain:
    """The mean of a signal after its initial transient, with half its confidence interval; source: flowcfd.series.

    What MSER-5 takes for the initial transient is dropped, uneven times are made even. Raises ResultError for a signal
    of less than two values.
    """
    values = _even(signal, steady)
    if len(values) < 2:
        raise ResultError(f"{signal.name}: statistics need at least 2 values (got {len(values)})")
    found: Mean = mean(values[mser(values) :], confidence=confidence)
    kind = f"{100 * confidence:g} % of the mean"
    return Uncertain(found.value, found.half_width, unit=signal.units or "", kind=kind)


def settling(
    signal: Signal, *, within: float, relative: bool, over: int, steady: bool, by_mean: bool | None = None
) -> Settling:
    """Whether a signal has settled, by its values where the solve is `steady` and by its mean where it is not."""
    judge = mean_settled if (not steady if by_mean is None else by_mean) else settled
    return judge(_even(signal, steady), within=within, relative=relative, over=over)


def _even(signal: Signal, steady: bool) -> list[float]:
    values: list[float] = signal.to_numpy(float).tolist()
    return values if steady else even(signal.index.to_numpy(float).tolist(), values)


def _of(name: str, whole: Table) -> Columns:
    def one(column: Hashable) -> Callable[[], Signal]:
        return lambda: _signal(whole, column)

    return {f"{name}.{_label(column)}": one(column) for column in whole.columns}


def _label(column: Hashable) -> str:
    return f"{column[0]}[{column[1]}]" if isinstance(column, tuple) else str(column)


def _signal(whole: Table, column: Hashable) -> Signal:
    signal = Signal(whole[column])
    name = column[0] if isinstance(column, tuple) else column
    known = whole.units.get(name, unit(str(name)))
    signal.attrs = {} if known is None else {"units": known}
    return signal


def _others(case: Path, name: str, stems: tuple[str, ...], time_unit: str) -> Columns:
    """The columns of numbers of any other table that has one row a time."""
    found: Columns = {}
    for stem in stems:
        if not all(path.suffix == ".dat" for _, path in tables.files(case, name, stem)):
            continue  # sampled lines and surfaces are no tables over time
        try:
            records = tables.rows(case, name, stem)
        except (ResultError, ValueError):
            continue
        if records is None or not len(records.time) or len(np.unique(records.time)) != len(records.time):
            continue
        numbers = {column: values for column, values in records.columns.items() if values.dtype != object}
        titles = ["Time", *list(numbers)[1:]]
        whole = table(dict(zip(titles, numbers.values(), strict=True)), index="Time", units={"Time": time_unit})
        found |= _of(name, whole)
    return found


def _sampled(case: Path, source: samples.Source, time_unit: str) -> Callable[[], Signal]:
    def read() -> Signal:
        reader = samples.samples(case, source)
        reader.poll()
        whole = table({"Time": reader.times, REATTACHMENT: reader.values}, index="Time", units={"Time": time_unit})
        return _signal(whole, REATTACHMENT)

    return read


def names(case: Path, time_unit: str, unit_of: UnitOf) -> Iterator[str]:
    """The whole names of the measures that are written."""
    yield from columns(case, time_unit, unit_of)


def foremost(case: Path, most: int = MOST) -> tuple[str, ...]:
    """The measures that are worth a column: coefficients and lengths first, no parts of a force; maybe none."""
    try:
        found = list(names(case, "" if setup.steady(case) else "s", lambda field: setup.unit_of(case, field)))
    except FlowError:
        return ()
    whole = [name for name in found if not name.endswith(("_pressure", "_viscous", "(f)", "(r)"))]
    last = [name.rpartition(".")[2] for name in whole]
    order = sorted(range(len(whole)), key=lambda n: (_FIRST.index(last[n]) if last[n] in _FIRST else len(_FIRST), n))
    return tuple(whole[n] for n in order[:most])
