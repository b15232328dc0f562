"""Loading: a body from a file, with what is done to it, as a value that is also the Python for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flowcfd.cad.geometry import Geometry
from flowcfd.cad.load import load, readers

LARGEST = 50 * 2**20
"""What is taken through the page [bytes]; larger files are given by their path."""
SHOWN = 20
"""So many files are offered to complete a path."""


@dataclass(frozen=True)
class Loading:
    """How a body comes into the case: the file, its unit where it does not say it, and the tolerance of healing."""

    path: str
    unit: str | None = None
    heal: str | None = None

    @property
    def code(self) -> str:
        """The Python that gives the body."""
        unit = f", unit={self.unit!r}" if self.unit else ""
        healed = f".heal({self.heal!r})" if self.heal else ""
        return f"fc.load({self.path!r}{unit}){healed}"

    def geometry(self) -> Geometry:
        """The body; GeometryError, UnitError and SiteError as `flowcfd.load`."""
        body = load(self.path, self.unit)
        return body.heal(self.heal) if self.heal else body

    def made(self) -> tuple[Geometry, str]:
        """The body and the Python that gives it."""
        return self.geometry(), self.code


def completions(text: str) -> list[str]:
    """The folders and files of geometry that a path that is being typed may become."""
    typed = Path(text).expanduser()
    folder, begin = (typed, "") if text.endswith("/") or not text else (typed.parent, typed.name)
    if not folder.is_dir():
        return []
    suffixes = {f".{name}" for name in readers.names()}
    head = text[: len(text) - len(begin)] if text else ""
    try:
        entries = sorted(folder.iterdir(), key=lambda one: (one.is_file(), one.name.lower()))
    except OSError:
        return []
    fitting = [
        f"{head}{one.name}{'/' if one.is_dir() else ''}"
        for one in entries
        if one.name.startswith(begin) and not one.name.startswith(".")
        and (one.is_dir() or one.suffix.lower() in suffixes)
    ]  # fmt: skip
    return fitting[:SHOWN]
