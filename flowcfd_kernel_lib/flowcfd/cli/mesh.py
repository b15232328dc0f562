"""`flowcfd mesh`: the mesh of a CAD file, a case.json or an OpenFOAM folder, and how good it is."""

from __future__ import annotations

import shutil
import sys
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowcfd import jobs
from flowcfd.cli import case as cases
from flowcfd.cli import output, progress, waits
from flowcfd.cli.around import domain_of, plain
from flowcfd.cli.quality import tell
from flowcfd.cli.run import INTERRUPTED, ways_back
from flowcfd.errors import CaseError, FlowError, ResultError
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.given import given_path
from flowcfd.jobs.executors import executors
from flowcfd.jobs.handle import Run
from flowcfd.jobs.record import ACTIVE
from flowcfd.picture import png_file

if TYPE_CHECKING:
    from flowcfd.cad.geometry import Geometry
    from flowcfd.case import Case
    from flowcfd.case.domain import Domain
    from flowcfd.meshing.flow import Flow
    from flowcfd.post.quality import MeshQuality

CAD = ("step", "stp", "iges", "igs", "brep", "stl", "obj")
"""Suffixes of files that hold a body and no case."""
OF_BODY = ("unit", "speed", "cells", "y_plus", "domain", "half", "cell", "level", "layers")
"""Options that say how a body is meshed; a case says that itself."""
SPEED, SURFACE, LAYERS = "10 m/s", 3, 5
"""The speed where none is given; the level of the surface and its layers where only the background's cells are."""


def mesh(options: Namespace) -> int:
    """Make the mesh, wait for it, and say how good it is; 0 for one to solve on, 1 for one that is refused."""
    _writable(options)
    _computable(options)
    about: dict[str, Any] = {}
    with waits.shown(quiet=not sys.stderr.isatty()):
        target = _target(options, about)
    handle = jobs.mesh(
        target, on=options.on, cores=options.cores, mesh_cores=options.mesh_cores, name=options.name
    )  # fmt: skip
    try:
        progress.follow(handle, quiet=not sys.stderr.isatty())
    except KeyboardInterrupt:
        output.report_line(f"detached; the mesh is made on. {ways_back(handle)}")
        return INTERRUPTED
    with waits.shown(quiet=not sys.stderr.isatty()):
        found = _looked_at(handle)
        if found is not None and options.picture is not None:
            found.picture("cut").save(options.picture)
    if options.out is not None and handle.state == "Done":
        shutil.copytree(handle.case, options.out)
    return _ended(handle, found, about, options)


def _writable(options: Namespace) -> None:
    """CaseError for places that cannot be written, before an hour of meshing."""
    if options.out is not None and options.out.exists():
        raise CaseError(f"--out {options.out}: is there already; give a new folder")
    if options.out is not None and not options.out.absolute().parent.is_dir():
        raise CaseError(f"--out {options.out}: there is no folder {options.out.absolute().parent}")
    if options.picture is not None:
        png_file(options.picture, "--picture")


def _computable(options: Namespace) -> None:
    """CaseError for what nobody computes, before a body is read."""
    if options.cores < 1:
        raise CaseError(f"cores: must be a whole number of at least 1 (got {options.cores})")
    executors.get(options.on, where="on").require(options.cores, None)


def _target(options: Namespace, about: dict[str, Any]) -> Case | CaseFiles:
    """What is to be meshed; `about` is told what was chosen by rule."""
    path = given_path(options.file, "file")
    if path.suffix.lower().lstrip(".") in CAD or (path.is_file() and not _is_case(path)):
        return _around(path, options, about)
    given = [f"--{name.replace('_', '-')}" for name in OF_BODY if getattr(options, name)]
    if given:
        raise CaseError(
            f"{', '.join(given)}: for a CAD file ({', '.join(CAD)}); {options.file} says itself how it is meshed"
        )
    if not path.exists():
        raise CaseError(f"{options.file}: there is no such file or folder")
    return cases.read(options.file)


def _is_case(path: Path) -> bool:
    """Whether a file holds a case, or means to; what else it may hold is said by the readers of geometry."""
    if path.suffix.lower() == ".json":
        return True
    with path.open("rb") as file:
        return file.read(64).lstrip().startswith(b"{")


