"""A Fault: the cause of a stage's end, or of data that is missing or not to be believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """The cause of a stage's end, or something that went wrong in one that ended well."""

    kind: str
    """"input" (a dictionary or field file), "mesh", "parallel" (decomposition or MPI), "diverged" (numbers left the
    range that can be computed), "output" (data that was asked for is missing), "numerics" (computed, not to be
    believed), "disk", "memory", "killed", "application" (absent or called wrongly), "fatal" (another FATAL ERROR) or
    "unknown"."""
    message: str
    """One line, in the words of an engineer."""
    file: str = ""
    """The file it is about, relative to the case where it lies inside; empty when none was named."""
    line: int = 0
    """In `file`, from 1; 0 when none was named."""
    entry: str = ""
    """The dotted path of the entry or sub-dictionary in `file`."""
    mend: str = ""
    """What to do about it, where that is known."""
    name: str = ""
    """Its entry in the catalogue; empty when it is not in there."""
    field: str = ""
    """The field that blew up, or that it is about."""
    time: float | None = None
    """The time [s] (or iteration) that was being computed."""
    courant: float | None = None
    """The largest Courant number then."""
    valid: tuple[str, ...] = ()
    """What could stand in place of an unknown name, the nearest first."""
    said: str = ""
    """The application's own words, in one line."""

    @property
    def place(self) -> str:
        """`0/p:26 boundaryField.walls`; empty when no file was named."""
        where = self.file + (f":{self.line}" if self.line else "")
        return f"{where} {self.entry}".strip()

    def to_json(self) -> dict[str, Any]:
        """What is known of it, without what is not."""
        known = {key: value for key, value in asdict(self).items() if value not in ("", (), None, 0)}
        return {**known, **({"valid": list(self.valid)} if self.valid else {})}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Fault:
        """The Fault that `to_json` wrote; keys of another version are left out."""
        known = {key: raw[key] for key in (each.name for each in fields(cls)) if key in raw}
        return cls(**{"kind": "unknown", "message": "", **known, "valid": tuple(raw.get("valid", ()))})

    def __str__(self) -> str:
        text = f"{self.place}: {self.message}" if self.place else self.message
        return f"{text}; {self.mend}" if self.mend else text
