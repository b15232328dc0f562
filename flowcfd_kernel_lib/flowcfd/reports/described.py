"""What was to be computed: the body, the mesh, the set-up, what the checks found, and where it all comes from."""

from __future__ import annotations

import platform
import time
from collections.abc import Container, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flowcfd.case import edit
from flowcfd.case.spec import Spec
from flowcfd.errors import FlowError
from flowcfd.reports.blocks import Block, Figure, Marks, Rows, Shade, Words
from flowcfd.reports.sections import Maker, Section, Subject
from flowcfd.telling import span
from flowcfd.version import __version__

if TYPE_CHECKING:
    from flowcfd.post.quality import MeshQuality

MOST_FINDINGS = 12


def geometry(subject: Subject) -> Section | None:
    """The body from CAD: its size and patches, with a picture."""
    body = None if subject.case is None else subject.case.geometry
    if body is None:
        return None
    size = " x ".join(f"{length:.4g}" for length in body.extent)
    facts = [
        ("file", body.source or body.label), ("size", f"{size} m"), ("surface", f"{body.area:.4g} m²"),
        ("volume", "not closed" if body.volume is None else f"{body.volume:.4g} m³"),
        ("frontal area", f"{body.frontal[0]:.4g} m² along x"),
    ]  # fmt: skip
    patches = [(name, f"{patch.area:.4g}") for name, patch in body.patches.items()]
    blocks: list[Block] = [Rows(facts), *_portrait(body)]
    if len(patches) > 1:
        blocks.append(Rows(patches, head=("patch", "area [m²]"), numbers=(1,)))
    return Section("Geometry", blocks)


def _portrait(body: Any) -> list[Block]:
    """The picture of a body whose geometry is kept here."""
    from flowcfd.cad import Geometry

    try:
        return [Figure(Geometry.kept(body.digest).picture().png, "The body and its patches", 0.85)]
    except (FlowError, AttributeError):
        return []


def mesh(subject: Subject) -> Section | None:
    """Cells, quality by its parts, layers, and the worst cells as a picture."""
    if subject.results is None:
        return None
    from flowcfd.post.quality import quality

    found = quality(subject.run or subject.results.case)
    parts = [
        (part.name, f"{part.value:.3g}{part.unit}", f"{part.worst:.3g}{part.unit}", f"{part.mark:.0%}")
        for part in found.score.parts
    ]
    blocks: list[Block] = [
        Words(f"{found.report.cells:,} cells. Score {found.score}."),
        Rows(parts, head=("part", "99th percentile", "worst", "mark"), numbers=(1, 2, 3)),
    ]
    if found.layers is not None and found.layers.layers:
        layers = [
            (name, f"{one.layers:.3g}", f"{one.thickness:.3g}", f"{100 * one.thickness_fraction:.3g}")
            for name, one in found.layers.layers.items()
        ]
        blocks.append(Rows(layers, head=("patch", "layers", "thickness [m]", "of that asked [%]"), numbers=(1, 2, 3)))
    said: list[tuple[Shade, str, str]] = [("red", "checkMesh", line) for line in found.report.failures]
    said += [("amber", "advice", line) for line in found.advice]
    if said:
        blocks += [Marks(said), *_worst(found)]
    return Section("Mesh", blocks)


def _worst(found: MeshQuality) -> list[Block]:
    """The picture of the worst cells by the weakest part that has a value in each cell; none where all are perfect."""
    weak = sorted((part for part in found.score.parts if part.advice), key=lambda part: part.mark)
    metric = next((part.name for part in weak if part.name in found.metrics), "non-orthogonality")
    values = found.metrics.get(metric)
    if values is None or not len(values) or float(values.max()) < 1e-3:
        return []
    return [Figure(found.picture(metric).png, f"The worst cells by {metric} in the outline of the mesh", 0.7)]


def setup(subject: Subject) -> Section | None:
    """The description of the case with units."""
    case = subject.case
    if case is None:
        return None if subject.results is None else _adopted(subject)
    parts = {"domain": case.domain, "mesh": case.mesh, "physics": case.physics, "solve": case.solve}
    rows = [row for name, part in parts.items() for row in _rows(part, name)]
    bounds = [(name, type(one).__name__, ", ".join(_told(one))) for name, one in case.patches.items()]
    files = [(path, f"{len(text)} characters") for path, text in case.files.items()]
    blocks: list[Block] = [
        Rows(rows, caption="What is computed"),
        Rows(bounds, head=("patch", "boundary", ""), caption="Boundaries"),
    ]
    if files:
        blocks.append(Rows(files, head=("file that the case brings itself", ""), caption="Files"))
    return Section("Set-up", blocks)


