"""`view`: from a run to the scene that people expect to see first."""

from __future__ import annotations

from pathlib import Path

from flowcfd.errors import CaseError
from flowcfd.jobs.handle import Run
from flowcfd.post.open import Results, results
from flowcfd.scene.scene import Scene


def view(of: Results | Run | str | Path, time: float | None = None) -> Scene:
    """What a run has written, to look at: `view(res).slice("y").color("U").streamlines("inlet")`.

    `of` is Results, a Run, its folder or name, or an OpenFOAM case; a run may still go on. `time` None is the last that
    is written. Without a layer it shows the middle plane of a two-dimensional case, else the walls and a plane through
    the middle. CaseError for what is no run; what is missing is said when it is drawn.
    """
    if isinstance(of, Results):
        return Scene(of, time)
    if isinstance(of, Run | str | Path):
        return Scene(results(of, wait=False), time)
    raise CaseError(f"view: give Results, a Run or a folder (got {type(of).__name__})")
