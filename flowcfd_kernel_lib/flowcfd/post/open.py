"""Results: everything that a run, or any OpenFOAM case directory, has written."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from flowcfd.errors import CaseError, NotYet, ResultError
from flowcfd.foam import tables
from flowcfd.jobs import Run
from flowcfd.jobs import open as open_run
from flowcfd.jobs.handle import logs
from flowcfd.post import checks, forces, layout, measure, probes, residuals, sampled, setup, unwritten
from flowcfd.post.residuals import Logs
from flowcfd.post.table import Signal, Table
from flowcfd.series import Settling
from flowcfd.uncertain import Uncertain
from flowcfd.units import si

if TYPE_CHECKING:
    import pandas as pd
    import pyvista
    from numpy.typing import ArrayLike

    from flowcfd.post.verdict import Verdict


def results(
    run: Run | str | Path, *, wait: bool = True, timeout: float | None = None, partial: bool = False
) -> Results:
    """The results of a run, once it has ended; of a case directory that is no run, what is there.

    `run` is a Run, its directory or its name, or any OpenFOAM case directory. Waits at most `timeout` [s]. Raises
    NotYet when the run is still active then; StageFailed, Diverged, Lost, Cancelled or Stopped when it did not come
    to its end, unless `partial` results are wanted. With `wait` False it neither waits nor raises: what is written so
    far can be looked at while the run goes on. Raises UnknownName, which lists the runs, for a name that is none.
    """
    if not isinstance(run, Run):
        path = Path(run).expanduser()
        with layout.readable(path):
            folder, is_run, is_case = (
                path.is_dir(),
                (path / "job.json").is_file(),
                (path / "system/controlDict").is_file(),
            )
        if is_case and not is_run:
            return Results(path.absolute())
        if folder and not is_run:
            raise CaseError(f"{path}: neither a run (job.json) nor an OpenFOAM case (system/controlDict)")
        run = open_run(path if folder else run)
    if run.record.mesh_only:
        raise ResultError(f"{run.path.name}: makes a mesh and solves nothing; fc.quality(run) says how good it is")
    if wait:
        try:
            run.wait(timeout)
        except TimeoutError as error:
            raise NotYet(f"{error}; results(run, wait=False) shows what is there") from None
        if not partial:
            run.check()
    return Results(run.case, run)


class Results:
    """What one case has written; all is read when it is asked for, so a run that goes on shows more later."""

    def __init__(self, case: Path, run: Run | None = None) -> None:
        self.case, self.run = case, run

    @property
    def application(self) -> str:
        """The solver."""
        return self.run.record.application if self.run is not None else setup.application(self.case)

    @property
    def state(self) -> str:
        """The state of the run; empty for a case that is no run."""
        return "" if self.run is None else self.run.state

    # ---- from the solver's log

    @property
    def residuals(self) -> Table:
        """First initial residual of each field (columns) in each step; index Time. `heater/h` is of region heater."""
        return residuals.residuals(self._logs(), self._time_unit)

    @property
    def iterations(self) -> Table:
        """Iterations of the linear solvers for each field (columns), summed over each step; index Time."""
        return residuals.iterations(self._logs(), self._time_unit)

    @property
    def continuity(self) -> Table:
        """Last continuity errors of each step: local, global, cumulative; index Time."""
        return residuals.continuity(self._logs(), self._time_unit)

    @property
    def courant(self) -> Table:
        """Courant numbers of each step: mean, max, and those of interfaces and regions; index Time."""
        return residuals.courant(self._logs(), self._time_unit)

    @property
    def steps(self) -> Table:
        """deltaT, execution and clock of each step [s]; index Time."""
        return residuals.steps(self._logs(), self._time_unit)

    @property
    def execution_time(self) -> Signal:
        """CPU time of the solver's process so far [s], over Time."""
        execution: Signal = self.steps["execution"]
        return execution

    @property
    def bounding(self) -> Table:
        """Each time a field had to be bounded: field, min, max, average; index Time."""
        return residuals.bounding(self._logs(), self._time_unit)

    @property
    def converged(self) -> int | None:
        """The iteration at which the solver said that it converged; None when it did not."""
        return self._logs()[-1][0].converged

    def log(self, application: str | None = None) -> Table:
        """Every linear solve of an application (None: the solver): field, initial, final, iterations, region, solver.

        Index Time, nan before the first step. Raises NotYet, which lists the logs there are.
        """
        return residuals.solves(self._logs(application), self._time_unit)

    # ---- from function objects

    def forces(self, name: str | None = None) -> Table:
        """Forces and moments [N, N m] and their coefficients over Time; `name` None: the only ones there are.

        `res.forces("body").Cd.last(200).mean()`. Columns: Cd, Cs, Cl, CmRoll, CmPitch, CmYaw, Fx, Fy, Fz, Mx, My, Mz,
        Fx_pressure, Fx_viscous, ... as far as they were written.
        """
        return forces.forces(self.case, name, self._time_unit)

    def probes(self, name: str | None = None) -> Table:
        """Fields at points over Time: columns (field, probe), `probes.p[0]`; the points are in `attrs["points"]`."""
        return probes.probes(self.case, name, self._unit_of, self._time_unit)

    @property
    def y_plus(self) -> Table:
        """y+ over Time: columns (patch, "min" | "max" | "average"), patches with slip left out."""
        return checks.y_plus(self.case, self._time_unit, setup.slip(self.case))

    @property
    def wall_shear(self) -> Table:
        """Extremes of wall shear stress over Time: columns (patch, "min_x" ... "max_z"); OpenFOAM's signs."""
        return checks.wall_shear(self.case, self._time_unit, self._unit_of)

    @property
    def min_max(self) -> Table:
        """Minima and maxima of fields over Time: columns (field, "min" | "max" | "location(min)_x" ...)."""
        return checks.min_max(self.case, self._time_unit, self._unit_of)

    def function(self, name: str, file: str | None = None) -> Table:
        """Any table that function object `name` wrote, over Time; `file` where it wrote several."""
        return checks.function(self.case, name, self._time_unit, file)

    def line(self, name: str | None = None, time: float | None = None, *, part: str | None = None) -> Table:
        """Fields along a line as it was sampled at `time` (None: the last): columns x, y, z, p, Ux, ..."""
        return sampled.line(self.case, name, time, part)

    def slice(self, name: str | None = None, time: float | None = None, *, part: str | None = None) -> pyvista.PolyData:
        """A slice as it was sampled at `time` (None: the last), with its fields."""
        return sampled.surface(self.case, name, time, part)

    def measure(self, name: str) -> Signal:
        """A single number over Time by its name: "Cd", "body.Cd", "probes.p[0]", "reattachment"; with its units.

        Raises NotYet, which lists the measures there are.
        """
        return measure.measure(self.case, name, time_unit=self._time_unit, unit_of=self._unit_of)

    def statistics(self, name: str, *, confidence: float = 0.95) -> Uncertain:
        """The mean of a measure after its initial transient (MSER-5), and half its confidence interval."""
        return measure.statistics(self.measure(name), confidence=confidence, steady=setup.steady(self.case))

    def settled(
        self,
        name: str,
        *,
        within: float | str = 0.005,
        within_absolute: float | None = None,
        over: int = 200,
        mean: bool | None = None,
    ) -> Settling:
        """Whether a measure has settled over the last `over` samples, as `fc.Settled` judges it; `why` says it.

        `within` is a share of the mean ("0.5 %"), `within_absolute` an amount in its place. A steady solve is judged
        by the measure's values, any other by its mean; `mean` says it otherwise.
        """
        band = si(within, "") if within_absolute is None else within_absolute
        steady = setup.steady(self.case)
        return measure.settling(
            self.measure(name),
            within=band,
            relative=within_absolute is None,
            over=over,
            steady=steady,
            by_mean=mean,
        )

    @property
    def outputs(self) -> list[str]:
        """The function objects that have written something."""
        return list(tables.names(self.case))

    # ---- fields

    @property
    def times(self) -> list[float]:
        """The times with fields [s or iterations], rising."""
        return layout.times(self.case)

    @property
    def last(self) -> float:
        """The last time with fields. Raises NotYet before there is one."""
        found = self.times
        if not found:
            raise NotYet(f"no fields are written in {self.case}")
        return found[-1]

    def fields(self, time: float | str | None = None) -> list[str]:
        """The names of the fields at a time, None for the last."""
        from flowcfd.post import fields

        return fields.names(self.case, time)

    def mesh(
        self,
        time: float | str | None = None,
        *,
        fields: Sequence[str] | None = None,
        patches: bool | Sequence[str] = False,
    ) -> pyvista.UnstructuredGrid | pyvista.MultiBlock:
        """The cells at `time` (None: the last) with fields (None: all) as cell data, joined where decomposed.

        With `patches` (True: all, or names) a MultiBlock of "internalMesh" and "boundary". Raises NotYet, NoSuchField
        and UnknownName, which list the times, fields and patches there are; and NotYet where no time is asked for and
        the computation came to its end before it wrote one.
        """
        from flowcfd.post.fields import mesh  # pyvista is loaded by those who want meshes

        if time is None and (cause := self._unwritten()):
            raise NotYet(f"{cause} [{self.case}]")
        return mesh(self.case, time, fields=fields, patches=patches)

    def patch(
        self, name: str, time: float | str | None = None, *, fields: Sequence[str] | None = None
    ) -> pyvista.PolyData:
        """One patch as a surface with the values on it as cell data."""
        boundary = cast("pyvista.MultiBlock", self.mesh(time, fields=fields, patches=[name]))["boundary"]
        return cast("pyvista.PolyData", cast("pyvista.MultiBlock", boundary)[name])

    def sample_line(
        self,
        a: ArrayLike,
        b: ArrayLike,
        n: int = 101,
        fields: Sequence[str] | None = None,
        *,
        time: float | str | None = None,
        interpolated: bool = True,
    ) -> Table:
        """Fields at `n` points from `a` to `b` [m]: columns x, y, z, distance, p, Ux, ...; nan outside the mesh."""
        from flowcfd.post import sample

        return _table(
            sample.line(self.mesh(time, fields=fields, patches=True), a, b, n, fields, interpolated=interpolated)
        )

    def sample_points(
        self,
        places: ArrayLike,
        fields: Sequence[str] | None = None,
        *,
        time: float | str | None = None,
        interpolated: bool = True,
    ) -> Table:
        """Fields at `places`, shape (n, 3) [m]: columns x, y, z, p, Ux, ...; nan outside the mesh.

        A place on a face of a patch, to round-off, has a value of that patch's faces alone: on a wall at rest the
        velocity is 0 up to its edges. Where patches meet, walls count before others. A warped face is the triangles
        between its edges and its centroid.
        """
        from flowcfd.post import sample

        return _table(
            sample.points(self.mesh(time, fields=fields, patches=True), places, fields, interpolated=interpolated)
        )

    # ---- whether it can be believed

    @property
    def verdict(self) -> Verdict:
        """Green, amber or red, with the reasons: what the judges say of convergence, balances, mesh, walls, forces."""
        from flowcfd.post.verdict import pronounce

        return pronounce(self)

    # ---- how it looks

    def summary(self) -> dict[str, str]:
        """What there is, in a few words each; what is not written is left out."""
        return {name: text for name, tell in _TOLD.items() if (text := _told(tell, self))}

    def __repr__(self) -> str:
        parts = "".join(f"\n  {name}: {text}" for name, text in self.summary().items())
        return f"<Results of {self.case}{parts}>"

    def _repr_html_(self) -> str:
        left = " style='text-align:left'"  # notebooks align tables to the right, which suits numbers only
        rows = "".join(
            f"<tr><th{left}>{name}</th><td{left}>{html.escape(text)}</td></tr>" for name, text in self.summary().items()
        )
        title = self.run.name if self.run is not None else self.case.name
        return f"<b>{html.escape(title)}</b><table>{rows}</table>"

    # ---- inside

    @property
    def _time_unit(self) -> str:
        return "" if setup.steady(self.case) else "s"

    def _unit_of(self, field: str) -> str | None:
        return setup.unit_of(self.case, field)

    def _unwritten(self) -> str:
        """Why there are no fields but the initial ones; empty where there are, or where no cause is known."""
        times = self.times
        if len(times) < 2:  # spares reading the log where fields are written
            with suppress(ResultError, OSError):
                return unwritten.cause(self.case, self._logs(), times)
        return ""

    def _logs(self, application: str | None = None) -> Logs:
        name = application or self.application
        found = logs(self.case, name)
        if not found:
            known = sorted(path.name.removeprefix("log.") for path in self.case.glob("log.*"))
            raise NotYet(f"no log of {name or 'a solver'} in {self.case}; there are: {', '.join(known) or 'none'}")
        return residuals.logs(found)


