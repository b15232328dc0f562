"""What is picked on: a geometry, the patches of a case or of a domain, or those of a mesh that is there."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from flowcfd.cad import Geometry, load
from flowcfd.cad.load import readers
from flowcfd.case import Case, Domain
from flowcfd.case.boundary import Boundary
from flowcfd.case.enclosure import Enclosure
from flowcfd.errors import CaseError, DictionaryError, FlowError, NotYet, UnknownName
from flowcfd.foam import fields
from flowcfd.foam.adopt import adopt
from flowcfd.foam.casefiles import Blob, CaseFiles
from flowcfd.foam.check.view import CaseView
from flowcfd.foam.render import render
from flowcfd.jobs import open as open_run
from flowcfd.jobs.handle import Run
from flowcfd.post import layout, polymesh
from flowcfd.post.described import case_of
from flowcfd.viewer.patches.picking import Picking, picking
from flowcfd.viewer.patches.shell import Floats, Ints, Shell
from flowcfd.widgets.patches.blocks import block_patches

Of = Geometry | Case | Domain | CaseFiles | Run | str | Path
Part = tuple[Floats, Ints, Ints, Ints]
"""Points, offsets, corners and faces, as `Shell.joined` takes them."""
Conditions = Callable[[list[str]], Mapping[str, list[str]]]
"""Gives the conditions of the fields on patches of these names."""
KNOWN = "a geometry, a case, a domain, files of a case, a run, or the path of one"
MESH = "constant/polyMesh"
KINDS = {"wall": "Wall", "empty": "Empty", "wedge": "Wedge", "cyclic": "Cyclic", "symmetry": "Symmetry",
         "symmetryPlane": "Symmetry"}  # fmt: skip
"""What the type of a patch says of its boundary."""
FILES = "its boundaries are in its files (0/, constant/polyMesh/boundary): they are shown here and changed there"


@dataclass(frozen=True)
class Source:
    """What is picked on, and how it begins.

    `geometry` or `case` is what picking changes, if anything; `types` say what the patches of a mesh are in its files;
    `words` are sentences about what cannot be seen or done.
    """

    label: str
    picking: Picking
    geometry: Geometry | None = None
    case: Case | None = None
    domain: Domain | None = None
    types: Mapping[str, str] = field(default_factory=dict)
    automatic: Mapping[str, str] = field(default_factory=dict)
    """The kind of boundary that a patch has by itself."""
    words: tuple[str, ...] = ()

    @property
    def assigns(self) -> bool:
        """Whether boundaries can be assigned at all."""
        return self.geometry is not None or self.case is not None or self.domain is not None


def source(of: Of, boundaries: Mapping[str, Boundary] | None = None) -> Source:
    """What can be picked on. Raises CaseError for what is none of these, FlowError for a path without a mesh."""
    _boundaries(of, boundaries)
    match of:
        case Geometry():
            return of_geometry(of, boundaries)
        case Case():
            return of_case(of)
        case Domain():
            return of_domain(of, boundaries or {})
        case CaseFiles():
            return of_files(of, of.name)
        case Run():
            return of_run(of)
        case str() | Path():
            return _of_path(Path(of).expanduser(), boundaries)
    raise CaseError(f"patches: must be {KNOWN} (got {type(of).__name__})")


def _boundaries(of: object, given: object) -> None:
    """CaseError for what are no boundaries by patches, and where they come with what is picked on."""
    if given is None:
        return
    if not isinstance(given, Mapping) or not all(isinstance(one, Boundary) for one in given.values()):
        raise CaseError(f"boundaries: must be boundaries by patches, such as {{'roof': Wall()}} (got {given!r})")
    if not given:
        return
    if isinstance(of, Case | CaseFiles | Run):
        raise CaseError(f"boundaries: are those of the {type(of).__name__}; give none beside it")
    known = of.names if isinstance(of, Geometry) else [*of.patches, *of.groups] if isinstance(of, Domain) else None
    for name in given:
        if known is not None and name not in known:
            raise UnknownName("patch", str(name), set(known), where="boundaries")


def of_geometry(geometry: Geometry, boundaries: Mapping[str, Boundary] | None = None) -> Source:
    """The faces of a geometry, by their patches; without its triangles they can still be named in the list."""
    words: tuple[str, ...] = ()
    try:
        shell = Shell.of_triangles(geometry.points, geometry.triangles, geometry.faces, len(geometry.names))
    except FlowError as error:
        shell, words = Shell.joined([], len(geometry.names)), (f"{error}; until then patches are in the list only",)
    areas = geometry.face_areas or (None if shell.size else [None] * shell.count)
    begun = picking(shell, geometry.names, boundaries, areas=areas)
    return Source(geometry.label, begun, geometry=geometry, words=words)


def of_case(case: Case) -> Source:
    """The patches of a case's domain and body, with their boundaries."""
    found = of_domain(case.space, case.boundaries)
    if not found.picking.shell.size:
        found = _with_blocks(case, found)
    return Source(case.name, found.picking, case=case, automatic=found.automatic, words=found.words)


