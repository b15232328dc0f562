"""Stage: a shell on a plotter, coloured by what its patches are, and what is under the mouse or in a rectangle."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from flowcfd.picture import VIEWS, frame
from flowcfd.viewer.patches.legend import CHOSEN, NONE, PATCHES, sign
from flowcfd.viewer.patches.picking import seen_in
from flowcfd.viewer.patches.shell import Floats, Ints, Shell
from flowcfd.viewer.patches.sight import Sight

INK, PAPER, NIGHT, SEAM = "#1d2733", "#ffffff", "#14181d", "#4a5664"
HOVER = "#0b6bcb"
LABELS = 16
"""So many patches, the largest, have their names beside them: more cannot be read."""
TRIED = 24
"""So many places on a patch are tried for its name."""
NEAR = 1e-4
"""What is nearer to a place than this share of the body's size does not hide it."""
FACE = "face"
ROOM, AROUND = 1.2, 2.0
"""How much larger a picture is than what is on it, or than the faces that it is about."""
Rectangle = tuple[float, float, float, float]


class Stage:
    """The actors of one shell. Places on the screen are shares of its width and height, from the top left."""

    def __init__(self, plotter: Any, shell: Shell) -> None:
        self.plotter, self.shell = plotter, shell
        self._sight: Sight | None = None
        self._parts: list[tuple[Any, Any, bool]] = []
        self._locators: list[Any] = []
        self._from: tuple[Any, ...] = ()

    def resized(self) -> None:
        """The picture has another size: all of it again, unless it was turned."""
        if self._sight is not None and self._from == _seen_from(self.plotter.camera):
            self.look(self._sight.view)

    def show(self, sight: Sight) -> None:
        """Draw it; the camera moves only when another view is asked for."""
        before = self._sight
        if before is None or before.hidden != sight.hidden or before.names != sight.names:
            self._build(sight)
        self.plotter.set_background(NIGHT if sight.dark else PAPER)
        self._colour(sight)
        self._lines(sight)
        self._sight = sight
        if before is None or before.view != sight.view:
            self.look(sight.view)
        else:
            self.label()

    def look(self, view: str, faces: Iterable[int] = ()) -> None:
        """From one of the usual sides, all of it, or these faces with something of what is around."""
        if not self.shell.size:
            return
        near = np.isin(self.shell.faces, list(faces))
        used = self.shell.corners[np.repeat(near, np.diff(self.shell.offsets))] if near.any() else self.shell.corners
        direction, right, over = frame(*VIEWS[view])
        points = self.shell.points[np.unique(used)]
        low, high = (np.array([pick(points @ right), pick(points @ over)]) for pick in (np.min, np.max))
        size, middle = np.maximum(high - low, 1e-3 * float((high - low).max())), (low + high) / 2
        width, height = self.plotter.render_window.GetSize()
        focus = middle[0] * right + middle[1] * over + float((points @ direction).mean()) * direction
        self.plotter.enable_parallel_projection()
        self.plotter.camera_position = [focus + direction * 10 * self._size, focus, over]
        room = AROUND if near.any() else ROOM
        self.plotter.camera.parallel_scale = 0.5 * room * max(size[1], size[0] * height / width)
        self.plotter.reset_camera_clipping_range()
        self._from = _seen_from(self.plotter.camera)
        self.label()

    @property
    def _size(self) -> float:
        return float(np.linalg.norm(np.ptp(self.shell.points, axis=0)))

    def at(self, x: float, y: float) -> int | None:
        """The face that is seen at a place; None beside the body."""
        width, height = self.plotter.render_window.GetSize()
        ends = [self._world(x * (width - 1), (1 - y) * (height - 1), depth) for depth in (0.0, 1.0)]
        hits = [hit for number, part in enumerate(self._parts) if (hit := self._hit(number, part, *ends)) is not None]
        return min(hits)[1] if hits else None

    def seen(self, rectangle: Rectangle) -> frozenset[int]:
        """The faces of which something is seen in a rectangle (left, top, right, bottom)."""
        from vtkmodules.vtkCommonDataModel import vtkDataObject
        from vtkmodules.vtkRenderingCore import vtkHardwareSelector

        width, height = self.plotter.render_window.GetSize()
        left, top, right, bottom = rectangle
        area = [left * width, (1 - bottom) * height, right * width, (1 - top) * height]
        area = np.clip(area, 0, [width - 1, height - 1] * 2).astype(int).tolist()
        self.plotter.disable_anti_aliasing()  # its passes draw something else than what the selector asks for
        selector = vtkHardwareSelector()
        selector.SetRenderer(self.plotter.renderer)
        selector.SetArea(*area)
        selector.SetFieldAssociation(vtkDataObject.FIELD_ASSOCIATION_CELLS)
        return _selected(selector.Select(), {id(actor): mesh for actor, mesh, _ in self._parts})

    def within(self, rectangle: Rectangle) -> frozenset[int]:
        """The faces that lie wholly in a rectangle (left, top, right, bottom), hidden by others or not."""
        width, height = self.plotter.render_window.GetSize()
        camera = self.plotter.camera.GetCompositeProjectionTransformMatrix(width / height, -1, 1)
        matrix = np.array([[camera.GetElement(i, j) for j in range(4)] for i in range(4)])
        placed = np.c_[self.shell.points, np.ones(len(self.shell.points))] @ matrix.T
        screen = placed[:, :2] / placed[:, 3:]
        left, top, right, bottom = rectangle
        found = seen_in(self.shell, screen, (2 * left - 1, 1 - 2 * bottom, 2 * right - 1, 1 - 2 * top))
        shown = set(np.unique(np.concatenate([mesh[FACE] for _, mesh, _ in self._parts])).tolist())
        return frozenset(found & shown)

    def _build(self, sight: Sight) -> None:
        """The actors of what is not hidden: what one looks through to see a body apart from the rest."""
        for actor, *_ in self._parts:
            self.plotter.remove_actor(actor, render=False)
        self._parts, self._locators = [], []
        hidden = np.array([name in sight.hidden for name in sight.names], bool)
        shown = ~hidden[self.shell.faces]
        outer = self.shell.outer[self.shell.faces]
        for through in (False, True):
            mesh = _polygons(self.shell, np.flatnonzero(shown & (outer == through)))
            if mesh.n_cells:
                mesh.cell_data["rgb"] = np.zeros((mesh.n_cells, 3), np.uint8)
                actor = self.plotter.add_mesh(
                    mesh, scalars="rgb", rgb=True, culling="front" if through else False, smooth_shading=False,
                    ambient=0.55, diffuse=0.5, edge_color="#404a55", show_scalar_bar=False, reset_camera=False,
                    render=False, name=f"body-{through}",
                )  # fmt: skip
                self._parts.append((actor, mesh, through))
                self._locators.append(_locator(mesh))

    def _colour(self, sight: Sight) -> None:
        colours = colours_of(sight)
        for actor, mesh, through in self._parts:
            mesh.cell_data["rgb"] = colours[mesh[FACE]]
            actor.mapper.GetInput().Modified()
            actor.prop.show_edges = sight.edges
            actor.prop.opacity = sight.opacity
            actor.prop.culling = "front" if through else "none"

    def _lines(self, sight: Sight) -> None:
        """Lines where faces meet, a strong one round what is chosen, another round the patch under the mouse."""
        count = self.shell.count
        names = np.array(sight.names, object)
        shown = ~np.isin(names, sight.hidden) if count else np.zeros(0, bool)
        chosen = np.zeros(count, bool)
        chosen[list(sight.chosen)] = True
        hover = (names == sight.hover) & shown
        seams = self.shell.seams
        kept = shown[seams.faces].any(axis=1) if len(seams.faces) else np.zeros(0, bool)
        self._line("seams", np.concatenate([seams.edges[kept], seams.rims[shown[seams.rim_faces]]]), SEAM, 1.5)
        self._line("chosen", seams.around(chosen & shown), "#b35c00", 5)
        self._line("hover", seams.around(hover), HOVER, 6)

    def _line(self, name: str, edges: Floats, colour: str, width: float) -> None:
        import pyvista

        if not len(edges):
            self.plotter.remove_actor(name, render=False)
            return
        lines = np.c_[np.full(len(edges), 2), np.arange(2 * len(edges)).reshape(-1, 2)]
        mesh = pyvista.PolyData(edges.reshape(-1, 3), lines=lines.reshape(-1))
        actor = self.plotter.add_mesh(
            mesh, color=colour, line_width=width, lighting=False, pickable=False, name=name, reset_camera=False,
            render=False,
        )  # fmt: skip
        actor.SetPickable(False)
        actor.mapper.SetResolveCoincidentTopologyToPolygonOffset()
        actor.mapper.SetRelativeCoincidentTopologyLineOffsetParameters(0, -4 if name == "seams" else -8)

    def label(self) -> None:
        """Names with the letters of their boundaries on the largest patches, where these are seen from here."""
        self.plotter.remove_actor("labels-points", render=False)
        self.plotter.remove_actor("labels-labels", render=False)
        sight = self._sight
        places = self._places(sight) if sight is not None and sight.labels and self._parts else {}
        if sight is None or not places:
            return
        words = [f"{name} [{sign(sight.kinds.get(name, '')).letters}]" for name in places]
        self.plotter.add_point_labels(
            np.array(list(places.values())), words, name="labels", show_points=False, font_size=13, text_color=INK,
            shape="rounded_rect", shape_color=PAPER, shape_opacity=1.0, margin=3, always_visible=True, pickable=False,
            reset_camera=False, render=False,
        )  # fmt: skip

    def _places(self, sight: Sight) -> dict[str, Floats]:
        """For each of the largest patches that is seen a place on it: its middle, or another that nothing hides."""
        ahead = np.array(self.plotter.camera.focal_point) - np.array(self.plotter.camera.position)
        ahead = ahead / np.linalg.norm(ahead)
        found = {}
        for name, places in _candidates(self.shell, sight, ahead).items():
            seen = (place for place in places if self._free(place, ahead))
            if (first := next(seen, None)) is not None:
                found[name] = first
        return found

    def _free(self, place: Floats, ahead: Floats) -> bool:
        """Whether nothing is between a place on the body and the one who looks."""
        begin, end = place - 20 * self._size * ahead, place - NEAR * self._size * ahead
        return all(self._hit(number, part, begin, end) is None for number, part in enumerate(self._parts))

    def _world(self, x: float, y: float, depth: float) -> Floats:
        renderer = self.plotter.renderer
        renderer.SetDisplayPoint(x, y, depth)
        renderer.DisplayToWorld()
        place = np.array(renderer.GetWorldPoint())
        return np.asarray(place[:3] / place[3])

    def _hit(self, number: int, part: tuple[Any, Any, bool], begin: Floats, end: Floats) -> tuple[float, int] | None:
        """The first face of a part on a line, by its distance; sides that one looks through do not count."""
        from vtkmodules.vtkCommonCore import vtkIdList, vtkPoints

        points, cells = vtkPoints(), vtkIdList()
        self._locators[number].IntersectWithLine(begin, end, 1e-9, points, cells)
        _, mesh, through = part
        for place in range(cells.GetNumberOfIds()):
            cell = cells.GetId(place)
            polygon = int(mesh["polygon"][cell])
            if through and self.shell.vectors[polygon] @ (end - begin) < 0:
                continue
            return float(np.linalg.norm(np.array(points.GetPoint(place)) - begin)), int(mesh[FACE][cell])
        return None


