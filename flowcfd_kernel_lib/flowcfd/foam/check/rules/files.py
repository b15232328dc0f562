"""Rules about the files of a case: those that are missing, what they include, what they would execute."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flowcfd.errors import CaseError, DictionaryError, SiteError
from flowcfd.foam import install
from flowcfd.foam.casefiles import Blob
from flowcfd.foam.check import geometry, known, layout
from flowcfd.foam.check.finding import Finding, Mend
from flowcfd.foam.check.rule import Example, rule
from flowcfd.foam.check.view import CONTROL, SCHEMES, SOLUTION, THERMO, TRANSPORT, TURBULENCE, CaseView
from flowcfd.foam.dictionary import Tree
from flowcfd.foam.dictionary.entry import Entry
from flowcfd.foam.dictionary.paths import Level
from flowcfd.foam.steps import steps

ELSEWHERE = ("foamRun", "foamMultiRun", "buoyantFoam", "rhoFoam", "compressibleInterIsoFoam")
"""Solvers of openfoam.org: told by solver-of-another-openfoam."""


@rule("application-unknown", example=Example("cavity", {CONTROL: {"application": "icoFaom"}}))
def application(case: CaseView) -> Iterator[Finding]:
    """A solver that is not installed: misspelt, of another fork (foamRun, buoyantFoam) or the user's own."""
    name = case.get(CONTROL, "application")
    if not isinstance(name, str) or str(name) in (*known.names("applications"), *ELSEWHERE):
        return
    try:
        if str(name) in install.find().applications():
            return
    except SiteError:
        pass
    near = known.nearest(str(name), known.names("applications"), alike=0.8)
    yield case.finding(
        "error",
        f"OpenFOAM {known.VERSION} has no application {str(name)!r}",
        CONTROL,
        "application",
        mend=Mend.of(f"set application {near}", CONTROL, {"application": near}) if near else None,
    )


@rule("numerics-file-missing", example=Example("cavity", {SCHEMES: None}))
def file_missing(case: CaseView) -> Iterator[Finding]:
    """Every solver reads fvSchemes and fvSolution before anything else."""
    if case.solver is None or case.multi_region:
        return
    for path in (SCHEMES, SOLUTION):
        if path not in case.files:
            yield case.finding("error", f"there is no {path}, which every solver reads", path)


@rule("mesh-missing", example=Example("cavity", {"system/blockMeshDict": None}))
def mesh_missing(case: CaseView) -> Iterator[Finding]:
    """Without a mesh the solver ends at once, and its dry run makes one up from the fields and says nothing."""
    if layout.meshed(case.files) or case.multi_region or case.solver is None:
        return
    if any(path.endswith((".msh", ".neu", ".unv", ".ccm")) for path in case.files):
        return  # a converter makes the mesh
    makes = any(step.split()[:1] == ["blockMesh"] for step in case.files.steps)
    if makes and not layout.block_file(case):
        yield case.finding(
            "error", "blockMesh is to make the mesh, and there is no blockMeshDict", layout.BLOCK_FILES[0]
        )
        return
    try:
        steps(case.files)
    except CaseError as error:
        if "no mesh" in str(error):
            yield case.finding(
                "error",
                "there is no mesh (constant/polyMesh/points) and no blockMeshDict to make one; add the mesh, or name "
                "the steps that make it: fc.adopt(..., steps=[...])",
                "constant/polyMesh",
            )


@rule("include-missing", example=Example("cavity", {CONTROL: {"functions": {"#include": '"noSuchFile"'}}}))
def include_missing(case: CaseView) -> Iterator[Finding]:
    """OpenFOAM ends when a file that is included cannot be found; one outside of the case is not taken along."""
    outside = {(one.path, one.line) for one in case.code[1]}
    for path, content in case.files.files.items():
        if isinstance(content, Blob) or "#include" not in content:
            continue
        tree = case.tree(path)
        try:
            if tree is not None:
                tree.expanded()
        except DictionaryError as error:
            found = re.search(r"#include\w*: (.*)", str(error))
            named = re.search(r"'([^']+)'", found[1]) if found else None
            packed = named is not None and f"{named[1]}.gz" in case.files
            if found is None or packed or (str(error.path), error.line) in outside or not _read(path):
                continue
            message = f"an included file is not there: {found[1].partition(';')[0]}"
            read = path in _always(case)
            yield case.finding("error" if read else "warning", message, str(error.path or path), line=error.line)


