"""Picking: which faces of a surface are chosen, what they are called, and which boundary each name has.

A frozen value without a server: a changed picking is another one, and `undone()` gives the one before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Literal

import numpy as np

from flowcfd.cad.names import clean
from flowcfd.case.boundary import BOUNDARIES, Boundary
from flowcfd.errors import CaseError, UnknownName
from flowcfd.viewer.patches.shell import Shell

How = Literal["only", "add", "remove", "toggle"]
KEPT = 100
"""How many steps can be undone."""
FIXED = "belong to one patch in this mesh; a mesh's faces get other names where it is made: fc.patches(geometry)"


@dataclass(frozen=True)
class Row:
    """A patch as a list shows it: area [m2] (None: not known), faces, and how many of them are chosen."""

    name: str
    area: float | None
    faces: int
    chosen: int


@dataclass(frozen=True)
class Marks:
    """What can be undone: the name of each face, the faces that are chosen, the boundary of each name."""

    names: tuple[str, ...]
    chosen: frozenset[int] = frozenset()
    boundaries: Mapping[str, Boundary] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Picking:
    """Faces of a shell by their numbers, chosen, named and given boundaries.

    With `fixed` names the faces are whole patches, which cannot be divided or joined. `areas` are those of the faces
    [m2] where they are better known than by the shell. All that raises, raises CaseError and changes nothing.
    """

    shell: Shell
    marks: Marks
    fixed: bool = False
    areas: tuple[float | None, ...] | None = None
    past: tuple[Marks, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The name of each face."""
        return self.marks.names

    @property
    def chosen(self) -> frozenset[int]:
        """The faces that are chosen."""
        return self.marks.chosen

    @property
    def boundaries(self) -> Mapping[str, Boundary]:
        """The boundary of each name that has one, in the order of the patches."""
        return {name: self.marks.boundaries[name] for name in self.patches if name in self.marks.boundaries}

    @property
    def patches(self) -> tuple[str, ...]:
        """The names of all patches in the order of their faces."""
        return tuple(dict.fromkeys(self.names))

    @property
    def rows(self) -> tuple[Row, ...]:
        """All patches, as a list shows them."""
        groups: dict[str, list[int]] = {}
        for face, name in enumerate(self.names):
            groups.setdefault(name, []).append(face)
        return tuple(
            Row(name, self._area(faces), self._polygons(faces), len(self.chosen & set(faces)))
            for name, faces in groups.items()
        )

    @property
    def touched(self) -> tuple[str, ...]:
        """The patches of which at least one face is chosen."""
        return tuple(dict.fromkeys(self.names[face] for face in sorted(self.chosen)))

    def faces(self, *names: str) -> frozenset[int]:
        """The faces of these patches; UnknownName for one that is not there."""
        for name in names:
            if name not in self.names:
                raise UnknownName("patch", name, self.patches)
        return frozenset(face for face, name in enumerate(self.names) if name in names)

    def picked(self, faces: Iterable[int], how: How = "only") -> Picking:
        """These faces chosen: only they, they too, without them, or each the other way round."""
        given = frozenset(faces)
        if any(not 0 <= face < len(self.names) for face in given):
            raise CaseError(f"faces: must be numbers from 0 to {len(self.names) - 1} (got {sorted(given)})")
        before = self.chosen
        results = {"only": given, "add": before | given, "remove": before - given, "toggle": before ^ given}
        return self._now(chosen=results[how])

    def grown(self, faces: Iterable[int], angle: float, how: How = "only") -> Picking:
        """These and all that hang together with them where normals differ by less than `angle` [degree]."""
        if not 0 < angle <= 180:
            raise CaseError(f"angle: must be more than 0 and at most 180 degrees (got {angle:g})")
        return self.picked(self.shell.grown(faces, angle), how)

    def by_name(self, words: str, how: How = "only") -> Picking:
        """The patches of these names or patterns ("inlet*, wall"); CaseError where one means no patch."""
        wanted = [word for word in re.split(r"[,\s]+", words) if word]
        if not wanted:
            raise CaseError("names: write names or patterns such as wall, inlet*")
        found: set[str] = set()
        for word in wanted:
            mine = {name for name in self.patches if fnmatchcase(name, word)}
            if not mine:
                raise UnknownName("patch", word, self.patches)
            found |= mine
        return self.picked(self.faces(*found), how)

    def all(self) -> Picking:
        """All faces chosen."""
        return self.picked(range(len(self.names)))

    def none(self) -> Picking:
        """No face chosen."""
        return self.picked(())

    def inverted(self) -> Picking:
        """The others chosen."""
        return self.picked(range(len(self.names)), "toggle")

    def undone(self) -> Picking:
        """The picking before the last step; the same where there was none."""
        return replace(self, marks=self.past[-1], past=self.past[:-1]) if self.past else self

    def named(self, name: str, *, join: bool = False) -> Picking:
        """The chosen faces as a patch of this name; one that is there is only enlarged with `join`.

        A boundary goes with the name where a whole patch is renamed; patches without faces are gone.
        """
        self._some("name")
        if self.fixed:
            raise CaseError(f"{', '.join(self.touched)}: all faces {FIXED}")
        self._fit(name, join)
        whole = [old for old in self.touched if self.faces(old) <= self.chosen]
        names = tuple(name if face in self.chosen else old for face, old in enumerate(self.names))
        kept = {old: boundary for old, boundary in self.marks.boundaries.items() if old in names}
        if len(whole) == len(self.touched) == 1 and whole[0] in self.marks.boundaries and name not in kept:
            kept[name] = self.marks.boundaries[whole[0]]
        return self._now(names=names, boundaries=kept)

    def assigned(self, boundary: Boundary) -> Picking:
        """The chosen patches with this boundary; a part of a patch becomes one of its own, called after the boundary.

        Two patches that are made Cyclic are joined to each other.
        """
        self._some("assign")
        whole = self
        if any(not self.faces(name) <= self.chosen for name in self.touched):
            whole = self.named(self.free(boundary.kind[:1].lower() + boundary.kind[1:]))
        names = whole.touched
        given = dict.fromkeys(names, boundary)
        if len(names) == 2 and "neighbour" in type(boundary).model_fields:
            given = {
                one: boundary.model_copy(update={"neighbour": other})
                for one, other in (names, names[::-1])
            }  # fmt: skip
        return self._now(names=whole.names, boundaries={**whole.marks.boundaries, **given})

    def unassigned(self) -> Picking:
        """The chosen patches without a boundary."""
        self._some("take the boundary from")
        kept = {name: one for name, one in self.marks.boundaries.items() if name not in self.touched}
        return self._now(boundaries=kept)

    def free(self, name: str) -> str:
        """The name, or the first of name_2, name_3, ... that no patch has."""
        number, free = 1, name
        while free in self.names:
            number += 1
            free = f"{name}_{number}"
        return free

    def _some(self, verb: str) -> None:
        if not self.chosen:
            raise CaseError(f"nothing is selected to {verb}: click a face or a row first")

    def _fit(self, name: str, join: bool) -> None:
        if not name:
            raise CaseError("name: write a name for the selection")
        if clean(name) != name:
            rest = f"; {clean(name)} would do" if clean(name) else ""
            raise CaseError(f"name: OpenFOAM takes A-Z a-z 0-9 _ and no digit in front (got {name!r}){rest}")
        taken = len([1 for face, old in enumerate(self.names) if old == name and face not in self.chosen])
        if taken and not join:
            faces = f"{taken} other face{'s' * (taken != 1)}"
            raise CaseError(f"name: {name} is the name of {faces} already; take another name, or join them")

    def _now(
        self,
        names: tuple[str, ...] | None = None,
        chosen: frozenset[int] | None = None,
        boundaries: Mapping[str, Boundary] | None = None,
    ) -> Picking:
        marks = Marks(
            self.names if names is None else names,
            self.chosen if chosen is None else chosen,
            self.marks.boundaries if boundaries is None else MappingProxyType(dict(boundaries)),
        )
        return self if marks == self.marks else replace(self, marks=marks, past=(*self.past, self.marks)[-KEPT:])

    def _area(self, faces: list[int]) -> float | None:
        areas = [self.areas[face] for face in faces] if self.areas is not None else self.shell.areas[faces].tolist()
        return None if any(one is None for one in areas) else float(sum(areas))

    def _polygons(self, faces: list[int]) -> int:
        return int(self.shell.polygons[faces].sum()) if self.fixed else len(faces)


