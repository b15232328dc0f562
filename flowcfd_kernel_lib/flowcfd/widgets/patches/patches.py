"""fc.patches: pick faces on the body in three dimensions, name them, and give them boundaries."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

import ipywidgets

from flowcfd.cad import Geometry
from flowcfd.case import BOUNDARIES, Boundary, Case, Inlet
from flowcfd.errors import CaseError, FlowError
from flowcfd.jobs.live import has_front_end
from flowcfd.viewer.patches.app import STATES
from flowcfd.viewer.patches.picking import How, Picking
from flowcfd.viewer.patches.sight import Sight
from flowcfd.widgets.cell import CellWriter
from flowcfd.widgets.form import Form
from flowcfd.widgets.frame import Frame
from flowcfd.widgets.kept import Kept, Left, code, since
from flowcfd.widgets.patches.desk import Desk
from flowcfd.widgets.patches.panel import Panel
from flowcfd.widgets.patches.source import Of, source

HEIGHT = 560
"""Of the picture [pixels]."""
LIVING = "flowcfd-patches"
"""The class of the widget in the page."""
ENDED = "The kernel of this picker has ended. Run the cell again to pick; what was picked is this code."
BEGINS = Inlet(speed=1.0)
"""The boundary that stands ready to be assigned."""


def patches(of: Of, boundaries: Mapping[str, Boundary] | None = None, *, height: int = HEIGHT) -> Patches:
    """Pick faces, see them coloured by boundary, and assign boundaries: on a geometry, a case, a mesh.

        picker = fc.patches(fc.load("manifold.step"))     faces of CAD: picker.geometry, picker.boundaries
        picker = fc.patches(case)                         patches of a case: picker.case
        picker = fc.patches(run)                          patches of its mesh, also of any OpenFOAM case by path

    `boundaries` are those that a geometry begins with. `picker.code` is the Python that does the same. Raises CaseError
    for what has no patches, NotYet for a case directory without a mesh.
    """
    return Patches(of, boundaries, height=height)


class Patches:
    """A picker in the notebook: the body beside the list of its patches; all can be done in the list alone."""

    def __init__(self, of: Of, boundaries: Mapping[str, Boundary] | None = None, *, height: int = HEIGHT) -> None:
        self._desk = Desk(source(of, boundaries))
        self._told: list[Callable[[Patches], object]] = []
        self._hidden: tuple[str, ...] = ()
        self._folder = tempfile.TemporaryDirectory(prefix="flowcfd-patches-")
        self._files = 0
        self._end = weakref.finalize(self, self._folder.cleanup)
        self._sight = self._seen()
        self._panel = Panel(names=not self._desk.picking.fixed)
        self._panel.on_msg(self._asked)
        self._form = Form(BEGINS, kinds=BOUNDARIES, choices={"neighbour": self._desk.picking.patches})
        self._frame = self._framed(height)
        self._writer = CellWriter(mark=f"patches-{id(self):x}", label="Write the Python")
        self.widget = self._laid()
        self.widget.add_class(LIVING)
        self._kept = Kept(f".{LIVING}", self._left)
        if self._frame is not None:
            self._frame.on_seen.append(self._kept.changed)
        self._show(push=False)

    @property
    def picking(self) -> Picking:
        """What is chosen, named and assigned, as a value."""
        return self._desk.picking

    @property
    def selection(self) -> tuple[int, ...]:
        """The faces that are chosen, by their numbers."""
        return tuple(sorted(self._desk.picking.chosen))

    @property
    def boundaries(self) -> dict[str, Boundary]:
        """The boundary of each patch that has one, for a Case."""
        return self._desk.boundaries

    @property
    def geometry(self) -> Geometry:
        """The geometry with the names that were given. CaseError where none was, GeometryError where it is gone."""
        return self._desk.geometry

    @property
    def case(self) -> Case:
        """The case with what was assigned, the last that fits together. CaseError where no case was given."""
        return self._desk.case

    @property
    def problems(self) -> Mapping[str, str]:
        """What keeps boundaries out of the case, a sentence by patch."""
        return self._desk.problems

    @property
    def code(self) -> str:
        """The Python that does the same, after `import flowcfd as fc`; what it makes is equal."""
        return self._desk.code

    def on_change(self, told: Callable[[Patches], object]) -> None:
        """Call `told(picker)` whenever names or boundaries have changed."""
        self._told.append(told)

    def select(self, *names: str) -> None:
        """Choose patches by names or patterns. Raises UnknownName."""
        if not all(isinstance(name, str) for name in names):
            raise CaseError(f"select: give names of patches or patterns (got {names!r})")
        self._do(lambda desk: desk.take(desk.picking.by_name(",".join(names))))

    def name(self, name: str, *, join: bool = False) -> None:
        """Give the chosen faces a name. Raises CaseError."""
        self._do(lambda desk: desk.take(desk.picking.named(name, join=join)))

    def assign(self, boundary: Boundary) -> None:
        """Give the chosen patches a boundary. Raises CaseError."""
        self._do(lambda desk: desk.assign(boundary))

    def split(self, angle: float = 30.0) -> None:
        """Make faces of a surface of triangles by feature angle [degree]. Raises FlowError."""
        self._do(lambda desk: desk.split(angle))

    def undo(self) -> None:
        """Back to the step before."""
        self._do(Desk.undo)

    def close(self) -> None:
        """Close the view and free what it holds."""
        if self._frame is not None:
            self._frame.close()
        self.widget.close()
        self._end()

    def __repr__(self) -> str:
        given = ", ".join(f"{name} {one.kind}" for name, one in self.boundaries.items())
        return f"<Patches: {given or 'no boundaries yet'}>"

    def _ipython_display_(self) -> None:
        """The widget, and its picture and code for a notebook that is read without a kernel."""
        if self._frame is not None:
            self._frame.displayed()
        if has_front_end():
            self._kept.display(self.widget._repr_mimebundle_() or {})
            if self._frame is not None:
                self._frame.keep()
            return
        from IPython.display import display

        still = {} if self._frame is None else self._frame.still_bundle()
        display({**still, "text/plain": repr(self)}, raw=True)  # type: ignore[no-untyped-call]

    def _left(self) -> Left:
        wrong = [f"# {name}: {words}" for name, words in self.problems.items()]
        try:
            page = code("\n".join([self.code, *wrong]))
        except FlowError as error:
            page = code(str(error))
        return Left(repr(self), since(ENDED), b"" if self._frame is None else self._frame.seen, page)

    # ---- what the page asks for

    def _asked(self, _: Any, message: dict[str, Any], __: Any) -> None:
        """What was done in the list; what cannot be is said there, and nothing is changed."""
        act = str(message.get("do"))
        if act == "hover":
            self._look(hover=str(message.get("name", "")))
            return
        if act == "shown":
            name = str(message.get("name"))
            rest = tuple(one for one in self._hidden if one != name)
            self._hidden = rest if message.get("shown") else (*rest, name)
            self._show()
            return
        self._try(lambda: self._do(_STEPS[act](message)) if act in _STEPS else None, act)

    def _try(self, step: Callable[[], object], act: str) -> None:
        """Do it, or say why not."""
        try:
            step()
        except FlowError as error:
            self._panel.joinable = act == "name" and "already" in str(error)
            self._panel.words = str(error)
        else:
            self._panel.send({"done": act})

    def _assign(self, _: Any = None) -> None:
        problems = dict(self._form.problems)
        if self._form.value is None or problems:
            said = "; ".join(f"{path}: {words}" for path, words in problems.items())
            self._panel.words = f"the boundary is not complete: {said}"
            return
        self._try(lambda: self.assign(cast(Boundary, self._form.value)), "assign")

    def _unassign(self, _: Any = None) -> None:
        self._try(lambda: self._do(lambda desk: desk.take(desk.picking.unassigned())), "unassign")

    def _do(self, step: Callable[[Desk], object]) -> None:
        """One step on the desk, and everybody hears of it."""
        before = self._desk.picking.marks
        step(self._desk)
        self._show()
        after = self._desk.picking.marks
        if (before.names, before.boundaries) != (after.names, after.boundaries):
            for told in list(self._told):
                told(self)

    # ---- what is shown

    def _show(self, *, push: bool = True) -> None:
        """The page as the desk is now."""
        desk = self._desk
        with self._panel.hold_sync():
            self._panel.rows = desk.rows(self._hidden)
            self._panel.selected, self._panel.undoable = desk.selected, desk.undoable
            self._panel.words, self._panel.joinable = "", False
            self._panel.notes = list(desk.source.words)
        self._form.choose({"neighbour": desk.picking.patches})
        try:
            self._writer.code = desk.code
        except FlowError as error:
            self._panel.words = str(error)
        self._kept.changed()
        if push:
            self._look()

    def _seen(self) -> Sight:
        """What the picture shows at the beginning, its surface in a file of its own."""
        desk = self._desk
        self._files += 1
        file = desk.picking.shell.save(Path(self._folder.name) / f"shell-{self._files}.npz")
        self._of = desk.source
        return Sight(str(file), desk.picking.names, kinds=desk.kinds)

    def _look(self, **changes: Any) -> None:
        """The picture as the desk is now; where it cannot be, the list says so and stays alive."""
        if self._frame is None:
            return
        if self._of is not self._desk.source:
            look = {name: getattr(self._sight, name) for name in STATES}
            self._sight = self._seen().changed(**look)
        picking = self._desk.picking
        hidden = tuple(name for name in self._hidden if name in picking.names)
        self._sight = self._sight.changed(
            names=picking.names, chosen=tuple(sorted(picking.chosen)), kinds=self._desk.kinds, hidden=hidden, **changes
        )
        try:
            self._frame.show({**self._sight.to_json(), **({"only": "hover"} if "hover" in changes else {})})
        except FlowError as error:
            self._panel.words = str(error)

    def _framed(self, height: int) -> Frame | None:
        """The picture; None where there is no surface to show."""
        if not self._desk.picking.shell.size:
            return None
        made = Frame("patches", self._sight.to_json(), label=f"Patches of {self._desk.source.label}", height=height)
        made.observe(self._changed, "spec")
        return made

    def _changed(self, change: dict[str, Any]) -> None:
        """The page picked faces, or is looked at otherwise."""
        try:
            said = Sight.from_json(change["new"])
        except (CaseError, TypeError, KeyError):
            return
        if said.shell != self._sight.shell or said == self._sight:
            return
        self._sight = self._sight.changed(**{name: getattr(said, name) for name in STATES}, chosen=said.chosen)
        if frozenset(said.chosen) != self._desk.picking.chosen:
            self._desk.take(self._desk.picking.picked(said.chosen))
            self._show(push=False)

    def _laid(self) -> ipywidgets.Box:
        """The body on the left, the list and what can be assigned on the right."""
        assign = ipywidgets.Button(description="Assign to the selection", button_style="primary")
        assign.on_click(self._assign)
        away = ipywidgets.Button(description="Take away", tooltip="The selected patches have no boundary then")
        away.on_click(self._unassign)
        for one in (assign, away):
            one.layout.width = "auto"
        parts: list[Any] = [self._panel]
        if self._desk.source.geometry is not None and not self._desk.source.geometry.cad:
            parts.append(self._splitting())
        if self._desk.source.assigns:
            box = ipywidgets.VBox([self._form.widget, ipywidgets.HBox([assign, away])])
            box.add_class("fcp-assign")
            parts += [box, self._writer]
        side = ipywidgets.VBox(parts, layout=ipywidgets.Layout(flex="1 1 400px", min_width="0", max_width="560px"))
        side.layout.grid_gap = "8px"
        row = ipywidgets.Layout(display="flex", flex_flow="row wrap", align_items="flex-start", grid_gap="12px")
        if self._frame is None:
            return ipywidgets.Box([side], layout=row)
        self._frame.layout = ipywidgets.Layout(flex="3 1 520px", min_width="0")
        return ipywidgets.Box([self._frame, side], layout=row)

    def _splitting(self) -> ipywidgets.Box:
        """Faces by feature angle, for a surface that has none."""
        angle = ipywidgets.BoundedFloatText(30.0, min=1, max=180, description="Angle [°]", step=1)
        angle.layout.width = "170px"
        go = ipywidgets.Button(description="Split into faces", tooltip="Faces by feature angle; names begin anew")
        go.on_click(lambda _: self._try(lambda: self.split(angle.value), "split"))
        return ipywidgets.HBox([angle, go])


def _how(message: Mapping[str, Any]) -> How:
    how = message.get("how", "only")
    return cast(How, how) if how in ("only", "add", "remove", "toggle") else "only"


_STEPS: Mapping[str, Callable[[Mapping[str, Any]], Callable[[Desk], object]]] = {
    "all": lambda _: lambda desk: desk.take(desk.picking.all()),
    "none": lambda _: lambda desk: desk.take(desk.picking.none()),
    "invert": lambda _: lambda desk: desk.take(desk.picking.inverted()),
    "undo": lambda _: Desk.undo,
    "names": lambda said: lambda desk: desk.take(desk.picking.by_name(str(said.get("words", "")))),
    "row": lambda said: lambda desk: desk.row(str(said.get("name")), _how(said)),
    "name": lambda said: (
        lambda desk: desk.take(desk.picking.named(str(said.get("name", "")).strip(), join=bool(said.get("join"))))
    ),
}
"""What the list can ask for, as steps on the desk."""