def _table(frame: pd.DataFrame) -> Table:
    whole = Table(frame)
    whole.attrs = frame.attrs
    return whole


def _told(tell: Callable[[Results], str], of: Results) -> str:
    """What `tell` says; nothing where that is not written yet, and the reason where it cannot be read."""
    try:
        with layout.readable(of.case):
            return tell(of)
    except NotYet:
        return ""
    except ResultError as error:
        return str(error)


def _times(of: Results) -> str:
    times = of.times
    if not times:
        return ""
    return f"{times[0]:g}" if len(times) == 1 else f"{times[0]:g} to {times[-1]:g} ({len(times)} written)"


def _residuals(of: Results) -> str:
    newest = of.residuals.last(1)
    if newest.empty:
        return ""
    row = newest.iloc[-1].dropna()
    return f"at {newest.index[-1]:g}: " + ", ".join(f"{field} {value:.1e}" for field, value in row.items())


def _cells(of: Results) -> str:
    count = setup.cells(of.case)
    return "" if count is None else f"{count:,}".replace(",", " ")


_TOLD: Final[Mapping[str, Callable[[Results], str]]] = {
    "state": lambda of: of.state,
    "solver": lambda of: of.application,
    "cells": _cells,
    "times": _times,
    "fields": Results._unwritten,
    "residuals": _residuals,
    "converged": lambda of: f"at {of.converged}" if of.converged else "",
    "outputs": lambda of: ", ".join(of.outputs),
}
