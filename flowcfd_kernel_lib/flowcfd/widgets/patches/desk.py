"""Desk: what is picked on, what is picked, and what follows from it; without a widget."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flowcfd.cad import Geometry
from flowcfd.case import Boundary, Case
from flowcfd.errors import CaseError, FlowError
from flowcfd.viewer.patches.legend import sign
from flowcfd.viewer.patches.picking import How, Picking, kinds
from flowcfd.widgets.patches import code as coding
from flowcfd.widgets.patches.source import Source, of_geometry


class Desk:
    """A picking on its source. What raises, raises FlowError and changes nothing.

    `case` is the last one that fits together; `problems` are sentences by patch where what is wanted does not.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.picking: Picking = source.picking
        self.problems: Mapping[str, str] = {}
        self._case = source.case
        self._before: list[tuple[Source, Picking]] = []

    @property
    def case(self) -> Case:
        """The case with the boundaries that were assigned. CaseError where no case was given."""
        if self._case is None:
            raise CaseError("patches: there is no case here; fc.patches(case) has one")
        return self._case

    @property
    def geometry(self) -> Geometry:
        """The geometry with the names that were given. CaseError without one; GeometryError where it is gone."""
        return coding.named(self._geometry(), self.picking.names)

    @property
    def boundaries(self) -> dict[str, Boundary]:
        """The boundary of each patch that has one."""
        return dict(self.picking.boundaries)

    @property
    def code(self) -> str:
        """The Python that does the same, after `import flowcfd as fc`."""
        if self.source.geometry is not None:
            return f"{coding.geometry_code(self._geometry(), self.picking.names)}\n{self._boundaries_code}"
        if self._case is not None:
            return f"case = {self._case.code}"
        return self._boundaries_code if self.source.assigns else ""

    @property
    def undoable(self) -> bool:
        """Whether there is a step before."""
        return bool(self.picking.past or self._before)

    @property
    def kinds(self) -> dict[str, str]:
        """The kind of boundary by which each patch is coloured."""
        return {**self.source.automatic, **kinds(self.picking.boundaries)}

    @property
    def selected(self) -> str:
        """What is chosen, in words."""
        chosen, faces = len(self.picking.chosen), len(self.picking.names)
        thing = "patch" if self.picking.fixed else "face"
        things = thing if faces == 1 else f"{thing}es" if thing == "patch" else f"{thing}s"
        if not chosen:
            return f"Nothing selected of {faces} {things}"
        names = self.picking.touched
        few = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        return f"{chosen} of {faces} {things} selected: {few}"

    def rows(self, hidden: tuple[str, ...] = ()) -> list[dict[str, Any]]:
        """The list, as the page shows it."""
        found = []
        for row in self.picking.rows:
            boundary, kind = self.picking.boundaries.get(row.name), self.kinds.get(row.name, "")
            looks = sign(kind)
            found.append(
                {
                    "name": row.name, "area": "" if row.area is None else f"{row.area:.4g}", "faces": row.faces,
                    "units": len(self.picking.faces(row.name)), "chosen": row.chosen, "kind": kind,
                    "boundary": self._words(row.name, boundary), "problem": self.problems.get(row.name, ""),
                    "colour": looks.colour, "letters": looks.letters, "ink": looks.ink, "shown": row.name not in hidden,
                }
            )  # fmt: skip
        return found

    def row(self, name: str, how: How) -> None:
        """A patch of the list is chosen; with "toggle" it is added, or taken away where it is chosen."""
        faces = self.picking.faces(name)
        if how == "toggle":
            how = "remove" if faces <= self.picking.chosen else "add"
        self.picking = self.picking.picked(faces, how)

    def assign(self, boundary: Boundary) -> None:
        """The chosen patches have this boundary. In a case that it does not fit, it waits with a sentence beside it."""
        if not self.source.assigns:
            raise CaseError(self.source.words[-1] if self.source.words else "there is nothing to assign to")
        if not isinstance(boundary, Boundary):
            raise CaseError(f"boundary: must be one, such as Wall() or Inlet('2 m/s') (got {boundary!r})")
        self.take(self.picking.assigned(boundary))

    def take(self, picking: Picking) -> None:
        """Another picking; the case follows where it fits."""
        self.picking = picking
        self._fit()

    def split(self, angle: float) -> None:
        """The triangles as faces by feature angle [degree]; names and boundaries begin anew."""
        divided = self._geometry().split(angle)
        self._before.append((self.source, self.picking))
        self.source = of_geometry(divided)
        self.picking = self.source.picking

    def undo(self) -> None:
        """The step before."""
        if self.picking.past:
            self.take(self.picking.undone())
        elif self._before:
            self.source, self.picking = self._before.pop()

    @property
    def _boundaries_code(self) -> str:
        return coding.boundaries_code(self.picking.boundaries)

    def _geometry(self) -> Geometry:
        if self.source.geometry is None:
            raise CaseError("patches: there is no geometry here; fc.patches(geometry) has one")
        return self.source.geometry

    def _words(self, name: str, boundary: Boundary | None) -> str:
        if boundary is not None:
            return repr(boundary).removesuffix("()")
        if name in self.source.types:
            return self.source.types[name]
        return f"{self.source.automatic[name]}, by itself" if name in self.source.automatic else "none yet"

    def _fit(self) -> None:
        """The case with all that is assigned, or the problems by patch."""
        given = self.source.case
        self.problems = {}
        if given is None:
            return
        wanted = self.picking.boundaries
        changed: dict[str, Any] = {f"boundaries.{name}": one for name, one in wanted.items() if
                                   given.boundaries.get(name) != one}  # fmt: skip
        changed |= {f"boundaries.{name}": None for name in given.boundaries if name not in wanted}
        try:
            self._case = given.replace(changed) if changed else given
        except FlowError as error:
            self.problems = _by_patch(error, [name.removeprefix("boundaries.") for name in changed])


def _by_patch(error: FlowError, changed: list[str]) -> dict[str, str]:
    """The sentences of an error by the patch that they are about; those about none stand at what was changed."""
    found: dict[str, str] = {}
    for line in getattr(error, "problems", (str(error),)):
        path, _, words = line.partition(": ")
        steps = path.split(".")
        name = steps[1] if len(steps) > 1 and steps[0] == "boundaries" else changed[-1]
        said = f"{'.'.join(steps[2:])}: {words}" if len(steps) > 2 and steps[0] == "boundaries" else words or line
        found[name] = f"{found[name]}; {said}" if name in found else said
    return found
