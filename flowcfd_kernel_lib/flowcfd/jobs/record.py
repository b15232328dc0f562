"""The files of a run directory: what each holds, and how it is written so that a reader never sees half of one.

One file has one writer. The submitter writes job.json (and case.json and case/); the worker worker.json,
stages/<stage>.json, settling.json, events.jsonl and end.json; a handle request.json. The state of a run is derived
from them.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from flowcfd.errors import RunError
from flowcfd.jobs.process import Identity

TYPE_CHECKING = False  # typing is not needed for more, and slow to import
if TYPE_CHECKING:
    from typing import Any, Literal, TypeVar

    Record = TypeVar("Record")
    State = Literal["Queued", "Running", "Paused", "Stopped", "Done", "Failed", "Cancelled", "Lost"]
    Kind = Literal["start", "retry", "stop", "pause", "cancel"]

SCHEMA = 1
AGAIN = 85
"""The return code of a worker whose time is over and whose work is not: its job is to be put into the queue again."""
ACTIVE: frozenset[State] = frozenset({"Queued", "Running"})
STARTS: frozenset[Kind] = frozenset({"start", "retry"})
ENDS: Mapping[Kind, State] = {"stop": "Stopped", "pause": "Paused", "cancel": "Cancelled"}
"""The state in which a run ends that was asked to."""

RESERVE = 64 * 1024
"""Size [bytes] of the file that a worker holds back, to be able to say why it ended when the disk is full."""

_KINDS: Mapping[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("uid", "name", "digest", "executor", "application"), str),
    "cores": int,
    "steps": list,
    "created": (int, float),
}
"""What job.json must hold at least, for a run to be listed, sorted and opened."""


@dataclass(frozen=True)
class Job:
    """What is to be computed: written once by the submitter. `path` is where it was found, not part of the file."""

    path: Path
    uid: str
    name: str
    digest: str
    cores: int
    method: str
    executor: str
    steps: tuple[str, ...]
    application: str
    created: float
    start: float | None
    end: float | None
    openfoam: str
    resources: Mapping[str, Any] = field(default_factory=dict)
    """What it asks of a cluster, apart from its cores."""
    launcher: str = ""
    """How MPI ranks are started, with {cores} in it; empty: by mpirun."""
    until: Mapping[str, Any] | None = None
    """The measures that end the solver when they have settled, as `jobs.settle` reads them."""
    rolling: bool = False
    """Whether fields are kept on the way, of which the case itself writes none (`jobs.rolling`)."""
    user: str = ""
    """Who submitted it; empty in a record of an older version."""
    project: str = ""
    """What its cost is counted to (FLOWCFD_PROJECT)."""
    walltime: float | None = None
    """The longest time [s] of one turn of its worker with its cores; None: no limit. A scheduler keeps its own."""
    retries: int = 0
    """How often it is tried again by itself after an error of the site."""
    mesh: str = ""
    """The digest of its mesh; runs of equal ones share it (`jobs.meshes`). Empty: it is made for this run alone."""
    warm: Mapping[str, Any] = field(default_factory=dict)
    """The run whose fields it starts from, `from`, and `how` they came; empty: those of the case."""
    mesh_cores: int = 1
    """The number of MPI ranks that snappyHexMesh works on."""

    @property
    def case(self) -> Path:
        """The OpenFOAM case."""
        return self.path / "case"

    @property
    def mesh_only(self) -> bool:
        """Whether it makes a mesh and solves nothing."""
        return self.application == "mesh"


@dataclass(frozen=True)
class WorkerRecord:
    """Who computes: the n-th attempt, for which request, and whether it still waits for cores."""

    identity: Identity
    attempt: int
    request: str
    phase: Literal["Queued", "Running"]
    started: float
    allocation: str = ""
    """The job of a scheduler that it works in, and which turn of it: "1234.0"."""
    tries: int = 1
    """Which try it is: one more after each error of the site."""
    again: float | None = None
    """When the next try begins, while it waits for that."""
    why: str = ""
    """What ended the last try."""


@dataclass(frozen=True)
class StepRecord:
    """One command: its log, return code (None while it runs; negative: the signal that ended it) and what it used.

    Times in [s], memory in [bytes]; `rank_memory` is the largest single process, `memory` the peak of all together.
    """

    command: str
    log: str
    started: float
    identity: Identity | None = None
    rc: int | None = None
    interrupted: bool = False
    spoiled: bool = False
    """Whether it ended with 0 and its last numbers are none (nan, inf), or the mesh that it looked at is refused."""
    wall: float = 0.0
    cpu: float = 0.0
    memory: int = 0
    rank_memory: int = 0
    ended_by: Literal["", "settled", "diverging"] = ""
    """What made a solver end before its end, besides a request."""
    why: str = ""
    """What is to be said of that, or of measures that did not settle."""


@dataclass(frozen=True)
class StageRecord:
    """One stage over all attempts. `begin` holds the times that were there before it wrote any."""

    name: str
    state: Literal["running", "done", "failed", "stopped"]
    started: float
    steps: tuple[StepRecord, ...] = ()
    begin: tuple[str, ...] = ()
    ended: float | None = None
    disk: int = 0
    shared: str = ""
    """Whose work its first steps are, when they were not run here: "mesh 0a1b2c3d4e5f taken"."""

    @property
    def wall(self) -> float:
        """Time in its commands [s]."""
        return sum(step.wall for step in self.steps)

    @property
    def cpu(self) -> float:
        """CPU time of its commands [s]."""
        return sum(step.cpu for step in self.steps)

    @property
    def memory(self) -> int:
        """Peak memory of all processes of a command together [bytes]."""
        return max((step.memory for step in self.steps), default=0)


@dataclass(frozen=True)
class EndRecord:
    """How an attempt ended."""

    attempt: int
    state: State
    why: str
    ended: float
    stage: str = ""
    log: str = ""
    diverged: bool = False
    timeout: bool = False
    """Whether a scheduler's time limit was the reason."""
    tries: int = 1
    """How often it was tried."""
    site: bool = False
    """Whether it failed of the site (a full disk, an mpirun that is not there), and not of the case."""
    outside: bool = False
    """Whether its processes were ended from outside: a scheduler may have put the job into the queue again."""
    fault: dict[str, Any] | None = None
    """The Fault that it failed of (`Fault.to_json`)."""
    troubles: tuple[dict[str, Any], ...] = ()
    """What went wrong in a run that is done, as Faults."""


