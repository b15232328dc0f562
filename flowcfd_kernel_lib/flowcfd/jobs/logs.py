"""The logs of a run: which is the newest, its last lines, and how far the solver or the mesher is by it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from flowcfd.foam.log import Meshing, MeshTail, Progress, Tail, began
from flowcfd.jobs import record
from flowcfd.jobs.record import Job


def logs(case: Path, application: str) -> list[Path]:
    """All logs of an application in their order: log.simpleFoam, log.simpleFoam.2, ..."""
    first = case / f"log.{application}"
    later = [path for path in case.glob(f"log.{application}.*") if path.suffix[1:].isdigit()]
    return [*([first] if first.exists() else []), *sorted(later, key=lambda path: int(path.suffix[1:]))]


def newest(case: Path, application: str) -> Path | None:
    """The newest log of an application; None before the first."""
    found = logs(case, application)
    return found[-1] if found else None


def last_lines(path: Path, lines: int) -> list[str]:
    """The last lines of a log; none of one that is not there."""
    if not path.is_file():
        return []
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 400 * lines))
        return file.read().decode("latin-1").splitlines()[-lines:]


@dataclass
class Logs:
    """How far a run is by its newest logs; each look reads on from where the last one came."""

    job: Job
    _solve: Tail | None = field(default=None, repr=False)
    _began: float | None = field(default=None, repr=False)
    _mesh: MeshTail | None = field(default=None, repr=False)

    def progress(self) -> Progress:
        """Of the solver, or of the mesh before it."""
        job = self.job
        path = None if job.mesh_only else newest(job.case, job.application)
        if path is None:
            return Progress(end_time=job.end, meshing=self._meshing(), mesh_only=job.mesh_only)
        if self._solve is None or self._solve.path != path:
            self._solve = Tail(path, end_time=job.end)
            self._began = began(path, job.case / f"log.{job.application}")
        self._solve.poll()
        return replace(self._solve.progress, began=self._began)

    def _meshing(self) -> Meshing | None:
        """How far snappyHexMesh is; None where the mesh stage is not at it."""
        known = record.stage(self.job.path, "mesh")
        path = newest(self.job.case, "snappyHexMesh") if known is not None and known.state == "running" else None
        if path is None:
            return None
        if self._mesh is None or self._mesh.path != path:
            self._mesh = MeshTail(path)
        return self._mesh.poll()
