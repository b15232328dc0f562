"""CaseView: the files of a case as rules ask for them. What is absent or unreadable is None or empty, no error."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any, TypeVar

from flowcfd.errors import CaseError, FlowError
from flowcfd.foam import dictionary
from flowcfd.foam.casefiles import Blob, CaseFiles
from flowcfd.foam.check import layout, plain, solver
from flowcfd.foam.check.fieldview import FieldView
from flowcfd.foam.check.finding import Finding, Mend, Severity
from flowcfd.foam.check.layout import MeshView, PatchView
from flowcfd.foam.code import Directive, both
from flowcfd.foam.dictionary import Tree

CONTROL, SCHEMES, SOLUTION = "system/controlDict", "system/fvSchemes", "system/fvSolution"
DECOMPOSE = "system/decomposeParDict"
TURBULENCE, TRANSPORT = "constant/turbulenceProperties", "constant/transportProperties"
THERMO = "constant/thermophysicalProperties"

Made = TypeVar("Made")
_SURFACE = re.compile(r"\.(?:stl|obj|eMesh|vtk|ftr|nas|tri)(?:\.gz)?\Z|/polyMesh/(?!blockMeshDict)", re.IGNORECASE)


class CaseView:
    """One case, looked at by many rules: everything is made on first use and kept."""

    def __init__(self, files: CaseFiles) -> None:
        self.files = files
        self._trees: dict[str, Tree | None] = {}
        self._expanded: dict[str, dict[str, Any]] = {}
        self._kept: dict[str, Any] = {}

    # dictionaries ----------------------------------------------------------------------------------------------

    def text(self, path: str) -> str:
        """The text of a file; "" when it is absent or kept by reference."""
        content = self.files.files.get(path, "")
        return "" if isinstance(content, Blob) else content

    def tree(self, path: str) -> Tree | None:
        """The parsed dictionary; None when it is absent, no text or unreadable."""
        if path not in self._trees:
            self._trees[path] = _parsed(self.files, path)
        return self._trees[path]

    def expanded(self, path: str) -> dict[str, Any]:
        """The dictionary as OpenFOAM would find it, as nested dicts.

        What cannot be known without running code is left out, and so is all of a file that is absent or unreadable.
        """
        if path not in self._expanded:
            tree = self.tree(path)
            self._expanded[path] = plain.of(tree) if tree is not None else {}
        return self._expanded[path]

    def get(self, path: str, entry: str | tuple[str, ...], default: Any = None) -> Any:
        """The value that OpenFOAM would find at an entry (regular expressions count); a dictionary as a dict."""
        tree = self.tree(path)
        if tree is None:
            return default
        try:
            value = tree.get(entry, default)
        except FlowError:
            return default
        return plain.of(value) if isinstance(value, Tree) else value

    def number(self, path: str, entry: str | tuple[str, ...]) -> float | None:
        """The number at an entry, a dimensioned one without its dimensions; None when there is none."""
        return plain.number(self.get(path, entry))

    def switch(self, path: str, entry: str, default: bool = False) -> bool:
        """The yes or no at an entry; the default for anything else."""
        tree = self.tree(path)
        try:
            return default if tree is None else tree.switch(entry, default)
        except FlowError:
            return default

    def has_code(self, path: str) -> bool:
        """Whether entries of a file depend on code or conditions, so that what is missing there may be elsewhere."""
        tree = self.tree(path)
        return tree is not None and any(
            one.kind in ("calc", "eval", "codeStream", "if", "ifeq", "remove") for one in tree.directives()
        )

    def complete(self, path: str) -> bool:
        """Whether all that OpenFOAM would find in the file is known: it and its includes are read, it needs no code."""
        tree = self.tree(path)
        if tree is None:
            return False
        try:
            tree.expanded()
        except FlowError:
            return False
        return not self.has_code(path)

    def keys(self, path: str, section: str) -> tuple[list[str], list[tuple[re.Pattern[str], str]]]:
        """The plain keys of a dictionary, and its regular expressions, the one that OpenFOAM asks first in front."""
        tree = self.tree(path)
        try:
            level = None if tree is None else tree.expanded(strict=False).section(section).level
        except FlowError:
            level = None
        if level is None:
            return [], []
        patterns = level.patterns
        names = {name for _, name in patterns}
        return [name for name in level.names if name not in names], patterns

    def position(self, path: str, entry: str | tuple[str, ...] = "") -> tuple[int, int]:
        """Line and column of an entry, of the nearest dictionary around it when it is absent; (0, 0) without any."""
        tree = self.tree(path)
        if tree is None or not entry:
            return 0, 0
        names = dictionary.paths.parts(entry)[0]
        for count in range(len(names), 0, -1):
            try:
                return tree.position(names[:count] if not isinstance(entry, str) else ".".join(names[:count]))
            except FlowError:
                continue
        return 0, 0

    def line(self, path: str, entry: str | tuple[str, ...] = "") -> int:
        """As `position`, the line only."""
        return self.position(path, entry)[0]

    # what rules yield ------------------------------------------------------------------------------------------

    def finding(
        self,
        severity: Severity,
        message: str,
        file: str = "",
        entry: str | tuple[str, ...] = "",
        *,
        mend: Mend | None = None,
        line: int = 0,
    ) -> Finding:
        """A finding at an entry of a file; the rule's name is put in by the runner."""
        at, column = (line, 0) if line else self.position(file, entry)
        name = entry if isinstance(entry, str) else ".".join(entry)
        return Finding(severity, "", message, file, at, column, name, mend)

    # the whole case --------------------------------------------------------------------------------------------

    @cached_property
    def control(self) -> dict[str, Any]:
        """system/controlDict."""
        return self.expanded(CONTROL)

    @cached_property
    def application(self) -> str:
        """The solver: what the last step runs, else what controlDict names; "" when neither says."""
        if self.files.steps:
            return self.files.steps[-1].split()[0]
        named = self.get(CONTROL, "application")
        return str(named) if isinstance(named, str) else ""

    @cached_property
    def solver(self) -> solver.Solver | None:
        """What is known of the application; None for one that is not in the table."""
        return solver.SOLVERS.get(self.application)

    @cached_property
    def steady(self) -> bool:
        """Whether time is an iteration count: by the solver, else by ddtSchemes."""
        if self.solver is not None and self.solver.steady is not None:
            return self.solver.steady
        return str(self.get(SCHEMES, "ddtSchemes.default", "")) == "steadyState"

    @cached_property
    def compressible(self) -> bool:
        """Whether pressure is in pascal because density is solved for: by the solver, else by its thermophysics."""
        if self.solver is not None:
            return self.solver.compressible
        return THERMO in self.files

    @cached_property
    def kind(self) -> str:
        """The simulation type: "laminar", "RAS" or "LES"; "" when turbulenceProperties does not say."""
        named = self.get(TURBULENCE, "simulationType")
        if isinstance(named, str) and str(named) in ("laminar", "RAS", "LES"):
            return str(named)
        return {"RASModel": "RAS", "LESModel": "LES"}.get(str(named), "")

    @cached_property
    def model(self) -> str:
        """The turbulence model, such as kOmegaSST; "" for laminar, and when none is named."""
        if self.kind in ("", "laminar"):
            return ""
        for entry in (f"{self.kind}.{self.kind}Model", f"{self.kind}.model"):
            named = self.get(TURBULENCE, entry)
            if isinstance(named, str):
                return str(named)
        return ""

    @cached_property
    def multi_region(self) -> bool:
        """Whether the case has regions, each with a mesh and fields of its own."""
        return any(path.startswith("constant/regionProperties") for path in self.files)

    @cached_property
    def start(self) -> str:
        """The folder of the fields that it starts from, such as "0"; "" when there is none."""
        return layout.start_folder(self.files, self.control)

    @cached_property
    def fields(self) -> Mapping[str, FieldView]:
        """The fields of the start time by name (several regions are not among them)."""
        found = {}
        for path in self.files:
            folder, _, name = path.rpartition("/")
            if self.start and folder == self.start:
                view = FieldView.read(path, name.removesuffix(".gz"), self)
                if view is not None:
                    found[view.name] = view
        return found

    @cached_property
    def patches(self) -> Mapping[str, PatchView] | None:
        """The patches of the mesh by name; None when they cannot be known before the mesh is made."""
        return layout.patches(self)

    @cached_property
    def mesh(self) -> MeshView | None:
        """Cells, bounds and smallest step of the mesh; None when it is not known before the mesh is made."""
        return layout.mesh(self)

    @cached_property
    def functions(self) -> Mapping[str, Mapping[str, Any]]:
        """The function objects of controlDict by name, with their entries."""
        functions = self.control.get("functions")
        if not isinstance(functions, dict):
            return {}
        return {str(name): entries for name, entries in functions.items() if isinstance(entries, dict)}

    def made(self, name: str, make: Callable[[], Made]) -> Made:
        """What several rules share, made once under a name of their own."""
        if name not in self._kept:
            self._kept[name] = make()
        kept: Made = self._kept[name]
        return kept

    @cached_property
    def code(self) -> tuple[list[Directive], list[Directive]]:
        """What the case would execute, and what it reads from outside (geometry is not looked at)."""
        surfaces = [path for path in self.files if _SURFACE.search(path)]
        return both(self.files.with_files(dict.fromkeys(surfaces)))

    def scripts(self) -> Iterator[tuple[str, str]]:
        """The scripts beside the dictionaries (Allrun and the like): name and text."""
        for path, content in self.files.files.items():
            if re.match(r"All\w+|run\w*|mesh\w*|.*\.sh\Z", PurePosixPath(path).name) and isinstance(content, str):
                yield path, content


def _parsed(files: CaseFiles, path: str) -> Tree | None:
    content = files.files.get(path)
    if not isinstance(content, str):
        return None
    try:
        return dictionary.parse(content, path=path, root=files.files)
    except CaseError:
        return None
