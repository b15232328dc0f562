"""Meshes that runs share: who made a mesh tells of it, and who needs an equal one copies it from that run.

$FLOWCFD_HOME/meshes/<digest>/mesh.json holds what the meshing commands wrote, by path, size and hash, and the runs that
have it. So a mesh takes no space but in its runs, each of which is complete: copies are no links, for OpenFOAM writes
into a file that is there. What was changed since, or deleted, is not taken: then the mesh is made again. Whoever makes
one holds a lock that dies with it; the others wait for that.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from flowcfd.jobs import checkpoint, lock, record, stages
from flowcfd.jobs.record import Job, StageRecord, StepRecord
from flowcfd.jobs.watch import HEARTBEAT, Watch
from flowcfd.settings import settings

TYPE_CHECKING = False  # typing is not needed for more, and slow to import
if TYPE_CHECKING:
    from typing import Any

    from flowcfd.jobs.stages import Stage

SCHEMA = 1
SOURCES = 4
"""So many runs are known to have a mesh; more do not help."""
_CHUNK = 1 << 20
_POLL = 0.05
_MADE = ("constant/polyMesh/", "constant/extendedFeatureEdgeMesh/")
_OURS = frozenset({"system/decomposeParDict"})
"""What a run writes itself, each time that it divides a mesh."""
_Known = dict[str, tuple[int, int]]


@dataclass
class Sharing:
    """The mesh of one run, while its mesh stage is worked at."""

    job: Job
    commands: int
    """So many commands of the stage make the mesh."""
    _before: _Known | None = None
    _lock: int | None = None

    @property
    def folder(self) -> Path:
        """What is known of this mesh."""
        return settings().home / "meshes" / self.job.mesh

    def take(self, watch: Watch) -> tuple[StepRecord, ...]:
        """The mesh of another run, if one has it: the records of the commands that need not be run.

        None: then it is to be made here. Waits while another run makes it; a request ends that.
        """
        if not self._open():
            return ()
        while not (taken := self._copied()) and not self._mine():
            if watch.asked() or not self._maker_breathes():
                return ()
            watch.wait(_POLL)
        if not taken:
            taken = self._copied()  # who made it has just let go
        if taken:
            self.close()
        else:
            self._before = _look(self.job.case)
        return taken

    def keep(self, steps: Sequence[StepRecord]) -> None:
        """Tell of the mesh that was made; nothing is told of one that is more than that, or when the disk is full."""
        if self._lock is None or self._before is None or len(steps) != self.commands:
            return
        try:
            written = _written(self._before, _look(self.job.case))
            if written is not None:
                files = {path: _summed(self.job.case / path) for path in written}
                self._write(files, [self.job.path.name], steps)
        except OSError:  # it serves others, so it is no reason for this run to fail
            pass
        finally:
            self.close()

    def close(self) -> None:
        """Let others make it."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _open(self) -> bool:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            return False
        return True

    def _mine(self) -> bool:
        """Whether it is ours to make it now."""
        if self._lock is None:
            self._lock = lock.acquire(self.folder / "lock", patience=0)
            if self._lock is not None:
                os.ftruncate(self._lock, 0)
                os.pwrite(self._lock, self.job.path.name.encode(), 0)
        return self._lock is not None

    def _maker_breathes(self) -> bool:
        """Whether the run that makes it gave a sign of life lately: one that is suspended is not waited for."""
        try:
            name = (self.folder / "lock").read_text()
            beat = (self.job.path.parent / name / "worker.lock").stat().st_mtime if name else time.time()
        except OSError:
            return False
        return time.time() - beat < 6 * HEARTBEAT

    def _copied(self) -> tuple[StepRecord, ...]:
        known = record.shared(self.folder)
        if known is None or known.get("schema") != SCHEMA or len(known["steps"]) != self.commands:
            return ()
        begun, clock = time.time(), time.monotonic()
        files = {str(path): (int(size), str(digest)) for path, (size, digest) in known["files"].items()}
        for name in known["sources"]:
            source = self.job.path.parent / str(name)
            if source != self.job.path and _copy(source / "case", self.job.case, files):
                self._tell(files, known, source)
                wall = round(time.monotonic() - clock, 3)
                return _records(known["steps"], begun, wall)
        return ()

    def _tell(self, files: Mapping[str, tuple[int, str]], known: Mapping[str, Any], source: Path) -> None:
        """This run has it as well now: the first that had it may be deleted."""
        record.event(self.job.path, "mesh", digest=self.job.mesh[:12], taken=source.name)
        if len(known["sources"]) < SOURCES:
            steps = [StepRecord(**{**step, "identity": None}) for step in known["steps"]]
            try:
                self._write(files, [*known["sources"], self.job.path.name], steps)
            except OSError:
                return

    def _write(self, files: Mapping[str, tuple[int, str]], sources: Sequence[str], steps: Sequence[StepRecord]) -> None:
        plain = [{**asdict(step), "identity": None} for step in steps]
        content = {"schema": SCHEMA, "files": dict(files), "sources": list(sources), "steps": plain}
        record.write(self.folder / "mesh.json", content)


