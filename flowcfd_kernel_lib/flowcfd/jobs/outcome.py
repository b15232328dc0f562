"""What became of a verb that was said to several runs: one row for each, whether it was heeded or refused."""

from __future__ import annotations

import html
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

from flowcfd import telling
from flowcfd.errors import FlowError

if TYPE_CHECKING:
    from flowcfd.jobs.handle import Run

AT_ONCE = 16
"""So many runs are told something at the same time; each may wait for its solver to write its fields."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run did: its state then, and why; `ok` is False where it refused."""

    run: str
    verb: str
    ok: bool
    state: str
    why: str = ""

    def __str__(self) -> str:
        told = f"{self.state}, {self.why}" if self.why and self.state else self.state or self.why
        return f"{self.run}: {told}" if self.ok else f"{self.run}: not {self.verb}: {self.why}"


class Outcomes(Sequence[Outcome]):
    """One Outcome for each run, in their order."""

    def __init__(self, rows: Iterable[Outcome]) -> None:
        self._rows = tuple(rows)

    @property
    def refused(self) -> tuple[Outcome, ...]:
        """Those of the runs that did not do it."""
        return tuple(row for row in self._rows if not row.ok)

    @property
    def ok(self) -> bool:
        """Whether all did it."""
        return not self.refused

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> Outcome: ...
    @overload
    def __getitem__(self, index: slice) -> Outcomes: ...
    def __getitem__(self, index: int | slice) -> Outcome | Outcomes:
        return Outcomes(self._rows[index]) if isinstance(index, slice) else self._rows[index]

    def __iter__(self) -> Iterator[Outcome]:
        return iter(self._rows)

    def __repr__(self) -> str:
        return "\n".join(map(str, self._rows)) or "no runs"

    def _repr_html_(self) -> str:
        left = "text-align:left"
        rows = "".join(
            f"<tr><td style='{left}'>{html.escape(row.run)}</td>"
            f"<td style='{left}'>{'' if row.ok else '&#10007; refused'}</td>"
            f"<td style='{left}'>{html.escape(row.state)}</td><td style='{left}'>{html.escape(row.why)}</td></tr>"
            for row in self._rows
        )
        heads = "".join(f"<th style='{left}'>{name}</th>" for name in ("run", "", "state", ""))
        return f"<table><tr>{heads}</tr>{rows}</table>" if rows else "no runs"


def of_each(runs: Sequence[Run], verb: str, do: Callable[[Run], object]) -> Outcomes:
    """Say it to all of them at the same time; one that refuses does not stop the others.

    An interrupt leaves those that were told, and does not tell the others.
    """
    if not runs:
        return Outcomes(())
    halted = threading.Event()
    with ThreadPoolExecutor(min(AT_ONCE, len(runs)), thread_name_prefix=f"flowcfd-{verb}") as pool:
        told = [pool.submit(_one, run, verb, do, halted) for run in runs]
        try:
            _watched(told, verb)
        except KeyboardInterrupt:
            halted.set()
            raise
        finally:
            telling.tell(told, "", over=True)
    return Outcomes(future.result() for future in told)


def _one(run: Run, verb: str, do: Callable[[Run], object], halted: threading.Event) -> Outcome:
    name = run.path.name
    if halted.is_set():
        return Outcome(name, verb, ok=False, state="", why="interrupted before it was told")
    try:
        do(run)
        return Outcome(name, verb, True, *_said(run))
    except FlowError as error:
        return Outcome(name, verb, False, _state(run), " ".join(str(error).split()).removesuffix(f" [{run.path}]"))
    except OSError as error:
        return Outcome(name, verb, ok=False, state="", why=error.strerror or str(error))


def _said(run: Run) -> tuple[str, str]:
    return run.state, run.why


def _state(run: Run) -> str:
    try:
        return run.state
    except FlowError:
        return ""


def _watched(told: Sequence[Future[Outcome]], verb: str) -> None:
    while left := wait(told, timeout=0.3).not_done:
        done = len(told) - len(left)
        telling.tell(told, f"{verb}: {done} of {len(told)} runs", done / len(told))
