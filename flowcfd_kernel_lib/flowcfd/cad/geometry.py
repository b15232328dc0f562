"""Geometry: a body as triangles with named patches, and where it comes from. It is kept by its digest."""

from __future__ import annotations

import base64
import html
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from flowcfd.cad import surface
from flowcfd.cad.lengths import degrees, length
from flowcfd.cad.names import clean
from flowcfd.cad.selectors import Selector, selects
from flowcfd.cad.surface import Watertight
from flowcfd.errors import CaseError, GeometryError, UnknownName
from flowcfd.given import given_path
from flowcfd.settings import settings

if TYPE_CHECKING:
    from flowcfd.cad.loops import Opening
    from flowcfd.cad.report import Report
    from flowcfd.case.body import Body
    from flowcfd.picture import Picture

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SCHEMA = 1
CLOSED = 1e-9
"""A patch whose area vectors add up to less than this part of its area looks to no side."""


@dataclass(frozen=True)
class Source:
    """The file that it was read from: its name, SHA-256 and unit of length; and what was done to it since."""

    name: str
    sha256: str
    unit: str
    kind: str
    steps: tuple[str, ...] = ()

    def after(self, step: str) -> Source:
        """The same after one more step."""
        return replace(self, steps=(*self.steps, step))


@dataclass(frozen=True)
class Patch:
    """A named part of the surface: its area [m2], triangles, mean normal outwards, box [m] and colour in the file."""

    name: str
    area: float
    triangles: int
    normal: tuple[float, float, float]
    bounds: tuple[tuple[float, float, float], tuple[float, float, float]]
    colour: tuple[float, float, float] | None = None


class _Patches(dict[str, Patch]):
    """Patches by name; one that is not there is said with those that are."""

    def __missing__(self, name: str) -> Patch:
        raise UnknownName("patch", name, self)