def _seen_from(camera: Any) -> tuple[Any, ...]:
    return (camera.position, camera.focal_point, camera.parallel_scale)


def colours_of(sight: Sight) -> np.ndarray:
    """The colour of each face (count, 3), 0 to 255: that of its boundary or of its patch, orange what is chosen."""
    order = list(dict.fromkeys(sight.names))
    by_patch = {name: PATCHES[number % len(PATCHES)] for number, name in enumerate(order)}
    names = {name: by_patch[name] if sight.paint == "patch" else _of_boundary(sight, name) for name in order}
    found = np.array([_rgb(names[name]) for name in sight.names], np.uint8).reshape(-1, 3)
    chosen = list(sight.chosen)
    found[chosen] = _rgb(CHOSEN)
    return found


def _of_boundary(sight: Sight, name: str) -> str:
    kind = sight.kinds.get(name, "")
    return sign(kind).colour if kind else NONE.colour


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _polygons(shell: Shell, chosen: Ints) -> Any:
    """These polygons as pyvista has them, with their numbers and those of their faces."""
    import pyvista

    sizes = np.diff(shell.offsets)[chosen]
    starts = np.cumsum(sizes) - sizes
    places = np.arange(int(sizes.sum())) - np.repeat(starts - shell.offsets[:-1][chosen], sizes)
    cells = np.insert(shell.corners[places], starts, sizes) if len(chosen) else np.zeros(0, np.int64)
    mesh = pyvista.PolyData(np.asarray(shell.points, np.float64), faces=cells) if len(chosen) else pyvista.PolyData()
    mesh.cell_data[FACE] = shell.faces[chosen]
    mesh.cell_data["polygon"] = chosen
    return mesh