@dataclass(frozen=True)
class Request:
    """What a handle asks of the worker; the id tells a new one from one that was served."""

    id: str
    kind: Kind
    by: str
    at: float = 0.0
    """When it was asked [s since the epoch]."""
    attempt: int = 0
    """The attempt that the newest request to start asks for; one to end keeps it. 0: none but the first."""


def job(path: Path) -> Job:
    """The job in a run directory; raises RunError when there is none or it cannot be understood."""
    try:
        raw = _object((path / "job.json").read_text())
    except (FileNotFoundError, ValueError):
        raw = None
    except OSError as error:
        raise RunError(f"job.json cannot be read: {error.strerror or error}", path=path) from None
    if raw is None:
        raise RunError("no run here: job.json is missing or broken", path=path)
    if raw.pop("schema", None) != SCHEMA:
        raise RunError(f"job.json is not of schema {SCHEMA}; it was written by another version of FlowCFD", path=path)
    wrong = [name for name, kind in _KINDS.items() if not isinstance(raw.get(name), kind)]
    if wrong or not all(isinstance(step, str) for step in raw["steps"]):
        raise RunError(f"job.json cannot be understood: {', '.join(wrong) or 'steps'}", path=path)
    try:
        return Job(path=path, **{**raw, "steps": tuple(raw["steps"])})
    except TypeError as error:
        raise RunError(f"job.json cannot be understood: {error}", path=path) from None


def write_job(job: Job, folder: Path) -> None:
    """Write job.json into `folder`, which is to become the run directory."""
    content = {"schema": SCHEMA, **asdict(replace(job, path=Path()))}
    del content["path"]
    write(folder / "job.json", content, sync=True)


def worker(path: Path) -> WorkerRecord | None:
    """The newest attempt; None before the first."""
    return _known(path / "worker.json", lambda raw: WorkerRecord(**{**raw, "identity": Identity(**raw["identity"])}))


