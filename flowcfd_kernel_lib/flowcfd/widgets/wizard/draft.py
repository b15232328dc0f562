"""Draft: what of a case is chosen so far, what is proposed for the rest and why, and what is still wrong. No widget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from flowcfd.case import Boundary, Case, Domain, FarField, Fluid, Inlet, Mesh, Output, Physics, Solve, Wall
from flowcfd.case.body import Bodied, Body
from flowcfd.case.code import code
from flowcfd.case.consistency import grouped
from flowcfd.errors import CaseError
from flowcfd.foam.check.finding import Finding
from flowcfd.meshing import usual
from flowcfd.meshing.flow import Flow
from flowcfd.meshing.plan import MeshPlan
from flowcfd.meshing.size import domain_for

MISSING: Mapping[str, str] = {
    "domain": "not chosen yet; the step Geometry has shapes, and takes bodies from files",
    "mesh": "not there yet; the step Mesh proposes one",
    "physics": "not there yet; it follows from a domain and a flow",
    "boundaries": "not there yet; they follow from a domain and a flow",
    "solve": "not there yet; it follows from a domain and a flow",
}
"""What is said of a part that is not there."""
PARTS = ("domain", "mesh", "physics", "boundaries", "solve")
"""The parts without which there is no case."""


@dataclass(frozen=True)
class Draft:
    """A case on its way: every change is another draft, whose proposals fit what is chosen.

        draft = Draft().with_domain(fc.Cavity("1 m"))          all else is proposed, draft.reasons say why
        draft.with_flow(fc.Flow("2 m/s", "water")).case        a Case; CaseError names what is missing

    `chosen` are the paths of what was said by somebody, such as "mesh" or "boundaries.lid": proposals leave them
    alone as long as they fit. `reasons` are sentences by path for what was proposed. `said` tells what the last change
    did to other parts. `wrong` are problems of what is typed, by path. `loaded` is the Python that gives the body.
    """

    name: str = "case"
    geometry: Body | None = None
    loaded: str = ""
    domain: Domain | None = None
    flow: Flow | None = None
    plan: MeshPlan | None = None
    mesh: Mesh | None = None
    physics: Physics | None = None
    boundaries: Mapping[str, Boundary] = field(default_factory=dict)
    solve: Solve | None = None
    outputs: tuple[Output, ...] = ()
    files: Mapping[str, Any] = field(default_factory=dict)
    chosen: frozenset[str] = frozenset()
    reasons: Mapping[str, str] = field(default_factory=dict)
    said: tuple[str, ...] = ()
    wrong: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, case: Case) -> Self:
        """The draft of a whole case: all of it is chosen."""
        chosen = {"domain", "flow", "mesh", "physics", "solve", "outputs"}
        return cls(
            name=case.name, geometry=case.geometry, domain=case.domain, flow=_flow_of(case.boundaries, case.physics),
            mesh=case.mesh, physics=case.physics, boundaries=case.boundaries, solve=case.solve, outputs=case.outputs,
            files=case.files, chosen=frozenset({*chosen, *(f"boundaries.{name}" for name in case.boundaries)}),
        )  # fmt: skip

    @property
    def space(self) -> Domain | None:
        """The domain with the body in it; None while it cannot be known."""
        if self.domain is None:
            return None
        space = self.domain.around(self.geometry)
        fits = not self.domain.holds_body or self.geometry is None or not self.domain.misfits(self.geometry)
        return space if space.known and fits and (self.geometry is None or space.holds_body) else None

    @property
    def shapeless(self) -> str:
        """What the step Geometry must give before there is any space to compute; empty where nothing is missing."""
        if self.domain is None:
            return "No shape is chosen yet: the step Geometry has domains with a shape of their own, and takes bodies."
        if self.domain.holds_body and self.geometry is None and not self.domain.known:
            return f"A {self.domain.kind} is laid around a body: the step Geometry takes one."
        return ""

    def with_name(self, name: str) -> Self:
        """Called otherwise."""
        return replace(self, name=name, said=())

    def with_geometry(self, geometry: Body | Bodied | None, loaded: str = "") -> Self:
        """With this body, or without one; a domain that does not hold it gives way to one that does."""
        body = geometry if geometry is None or isinstance(geometry, Body) else geometry.body()
        fresh = replace(self, geometry=body, loaded=loaded if body else "", plan=None, said=())
        if body is None:
            if self.domain is None or self.domain.known:
                return fresh._proposed()
            gone = f"the {self.domain.kind} needs a body, and there is none any more"
            return fresh._without("domain", gone)._proposed()
        if self.name == "case":
            fresh = replace(fresh, name=body.label)
        if self.domain is not None and self.domain.holds_body and "domain" in self.chosen:
            return fresh._proposed()
        domain, why = domain_for(body)
        said = (f"{self.domain.kind} gives way to {domain.kind}, which holds a body",) if self.domain else ()
        known = replace(fresh, domain=domain, chosen=self.chosen - {"domain"}, said=said)
        return replace(known, reasons={**self.reasons, "domain": f"{domain.kind}: {why}"})._proposed()

    def with_example(self, kind: str) -> Self:
        """A domain with a shape of its own, and a flow to begin with where none was said."""
        domain, flow, why = usual.example(kind)
        bare = replace(self, geometry=None, loaded="", plan=None, domain=domain, said=())
        known = bare if "flow" in self.chosen else replace(bare, flow=flow)
        name = kind if kind[:1].isupper() and self.name in ("case", *usual.EXAMPLES) else self.name
        reasons = {**self.reasons, "domain": f"sizes to begin with; {why}", "flow": why}
        return replace(known, name=name, reasons=reasons, chosen=self.chosen - {"domain"})._proposed()

    def with_domain(self, domain: Domain) -> Self:
        """In this domain: what still fits is kept, the rest is proposed again, and `said` names what was dropped."""
        flow = self.flow
        if flow is None and domain.kind in usual.EXAMPLES:
            flow = usual.example(domain.kind)[1]
        made = replace(self, domain=domain, flow=flow, said=())._chose("domain")
        if not domain.holds_body and self.geometry is not None:
            made = replace(made, geometry=None, loaded="", plan=None)
            made = replace(made, said=(f"the body is left out: a {domain.kind} has a shape of its own",))
        return made._proposed()

    def with_flow(self, flow: Flow) -> Self:
        """For this flow: proposals follow it; the fluid of the physics is that of the flow."""
        made = replace(self, flow=flow, said=())._chose("flow")
        if made.physics is not None and getattr(made.physics, "fluid", None) not in (None, flow.fluid):
            made = replace(made, physics=made.physics.model_copy(update={"fluid": flow.fluid}))
        return made._proposed()

    def with_plan(self, plan: MeshPlan) -> Self:
        """With the mesh of a plan of `flowcfd.size`, and its reasons."""
        made = replace(self, plan=plan, mesh=plan.mesh, chosen=self.chosen - {"mesh"}, said=())
        return made._proposed()

    def with_mesh(self, mesh: Mesh | None) -> Self:
        """With this mesh; None: as proposed."""
        return (
            replace(self, mesh=mesh, said=())._chose("mesh", mesh is not None)._proposed("" if mesh is None else "mesh")
        )

    def with_physics(self, physics: Physics | None) -> Self:
        """With these physics, whose fluid is that of the flow from now on; None: as proposed."""
        made = replace(self, physics=physics, said=())._chose("physics", physics is not None)
        fluid = getattr(physics, "fluid", None)
        if isinstance(fluid, Fluid) and made.flow is not None:
            made = replace(made, flow=made.flow.model_copy(update={"fluid": fluid}))
        return made._proposed()

    def with_boundaries(self, boundaries: Mapping[str, Boundary]) -> Self:
        """With these boundaries by patch, or by group; the others stay."""
        given: Mapping[str, Boundary] = boundaries
        if (space := self.space) is not None:
            given = grouped({"domain": space, "boundaries": boundaries, "outputs": ()}).get("boundaries", boundaries)
        chosen = self.chosen | {f"boundaries.{name}" for name in given}
        made = replace(self, boundaries={**self.boundaries, **given}, chosen=chosen, said=())
        speed = _speed(given)
        if speed and made.flow is not None and speed != made.flow.speed:
            made = replace(made, flow=made.flow.model_copy(update={"speed": speed}))
        return made._proposed("boundaries")

    def with_boundary(self, patch: str, boundary: Boundary | None) -> Self:
        """With this boundary at a patch; None: as proposed."""
        if boundary is not None:
            return self.with_boundaries({patch: boundary})
        return replace(self, chosen=self.chosen - {f"boundaries.{patch}"}, said=())._proposed()

    def with_solve(self, solve: Solve | None) -> Self:
        """With this solve; None: as proposed."""
        return replace(self, solve=solve, said=())._chose("solve", solve is not None)._proposed()

    def with_outputs(self, outputs: tuple[Output, ...] | None) -> Self:
        """With these outputs; None: as proposed."""
        made = replace(self, outputs=outputs or (), said=())._chose("outputs", outputs is not None)
        return made._proposed("" if outputs is None else "outputs")

    def with_files(self, files: Mapping[str, str]) -> Self:
        """With these files of OpenFOAM, which are merged last."""
        return replace(self, files=files, said=())

    def with_wrong(self, step: str, wrong: Mapping[str, str]) -> Self:
        """With these problems of what is typed in a part, in place of those it had."""
        rest = {path: text for path, text in self.wrong.items() if path != step and not path.startswith(f"{step}.")}
        return replace(self, wrong={**rest, **wrong})

    def mended(self, finding: Finding) -> Self | None:
        """With the field that a finding is about set as its mend says; None where it is no single number."""
        changes = finding.mend.changes if finding.mend else ()
        if len(changes) != 1 or not finding.field or not isinstance(changes[0].value, int | float):
            return None
        try:
            if not isinstance(self.case.at(finding.field), int | float):
                return None
            case = self.case.replace({finding.field: changes[0].value})
        except CaseError:
            return None
        part = finding.field.partition(".")[0]
        return replace(self, **{part: getattr(case, part)}, said=())._chose(part)

    @property
    def parts(self) -> dict[str, Any]:
        """What there is of the case, as its fields."""
        whole: dict[str, Any] = {"name": self.name, "geometry": self.geometry, "outputs": self.outputs}
        given = {name: getattr(self, name) for name in PARTS}
        if self.files:
            whole["files"] = self.files
        return {**whole, **{name: value for name, value in given.items() if value not in (None, {})}}

    @property
    def problems(self) -> Mapping[str, str]:
        """What keeps it from being a case, as sentences by path: what is typed wrong, missing, or does not fit."""
        found = dict(self.wrong)
        try:
            Case(**self.parts)
        except CaseError as error:
            for line in error.problems:
                path, _, text = line.partition(": ")
                found.setdefault(path, MISSING.get(path, text) if text == "required" else text)
        return found

    @property
    def complete(self) -> bool:
        """Whether it is a case."""
        return not self.problems

    @property
    def case(self) -> Case:
        """The case; CaseError names what is missing or wrong."""
        if self.wrong:
            raise CaseError([f"{path}: {text}" for path, text in self.problems.items()])
        try:
            return Case(**self.parts)
        except CaseError:
            raise CaseError([f"{path}: {text}" for path, text in self.problems.items()]) from None

    @property
    def code(self) -> str:
        """The Python that makes the case, with what loads its body; running it gives an equal case."""
        case = self.case
        body = f"body = {self.loaded}\n" if self.loaded and case.geometry is not None else ""
        return f"import flowcfd as fc\n\n{body}case = {code(case, geometry='body' if body else '')}"

    def _chose(self, path: str, chosen: bool = True) -> Self:
        return replace(self, chosen=self.chosen | {path} if chosen else self.chosen - {path})

    def _without(self, part: str, why: str) -> Self:
        gone: dict[str, Any] = {part: None, "chosen": self.chosen - {part}, "said": (*self.said, why)}
        return replace(self, **gone)

    def _proposed(self, given: str = "") -> Self:
        """With all proposals; the part that was just `given` is not dropped, what is wrong with it is a problem."""
        from flowcfd.widgets.wizard.proposing import proposed

        return proposed(self, given)


def _flow_of(boundaries: Mapping[str, Boundary], physics: Physics) -> Flow | None:
    """The flow that a case is of, as far as its boundaries say a speed."""
    speed, fluid = _speed(boundaries), getattr(physics, "fluid", None)
    return Flow(speed=speed, fluid=fluid) if speed and isinstance(fluid, Fluid) else None


def _speed(boundaries: Mapping[str, Boundary]) -> float | None:
    """The speed [m/s] that the boundaries bring in: of an inlet, a far field or a moving wall."""
    for boundary in boundaries.values():
        if isinstance(boundary, Inlet | FarField):
            try:
                return boundary.mean_speed()
            except CaseError:  # a flow rate, whose patch is not known here
                return None
    moving = [one.velocity for one in boundaries.values() if isinstance(one, Wall) and one.velocity is not None]
    return max((sum(part**2 for part in velocity) ** 0.5 for velocity in moving), default=0.0) or None
