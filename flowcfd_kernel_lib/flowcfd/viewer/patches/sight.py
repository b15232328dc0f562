"""Sight: what the page of a picking shows, as JSON between the kernel and the render process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal

from flowcfd.errors import CaseError
from flowcfd.picture import VIEWS

Mode = Literal["click", "box", "angle"]
MODES: tuple[Mode, ...] = ("click", "box", "angle")
ANGLE = 30.0
"""Neighbours that turn by less belong together, unless another angle is set [degree]."""


@dataclass(frozen=True)
class Sight:
    """The surface by its file, the name of each face, the faces that are chosen, and how it is looked at."""

    shell: str
    names: tuple[str, ...]
    chosen: tuple[int, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)
    """The kind of the boundary of each name that has one."""
    hidden: tuple[str, ...] = ()
    hover: str = ""
    """The patch that the mouse is on in the list."""
    mode: Mode = "click"
    angle: float = ANGLE
    behind: bool = False
    """Whether a box takes what is wholly in it, hidden faces too, instead of what is seen in it."""
    edges: bool = False
    labels: bool = True
    opacity: float = 1.0
    paint: Literal["boundary", "patch"] = "boundary"
    view: str = "iso"
    dark: bool = False

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise CaseError(f"mode: must be one of {', '.join(MODES)} (got {self.mode!r})")
        if not 0 < self.angle <= 180:
            raise CaseError(f"angle: must be more than 0 and at most 180 degrees (got {self.angle:g})")
        if not 0 < self.opacity <= 1:
            raise CaseError(f"opacity: must be more than 0 and at most 1 (got {self.opacity:g})")
        if self.view not in VIEWS:
            raise CaseError(f"view: must be one of {', '.join(VIEWS)} (got {self.view!r})")

    def changed(self, **values: Any) -> Sight:
        """The same with other values; CaseError for one that cannot be."""
        return replace(self, **values)

    def to_json(self) -> dict[str, Any]:
        """As JSON."""
        data = asdict(self)
        return {**data, "names": list(self.names), "chosen": list(self.chosen), "hidden": list(self.hidden)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Sight:
        """What `to_json` wrote; what is not known is left out."""
        known = {one.name: data[one.name] for one in fields(cls) if one.name in data}
        for name in ("names", "chosen", "hidden"):
            known[name] = tuple(known.get(name, ()))
        return cls(**known)
