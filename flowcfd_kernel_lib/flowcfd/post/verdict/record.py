"""What one run has written: mesh, last fields, logs and dictionaries, each read when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np

from flowcfd.errors import DictionaryError, FlowError, NotYet
from flowcfd.foam import dictionary
from flowcfd.foam.dictionary import Dimensioned, Tree
from flowcfd.foam.fields import Field, read
from flowcfd.post import layout, setup
from flowcfd.post.verdict import geometry
from flowcfd.post.verdict.geometry import Floats, Mesh

if TYPE_CHECKING:
    from flowcfd.foam.log import Log
    from flowcfd.post.open import Results
    from flowcfd.post.table import Table

Value = TypeVar("Value")


class Missing(FlowError):
    """What a judge would need is not there; the message says what."""


class Apart(FlowError):
    """The criterion says nothing about such a case; the message says why."""


@dataclass(frozen=True)
class Values:
    """One field at the last time: values of cells (n,) or (n, 3), on patches, and what its file says of patches."""

    name: str
    cells: Floats
    parts: tuple[Field, ...]
    mesh: Mesh

    def on(self, patch: str) -> Floats:
        """Values at the faces of a patch: `value` where the file has it, zero for noSlip, else the cells' behind."""
        behind = self.mesh.patches[patch].cells
        ends = np.cumsum((0, *self.mesh.counts))
        pieces = []
        for k, field in enumerate(self.parts):
            cells = behind[(behind >= ends[k]) & (behind < ends[k + 1])]
            shape = (len(cells), *field.element.shape)
            path = ("boundaryField", patch, "value")
            value = field.value(path) if path in field else None
            if isinstance(value, np.ndarray) and value.shape in (field.element.shape, shape):
                pieces.append(np.broadcast_to(value, shape).astype(np.float64))
            else:
                pieces.append(np.zeros(shape) if self.kind(patch) == "noSlip" else self.cells[cells])
        return cast(Floats, np.concatenate(pieces))

    def kind(self, patch: str) -> str:
        """The type of the boundary condition; empty where there is none."""
        return str(self.entry(patch, "type") or "")

    def entry(self, patch: str, key: str) -> Any:
        """One entry of the boundary condition; None where there is none."""
        path = ("boundaryField", patch, key)
        return self.parts[0].value(path) if path in self.parts[0] else None

    @property
    def dimensions(self) -> tuple[float, ...]:
        """Exponents of kg m s K mol A cd."""
        return tuple(float(each) for each in self.parts[0].dimensions)