def _read(path: str) -> bool:
    """Whether OpenFOAM would read the file under this name."""
    return ".orig" not in path and "emplate" not in path


def _always(case: CaseView) -> set[str]:
    """The files that the solver surely reads."""
    return {CONTROL, SCHEMES, SOLUTION, *(field.path for field in case.fields.values())}


@rule("duplicate-entry", example=Example("cavity", {"constant/transportProperties": "nu 0.01;\nnu 0.02;\n"}))
def duplicate(case: CaseView) -> Iterator[Finding]:
    """Of two values under one key the last counts, two dictionaries are merged: a setting may not be what it seems."""
    for path in case.files:
        if path in _DICTIONARIES or path.startswith(f"{case.start or 0}/"):
            tree = case.tree(path)
            if tree is not None:
                yield from _duplicates(case, path, tree)


_DICTIONARIES = (CONTROL, SCHEMES, SOLUTION, TRANSPORT, THERMO, TURBULENCE, "constant/g", "system/decomposeParDict")
_LARGE = 200_000
"""Characters of a file beyond which it is a field of many numbers, not written by hand."""


def _duplicates(case: CaseView, path: str, tree: Tree) -> Iterator[Finding]:
    if len(tree.source) > _LARGE:
        return
    waiting: list[tuple[tuple[str, ...], Level]] = [((), tree.level)]
    while waiting:
        names, level = waiting.pop()
        for name, entries in level.names.items():
            values = [_written(tree, entry) for entry in entries if entry.sure and entry.key != "FoamFile"]
            if f"${name}" in tree.source:
                continue  # a variable, which may take one value after another
            if len(values) > 1 and all(entry.kind == "value" for entry in entries) and len(set(values)) > 1:
                line = tree.source.count("\n", 0, entries[-1].start) + 1
                yield case.finding(
                    "warning",
                    f"{name} is given {len(values)} times ({', then '.join(values)}): the last one counts",
                    path,
                    (*names, name),
                    line=line,
                )
            if entries[-1].kind == "block" and len(names) < 12:
                waiting.append(((*names, name), level.inside(tuple(entries))))


def _written(tree: Tree, entry: Entry) -> str:
    text = " ".join(tree.source[entry.value_start : entry.value_end].split())
    return text if len(text) <= 40 else f"{text[:37]}..."


@rule("runs-code", example=Example("cavity", {"constant/transportProperties": 'nu #calc "0.005 * 2";\n'}))
def runs_code(case: CaseView) -> Iterator[Finding]:
    """A case is code: #calc, #codeStream, coded conditions and systemCall compile or run programs with your rights.

    The packaged OpenFOAM has no compiler scripts, and refuses to as root: such a case ends there.
    """
    for one in case.code[0]:
        yield case.finding(
            "warning",
            f"{one.text} {one.cause}; fc.run refuses it without allow_code=True, the packaged OpenFOAM cannot compile",
            one.path,
            line=one.line,
        )


@rule("reads-from-outside", example=Example("cavity", {CONTROL: {"#include": '"/etc/hostname"'}}))
def outside(case: CaseView) -> Iterator[Finding]:
    """A file outside of the case is not taken along into a run, to another machine or to a colleague."""
    for one in case.code[1]:
        yield case.finding("warning", f"{one.text} {one.cause}", one.path, line=one.line)


@rule(
    "geometry-in-millimetres",
    example=Example("step", {"system/blockMeshDict": {"scale": 1000}}),
)
def millimetres(case: CaseView) -> Iterator[Finding]:
    """CAD programs write millimetres, OpenFOAM reads metres: the case is then a thousand times too large.

    Seen from the Reynolds number, and from the length scale that the inlet turbulence implies.
    """
    yield from geometry.mismatches(case)
