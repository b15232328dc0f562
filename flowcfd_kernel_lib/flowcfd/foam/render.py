"""A Case as the files of an OpenFOAM case: the mesher's, the solver's, and last those that the Case brings itself."""

from __future__ import annotations

from flowcfd.case.case import Case
from flowcfd.errors import CaseError
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.meshers import MESHERS
from flowcfd.foam.solvers import SOLVERS


def render(case: Case) -> CaseFiles:
    """The files and steps of a case; equal cases give equal bytes.

    Raises UnknownName for a mesh or physics that nothing renders, CaseError for what cannot be rendered.
    """
    mesher = MESHERS.get(case.mesh.kind, where="mesh")
    solver = SOLVERS.get(case.physics.kind, where="physics")
    mesh, solution = mesher(case), solver(case)
    both = sorted(set(mesh.files) & set(solution.files))
    if both:
        raise CaseError(f"mesher {case.mesh.kind} and solver {case.physics.kind} both render {', '.join(both)}")
    files = {**mesh.files, **solution.files, **{path: _bytes(text) for path, text in case.files.items()}}
    return CaseFiles(files, steps=(*mesh.steps, *solution.steps), name=case.name)


def _bytes(text: str) -> str:
    """OpenFOAM's files are bytes; ours are kept as latin-1, so a text beyond it is written as UTF-8's bytes."""
    return text if text.isascii() else text.encode().decode("latin-1")