class Record:
    """What a case has on disk: dictionaries, logs, mesh and last fields; what is absent raises Missing."""

    def __init__(self, results: Results) -> None:
        self.results, self.case = results, results.case

    # ---- what is computed

    @cached_property
    def application(self) -> str:
        """The solver."""
        return self.results.application

    @cached_property
    def control(self) -> Tree:
        """system/controlDict, includes followed as far as they can be."""
        return self.tree("system/controlDict")

    @cached_property
    def solution(self) -> Tree:
        """system/fvSolution."""
        return self.tree("system/fvSolution")

    @cached_property
    def steady(self) -> bool:
        """Whether Time counts iterations, or local steps that stand for them."""
        scheme = str(self.tree("system/fvSchemes").get("ddtSchemes.default", ""))
        return setup.steady(self.case) or "localEuler" in scheme

    @cached_property
    def compressible(self) -> bool:
        """Whether p has the dimensions of a pressure and the flux those of mass."""
        pressure = self.find("p")
        return pressure is not None and pressure.dimensions[0] == 1 and not self.phases

    @cached_property
    def phases(self) -> tuple[str, ...]:
        """The volume fractions."""
        try:
            names = self.names
        except Missing:  # before fields are written the initial ones tell
            names = [path.name.removesuffix(".orig") for path in self.case.glob("0*/alpha.*")]
        return tuple(dict.fromkeys(name for name in names if name.startswith("alpha.")))

    @cached_property
    def model(self) -> str:
        """The turbulence model; "laminar" for none."""
        tree = self.tree("constant/turbulenceProperties")
        kind = str(tree.get("simulationType", "laminar"))
        return str(tree.get(f"{kind}.{kind}Model", tree.get("RAS.model", kind))) if kind != "laminar" else kind

    @cached_property
    def les(self) -> bool:
        """Whether eddies are resolved."""
        return str(self.tree("constant/turbulenceProperties").get("simulationType", "")) == "LES"

    @cached_property
    def nu(self) -> float:
        """The kinematic viscosity [m2/s] of the one fluid, a constant."""
        found = _number(self.tree("constant/transportProperties").get("nu"))
        if found is None:
            fluid = "that of a compressible fluid is not worked out here" if self.compressible else "none is given"
            raise Missing(f"no constant viscosity nu in constant/transportProperties ({fluid}); y+ can be judged where "
                          "the function object yPlus wrote it")  # fmt: skip
        return found

    def tree(self, path: str) -> Tree:
        """A dictionary after OpenFOAM's reading; empty where it is absent or cannot be read."""
        try:
            return dictionary.read(self.case / path).expanded(strict=False)
        except (FlowError, OSError):
            return dictionary.parse("")

    def functions(self, *kinds: str) -> dict[str, Tree]:
        """The function objects of these types by name."""
        found = self.control.get("functions")
        if not isinstance(found, Tree):
            return {}
        trees = {name: found.get((name,)) for name in found}
        return {name: tree for name, tree in trees.items() if isinstance(tree, Tree) and tree.get("type") in kinds}

    # ---- log

    @cached_property
    def log(self) -> Log:
        """The solver's last log."""
        return self._asked(lambda: self.results._logs()[-1][0], "the solver's log")

    @cached_property
    def residuals(self) -> Table:
        """First initial residuals of each step."""
        return self._asked(lambda: self.results.residuals, "the solver's log")

    @cached_property
    def courant(self) -> Table:
        """Courant numbers of each step."""
        return self._asked(lambda: self.results.courant, "the solver's log")

    # ---- mesh and fields

    @cached_property
    def parts(self) -> tuple[layout.Part, ...]:
        """What holds the last fields; Missing where only the initial ones are written."""
        times = self._asked(lambda: self.results.times, "times")
        regions = layout.regions(self.case)
        if regions:
            raise Missing(f"several regions ({', '.join(regions)}): their meshes and fields are not judged")
        if not times or (len(times) == 1 and times[0] == 0):
            raise Missing("no fields but the initial ones are written")
        return self._asked(lambda: layout.parts(self.case, None), "fields")

    @cached_property
    def mesh(self) -> Mesh:
        """The mesh at the last time."""
        return self._asked(lambda: geometry.read([part.mesh() for part in self._mesh_parts]), "the mesh")

    @property
    def _mesh_parts(self) -> tuple[layout.Part, ...]:
        try:
            return self.parts
        except Missing:
            return self._asked(lambda: layout.parts(self.case, None), "the mesh")

    @cached_property
    def files(self) -> Mapping[str, tuple[Path, ...]]:
        """The files of each field at the last time, one per part; the fluxes too."""
        each = []
        for part in self.parts:
            files = part.fields()
            for flux in ("phi", "rhoPhi"):
                for file in (part.folder / flux, part.folder / f"{flux}.gz"):
                    files |= {flux: file} if file.is_file() else {}
            each.append(files)
        return {name: tuple(files[name] for files in each) for name in each[0] if all(name in one for one in each)}

    @property
    def names(self) -> list[str]:
        """The fields with values per cell at the last time."""
        return [name for name in self.files if name not in ("phi", "rhoPhi")]

    def field(self, name: str) -> Values:
        """A field at the last time."""
        found = self.find(name)
        if found is None and name == "U" and not any((self.case / home / "U").exists() for home in ("0", "0.orig")):
            raise Apart("the case has no velocity")
        if found is None:
            raise Missing(f"{name} is not written at the last time")
        return found

    def find(self, name: str) -> Values | None:
        """A field at the last time, None where it is not written."""
        if name not in self._fields:
            self._fields[name] = self._read(name) if name in self.files else None
        return self._fields[name]

    @cached_property
    def _fields(self) -> dict[str, Values | None]:
        return {}

    def _read(self, name: str) -> Values:
        parts, cells = self._asked(lambda: self._loaded(name), name)
        return Values(name, cells, parts, self.mesh)

    def _loaded(self, name: str) -> tuple[tuple[Field, ...], Floats]:
        parts = tuple(field_file(file) for file in self.files[name])
        pieces = [part.values(count) for part, count in zip(parts, self.mesh.counts, strict=True)]
        return parts, np.asarray(np.concatenate(pieces) if len(pieces) > 1 else pieces[0], np.float64)

    def earlier(self, name: str) -> tuple[float, Floats] | None:
        """The written time before the last that is not the initial one, and a field's cells then."""
        times = [time for time in self.results.times if time > 0]
        if len(times) < 2 or len(self.parts) != 1:
            return None
        part = layout.parts(self.case, times[-2])
        files = part[0].fields()
        if len(part) != 1 or name not in files:
            return None
        return times[-2], np.asarray(field_file(files[name]).values(len(self.mesh.volumes)), np.float64)

    def _asked(self, read: Callable[[], Value], what: str) -> Value:
        """What `read` gives; Missing with its reason where that is not there or cannot be read."""
        try:
            with layout.readable(self.case):
                return read()
        except (Missing, Apart):
            raise
        except NotYet as error:
            raise Missing(
                str(error).splitlines()[0].replace(f"{self.case}/", "").replace(f" in {self.case}", "")
            ) from None
        except DictionaryError as error:
            raise Missing(f"{what} cannot be read: {str(error).replace(f'{self.case}/', '')}") from None
        except FlowError as error:
            raise Missing(str(error).splitlines()[0]) from None


def field_file(file: Path) -> Field:
    """A field in a file, a long one from the cache; raises DictionaryError."""
    if file.stat().st_size < 1 << 20:
        return read(file)
    from flowcfd.post import cache  # brings pyvista with it

    return cache.field(file)


def _number(value: object) -> float | None:
    """A number, also where dimensions stand before it."""
    if isinstance(value, Dimensioned):
        value = value.value
    return float(value) if isinstance(value, int | float) else None
