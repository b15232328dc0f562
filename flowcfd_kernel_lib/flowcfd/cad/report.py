"""What there is to know of a geometry before it is meshed."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from flowcfd.cad import measures, surface
from flowcfd.cad.faults import Faults
from flowcfd.cad.measures import Near, Pair

if TYPE_CHECKING:
    from flowcfd.cad.geometry import Geometry
    from flowcfd.picture import Picture


@dataclass(frozen=True)
class Report:
    """Lengths [m], areas [m2], volume [m3]. `smallest_edge` and `smallest_patch` are what a mesh must resolve first.

    `gap` is the smallest distance between parts that share no point (None for one part), `bend` the smallest radius of
    curvature that the triangles show (None where all is flat); `places` says where these are. `faults` are the numbers
    of open, crowded and turned edges and of places where the surface goes through itself, by name; `pairs` the parts
    that overlap, touch or lie in one another.
    """

    label: str
    unit: str
    size: tuple[float, float, float]
    volume: float | None
    area: float
    solids: int
    parts: int
    faces: int
    triangles: int
    patches: Mapping[str, float]
    watertight: str
    closed: bool
    valid: bool
    smallest_edge: float
    smallest_patch: float
    gap: float | None
    bend: float | None
    said: tuple[str, ...]
    places: Mapping[str, tuple[float, float, float]]
    faults: Mapping[str, int]
    pairs: tuple[Pair, ...]
    geometry: Geometry = field(repr=False, compare=False)

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong with it."""
        return self.closed and self.valid and not self.faults and not self.pairs and (self.volume or 0) > 0

    def lines(self) -> list[tuple[str, str]]:
        """Each fact with its name, for people."""
        x, y, z = self.size
        volume = "not closed" if self.volume is None else f"{self.volume:.6g} m3"
        if self.volume is not None and self.volume <= 0:
            volume += "; it is turned inside out: heal it"
        near = {name: " at ({:.4g} {:.4g} {:.4g})".format(*at) for name, at in self.places.items()}
        return [
            ("file in", self.unit),
            ("box", f"{x:.4g} x {y:.4g} x {z:.4g} m"),
            ("volume", volume),
            ("area", f"{self.area:.6g} m2"),
            ("parts", f"{self.parts}" + (f", {self.solids} solids" if self.solids else "")),
            ("faces", f"{self.faces}, {self.triangles} triangles"),
            ("patches", ", ".join(f"{name} ({area:.3g} m2)" for name, area in self.patches.items())),
            ("surface", self.watertight + ("" if self.valid else "; the shape is not valid: heal it")),
            *(("fault", line) for line in self._wrong(near)),
            ("smallest", f"edge {self.smallest_edge:.3g} m{near['edge']}, face {self.smallest_patch:.3g} m2"),
            ("gap", "none" if self.gap is None else f"{self.gap:.3g} m{near['gap']}"),
            ("bend", "flat" if self.bend is None else f"radius {self.bend:.3g} m{near['bend']}"),
            *(("note", line) for line in self.said),
        ]

    def picture(self, *, width: int = 1000) -> Picture:
        """What is wrong in red on a faint shell, with the smallest gap; the patches where nothing is."""
        from flowcfd.cad.picture import Marks, picture

        if not self.faults:
            return self.geometry.picture(width=width)
        found = Faults.of(self.geometry.points, self.geometry.triangles).marks()
        return picture(self.geometry, marks=Marks(found), width=width)

    def to_json(self) -> dict[str, Any]:
        """All that it says."""
        own = {name: value for name, value in vars(self).items() if name not in ("geometry", "pairs")}
        pairs = [asdict(pair) for pair in self.pairs]
        return {
            **own,
            "digest": self.geometry.digest,
            "bounds": self.geometry.bounds,
            "sound": self.sound,
            "pairs": pairs,
        }

    def _wrong(self, near: Mapping[str, str]) -> list[str]:
        crossed = self.faults.get("where it goes through itself", 0)
        said = [f"goes through itself at {crossed} places, such as{near['crossed'][3:]}"] if crossed else []
        for pair in self.pairs:
            at = "({:.4g} {:.4g} {:.4g})".format(*pair.at)
            said.append(f"part {pair.one + 1} {pair.kind} part {pair.other + 1} at {at}")
        return said

    def __repr__(self) -> str:
        return "\n".join([self.label, *(f"  {name:9} {said}" for name, said in self.lines())])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td style='text-align:left'>{name}</td>"
            f"<td style='text-align:left{';color:#c8191f' if name == 'fault' else ''}'>{html.escape(said)}</td></tr>"
            for name, said in self.lines()
        )
        shown = base64.b64encode(self.picture().png).decode()
        image = f"<img style='max-width:100%' width='900' alt='the surface' src='data:image/png;base64,{shown}'>"
        return f"<b>{html.escape(self.label)}</b><table>{rows}</table>{image}"


def report(geometry: Geometry) -> Report:
    """Look at a geometry."""
    points, triangles = surface.welded(geometry.points, geometry.triangles)
    whole = surface.proper(triangles)
    triangles, faces = triangles[whole], geometry.faces[whole]
    closed, labels = geometry.watertight, measures.parts(points, triangles)
    faults = Faults.of(geometry.points, geometry.triangles)
    sizes = geometry.face_areas or np.bincount(geometry.faces, surface.areas(geometry.points, geometry.triangles)[0])
    nearest, edge = measures.gap(points, triangles, labels), measures.shortest(points, triangles, faces)
    bend = measures.bend(geometry.points, geometry.triangles)
    places: dict[str, Near | None] = {"edge": edge, "gap": nearest, "bend": bend}
    crossed = faults.crossed
    return Report(
        label=geometry.label,
        unit=geometry.source.unit,
        size=extent(geometry),
        volume=geometry.volume,
        area=geometry.area,
        solids=geometry.solids,
        parts=int(labels.max()) + 1,
        faces=len(geometry.names),
        triangles=len(geometry.triangles),
        patches={name: patch.area for name, patch in geometry.patches.items()},
        watertight=str(closed),
        closed=bool(closed),
        valid=geometry.valid,
        smallest_edge=edge.size,
        smallest_patch=float(min(sizes)),
        gap=None if nearest is None else nearest.size,
        bend=None if bend is None else bend.size,
        said=geometry.said,
        places={name: one.at for name, one in places.items() if one is not None}
        | ({"crossed": _middlemost(crossed)} if len(crossed) else {}),
        faults={name: len(at) for name, at in faults.marks().items()},
        pairs=tuple(measures.pairs(points, triangles, labels, crossed, nearest)),
        geometry=geometry,
    )


def extent(geometry: Geometry) -> tuple[float, float, float]:
    """The extent [m]: that of the shape where it lies as it was read, for triangles lie a little inside of it."""
    low, high = geometry.bounds
    if geometry.cad:
        about = json.loads((geometry.path / "faces.json").read_text())
        if "box" in about and "place" not in about:
            low, high = about["box"]
    x, y, z = (float(value) for value in np.subtract(high, low))
    return x, y, z


def _middlemost(places: Any) -> tuple[float, float, float]:
    """The place that is nearest to the middle of all."""
    x, y, z = places[np.linalg.norm(places - places.mean(axis=0), axis=1).argmin()].tolist()
    return x, y, z