def end(path: Path) -> EndRecord | None:
    """How the last attempt that ended did so."""
    return _known(path / "end.json", lambda raw: EndRecord(**{**raw, "troubles": tuple(raw.get("troubles", ()))}))


def request(path: Path) -> Request | None:
    """The newest request."""
    return _known(path / "request.json", lambda raw: Request(**raw))


def shared(folder: Path) -> dict[str, Any] | None:
    """What is known of a mesh that runs share; None before it is made."""
    wanted = ("schema", "files", "sources", "steps")
    return _known(folder / "mesh.json", lambda raw: {name: raw[name] for name in wanted})


def settling(path: Path) -> str:
    """How the measures stand that are to settle, in one sentence."""
    return _known(path / "settling.json", lambda raw: str(raw["text"])) or ""


def stage(path: Path, name: str) -> StageRecord | None:
    """What is known of one stage; None when it never began."""
    return _known(path / "stages" / f"{name}.json", _stage)


def _stage(raw: dict[str, Any]) -> StageRecord:
    steps = tuple(StepRecord(**{**step, "identity": _identity(step["identity"])}) for step in raw["steps"])
    return StageRecord(**{**raw, "steps": steps, "begin": tuple(raw["begin"])})


def unanswered(request: Request | None, worker: WorkerRecord | None) -> bool:
    """Whether no worker has yet begun what was asked to start, be it asked to end since or not."""
    return request is not None and request.attempt > (0 if worker is None else worker.attempt)


def write_record(path: Path, record: WorkerRecord | StageRecord | EndRecord | Request, *, sync: bool = False) -> None:
    """Write one record to its file in the run directory `path`."""
    match record:
        case WorkerRecord():
            name = "worker.json"
        case StageRecord():
            name = f"stages/{record.name}.json"
        case EndRecord():
            name = "end.json"
        case Request():
            name = "request.json"
    write(path / name, asdict(record), reserve=path / "reserve", sync=sync)


def write(path: Path, content: Mapping[str, Any], *, reserve: Path | None = None, sync: bool = False) -> None:
    """Write JSON beside `path` and rename it; on a full disk the file `reserve` is given up for it."""
    try:
        _write(path, content, sync)
    except OSError as error:
        if reserve is None or error.errno not in (errno.ENOSPC, errno.EDQUOT) or not reserve.exists():
            raise
        reserve.unlink()
        _write(path, content, sync)


def hold_reserve(path: Path) -> None:
    """Make sure that the reserve of the run directory `path` is there and takes real space."""
    reserve = path / "reserve"
    if reserve.exists() and reserve.stat().st_size == RESERVE:
        return
    reserve.write_bytes(os.urandom(RESERVE))


def priority(path: Path) -> int:
    """Where it stands among those that wait: greater is sooner, 0 unless somebody said otherwise."""
    return _known(path / "priority.json", lambda raw: int(raw["priority"])) or 0


def write_priority(path: Path, priority: int) -> None:
    """Say where it is to stand; a handle's file."""
    write(path / "priority.json", {"priority": priority})


def event(path: Path, name: str, **details: Any) -> None:
    """Append one line to events.jsonl; events inform listeners, so a full disk may lose one but not stop a run."""
    line = json.dumps({"time": round(time.time(), 3), "event": name, **details}) + "\n"
    with contextlib.suppress(OSError), (path / "events.jsonl").open("a") as file:
        file.write(line)


def _write(path: Path, content: Mapping[str, Any], sync: bool) -> None:
    path.parent.mkdir(exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}-{time.monotonic_ns()}.part")
    try:
        with part.open("w") as file:
            json.dump(content, file, indent=1)
            file.write("\n")
            if sync:
                file.flush()
                os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def _known(path: Path, made: Callable[[dict[str, Any]], Record]) -> Record | None:
    """The record in a file; None when it is not there or is no such record: then it says nothing."""
    try:
        raw = _object(path.read_text())
        return None if raw is None else made(raw)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _object(text: str) -> dict[str, Any] | None:
    content = json.loads(text)
    return content if isinstance(content, dict) else None


def _identity(raw: dict[str, Any] | None) -> Identity | None:
    return None if raw is None else Identity(**raw)
