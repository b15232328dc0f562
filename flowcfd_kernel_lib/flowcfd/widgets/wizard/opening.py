"""`wizard`: opens the wizard on nothing, a case, a body, or a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowcfd.cad.geometry import Geometry
from flowcfd.case import Case
from flowcfd.case.body import Body
from flowcfd.case.domain import Domain
from flowcfd.errors import CaseError
from flowcfd.meshing.plan import MeshPlan
from flowcfd.widgets.wizard.draft import Draft

if TYPE_CHECKING:
    from flowcfd.widgets.wizard.widget import Wizard


def wizard(case_or_geometry: Any = None, *, cell: bool = False, unit: str | None = None) -> Wizard:
    """Set a case up by mouse: the steps from the geometry to the finished run, in the notebook.

        fc.wizard()                       from nothing
        fc.wizard(case)                   from a case; also after a restart, with the cell that the wizard wrote
        fc.wizard("ahmed.step")           from a file of CAD or of triangles; `unit` where it does not say its own

    A Geometry, a MeshPlan or a domain will do too. With `cell` the Python is written into the notebook from the start
    and kept up to date. `.case` is the case that is set up, `.code` its Python, `.run` its run.

    CaseError for anything else, GeometryError for a file that holds no body.
    """
    from flowcfd.widgets.wizard.widget import Wizard

    return Wizard(drafted(case_or_geometry, unit), cell=cell)


def drafted(given: Any, unit: str | None = None) -> Draft:
    """The draft to begin with; raises as `wizard`."""
    match given:
        case None:
            return Draft()
        case Case():
            return Draft.of(given)
        case MeshPlan():
            return Draft.of(given.case(name=given.body.label)).with_plan(given)
        case Geometry() | Body():
            return Draft().with_geometry(given)
        case Domain():
            return Draft().with_domain(given)
        case str() | Path():
            from flowcfd.widgets.wizard.loading import Loading

            return Draft().with_geometry(*Loading(str(given), unit).made())
    kinds = "a Case, a Geometry, a MeshPlan, a domain or the path of a CAD file"
    raise CaseError(f"wizard: must be given {kinds}, or nothing (got {type(given).__name__})")
