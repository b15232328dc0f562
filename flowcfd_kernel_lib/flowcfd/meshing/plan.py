"""MeshPlan: a mesh and a domain for a body and a flow, with the reason for each number."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field

from flowcfd.case.body import Body
from flowcfd.case.boundary import Boundary, Inlet, Outlet, Slip, Wall
from flowcfd.case.case import Case
from flowcfd.case.domain import DOMAINS, Domain
from flowcfd.case.enclosure import BODY
from flowcfd.case.mesh import MESHES, Mesh
from flowcfd.case.physics import Incompressible
from flowcfd.case.site import BuildingSite
from flowcfd.case.solve import Steady
from flowcfd.case.spec import FrozenDict, Kinds, Spec
from flowcfd.case.wind import LogLaw
from flowcfd.meshing.features import Features
from flowcfd.meshing.flow import TURBULENT, TURBULENT_INSIDE, Flow

OPEN_COUNTRY = 0.03
"""Roughness length z0 [m] of open country."""


class Reason(Spec):
    """A number of a plan as people read it, and the sentence that says where it comes from."""

    leading = ("value", "why")
    value: str = Field(description="the number with its unit")
    why: str = Field(description="where it comes from")


class MeshPlan(Spec):
    """What `flowcfd.size` gives: `mesh` and `domain` for a case, and the reason for each number.

    `features` are the numbers that it was made from, `by` says by what: a rule, or a model that has learned. `cells` is
    the number of cells that the mesh will have by the octree, or where it was `counted` in the mesh itself.
    """

    model_config = ConfigDict(populate_by_name=True)
    schema_: int = Field(1, alias="schema", ge=1, le=1)
    by: str = Field("rule", description="what made it")
    body: Body = Field(description="the body that is meshed")
    flow: Flow = Field(description="the flow that it is meshed for")
    domain: Annotated[Domain, Kinds(DOMAINS)] = Field(description="the space that is meshed")
    mesh: Annotated[Mesh, Kinds(MESHES)] = Field(description="how")
    cells: int = Field(gt=0, description="cells that the mesh will have")
    layer_cells: int = Field(0, ge=0, description="how many of them are in layers")
    counted: Literal["octree", "mesh"] = Field("octree", description="how the cells were counted")
    y_plus: float | None = Field(None, description="y+ of the centres of the first cells; None: not known")
    reasons: Annotated[dict[str, Reason], AfterValidator(FrozenDict)] = Field(
        description="why each number is what it is"
    )
    features: Features = Field(description="the numbers that it was made from")

    def case(self, **parts: Any) -> Case:
        """A case of this body, domain and mesh; other parts can be given, else they are a steady flow at its speed.

        To a BuildingSite comes the wind of open country (`open_country`), to one without a model with k an even flow.
        """
        inside = bool(getattr(self.domain, "solid_is_fluid", False))
        turbulent = self.flow.reynolds >= (TURBULENT_INSIDE if inside else TURBULENT)
        physics = parts.get("physics") or Incompressible(
            fluid=self.flow.fluid, turbulence="kOmegaSST" if turbulent else "laminar"
        )
        wind = "k" in getattr(physics, "transported", ())
        usual = {
            "physics": physics,
            "boundaries": boundaries(self.domain.around(self.body), self.flow, wind=wind),
            "solve": Steady(iterations=500),
        }
        whole: dict[str, Any] = {"geometry": self.body, "domain": self.domain, "mesh": self.mesh, **usual, **parts}
        return Case(**whole)

    def to_json(self) -> dict[str, Any]:
        """All of it as JSON types; `MeshPlan.model_validate` makes the same plan of them."""
        return self.model_dump(mode="json", by_alias=True)

    def __repr__(self) -> str:
        cells = f"{self.cells} cells" if self.counted == "mesh" else f"about {self.cells} cells"
        return f"<MeshPlan of {self.body.label} by {self.by}: {cells}, {self.layer_cells} of them in layers>"

    def lines(self) -> list[tuple[str, str, str]]:
        """Each number with its name and reason, for people."""
        how = {"octree": "counted by an octree that does what the mesher does", "mesh": "counted in the finished mesh"}
        head = [
            ("cells", f"{self.cells}", f"{how[self.counted]}; {self.layer_cells} of them in layers"),
            (
                "Reynolds number",
                f"{self.flow.reynolds:.3g}",
                f"{self.flow.speed:.4g} m/s along {self.flow.length:.4g} m",
            ),
        ]
        return head + [(name, reason.value, reason.why) for name, reason in self.reasons.items()]

    def _repr_html_(self) -> str:
        left = "style='text-align:left'"
        rows = "".join(
            f"<tr><td {left}>{html.escape(name)}</td><td {left}><b>{html.escape(value)}</b></td>"
            f"<td {left}>{html.escape(why)}</td></tr>"
            for name, value, why in self.lines()
        )
        title = html.escape(repr(self)[1:-1])
        head = "".join(f"<th {left}>{name}</th>" for name in ("number", "value", "reason"))
        return f"<div>{title}</div><table><tr>{head}</tr>{rows}</table>"


def boundaries(space: Domain, flow: Flow, *, wind: bool = True) -> Mapping[str, Boundary]:
    """What happens at each patch in this flow, by the domain's own words or by what its patches are for.

    `wind`: to a BuildingSite comes that of open country, whose ground needs a turbulence model with k.
    """
    own: Any = getattr(space, "boundaries", None)
    if own is not None and space.kind in ("WindTunnel", "FreeAir", "Internal"):
        found: Mapping[str, Boundary] = own(speed=flow.speed)
        if BODY in found and BODY in space.patches:  # one of several patches has the name that means all of them
            found = {**{name: found[BODY] for name, patch in space.patches.items() if patch.role == "wall"}, **found}
        return found
    if wind and isinstance(space, BuildingSite):
        return space.boundaries(open_country(space, flow))
    made: dict[str, Boundary] = {"inlet": Inlet(speed=flow.speed), "outlet": Outlet(), "wall": Wall(), "side": Slip()}
    return {name: made[patch.role] for name, patch in space.patches.items() if patch.role in made}


def open_country(space: BuildingSite, flow: Flow) -> LogLaw:
    """The wind that comes to a site whose ground nobody named: it has the flow's speed at the highest roof.

    Its roughness length z0 is 3 cm, low plants with single obstacles (class 3 of Davenport: Wieringa, J. Wind Eng. Ind.
    Aerodyn. 41, 1992, 357-368), at models of buildings less, so that it stays a hundredth of their height.
    """
    up = "xyz".index(space.up)
    low, high = space.box[up]
    roof = space.body.bounds[up][1] - low if space.body is not None else (high - low) / 6
    return LogLaw(reference=flow.speed, height=roof, roughness=min(OPEN_COUNTRY, 0.01 * roof))