def _adopted(subject: Subject) -> Section | None:
    results = subject.results
    if results is None:
        return None
    rows = [(name, text) for name, text in results.summary().items()]
    return Section("Set-up", [Words("An OpenFOAM case that was adopted as it is."), Rows(rows)])


def _rows(part: Spec, path: str) -> Iterator[tuple[str, str]]:
    """One row for the kind, and one for each value that differs from its default."""
    yield path, type(part).__name__
    for name, value in part.__repr_args__():
        yield f"    {str(name).replace('_', ' ')}", _quantity(part, str(name), value)


def _told(part: Spec, but: Container[str] = ()) -> list[str]:
    """The names, values and units of what differs from its default."""
    return [f"{name} {_quantity(part, str(name), value)}" for name, value in part.__repr_args__() if name not in but]


def _quantity(part: Spec, name: str, value: object) -> str:
    """A value of a part with its unit, where it has one."""
    try:
        unit = "" if value is None else edit.unit(part, name)
    except FlowError:
        unit = ""
    return f"{_value(value)} {unit}".rstrip()


def _value(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, tuple | list) and all(isinstance(one, int | float) for one in value):
        return "(" + " ".join(f"{one:g}" for one in value) + ")"
    if isinstance(value, Spec):
        told = _told(value, but=("name", "source"))
        if not told and "kind" not in type(value).model_fields:  # all is as usual: the numbers themselves
            told = [f"{one} {_quantity(value, one, getattr(value, one))}" for one in type(value).leading]
        name = getattr(value, "name", "") or type(value).__name__
        return f"{name} ({', '.join(told)})" if told else str(name)
    if isinstance(value, tuple | list):
        return "; ".join(_value(one) for one in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_value(one)}" for name, one in value.items())
    text = str(value)
    return text if len(text) <= 90 else f"{text[:87]}..."


def checks(subject: Subject) -> Section | None:
    """What the checks find in the case as it was before it was computed."""
    if subject.results is None:
        return None
    from flowcfd.foam.check import check
    from flowcfd.jobs.given import given

    results = subject.results
    found = check(subject.case or given(results.case, results.application), dry_run=False)
    shades: dict[str, Shade] = {"error": "red", "warning": "amber", "note": "grey"}
    marks = [(shades.get(one.severity, "grey"), one.rule, str(one.message)) for one in found][:MOST_FINDINGS]
    blocks: list[Block] = [Words(f"{found.summary}.")]
    if marks:
        blocks.append(Marks(marks))
    if len(found) > MOST_FINDINGS:
        blocks.append(Words(f"And {len(found) - MOST_FINDINGS} more.", soft=True))
    return Section("Checks before the run", blocks)


def provenance(subject: Subject) -> Section | None:
    """Digests, versions, commands, times and the machine: all that is needed to compute it again."""
    rows: list[tuple[str, str]] = [("FlowCFD", __version__), ("Python", platform.python_version())]
    blocks: list[Block] = [Rows(rows)]
    if subject.study is not None:
        rows += [("study", str(subject.study.path)), ("digest", subject.study.digest)]
    run = subject.run
    if run is not None:
        job = run.record
        rows += [
            ("run", str(run.path)), ("digest", job.digest), ("OpenFOAM", job.openfoam),
            ("submitted", f"{datetime.fromtimestamp(job.created, UTC):%Y-%m-%d %H:%M:%S} UTC"), ("by", job.user or "-"),
            ("executor", f"{job.executor}, {job.cores} core{'s' * (job.cores > 1)}"), ("machine", _machine(run)),
            ("state", f"{run.state}: {run.why}"),
        ]  # fmt: skip
        steps = [
            (step.command, span(step.wall), span(step.cpu), f"{step.memory / 1e6:.0f} MB")
            for stage in run.stages
            for step in stage.steps
        ]
        blocks.append(Rows(steps, head=("command", "wall", "CPU", "memory"), numbers=(1, 2, 3), caption="Commands"))
    elif subject.results is not None:
        rows.append(("case", str(subject.results.case)))
    rows.append(("report", f"{time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime())} UTC"))
    return Section("Provenance", blocks)


def _machine(run: Any) -> str:
    from flowcfd.jobs import record

    known = record.worker(run.path)
    host = getattr(getattr(known, "identity", None), "host", "") or platform.node()
    return f"{host}, {platform.system()} {platform.release()}"


SECTIONS: dict[str, Maker] = {
    "geometry": geometry, "mesh": mesh, "setup": setup, "checks": checks, "provenance": provenance
}  # fmt: skip