def of_domain(domain: Domain, boundaries: Mapping[str, Boundary]) -> Source:
    """The patches of a domain with its body in it; those of other domains are known by name until they are meshed."""
    names, areas = list(domain.patches), [info.area for info in domain.patches.values()]
    parts: list[Part] = []
    words: tuple[str, ...] = ()
    if isinstance(domain, Enclosure) and domain.known:
        parts += _box(domain, names)
        try:
            parts += _body(domain, names)
        except FlowError as error:
            words = (f"{error}; the body is in the list only",)
    shell = Shell.joined(parts, len(names))
    groups = domain.groups
    kept = {patch: one for name, one in boundaries.items() for patch in groups.get(name, ())}
    kept |= {name: one for name, one in boundaries.items() if name in names}
    begun = picking(shell, names, kept, fixed=True, areas=_known(areas, shell))
    own = {name: KINDS[domain.patches[name].kind] for name in domain.automatic}
    return Source(domain.kind, begun, domain=domain, automatic=own, words=words)


def of_run(run: Run) -> Source:
    """The patches of a run's mesh; with the boundaries of the case that it was made from, where that is known."""
    case = case_of(run)
    try:
        found = of_folder(run.case, run.name)
    except NotYet as error:
        if case is None:
            raise
        without = of_case(case)
        words = (f"{error}; the case is shown", *without.words)
        return Source(run.name, without.picking, case=case, automatic=without.automatic, words=words)
    if case is None:
        return found
    names = found.picking.names
    gone = [name for name in case.boundaries if name not in names]
    words = tuple(f"patch {name} of the case is not in the mesh (there are: {', '.join(names)})" for name in gone)
    kept = {name: one for name, one in case.boundaries.items() if name in names}
    begun = picking(found.picking.shell, names, kept, fixed=True)
    own = {name: kind for name, kind in found.automatic.items() if name not in kept}
    return Source(run.name, begun, case=case, types=found.types, automatic=own, words=words)


def of_folder(folder: Path, label: str) -> Source:
    """The patches of a mesh that is written, of all its processors. Raises NotYet where there is none."""
    boundaries = [polymesh.read_boundary(files) for files in _meshes(folder)]
    return _of_mesh(boundaries, label, lambda names: _written(folder, names))


def of_files(files: CaseFiles, label: str) -> Source:
    """The patches of files: of their mesh, of the blocks that they will be made of, or by name only."""
    if any(f"{MESH}/boundary{suffix}" in files for suffix in ("", ".gz")):
        with tempfile.TemporaryDirectory(prefix="flowcfd-") as place:
            boundaries = [polymesh.read_boundary(_placed(files, Path(place)))]
            return _of_mesh(boundaries, label, lambda _: _conditions(files))
    if "system/blockMeshDict" in files and (blocks := _blocks(files)) is not None:
        return _said(blocks, label, lambda _: _conditions(files))
    view = CaseView(files)
    if not view.patches:
        raise NotYet(f"{label}: has no mesh yet, and which patches it will have is known when it is meshed")
    shell = Shell.joined([], len(view.patches))
    begun = picking(shell, list(view.patches), fixed=True, areas=[None] * shell.count)
    return _said((begun, {name: one.type for name, one in view.patches.items()}), label, lambda _: _conditions(files))