def _locator(mesh: Any) -> Any:
    from vtkmodules.vtkCommonDataModel import vtkStaticCellLocator

    made = vtkStaticCellLocator()
    made.SetDataSet(mesh)
    made.BuildLocator()
    return made


def _selected(selection: Any, meshes: dict[int, Any]) -> frozenset[int]:
    """The faces of a hardware selection."""
    from vtkmodules.util.numpy_support import vtk_to_numpy
    from vtkmodules.vtkCommonDataModel import vtkSelectionNode

    found: set[int] = set()
    for number in range(selection.GetNumberOfNodes()):
        node = selection.GetNode(number)
        mesh = meshes.get(id(node.GetProperties().Get(vtkSelectionNode.PROP())))
        if mesh is not None:
            found |= set(mesh[FACE][vtk_to_numpy(node.GetSelectionList())].tolist())  # type: ignore[no-untyped-call]
    return frozenset(found)


def _candidates(shell: Shell, sight: Sight, ahead: Floats) -> dict[str, list[Floats]]:
    """Places on each of the largest patches that are shown, the best first; not on what looks away."""
    sizes = np.linalg.norm(shell.vectors, axis=1)
    middles = np.add.reduceat(shell.points[shell.corners], shell.offsets[:-1], axis=0)
    middles = middles / np.diff(shell.offsets)[:, None]
    away = shell.outer[shell.faces] & (shell.vectors @ ahead < 0)
    order = list(dict.fromkeys(sight.names))
    owner = np.array([order.index(name) for name in sight.names])[shell.faces]
    total = np.bincount(owner, sizes, len(order))
    found: dict[str, list[Floats]] = {}
    for number in np.argsort(-total)[:LABELS].tolist():
        mine = np.flatnonzero((owner == number) & ~away)
        if not len(mine) or order[number] in sight.hidden:
            continue
        middle = np.average(middles[mine], axis=0, weights=np.maximum(sizes[mine], 1e-300))
        near = mine[np.argsort(np.linalg.norm(middles[mine] - middle, axis=1))]
        some = near[np.unique(np.linspace(0, len(near) - 1, TRIED).astype(int))]
        flat = float(np.linalg.norm(shell.vectors[mine].sum(axis=0))) > 0.999 * float(sizes[mine].sum())
        found[order[number]] = [middle] * flat + list(middles[some])
    return found
