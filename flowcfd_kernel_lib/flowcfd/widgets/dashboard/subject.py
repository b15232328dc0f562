"""What a dashboard shows, as a few words that another process understands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flowcfd import jobs, studies
from flowcfd.case import Case
from flowcfd.errors import CaseError, FlowError, UnknownName
from flowcfd.given import given_path
from flowcfd.jobs import Run
from flowcfd.studies import Study

Target = Study | Run | Iterable[Run] | str | Path


@dataclass(frozen=True)
class Subject:
    """A study by its folder, or runs by theirs; the measures that are asked for by name, none: those there are."""

    title: str
    study: str = ""
    runs: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if bool(self.study) == bool(self.runs):
            raise CaseError("dashboard: needs a study, or at least one run")

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Subject:
        """What `dataclasses.asdict` made of one."""
        return cls(str(data["title"]), str(data["study"]), tuple(data["runs"]), tuple(data["measures"]))


def subject(of: Target, measures: Sequence[str] = ()) -> Subject:
    """What is to be shown. Raises CaseError, and UnknownName for a name that is neither a study nor a run."""
    for name in measures:
        if not isinstance(name, str):
            raise CaseError(f"measures: a dashboard takes names such as 'body.Cd' (got {type(name).__name__})")
    if isinstance(of, str | Path):
        of = _found(of)
    if isinstance(of, Study):
        if not (of.path / "study.json").is_file():
            raise CaseError(f"{of.name}: nothing of this study is computed yet; study.run() begins")
        return Subject(of.name, study=str(of.path), measures=tuple(measures))
    runs = [_run(of)] if isinstance(of, Run | Case) or not isinstance(of, Iterable) else [_run(one) for one in of]
    title = runs[0].name if len(runs) == 1 else f"{len(runs)} runs"
    return Subject(title, runs=tuple(str(run.path) for run in runs), measures=tuple(measures))


def _run(given: object) -> Run:
    if not isinstance(given, Run):
        raise CaseError(f"dashboard: needs a Study, a Run, runs or a path (got {type(given).__name__})")
    return given


def _found(of: str | Path) -> Study | Run | list[Run]:
    """The study or run of a path or name; of a folder of runs all that can be read."""
    path = given_path(of, "dashboard")
    if "/" in str(of) and not path.exists():
        raise CaseError(f"dashboard: there is no {path}")
    if (path / "study.json").is_file():
        return studies.open(path)
    if (path / "job.json").is_file():
        return jobs.open(path)
    if path.is_dir():
        runs = [jobs.open(each.parent) for each in sorted(path.glob("*/job.json"))]
        if not runs:
            raise CaseError(f"{path}: neither a study (study.json) nor a run (job.json), and no runs in it")
        return runs
    try:
        return studies.open(of)
    except UnknownName as error:
        try:
            return jobs.open(str(of))
        except FlowError:
            raise error from None