def picking(
    shell: Shell, names: Iterable[str], boundaries: Mapping[str, Boundary] | None = None, *, fixed: bool = False,
    areas: Iterable[float | None] | None = None,
) -> Picking:  # fmt: skip
    """The picking that begins: faces have these names, patches these boundaries, nothing is chosen."""
    given = tuple(names)
    if len(given) != shell.count:
        raise CaseError(f"names: must be {shell.count}, one for each face (got {len(given)})")
    marks = Marks(given, boundaries=MappingProxyType(dict(boundaries or {})))
    return Picking(shell, marks, fixed, None if areas is None else tuple(areas))


def seen_in(shell: Shell, screen: np.ndarray, rectangle: tuple[float, float, float, float]) -> frozenset[int]:
    """The faces that lie wholly in a rectangle (left, bottom, right, top), hidden ones too.

    `screen` (n, 2) is where the points of the shell are on the screen, in the rectangle's units.
    """
    left, bottom, right, top = rectangle
    x, y = screen[:, 0], screen[:, 1]
    inside = (x >= left) & (x <= right) & (y >= bottom) & (y <= top)
    owner = np.repeat(shell.faces, np.diff(shell.offsets))
    out = np.bincount(owner, ~inside[shell.corners], shell.count)
    return frozenset(np.flatnonzero((out == 0) & (shell.polygons > 0)).tolist())


def kinds(boundaries: Mapping[str, Boundary]) -> dict[str, str]:
    """The kind of the boundary of each name, which is all that a picture needs to know."""
    return {name: boundary.kind for name, boundary in boundaries.items()}


def known_kinds() -> list[str]:
    """The kinds of boundaries that can be assigned, those that are used most first."""
    first = ["Inlet", "Outlet", "Wall", "Symmetry", "Slip", "FarField", "Cyclic"]
    automatic = ["Empty", "Wedge"]
    names = BOUNDARIES.names()
    return [name for name in first if name in names] + [name for name in names if name not in (*first, *automatic)]
