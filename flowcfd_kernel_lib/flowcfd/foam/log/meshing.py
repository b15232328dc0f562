"""How far snappyHexMesh is, by its log as it grows: the phase, and the part of the work that is done.

The parts of the phases are what they took on meshes of 57 000 to 816 000 cells (castellation 19 to 34 % of the time,
snapping 53 to 60, layers 10 to 19). How many times it refines or adds layers nobody knows before: so each of these
iterations takes half of what is left of its part. The number of its snapping iterations is in the log. So the fraction
never falls, and comes to 1 with the end of the run only. Standard library only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PARTS: Final = {"castellation": (0.0, 0.27), "snapping": (0.27, 0.82), "layers": (0.82, 0.99)}
"""Where each phase begins and ends, as a part of the whole."""

_STAGES: Final = {b"Feature": (0.0, 0.2), b"Gap": (0.2, 0.3), b"Surface": (0.2, 0.45), b"Shell": (0.45, 0.8),
                  b"Directional": (0.8, 0.85), b"Dangling": (0.85, 0.9), b"Refinement": (0.9, 0.95)}  # fmt: skip
"""The kinds of refinement, in their order, and their parts of the castellation."""

_LINE: Final = re.compile(
    rb"^(?:(?P<kind>Feature|Gap|Surface|Shell|Directional|Dangling|Refinement)[\w -]* iteration (?P<refined>\d+)$"
    rb"|Mesh (?P<done>refined|snapped) in = "
    rb"|Snapping to features in (?P<wanted>\d+) iterations"
    rb"|Morph iteration (?P<morph>\d+)$"
    rb"|(?P<layers>Shrinking and layer addition phase)"
    rb"|Layer addition iteration (?P<added>\d+)$"
    rb"|(?P<put>Layers added in = )"
    rb"|(?P<over>Finished meshing (?:without|with) ))",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Meshing:
    """How far a mesh is: the phase ("castellation", "snapping", "layers", "checks"; empty before), the part done."""

    phase: str = ""
    fraction: float = 0.0

    def __str__(self) -> str:
        """`Meshing: layers, 64 %`."""
        return f"Meshing{f': {self.phase}' if self.phase else ''}, {100 * self.fraction:.0f} %"


class MeshTail:
    """A reader of one log that remembers how far it came; `poll` reads what was added, up to the last whole line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._offset, self._rest = 0, b""
        self._now = Meshing()
        self._morphs = 30

    def poll(self) -> Meshing:
        """How far it is now."""
        try:
            with self.path.open("rb") as file:
                file.seek(self._offset)
                new = file.read()
        except OSError:
            return self._now
        self._offset += len(new)
        return self._take_all(new)

    def _take_all(self, block: bytes) -> Meshing:
        whole, newline, self._rest = (self._rest + block).rpartition(b"\n")
        for found in _LINE.finditer(whole + newline):
            self._take(found)
        return self._now

    def _take(self, found: re.Match[bytes]) -> None:
        if kind := found["kind"]:
            low, high = _STAGES[kind]
            self._reach("castellation", low + (high - low) * _halved(int(found["refined"])))
        elif done := found["done"]:
            self._reach("castellation" if done == b"refined" else "snapping", 1.0)
        elif wanted := found["wanted"]:
            self._morphs = max(1, int(wanted))
            self._reach("snapping", 0.02)
        elif found["morph"] is not None:
            self._reach("snapping", 0.05 + 0.9 * min(1.0, int(found["morph"]) / self._morphs))
        elif found["layers"]:
            self._reach("layers", 0.02)
        elif found["added"] is not None:
            self._reach("layers", 0.3 + 0.6 * _halved(int(found["added"])))
        elif found["put"]:
            self._reach("layers", 1.0)
        else:
            self._now = Meshing("checks", 0.99)

    def _reach(self, phase: str, part: float) -> None:
        """Go on to there, never back."""
        low, high = PARTS[phase]
        fraction = low + (high - low) * part
        if fraction >= self._now.fraction:
            self._now = Meshing(phase, fraction)


def _halved(iteration: int) -> float:
    return 1.0 - 0.5 ** (iteration + 1)