@dataclass(frozen=True)
class Geometry:
    """A body. `volume` [m3] is None where the surface is not closed; `solids` and `shape` are of CAD files only."""

    digest: str
    label: str
    source: Source
    volume: float | None
    area: float
    solids: int
    valid: bool
    names: tuple[str, ...]
    """Of each face; patches are the faces of one name."""
    colours: tuple[tuple[float, float, float] | None, ...] = ()
    face_areas: tuple[float, ...] = ()
    said: tuple[str, ...] = field(default=(), compare=False)

    @property
    def path(self) -> Path:
        """The folder that holds its triangles, and its shape where it came from a CAD file."""
        return folder(self.digest)

    @property
    def cad(self) -> bool:
        """Whether the shape itself is known, and not only triangles."""
        return (self.path / "shape.brep").exists()

    @property
    def points(self) -> Floats:
        """The corners of the triangles (n, 3) [m]."""
        return np.asarray(self._arrays["points"], np.float64)

    @property
    def triangles(self) -> Ints:
        """The corners' numbers of each triangle (m, 3), turned outwards."""
        return np.asarray(self._arrays["triangles"], np.int64)

    @property
    def faces(self) -> Ints:
        """The face of each triangle (m,)."""
        return np.asarray(self._arrays["faces"], np.int64)

    @property
    def bounds(self) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
        """The lowest and the highest corner [m]."""
        return _corners(self.points)

    @cached_property
    def patches(self) -> Mapping[str, Patch]:
        """The patches by name, in the order of the faces."""
        areas, normals = surface.areas(self.points, self.triangles)
        owners = np.array([list(dict.fromkeys(self.names)).index(name) for name in self.names])[self.faces]
        found = _Patches()
        for number, name in enumerate(dict.fromkeys(self.names)):
            mine = owners == number
            faces = [index for index, other in enumerate(self.names) if other == name]
            exact = sum(self.face_areas[face] for face in faces) if self.face_areas else float(areas[mine].sum())
            colours = {self.colours[face] for face in faces} if self.colours else {None}
            corners = self.points[np.unique(self.triangles[mine])]
            total = (normals[mine] * areas[mine, None]).sum(axis=0)
            total[np.abs(total) < CLOSED * areas[mine].sum()] = 0.0  # rounding is no direction
            x, y, z = (float(value) for value in _unit(total))
            found[name] = Patch(
                name, exact, int(mine.sum()), (x, y, z), _corners(corners), colours.pop() if len(colours) == 1 else None
            )
        return found

    @cached_property
    def watertight(self) -> Watertight:
        """Whether the surface is closed, and where it is not."""
        return surface.watertight(self.points, self.triangles)

    @staticmethod
    def kept(digest: str) -> Geometry:
        """The geometry of this digest, which was loaded here before; GeometryError where it is gone."""
        from flowcfd.cad.keeping import kept_geometry

        return kept_geometry(digest)

    def name(self, selectors: Mapping[str, Selector | str | Sequence[str]]) -> Geometry:
        """The same with names by choice: a selector (Facing, Inside, Near), a patch's name or several.

        Later ones win. GeometryError for a selector that chooses nothing; UnknownName for a patch that is not there.
        """
        if not isinstance(selectors, Mapping):
            raise CaseError(f"selectors: must say what each name is for: {{'inlet': Facing('-x')}} (got {selectors!r})")
        names = list(self.names)
        for name, given in selectors.items():
            if not isinstance(name, str) or not name or clean(name) != name:
                raise CaseError(f"patch: must be of A-Z a-z 0-9 _ and begin with no digit (got {name!r})")
            chosen = self._chosen(name, given)
            if not chosen.any():
                raise GeometryError(f"{name}: {given} chooses no face of {self.label}")
            names = [name if mine else old for mine, old in zip(chosen, names, strict=True)]
        return self._changed(tuple(names), "names by choice")

    def _chosen(self, name: str, given: Any) -> NDArray[np.bool_]:
        """Which faces get a name."""
        if selects(given):
            return np.asarray(given.chosen(*self._of_faces))
        if isinstance(given, bytes) or not isinstance(given, str | Sequence):
            raise CaseError(
                f"{name}: must be a selector such as Facing, Inside or Near, or patches by their names (got {given!r})"
            )
        wanted = [given] if isinstance(given, str) else list(given)
        for one in wanted:
            if one not in self.names:
                raise UnknownName("patch", str(one), set(self.names), where=name)
        return np.array([old in wanted for old in self.names])

    def split(self, angle: str | float = "30 degree") -> Geometry:
        """Faces of triangles by feature angle: neighbours whose normals turn by less than it belong together."""
        from flowcfd.cad.keeping import kept

        if self.cad:
            raise GeometryError(f"{self.label}: has the faces of its CAD file; name them by choice")
        turn = degrees("angle", angle)
        if not 0 <= turn <= 180:
            raise CaseError(f"angle: must be 0 to 180 degrees (got {angle!r})")
        faces = surface.regions(self.points, self.triangles, turn)
        names = tuple(f"face_{number}" for number in range(int(faces.max()) + 1))
        return kept(
            self.points, self.triangles, faces, names, label=self.label, valid=self.valid,
            source=self.source.after(f"split at {turn:g} degrees"),
        )  # fmt: skip

    def heal(self, tolerance: str | float = "0.01 mm") -> Geometry:
        """Close what gapes by less than the tolerance, and turn the outside outwards; `said` tells what was done.

        CAD: faces are sewn and put right by OpenCASCADE, names kept. Triangles: points welded, orientation made one,
        small holes closed. GeometryError for what cannot be: larger holes, with their places.
        """
        from flowcfd.cad.heal import heal

        return heal(self, length("tolerance", tolerance))

    def moved(self, by: Sequence[str | float]) -> Geometry:
        """Moved by a vector of lengths: `moved(("1 m", 0, 0))`."""
        from flowcfd.cad.placing import moved

        return moved(self, by)

    def turned(
        self, axis: str | Sequence[float], angle: str | float, *, about: Sequence[str | float] = (0, 0, 0)
    ) -> Geometry:
        """Turned round an axis ("z", "-x" or a vector) through the point `about`; bare numbers are degrees."""
        from flowcfd.cad.placing import turned

        return turned(self, axis, angle, about)

    def scaled(self, factor: float, *, about: Sequence[str | float] = (0, 0, 0)) -> Geometry:
        """Larger or smaller by a factor; the point `about` stays where it is."""
        from flowcfd.cad.placing import scaled

        return scaled(self, factor, about)

    def labelled(self, label: str) -> Geometry:
        """The same by another name, to which all its patches together answer in a case."""
        from flowcfd.cad.placing import labelled

        return labelled(self, label)

    @property
    def openings(self) -> list[Opening]:
        """The openings, largest first: rims of an open surface, or else holes in its plane faces."""
        from flowcfd.cad.flow import found

        return found(self)

    def flow_volume(self, caps: Mapping[str, Selector | str]) -> Geometry:
        """The space inside of a hollow or open body whose openings are closed by caps.

            pipe.flow_volume({"inlet": fc.Facing("-x"), "outlet": fc.Facing("x")})

        A selector chooses among `openings`, by their middles, normals out of the fluid and boxes; a patch's name means
        the openings in it. Patches are the caps, and the walls by their names, `wall` where they have none.
        GeometryError for an opening that is not there, is not plane or is not the only one that is left.
        """
        from flowcfd.cad.flow import flow_volume

        return flow_volume(self, caps)

    def features(self, largest: str | float = "5 mm") -> list[Feature]:
        """Holes, fillets, chamfers and small faces up to a size, with their places; of CAD files only."""
        from flowcfd.cad.defeature import features

        return features(self, length("largest", largest))

    def defeature(self, what: str | float | Sequence[Feature] = "2 mm") -> Geometry:
        """The body without its features up to a size, or without the given ones; names survive.

        `said` tells the change of volume, and which features OpenCASCADE refused: these are still there.
        """
        from flowcfd.cad.defeature import defeature

        return defeature(self, what)

    def picture(
        self, views: str | Sequence[str] = ("iso", "back"), *, features: Sequence[Feature] = (), width: int = 1000
    ) -> Picture:
        """Its patches in colours with their names; features stand out of a faint shell.

        Views are "iso", "back", "below" and the axes that one looks against: "-x" from the front, "z" from above.
        """
        from flowcfd.cad.picture import picture

        return picture(self, views, features=features, width=width)

    def report(self) -> Report:
        """What there is to know of it before it is meshed."""
        from flowcfd.cad.report import report

        return report(self)

    def body(self) -> Body:
        """What a case knows of it; its surface is written as STL beside its triangles, `path / "surface.stl"`."""
        from flowcfd.cad.casebody import body

        return body(self)

    def write_stl(self, path: str | Path) -> Path:
        """The surface as ASCII STL in metres, one solid for each patch, as OpenFOAM's meshers want it.

        CaseError where it cannot be written.
        """
        file = given_path(path)
        if file.is_dir():
            raise CaseError(f"path: {file} cannot be written: it is a folder")
        try:
            return surface.write_stl(file, self.points, self.triangles, self.faces, self.names)
        except OSError as error:
            raise CaseError(f"path: {file} cannot be written: {error.strerror or error}") from None

    def to_json(self) -> dict[str, Any]:
        """All but the triangles, which the digest names."""
        return {"schema": SCHEMA, **asdict(self)}

    def __repr__(self) -> str:
        volume = "open" if self.volume is None else f"{self.volume:.4g} m3"
        patches = f"{len(self.patches)} patch{'es'[: 2 * (len(self.patches) != 1)]}"
        return f"<Geometry {self.label}: {patches}, {volume}, {self.area:.4g} m2>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td style='text-align:left'>{html.escape(patch.name)}</td><td>{patch.area:.4g} m²</td>"
            f"<td>{patch.triangles}</td></tr>"
            for patch in self.patches.values()
        )
        said = "".join(f"<div>&#9888; {html.escape(line)}</div>" for line in self.said)
        return (
            f"<div>{html.escape(repr(self)[1:-1])}</div>{said}<table><tr><th style='text-align:left'>patch</th>"
            f"<th>area</th><th>triangles</th></tr>{rows}</table>{self._image}"
        )

    @property
    def _image(self) -> str:
        """Its picture for a page, which is kept beside its triangles."""
        file = self.path / "picture.png"
        if not file.exists():
            part = self.path / f".picture.{os.getpid()}.png"
            self.picture().save(part).replace(file)
        shown = base64.b64encode(file.read_bytes()).decode()
        return f"<img style='max-width:100%' width='900' alt='the patches' src='data:image/png;base64,{shown}'>"

    @cached_property
    def _arrays(self) -> Mapping[str, NDArray[np.generic]]:
        try:
            with np.load(self.path / "triangles.npz") as file:
                return {name: file[name] for name in file.files}
        except (OSError, ValueError) as error:
            raise GeometryError(
                f"{self.label}: its triangles are gone ({error}); load {self.source.name} again"
            ) from None

    @cached_property
    def _of_faces(self) -> tuple[Floats, Floats, Floats]:
        """Centres (n, 3), mean normals (n, 3) and boxes (n, 2, 3) of the faces."""
        return surface.of_faces(self.points, self.triangles, self.faces, len(self.names))

    def _changed(self, names: tuple[str, ...], step: str) -> Geometry:
        from flowcfd.cad.keeping import kept

        return kept(
            self.points, self.triangles, self.faces, names, label=self.label, source=self.source.after(step),
            shape=self.path if self.cad else None, exact=self,
        )  # fmt: skip


@dataclass(frozen=True)
class Feature:
    """A hole (size: diameter), fillet (radius), chamfer or small face (width) [m]: the faces and where they are [m]."""

    kind: str
    size: float
    faces: tuple[int, ...]
    at: tuple[float, float, float]
    of: str = field(default="", repr=False)
    """The digest of the geometry whose faces these are."""


def folder(digest: str) -> Path:
    """Where the arrays of a geometry are kept."""
    return settings().home / "geometry" / digest[:24]


def _corners(points: Floats) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    (a, b, c), (d, e, f) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return (a, b, c), (d, e, f)


def _unit(vector: Floats) -> Floats:
    length = float(np.linalg.norm(vector))
    return vector / length if length > 0 else vector
