"""Several runs at once: a sequence of handles that is looked at together, selected from, and told what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, overload

from flowcfd.jobs.handle import Run
from flowcfd.jobs.status import Status, statuses

if TYPE_CHECKING:
    from flowcfd.jobs.listing import Unreadable


class Runs(Sequence[Run]):
    """Runs, in the order in which they were given.

    A member may be given as a Status: of a run that has ended it holds, so that its directory is opened only when the
    run itself is asked for. `unreadable` are run directories that tell nothing; they are shown, and are no members.
    """

    def __init__(self, members: Iterable[Run | Status] = (), *, unreadable: Sequence[Unreadable] = ()) -> None:
        self._members: list[Path] = []
        self._runs: dict[Path, Run] = {}
        self._known: dict[Path, Status] = {}
        self.unreadable = tuple(unreadable)
        for member in members:
            self._members.append(member.path)
            if isinstance(member, Run):
                self._runs[member.path] = member
            elif member.active:
                self._runs[member.path] = Run(member.path)
            else:
                self._known[member.path] = member

    def __len__(self) -> int:
        return len(self._members)

    @overload
    def __getitem__(self, index: int) -> Run: ...
    @overload
    def __getitem__(self, index: slice) -> Runs: ...
    def __getitem__(self, index: int | slice) -> Run | Runs:
        if isinstance(index, slice):
            return self._of(self._members[index])
        return self._run(self._members[index])

    def __iter__(self) -> Iterator[Run]:
        return map(self._run, self._members)

    def __add__(self, other: Iterable[Run]) -> list[Run]:
        return [*self, *other]

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Runs):
            return self._members == other._members
        return list(self) == other if isinstance(other, list) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def statuses(self) -> list[Status]:
        """What is true of each now, in their order: one question to each executor; of ended ones, what is known."""
        asked = [path for path in self._members if path not in self._known]
        found: Mapping[Path, Status] = dict(zip(asked, statuses(map(self._run, asked)), strict=True))
        return [self._known.get(path) or found[path] for path in self._members]

    def _run(self, path: Path) -> Run:
        if path not in self._runs:
            self._runs[path] = Run(path)
        return self._runs[path]

    def _of(self, paths: Iterable[Path]) -> Runs:
        """Those of the members, with what is known of them."""
        found = Runs()
        found._members = list(paths)
        found._runs = {path: self._runs[path] for path in found._members if path in self._runs}
        found._known = {path: self._known[path] for path in found._members if path in self._known}
        return found
