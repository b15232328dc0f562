"""What a check says: findings with a place, a cause in one sentence and, where one is known, a mend as data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from html import escape
from typing import Any, Literal, overload

from flowcfd.errors import CheckFailed

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
"""The worst first: an error ends the run or makes it worthless, a warning may, a note is good to know."""

_COLOURS = {"error": "#d04545", "warning": "#c07c10", "note": "#8a8f98"}
"""Readable on white and on black."""


@dataclass(frozen=True, slots=True)
class Change:
    """One edit of CaseFiles as data: `entry` as `CaseFiles.edited` takes it, "" for the whole file; None deletes."""

    file: str
    entry: str = ""
    value: Any = None


@dataclass(frozen=True, slots=True)
class Mend:
    """What would put something right, said as an order ("set adjustTimeStep yes"), and the edits that do it."""

    text: str
    changes: tuple[Change, ...]

    @classmethod
    def of(cls, text: str, file: str, values: Mapping[str, Any]) -> Mend:
        """A mend of entries in one file: `Mend.of("set ...", "system/controlDict", {"adjustTimeStep": "yes"})`."""
        return cls(text, tuple(Change(file, entry, value) for entry, value in values.items()))


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found; `line` and `column` count from 1, 0 where there is no place."""

    severity: Severity
    rule: str
    message: str
    file: str = ""
    line: int = 0
    column: int = 0
    entry: str = ""
    mend: Mend | None = None
    field: str = ""
    """The field of the Case that the place was rendered from; "" for files that were not rendered."""

    @property
    def place(self) -> str:
        """`system/controlDict:28 adjustTimeStep`; empty where it is about the case as a whole."""
        where = ":".join([self.file, *(str(at) for at in (self.line, self.column) if at)]) if self.file else ""
        text = f"{where} {self.entry}".strip()
        if not text:
            return self.field
        return f"{self.field} ({text})" if self.field else text

    def __str__(self) -> str:
        text = f"{self.severity}: {self.place + ': ' if self.place else ''}{self.message} [{self.rule}]"
        return f"{text}; mend: {self.mend.text}" if self.mend else text

    def __repr__(self) -> str:
        return f"<Finding {self}>"

    def to_json(self) -> dict[str, Any]:
        """All of it as plain data."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Gate:
    """One stage of a check: what was done in how many seconds, or why it was left out."""

    name: str
    seconds: float
    done: str = ""
    left_out: str = ""

    def __str__(self) -> str:
        return f"{self.name}: {self.done or 'left out: ' + self.left_out} ({self.seconds:.2f} s)"


class Findings(Sequence[Finding]):
    """All that a check found, the worst first, and what its gates did."""

    def __init__(self, found: Iterable[Finding], gates: Iterable[Gate] = (), name: str = "case") -> None:
        self._found = tuple(sorted(found, key=lambda one: (SEVERITIES.index(one.severity), one.file, one.line)))
        self.gates, self.name = tuple(gates), name

    @overload
    def __getitem__(self, index: int) -> Finding: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Finding, ...]: ...
    def __getitem__(self, index: int | slice) -> Finding | tuple[Finding, ...]:
        return self._found[index]

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._found)

    @property
    def ok(self) -> bool:
        """Whether there is no error."""
        return not self.errors

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What will end the run or make it worthless."""
        return self.of("error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What probably is not meant so."""
        return self.of("warning")

    @property
    def notes(self) -> tuple[Finding, ...]:
        """What is good to know."""
        return self.of("note")

    def of(self, severity: Severity) -> tuple[Finding, ...]:
        """Those of one severity."""
        return tuple(one for one in self._found if one.severity == severity)

    def by(self, rule: str) -> tuple[Finding, ...]:
        """Those of one rule."""
        return tuple(one for one in self._found if one.rule == rule)

    def raise_for_errors(self) -> None:
        """Raise CheckFailed with one line per error, when there is one."""
        if self.errors:
            raise CheckFailed([str(one).removeprefix("error: ") for one in self.errors])

    def to_json(self) -> dict[str, Any]:
        """All of it as plain data."""
        return {
            "name": self.name,
            "ok": self.ok,
            "errors": len(self.errors),
            "warnings": len(self.warnings),
            "notes": len(self.notes),
            "findings": [one.to_json() for one in self],
            "gates": [asdict(gate) for gate in self.gates],
        }

    @property
    def summary(self) -> str:
        """One line: the counts by severity."""
        counts = ", ".join(_counted(len(self.of(severity)), severity) for severity in SEVERITIES)
        return f"{self.name}: {counts}"

    def __str__(self) -> str:
        return "\n".join([self.summary, *(f"  {one}" for one in self), *(f"  ({gate})" for gate in self.gates)])

    def __repr__(self) -> str:
        return f"<Findings {self.summary}>"

    def _repr_html_(self) -> str:
        left = "style='text-align:left'"
        mends = any(one.mend for one in self)
        rows = "".join(
            f"<tr><td {left}><b style='color:{_COLOURS[one.severity]}'>{one.severity}</b></td>"
            f"<td {left}>{_place(one)}</td><td {left}>{escape(one.message)}</td>"
            + (f"<td {left}>{escape(one.mend.text) if one.mend else ''}</td>" if mends else "")
            + f"<td {left}>{escape(one.rule)}</td></tr>"
            for one in self
        )
        titles = ("severity", "place", "cause", *(["mend"] if mends else []), "rule")
        head = "".join(f"<th {left}>{title}</th>" for title in titles)
        table = f"<table><tr>{head}</tr>{rows}</table>" if len(self) else "<br>"
        gates = " · ".join(escape(str(gate)) for gate in self.gates)
        return f"<b>Check of {escape(self.summary)}</b>{table}<small style='opacity:.7'>{gates}</small>"


def _place(one: Finding) -> str:
    """The place as HTML, "" for none: an empty piece of code would be a grey spot."""
    return f"<code>{escape(one.place)}</code>" if one.place else ""


def _counted(count: int, word: str) -> str:
    return f"{count or 'no'} {word}{'' if count == 1 else 's'}"