def of(job: Job, stage: Stage, begun: StageRecord, *, anew: bool) -> Sharing | None:
    """The sharing of the mesh of this stage; None where it is not shared.

    Nothing is shared by what was begun before (`begun` has steps), by who wants it `anew`, and by a case that somebody
    changed by hand since it was submitted.
    """
    if stage.name != "mesh" or not job.mesh or begun.steps or anew or not settings().share_meshes:
        return None
    return None if _touched(job) else Sharing(job, stages.meshing(stage.commands))


def _touched(job: Job) -> bool:
    """Whether a file that the mesh may depend on is newer than the record of the job."""
    written = (job.path / "job.json").stat().st_mtime_ns
    return any(
        modified > written
        and path.startswith(("system/", "constant/"))
        and not path.startswith(_MADE)
        and path not in _OURS
        for path, (modified, _) in _look(job.case).items()
    )


def _look(case: Path) -> _Known:
    """Time of change [ns] and size [bytes] of each file, but those of ranks and post-processing."""
    found, folders = {}, [""]
    while folders:
        inner = folders.pop()
        with os.scandir(case / inner) as entries:
            for entry in entries:
                path = f"{inner}{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    folders.append(f"{path}/")
                else:
                    status = entry.stat()
                    found[path] = (status.st_mtime_ns, status.st_size)
    return found


def _written(before: _Known, after: _Known) -> list[str] | None:
    """What was written between two looks; None when more than a mesh was: a start field changed, a file went."""
    if set(before) - set(after):
        return None
    written = [path for path, seen in after.items() if before.get(path) != seen and path not in _OURS]
    for path in written:
        top = path.partition("/")[0]
        new_at_start = path not in before and top in checkpoint.times_of(after)
        if top != "constant" and not path.startswith("log.") and not new_at_start:
            return None
    return written


def _copy(source: Path, target: Path, files: Mapping[str, tuple[int, str]]) -> bool:
    """Copy these files; whether all of them are as they were told to be."""
    try:
        if any((source / path).stat().st_size != size for path, (size, _) in files.items()):
            return False
        for path, (_, digest) in files.items():
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            if _copied(source / path, target / path) != digest:
                return False
    except FileNotFoundError:
        return False
    return True


def _copied(source: Path, target: Path) -> str:
    """Copy one file beside its place and rename it; the hash of what was copied."""
    part = target.with_name(f".{target.name}.part")
    with source.open("rb") as read, part.open("wb") as write:
        sha = _hash()
        while chunk := read.read(_CHUNK):
            sha.update(chunk)
            write.write(chunk)
    part.replace(target)
    return str(sha.hexdigest())


def _summed(path: Path) -> tuple[int, str]:
    sha, size = _hash(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            sha.update(chunk)
            size += len(chunk)
    return size, str(sha.hexdigest())


def _hash() -> Any:
    from hashlib import blake2b  # the fastest there is; loads in milliseconds, and not for runs that share nothing

    return blake2b(digest_size=16)


def _records(steps: Sequence[Mapping[str, Any]], begun: float, wall: float) -> tuple[StepRecord, ...]:
    """The commands as done, at the cost of copying: `wall` [s] for the first."""
    taken = [StepRecord(**{**step, "identity": None}) for step in steps]
    return tuple(
        replace(step, started=begun, wall=wall if number == 0 else 0.0, cpu=0.0, memory=0, rank_memory=0)
        for number, step in enumerate(taken)
    )