def _of_path(path: Path, boundaries: Mapping[str, Boundary] | None) -> Source:
    if path.suffix.lower().lstrip(".") in readers.names() and not path.is_dir():
        return of_geometry(load(path), boundaries)
    if not (path / "job.json").is_file() and (path / "system/controlDict").is_file():
        try:
            return of_folder(path.absolute(), path.absolute().name)
        except NotYet:
            return of_files(adopt(path), path.absolute().name)
    return of_run(open_run(path if path.is_dir() else str(path)))


def _of_mesh(boundaries: Iterable[polymesh.Boundary], label: str, conditions: Conditions) -> Source:
    types: dict[str, str] = {}
    parts: list[Part] = []
    for boundary in boundaries:
        there = [name for name, kind in zip(boundary.names, boundary.types, strict=True) if kind != "processor"]
        for name in there:
            types.setdefault(name, boundary.types[boundary.names.index(name)])
        number = {name: place for place, name in enumerate(types)}
        for patch, name in enumerate(boundary.names):
            mine = boundary.faces(patch)
            if name in number and mine.stop > mine.start:
                first, last = int(boundary.offsets[mine.start]), int(boundary.offsets[mine.stop])
                corners = np.asarray(boundary.labels[first:last], np.int64)
                offsets = np.asarray(boundary.offsets[mine.start : mine.stop + 1] - first, np.int64)
                used, placed = np.unique(corners, return_inverse=True)
                points = np.asarray(boundary.points[used], np.float64)
                faces = np.full(mine.stop - mine.start, number[name], np.int64)
                parts.append((points, offsets, placed.reshape(-1).astype(np.int64), faces))
    return _said((picking(Shell.joined(parts, len(types)), list(types), fixed=True), types), label, conditions)


def _said(found: tuple[Picking, Mapping[str, str]], label: str, conditions: Conditions) -> Source:
    """A mesh whose boundaries are in its files: they are shown with their conditions, and changed there."""
    begun, types = found
    own = {name: KINDS[kind] for name, kind in types.items() if kind in KINDS}
    on = conditions(list(types))
    said = {name: f"{kind} ({', '.join(on[name])})" if on.get(name) else kind for name, kind in types.items()}
    return Source(label, begun, types=said, automatic=own, words=(f"{label}: {FILES}",))


def _conditions(files: CaseFiles) -> dict[str, list[str]]:
    """The conditions of the fields on each patch, such as "U noSlip", where they can be read before there is a mesh."""
    view = CaseView(files)
    found: dict[str, list[str]] = {}
    for name, patch in (view.patches or {}).items():
        on = {label: one.on(patch) for label, one in view.fields.items()}
        found[name] = [f"{label} {entry['type']}" for label, entry in on.items() if entry and "type" in entry]
    return found


def _written(folder: Path, names: list[str]) -> dict[str, list[str]]:
    """The same of the fields that are written last."""
    found: dict[str, list[str]] = {name: [] for name in names}
    try:
        files = layout.parts(folder, None)[0].fields()
    except FlowError:
        return found
    for label, file in files.items():
        try:
            read = fields.read(file)
        except FlowError:
            continue  # one that cannot be read says so where it is shown
        for name in names:
            if ("boundaryField", name, "type") in read:
                found[name].append(f"{label} {read.value(('boundaryField', name, 'type'))}")
    return found


def _meshes(folder: Path) -> list[dict[str, Path]]:
    """The files of the mesh, or of those of its processors."""
    try:
        return [part.mesh() for part in layout.parts(folder, None)]
    except NotYet:
        roots = [folder] if (folder / MESH).is_dir() else sorted(folder.glob("processor*"))
        if not roots:
            raise NotYet(f"no mesh is written: {folder / MESH} is not there") from None
        return [layout.Part(root, root / "constant", 0.0).mesh() for root in roots]


