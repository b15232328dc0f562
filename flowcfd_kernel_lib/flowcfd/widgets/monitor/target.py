"""What `fc.watch` is given, and the Monitor of it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Union

from flowcfd.case import Case, Domain
from flowcfd.errors import CaseError, FlowError, UnknownName
from flowcfd.jobs import Run, Runs
from flowcfd.jobs import open as open_run
from flowcfd.studies import Study
from flowcfd.studies import open as open_study
from flowcfd.widgets.monitor.loose import Loose, is_loose

if TYPE_CHECKING:
    from flowcfd.widgets.monitor.widget import Monitor

Watched = Union[Run, Runs, Study, str, Path, Iterable[Union[Run, str, Path]]]  # noqa: UP007


def watch(what: Watched) -> Monitor:
    """Show a run live while it computes, several in an overview, or the points of a study; returns at once.

    `what` is a Run, Runs (or several runs, names or paths), a Study, or the name or path of a run or a study; also
    the directory of a case that is no run, whose solver's log is followed then. The display
    goes on while a cell is at work; `close()` of what this gives ends it, the run goes on. A cell that is run again
    shows the run from its start. Raises UnknownName for a name that is none.
    """
    from flowcfd.widgets.monitor.widget import Monitor

    found = target(what)
    return (
        Monitor(found)
        if isinstance(found, Run)
        else Monitor(study=found)
        if isinstance(found, Study)
        else Monitor(runs=found)
    )


def target(what: Watched | object) -> Run | Runs | Study:
    """The run, the runs or the study that is meant."""
    if isinstance(what, Runs) and not len(what):
        raise CaseError("watch: there is no run in what was given; fc.runs() shows those there are")
    if isinstance(what, (Run, Runs, Study)):
        return what
    if isinstance(what, (str, Path)):
        return _named(what)
    if isinstance(what, Iterable) and not isinstance(what, Case | Domain | bytes):
        members = [_run(one) for one in what]
        if not members:
            raise CaseError("watch: there is no run in what was given")
        if len(members) > 1 and (loose := [run for run in members if isinstance(run, Loose)]):
            raise CaseError(f"watch: {loose[0].path} is a case and no run; it is watched alone")
        return members[0] if len(members) == 1 else Runs(members)
    raise CaseError(
        f"watch: must be a run, runs, a study, or the name or path of one (got {type(what).__name__}); "
        "fc.run(case) gives a run"
    )


def _run(one: object) -> Run:
    found = target(one) if isinstance(one, (Run, str, Path)) else None
    if not isinstance(found, Run):
        raise CaseError(f"watch: must be runs, their names or paths (got {type(one).__name__})")
    return found


def _named(what: str | Path) -> Run | Study:
    folder = Path(what).expanduser()
    if (folder / "study.json").is_file():
        return open_study(folder)
    if is_loose(folder):
        return Loose(folder)
    try:
        return open_run(what)
    except UnknownName as unknown:
        try:
            return open_study(what)
        except FlowError:
            raise unknown from None
