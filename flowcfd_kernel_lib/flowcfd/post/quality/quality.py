"""`quality`: a mesh looked at, with its score, the reasons and its worst cells."""

from __future__ import annotations

import contextlib
import html
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from flowcfd.errors import CaseError, ResultError, UnknownName
from flowcfd.foam import checkmesh, snappylog
from flowcfd.foam.checkmesh import CheckMesh
from flowcfd.foam.faults import meshgate
from flowcfd.foam.snappylog import SnappyLog
from flowcfd.given import given_path, whole
from flowcfd.jobs import open as open_run
from flowcfd.jobs.handle import Run, logs
from flowcfd.jobs.record import ACTIVE
from flowcfd.picture import Picture
from flowcfd.post.quality.asked import Folder, Metrics
from flowcfd.post.quality.score import Score, score

if TYPE_CHECKING:
    from flowcfd.post.table import Table

WORST: Mapping[str, bool] = {"non-orthogonality": True, "skewness": True, "aspect ratio": True,
                             "determinant": False, "volume ratio": False, "interpolation weight": False,
                             "volume": False}  # fmt: skip
"""The metrics, and whether a large value is the bad one."""


@dataclass(frozen=True, eq=False)
class MeshQuality:
    """How good a mesh is. `metrics` are arrays (cells,) by name: non-orthogonality [degree], volume [m3], ..."""

    path: Path
    report: CheckMesh
    metrics: Metrics
    layers: SnappyLog | None
    high: Mapping[str, float]
    """The 99th percentile of each metric."""
    _folder: Folder
    wrong: tuple[str, ...] = ()
    """Why it is not the mesh that its case expects (`system/meshExpected`); checkMesh may be content with it."""

    @cached_property
    def score(self) -> Score:
        """0 to 100 with its parts; 0 for a mesh on which nothing should be computed."""
        return score(self.report, self.high, self.layers, wrong=self.wrong)

    @property
    def refused(self) -> tuple[str, ...]:
        """Why it should not be solved on; empty for a mesh that may be."""
        return (*self.wrong, *self.report.refusals)

    @property
    def advice(self) -> tuple[str, ...]:
        """One line for each weak part, the weakest first."""
        weak = sorted((part for part in self.score.parts if part.advice), key=lambda part: part.mark)
        return (*self.refused, *(f"{part.name} {_shown(part.value)}{part.unit}: {part.advice}" for part in weak))

    def worst(self, count: int = 10, metric: str = "non-orthogonality") -> Table:
        """The worst cells by a metric: their number, centre [m] and value."""
        if metric not in self.metrics:
            raise UnknownName("metric", metric, self.metrics, where="metric")
        from flowcfd.post.table import Table  # brings pandas, 70 MB that a score does not need

        found = self._ask("worst", "worst cells", metric=metric, count=whole(count, "count", 1))
        centres = np.array(found["centres"], np.float64).reshape(-1, 3)
        table = Table(
            {"x": centres[:, 0], "y": centres[:, 1], "z": centres[:, 2], metric: found["values"]}, index=found["cells"]
        )
        table.index.name = "cell"
        table.attrs["units"] = {"x": "m", "y": "m", "z": "m", metric: _UNITS.get(metric, "")}
        return table

    def percentiles(self, of: tuple[float, ...] = (50, 90, 99, 99.9, 100)) -> Table:
        """Each metric's value that so many percent of the cells do not exceed."""
        from flowcfd.post.table import Table

        table = Table(
            {name: np.percentile(values, of, method="lower") for name, values in self.metrics.items()}, index=of
        )
        table.index.name = "percent"
        table.attrs["units"] = {name: _UNITS.get(name, "") for name in self.metrics}
        return table

    def picture(
        self, what: str = "non-orthogonality", *, count: int = 200, normal: str = "", at: float | None = None,
        metric: str = "non-orthogonality", zoom: float = 1.0, size: tuple[int, int] = (900, 560),
    ) -> Picture:  # fmt: skip
        """The worst cells by a metric in the outline of the mesh, or a "cut"; `size` is width and height [pixels].

        picture("cut") shows the cells that a plane goes through, coloured by `metric`: that across `normal` ("x", "y",
        "z") `at` [m], by itself through the middle of the body along the flow, with all of its layers. `zoom` is larger
        for a closer look.
        """
        kind = "cut" if what == "cut" else "worst"
        shown = metric if kind == "cut" else what
        if shown not in self.metrics:
            raise UnknownName("metric", shown, [*self.metrics, "cut"], where="metric")
        if normal not in ("", "x", "y", "z"):
            raise UnknownName("axis", normal, ("x", "y", "z"), where="normal")
        layered = [] if self.layers is None else list(self.layers.layers)
        self._ask(
            "draw", "picture of the mesh", kind=kind, metric=shown, count=count, normal=normal, at=at, zoom=zoom,
            size=list(size), unit=_UNITS.get(shown, ""), layered=layered,
        )  # fmt: skip
        words = f"cells in a cut, coloured by {shown}" if kind == "cut" else f"the {count} worst cells by {shown}"
        return Picture((self._folder.path / "image.png").read_bytes(), words)

    def _ask(self, what: str, words: str, *, metric: str, **request: object) -> dict[str, Any]:
        """The answer of the process that looks at meshes."""
        place = str(self._folder.path / self.metrics.files[metric])
        return self._folder.ask(
            what, words, mesh=str(self.path), metrics=place, metric=metric, large=WORST[metric], **request
        )

    def to_json(self) -> dict[str, Any]:
        """All but the metrics themselves."""
        report = self.report
        return {
            "path": str(self.path), "score": self.score.total, "hopeless": list(self.score.hopeless),
            "refused": list(self.refused), "ok": report.ok,
            "failures": list(report.failures), "notes": list(report.notes), "cells": report.cells,
            "types": dict(report.types), "patches": {name: patch.faces for name, patch in report.patches.items()},
            "volume": report.volume, "coverage": None if self.layers is None else self.layers.coverage,
            "layers": {} if self.layers is None else {
                name: {"layers": one.layers, "thickness": one.thickness, "fraction": one.thickness_fraction}
                for name, one in self.layers.layers.items()
            },
            "parts": [
                {"name": part.name, "value": part.value, "worst": part.worst, "unit": part.unit, "mark": part.mark,
                 "weight": part.weight, "advice": part.advice}
                for part in self.score.parts
            ],
        }  # fmt: skip

    def __repr__(self) -> str:
        verdict = "; ".join(self.refused or self.report.failures) or "checkMesh finds nothing"
        return f"<MeshQuality {self.score}: {self.report.cells} cells, {verdict}; {self.path}>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td style='text-align:left'>{part.name}</td><td>{_shown(part.value)}{part.unit}</td>"
            f"<td>{_shown(part.worst)}{part.unit}</td><td>{_bar(part.mark)}</td><td>{part.weight:g}</td></tr>"
            for part in self.score.parts
        )
        said = "".join(f"<div>&#9888; {html.escape(line)}</div>" for line in (*self.report.failures, *self.advice))
        refused = "<div><b>No solver should be started on it.</b></div>" if self.refused else ""
        return (
            f"<div><b>Mesh: {self.score}</b>, {self.report.cells:,} cells, {len(self.report.patches)} patches</div>"
            f"<table><tr><th style='text-align:left'>part</th><th>99 %</th><th>worst</th><th>mark</th><th>weight</th>"
            f"</tr>{rows}</table>{self._layers_html()}{refused}{said}"
        )

    def _layers_html(self) -> str:
        """The layers of each patch that was to have any."""
        known = {} if self.layers is None else self.layers.layers
        rows = "".join(
            f"<tr><td style='text-align:left'>{html.escape(name)}</td><td>{one.faces:,}</td><td>{one.layers:.2f}</td>"
            f"<td>{one.thickness:.3g} m</td><td>{_bar(one.thickness_fraction)} {one.thickness_fraction:.0%}</td></tr>"
            for name, one in known.items()
        )
        heads = (
            "<th style='text-align:left'>layers on</th><th>faces</th><th>layers</th><th>thickness</th><th>reached</th>"
        )
        return f"<table><tr>{heads}</tr>{rows}</table>" if rows else ""


