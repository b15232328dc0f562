"""`view`: from a run, or a case before any run, to the scene that people expect to see first."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from flowcfd.errors import CaseError
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.steps import steps
from flowcfd.jobs.handle import Run
from flowcfd.post.open import Results, results
from flowcfd.scene.given import moment
from flowcfd.scene.scene import Scene

if TYPE_CHECKING:
    from flowcfd.case import Case

MOST = 1_000_000
"""So many cells blockMesh makes in some seconds; larger meshes are not made by looking."""
_BLOCK = re.compile(r"\bhex\s*\([^)]*\)\s*(?:\w+\s*)?\(\s*(\d+)\s+(\d+)\s+(\d+)\s*\)")


def view(of: Results | Run | Case | CaseFiles | str | Path, time: float | None = None) -> Scene:
    """What a run has written, to look at: `view(res).slice("y").color("U").streamlines("inlet")`.

    `of` is Results, a Run, its folder or name, or an OpenFOAM case; a run may still go on. `time` None is the last that
    is written. Without a layer it shows the middle plane of a two-dimensional case, else the walls and a plane through
    the middle; where there is only a mesh, its patches. A Case or CaseFiles is meshed for that, once, by a run that
    does nothing else, where blockMesh alone does it. CaseError for what is no run, and for a mesh that takes long; what
    is missing is said when it is drawn.
    """
    from flowcfd.case import Case

    time = moment(time)
    if isinstance(of, Case | CaseFiles):
        of = meshed(of)
    if isinstance(of, str | Path):
        of = _run(of)
    if isinstance(of, Run) and of.record.mesh_only:
        return Scene(Results(of.case, of), time)
    if isinstance(of, Results):
        return Scene(of, time)
    if isinstance(of, Run | str | Path):
        return Scene(results(of, wait=False), time)
    raise CaseError(f"view: give Results, a Run, a Case or a folder (got {type(of).__name__})")


def _run(of: str | Path) -> Run | str | Path:
    """The run in a folder; what else there may be is for `results` to find out."""
    path = Path(of).expanduser()
    return Run(path) if (path / "job.json").is_file() else of


def meshed(case: Case | CaseFiles) -> Run:
    """The run that has made the mesh of a case; an equal case has the same. CaseError where that would take long."""
    from flowcfd.foam.render import render
    from flowcfd.jobs.meshonly import mesh, only_mesh

    files = case if isinstance(case, CaseFiles) else render(case)
    tools = {step.split()[0] for step in steps(only_mesh(files))}
    if slow := sorted(tools - {"blockMesh", "checkMesh"}):
        raise CaseError(
            f"view: the mesh of {files.name} takes {', '.join(slow)}, which looking does not start; "
            "run = fc.mesh(case, wait=True) makes it, fc.view(run) shows it"
        )
    if (count := _cells(files)) > MOST:
        raise CaseError(
            f"view: the mesh of {files.name} has {count:,} cells, which takes long; "
            "run = fc.mesh(case, wait=True) makes it, fc.view(run) shows it"
        )
    run = mesh(case, wait=True)
    run.check()
    return run


def _cells(files: CaseFiles) -> int:
    """The cells that blockMeshDict says; 0 where it computes them."""
    said = _BLOCK.findall(files.text("system/blockMeshDict")) if "system/blockMeshDict" in files else []
    return sum(int(x) * int(y) * int(z) for x, y, z in said)