def _around(path: Path, options: Namespace, about: dict[str, Any]) -> Case:
    """A case around, or in, the body of a CAD file: domain and mesh by rule, where they are not given."""
    from flowcfd.cad.load import load
    from flowcfd.meshing.flow import Flow
    from flowcfd.meshing.size import possible

    flow, domain = Flow(speed=plain(options.speed or SPEED)), domain_of(options)
    possible(options.cells, options.y_plus)
    body = load(path, unit=options.unit)
    made = _given(body, flow, domain, options) if options.cell else _sized(body, flow, domain, options, about)
    told = made.to_dict()
    about |= {"body": body.label, "domain": told["domain"], "mesh": told["mesh"]}
    return made


def _sized(body: Geometry, flow: Flow, domain: Domain | None, options: Namespace, about: dict[str, Any]) -> Case:
    """By the rule for sizes, with its reasons."""
    if options.level is not None or options.layers is not None:
        raise CaseError("--level, --layers: go with --cell; without it the rule chooses them")
    from flowcfd.meshing.size import size

    plan = size(body, flow, cells=options.cells, y_plus=options.y_plus, domain=domain, half=options.half)
    about |= {"expected": plan.cells, "reasons": plan.to_json()["reasons"], "lines": plan.lines()}
    return plan.case(name=body.label)


def _given(body: Geometry, flow: Flow, domain: Domain | None, options: Namespace) -> Case:
    """With the cells of the background as they are given."""
    if options.cells is not None:
        raise CaseError("--cell, --cells: give the size of the background's cells, or about how many there are to be")
    from flowcfd import case
    from flowcfd.meshing.plan import boundaries
    from flowcfd.meshing.size import domain_for

    if domain is None:
        domain, _ = domain_for(body.body(), half=options.half)
    count = LAYERS if options.layers is None else options.layers
    thin = {} if options.y_plus is None else {"y_plus": options.y_plus}
    made: Case = case.Case(
        name=body.label,
        geometry=body,
        domain=domain,
        mesh=case.Snappy(
            cell=plain(options.cell),
            surface=SURFACE if options.level is None else options.level,
            layers=(case.Layers(count=count, **thin),) if count else (),
        ),
        physics=case.Incompressible(fluid=flow.fluid, turbulence="kOmegaSST"),
        boundaries=boundaries(domain.around(body.body()), flow),
        solve=case.Steady(iterations=500),
    )
    return made


def _looked_at(handle: Run) -> MeshQuality | None:
    """The quality of what was made, a refused mesh too; None where there is no mesh."""
    from flowcfd.post.quality import quality

    if handle.state in ACTIVE or not (handle.case / "constant/polyMesh/owner").exists():
        return None
    try:
        return quality(handle)
    except ResultError:
        return None


def _ended(handle: Run, found: MeshQuality | None, about: dict[str, Any], options: Namespace) -> int:
    """Print it; the exit code."""
    error = handle.error
    sound = handle.state == "Done" and found is not None and not found.refused
    if options.json:
        output.document(_document(handle, found, about, options, sound=sound, error=error))
    else:
        output.text(f"{handle.path.name}: {handle.state}" + (f", {handle.why}" if handle.state != "Done" else ""))
        if found is not None:
            tell(found)
            output.text(f"  run       {handle.path}")
        if about.get("lines"):
            output.table(("number", "value", "reason"), about["lines"])
        if error is not None:
            output.report_line(str(error))
    return 0 if sound else error.exit_code if error is not None else 1


def _document(
    handle: Run, found: MeshQuality | None, about: dict[str, Any], options: Namespace, *, sound: bool,
    error: FlowError | None,
) -> dict[str, Any]:  # fmt: skip
    """The same for machines; the keys are always there."""
    refused = [] if found is None else list(found.refused)
    return {
        "file": str(options.file), "run": handle.path.name, "path": str(handle.path), "case": str(handle.case),
        "state": handle.state, "sound": sound, "why": handle.why if handle.state != "Done" else "; ".join(refused),
        "cells": None if found is None else found.report.cells,
        "patches": {} if found is None else {name: patch.faces for name, patch in found.report.patches.items()},
        "seconds": round(sum(stage.wall for stage in handle.stages), 3), "cores": handle.cores,
        "mesh_cores": handle.record.mesh_cores, "body": about.get("body"), "domain": about.get("domain"),
        "mesh": about.get("mesh"), "expected_cells": about.get("expected"), "reasons": about.get("reasons", {}),
        "quality": None if found is None else found.to_json(),
        "advice": [] if found is None else list(found.advice),
        "fault": None if (fault := handle.fault) is None else fault.to_json(),
        "out": None if options.out is None else str(options.out),
        "error": None if error is None else output.as_dict(error),
    }  # fmt: skip