_UNITS = {"non-orthogonality": "degree", "volume": "m3"}


def quality(target: Run | str | Path) -> MeshQuality:
    """Look at the mesh of a run (or its name), or of an OpenFOAM case: checkMesh is run, which writes nothing there.

    A run that is still at its mesh is waited for: before its layers, a mesh is another one.

    ResultError where there is no mesh, or only a decomposed one. The layers are known where the case has the log of
    snappyHexMesh.
    """
    if not isinstance(target, (Run, str, Path)):
        raise CaseError(f"target: must be a Run or the folder of a case (got {type(target).__name__})")
    if isinstance(target, str) and "/" not in target and not given_path(target, "target").exists():
        target = open_run(target)
    case = target.case if isinstance(target, Run) else given_path(target, "target").absolute()
    if not isinstance(target, Run) and (case / "job.json").is_file():
        target = Run(case)
        case = target.case
    if isinstance(target, Run):
        _meshed(target)
    poly_mesh = case / "constant/polyMesh"
    if not poly_mesh.is_dir() and (case / "processor0/constant/polyMesh").is_dir():
        raise ResultError(f"{case}: the mesh is decomposed; reconstructParMesh -constant joins it")
    folder = Folder()
    answer = folder.ask("measure", "checkMesh", mesh=str(poly_mesh))
    report = checkmesh.parse((folder.path / "report").read_text())
    wrong = tuple(map(str, meshgate.unexpected(report, case)))
    metrics = Metrics(folder, answer["files"])
    return MeshQuality(poly_mesh, report, metrics, _layers(case), answer["high"], folder, wrong)


def _meshed(run: Run, poll: float = 0.2) -> None:
    """Wait until a run is no longer at its mesh."""
    if run.record.mesh_only:
        run.wait()
    while run.state in ACTIVE and not any(stage.name != "mesh" or stage.state != "running" for stage in run.stages):
        time.sleep(poll)


def _layers(case: Path) -> SnappyLog | None:
    for log in reversed(logs(case, "snappyHexMesh")):
        with contextlib.suppress(ResultError, OSError):
            return snappylog.parse(log.read_text(errors="replace"))
    return None


def _shown(value: float) -> str:
    return f"{value:.3g}"


def _bar(mark: float) -> str:
    colour = "#2e9e62" if mark >= 0.8 else "#c07c10" if mark >= 0.4 else "#d04545"
    return (
        f"<span style='display:inline-block;width:80px;height:9px;background:rgba(128,128,128,.25);border-radius:4px'>"
        f"<span style='display:block;width:{80 * mark:.0f}px;height:9px;background:{colour};border-radius:4px'></span>"
        f"</span>"
    )