def _placed(files: CaseFiles, place: Path) -> dict[str, Path]:
    """The files of the mesh among others, on the disk."""
    found = {}
    for name in ("boundary", "faces", "neighbour", "owner", "points"):
        for suffix in ("", ".gz"):
            content = files.files.get(f"{MESH}/{name}{suffix}")
            if isinstance(content, Blob):
                found[name] = content.source
            elif content is not None:
                found[name] = place / f"{name}{suffix}"
                found[name].write_bytes(content.encode("latin-1"))
    missing = [name for name in ("boundary", "faces", "owner", "points") if name not in found]
    if missing:
        raise NotYet(f"{MESH}/{missing[0]}: is not among the files, so the mesh cannot be shown")
    return found


def _blocks(files: CaseFiles) -> tuple[Picking, Mapping[str, str]] | None:
    try:
        found = block_patches(files.text("system/blockMeshDict"))
    except DictionaryError:
        return None
    if not found:
        return None
    parts = [part for number, (_, sides) in enumerate(found.values()) for part in _quads(sides, number)]
    return picking(Shell.joined(parts, len(found)), list(found), fixed=True), {
        name: kind for name, (kind, _) in found.items()
    }


def _quads(sides: Iterable[tuple[Floats, Ints]], number: int) -> Iterable[Part]:
    for points, quads in sides:
        offsets = np.arange(len(quads) + 1, dtype=np.int64) * 4
        yield points, offsets, quads.reshape(-1).astype(np.int64), np.full(len(quads), number, np.int64)


def _with_blocks(case: Case, found: Source) -> Source:
    """The patches of a case whose domain is made of blocks, or whose mesh is computed here."""
    try:
        seen = of_files(render(case), case.name).picking
    except (FlowError, OSError) as error:
        return replace(found, words=(*found.words, f"no picture: {error}"))
    names, areas = found.picking.names, found.picking.areas
    if not set(names) <= set(seen.names):
        return found
    shell = seen.shell
    number = np.array([names.index(name) if name in names else -1 for name in seen.names])
    kept = Shell(shell.points, shell.offsets, shell.corners, number[shell.faces], len(names))
    if (kept.faces < 0).any():
        return found
    begun = picking(kept, names, found.picking.boundaries, fixed=True, areas=_known(areas or (), kept))
    return replace(found, picking=begun)


def _known(areas: Iterable[float | None], shell: Shell) -> list[float | None]:
    """The areas that the domain knows, else those of the surface that is there."""
    return [
        one if one is not None else float(seen) if polygons else None
        for one, seen, polygons in zip(areas, shell.areas, shell.polygons, strict=True)
    ]


def _box(domain: Enclosure, names: list[str]) -> Iterable[Part]:
    """The sides of the box as quads, turned outwards."""
    box = np.array(domain.box)
    for name, sides in domain.rims.items():
        for side in sides:
            axis, high = "xyz".index(side[1]), side[0] == "+"
            one, other = (axis + 1) % 3, (axis + 2) % 3
            corners = np.empty((4, 3))
            corners[:, axis] = box[axis, int(high)]
            corners[:, one] = box[one][[0, 1, 1, 0]]
            corners[:, other] = box[other][[0, 0, 1, 1]]
            order = np.arange(4) if high else np.arange(4)[::-1]
            yield corners, np.array([0, 4]), order.astype(np.int64), np.array([names.index(name)])


def _body(domain: Enclosure, names: list[str]) -> Iterable[Part]:
    """The triangles of the body whose patches are wetted."""
    if domain.body is None:
        return
    geometry = Geometry.kept(domain.body.digest)
    owner = np.array([names.index(name) if name in names else -1 for name in geometry.names])[geometry.faces]
    wet = owner >= 0
    triangles = geometry.triangles[wet]
    offsets = np.arange(len(triangles) + 1, dtype=np.int64) * 3
    yield geometry.points, offsets, triangles.reshape(-1), owner[wet]
