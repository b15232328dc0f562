"""Consistency: what the parts of a case demand of each other."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from flowcfd.case.boundary import Boundary, Cyclic, Empty, FarField, Inlet, Outlet, Symmetry, Wall, Wedge
from flowcfd.case.bounds import Point, shown
from flowcfd.case.domain import DOMAINS, Domain, PatchInfo
from flowcfd.case.enclosure import Enclosure
from flowcfd.case.measure import find
from flowcfd.case.mesh import Mesh
from flowcfd.case.output import Output
from flowcfd.case.physics import Incompressible
from flowcfd.case.settled import LEAST, Settled
from flowcfd.case.solve import Steady, Transient
from flowcfd.case.spec import FrozenDict, Location, Spec
from flowcfd.case.wind import LogLaw, Wind
from flowcfd.errors import CaseError, UnknownName

_CONTROL = "system/controlDict"
"""Where a case brings this file itself, what is recorded is not known here."""
Problems = Iterator[tuple[Location, str]]


def problems(parts: Mapping[str, Any]) -> list[tuple[Location, str]]:
    """Everything that does not fit together in the parts that are there, as (path, message)."""
    found: list[tuple[Location, str]] = []
    if found := list(_holds(parts)):
        return found
    domain, boundaries = space(parts), parts.get("boundaries")
    if domain is not None and boundaries is not None:
        found += _patches(domain, boundaries)
    if domain is not None and isinstance(mesh := parts.get("mesh"), Mesh):
        found += [(("mesh", *loc), text) for loc, text in mesh.problems(domain)]
    if "outputs" in parts and domain is not None:
        found += _outputs(parts, domain)
    outputs, until = parts.get("outputs", (None,)), getattr(parts.get("solve"), "until", None)
    if until is not None and None not in outputs and _CONTROL not in (parts.get("files") or ()):
        found += _settles(outputs, until)
    if isinstance(physics := parts.get("physics"), Incompressible):
        found += _equations(parts, physics)
    return found


def space(parts: Mapping[str, Any]) -> Domain | None:
    """The domain with the case's body in it, where both are known."""
    domain: Domain | None = parts.get("domain")
    return None if domain is None else domain.around(parts.get("geometry"))


def grouped(parts: Mapping[str, Any]) -> dict[str, Any]:
    """Boundaries and outputs whose groups of patches are given one by one; a patch named itself comes first."""
    changed: dict[str, Any] = {}
    domain = None if list(_holds(parts)) else space(parts)
    groups = {} if domain is None else domain.groups
    given = parts.get("boundaries")
    if given and any(name in groups for name in given):
        single = {name: boundary for name, boundary in given.items() if name not in groups}
        several = {patch: given[name] for name, patches in groups.items() if name in given for patch in patches}
        changed["boundaries"] = FrozenDict({**several, **single})
    outputs = parts.get("outputs") or ()
    if groups and any(set(groups) & set(one.patch_names) for one in outputs if one is not None):
        changed["outputs"] = tuple(None if one is None else _named(one, groups) for one in outputs)
    return changed


def _named(output: Output, groups: Mapping[str, Sequence[str]]) -> Output:
    patches = getattr(output, "patches", None)
    if not isinstance(patches, tuple):
        return output
    single = tuple(dict.fromkeys(one for name in patches for one in groups.get(name, (name,))))
    return output if single == patches else output.model_copy(update={"patches": single})


def _holds(parts: Mapping[str, Any]) -> Problems:
    """Whether a body is there where the domain needs one, and only there."""
    if "geometry" not in parts or (domain := parts.get("domain")) is None:
        return
    if parts["geometry"] is None and not domain.known:
        yield ("geometry",), f"missing; a {domain.kind} is laid around a body: geometry=flowcfd.load(...)"
    if parts["geometry"] is not None and not domain.holds_body:
        holding = ", ".join(name for name, kind in DOMAINS.items() if kind.holds_body)
        yield ("geometry",), f"a {domain.kind} has a shape of its own; domains for a body are {holding}"
    if parts["geometry"] is not None and domain.holds_body:
        yield from domain.misfits(parts["geometry"])


def readable(case: type[Spec], data: object) -> dict[str, Any]:
    """The parts of a faulty description that can be understood, each by itself.

    A boundary that is wrong is there as the bare class Boundary, so that its patch does not count as missing.
    """
    if not isinstance(data, Mapping):
        return {}
    parts: dict[str, Any] = {}
    for name in ("domain", "mesh", "physics", "solve"):
        part = _validated(case, name, data.get(name))
        if part is not None:
            parts[name] = part
    parts["geometry"] = None if data.get("geometry") is None else _validated(case, "geometry", data["geometry"])
    if parts["geometry"] is None and (
        data.get("geometry") is not None or not getattr(parts.get("domain"), "known", True)
    ):
        parts.pop("domain", None)  # which patches it has is not known
    if isinstance(given := data.get("boundaries"), Mapping):
        parts["boundaries"] = {
            str(name): one[name] if (one := _validated(case, "boundaries", {name: value})) else Boundary(kind="?")
            for name, value in given.items()
        }
    if isinstance(given := data.get("outputs"), (list, tuple)):
        parts["outputs"] = [one[0] if (one := _validated(case, "outputs", (value,))) else None for value in given]
    return parts


def _validated(case: type[Spec], name: str, value: object) -> Any:
    field = case.model_fields[name]
    try:
        return TypeAdapter(field.rebuild_annotation()).validate_python(value)
    except ValidationError:
        return None


def _patches(domain: Domain, boundaries: Mapping[str, Boundary]) -> Problems:
    patches, absent = domain.patches, domain.absent
    missing, up = _missing(domain, boundaries), getattr(domain, "up", "y")
    for name in boundaries:
        if name in absent:
            yield ("boundaries", name), f"{name} {absent[name]}, so the mesh has no such patch; leave it out"
        elif name not in patches:
            yield ("boundaries", name), str(UnknownName("patch", name, patches))
    yield from _grounded(domain, boundaries)
    for name, patch in patches.items():
        if name in boundaries:
            yield from ((("boundaries", name, *loc), text) for loc, text in _fits(name, patch, boundaries, patches, up))
        elif name in missing:
            yield ("boundaries", name), f"missing; every patch of the {domain.kind} needs one: {_needed(domain)}"


def _grounded(domain: Domain, boundaries: Mapping[str, Boundary]) -> Problems:
    """Whether the wind begins at the ground."""
    if not isinstance(domain, Enclosure) or "ground" not in domain.patches:
        return
    ground, top = domain.box[domain.vertical]
    for name, boundary in boundaries.items():
        profile = getattr(boundary, "profile", None)
        if isinstance(profile, LogLaw) and abs(profile.floor - ground) > 1e-6 * (top - ground):
            text = f"must be that of the ground, {domain.up} = {ground:g} m (got {profile.floor:g})"
            yield ("boundaries", name, "profile", "floor"), text


def _needed(domain: Domain) -> str:
    return ", ".join(name for name in domain.patches if name not in domain.automatic)


def _missing(domain: Domain, boundaries: Mapping[str, Boundary]) -> frozenset[str]:
    """The patches that need a boundary and have none."""
    return frozenset(domain.patches) - domain.automatic - frozenset(boundaries)


def _fits(
    name: str, patch: PatchInfo, boundaries: Mapping[str, Boundary], patches: Mapping[str, PatchInfo], up: str
) -> Problems:
    """Whether a boundary can be on its patch."""
    boundary = boundaries[name]
    automatics: dict[str, type[Boundary]] = {"empty": Empty, "wedge": Wedge, "symmetry": Symmetry}
    automatic = automatics.get(patch.kind)
    if boundary.kind == "?":
        return
    if automatic is not None and not isinstance(boundary, automatic):
        yield (), f"must be {automatic.__name__} or left out, as the domain has it (got {boundary.kind})"
    elif automatic is None and isinstance(boundary, (Empty, Wedge)):
        yield (), f"{boundary.kind} is for the automatic sides of two-dimensional and wedge domains only"
    elif boundary.plane and patch.normal is None:
        yield (), f"{boundary.kind} needs a plane patch, which {name} is not"
    elif isinstance(boundary, Cyclic):
        yield from _joined(name, patch, boundary, boundaries, patches)
    elif isinstance(boundary, Inlet) and boundary.flow_rate is not None and patch.area is None:
        yield ("flow_rate",), f"needs a plane patch, which {name} is not"
    elif isinstance(boundary, (Inlet, Wind)) and isinstance(boundary.profile, LogLaw) and boundary.profile.axis != up:
        yield ("profile", "axis"), f"must be {up!r}, which is up in this domain (got {boundary.profile.axis!r})"
    elif isinstance(boundary, FarField) and boundary.angle and boundary.up != up:
        yield ("up",), f"the flow turns towards {boundary.up}, but {up} is up in this domain; give up={up!r}"
    elif isinstance(boundary, (Inlet, Wall)) and boundary.velocity is not None and patch.normal is not None:
        yield from _points(boundary, boundary.velocity, patch.normal)


def _points(boundary: Boundary, velocity: Point, normal: Point) -> Problems:
    """Whether an inlet's velocity goes in and a wall's stays in its plane."""
    outwards = _along(velocity, normal)
    if isinstance(boundary, Inlet) and outwards >= 0:
        yield ("velocity",), f"must point into the domain, against the patch's normal {shown(normal)}"
    if isinstance(boundary, Wall) and abs(outwards) > 1e-9 * math.hypot(*velocity):
        yield ("velocity",), f"must lie in the plane of the wall, whose normal is {shown(normal)}"


def _along(vector: Point, normal: Point) -> float:
    return sum(one * other for one, other in zip(vector, normal, strict=True))


def _joined(
    name: str,
    patch: PatchInfo,
    boundary: Cyclic,
    boundaries: Mapping[str, Boundary],
    patches: Mapping[str, PatchInfo],
) -> Problems:
    other = boundaries.get(boundary.neighbour)
    if boundary.neighbour not in patches:
        yield ("neighbour",), str(UnknownName("patch", boundary.neighbour, patches))
    elif patch.opposite != boundary.neighbour:
        mate = f"only with {patch.opposite}" if patch.opposite else "with no other"
        yield ("neighbour",), f"{name} can be joined {mate} (got {boundary.neighbour!r})"
    elif not isinstance(other, Cyclic) or other.neighbour != name:
        yield ("neighbour",), f"{boundary.neighbour} must be Cyclic with neighbour {name!r} in turn"


def _outputs(parts: Mapping[str, Any], domain: Domain) -> Problems:
    seen: set[str] = set()
    outputs = [(index, output) for index, output in enumerate(parts["outputs"]) if output is not None]
    made = [name for _, output in outputs for name in output.makes]
    known = [*parts["physics"].fields, *made] if "physics" in parts and len(outputs) == len(parts["outputs"]) else None
    for index, output in outputs:
        if output.name in seen:
            yield ("outputs", index, "name"), f"must be unique (got {output.name!r} twice)"
        seen.add(output.name)
        for name in output.patch_names:
            if name not in domain.patches:
                field = "patches" if "patches" in type(output).model_fields else "patch"
                yield ("outputs", index, field), str(UnknownName("patch", name, domain.patches))
        for name in output.field_names:
            if known is not None and name not in known:
                yield ("outputs", index, "fields"), str(UnknownName("field", name, known))
        yield from ((("outputs", index, *loc), text) for loc, text in output.problems(domain))


def _settles(outputs: Sequence[Output], until: Settled) -> Problems:
    """Whether the measures that are to settle are recorded, and often enough."""
    known = {f"{output.name}.{column}": output for output in outputs for column in output.columns}
    for place, name in enumerate(until.measures):
        try:
            output = known[find(name, known)]
        except CaseError as error:
            yield ("solve", "until", "measures", place), str(error)
            continue
        if output.every is None:
            yield (
                ("solve", "until", "measures", place),
                f"{name} comes with the fields only; give {output.name!r} every=1",
            )
        elif until.over < LEAST * output.every:
            few = f"{until.over} are {until.over // output.every} samples of {name} (every={output.every})"
            yield ("solve", "until", "over"), f"{few}; at least {LEAST} samples are needed"


def _equations(parts: Mapping[str, Any], physics: Incompressible) -> Problems:
    solve, boundaries = parts.get("solve"), parts.get("boundaries") or {}
    if isinstance(solve, Transient) and solve.solver == "icoFoam":
        if not physics.laminar:
            yield ("solve", "solver"), f"icoFoam is laminar only (physics.turbulence is {physics.turbulence})"
        if physics.drive is not None:
            yield ("solve", "solver"), "icoFoam knows no physics.drive; use pimpleFoam"
    for name, boundary in boundaries.items():
        if isinstance(boundary, Inlet) and boundary.table is not None and isinstance(solve, Steady):
            yield ("boundaries", name, "table"), "a table in time needs a Transient solve"
        if isinstance(boundary, Wall):
            yield from ((("boundaries", name, *loc), text) for loc, text in _rough(boundary, physics))
    sound = all(boundary.kind != "?" for boundary in boundaries.values())
    if sound and physics.drive is not None and not any(isinstance(one, Cyclic) for one in boundaries.values()):
        yield ("physics", "drive"), "needs Cyclic boundaries"
    domain = parts.get("domain")
    if sound and domain is not None and not _missing(domain, boundaries):
        yield from _balance(boundaries)


def _rough(wall: Wall, physics: Incompressible) -> Problems:
    for name in ("roughness", "roughness_length"):
        if getattr(wall, name) is not None and physics.laminar:
            yield (name,), "needs a turbulence model (physics.turbulence is laminar)"
    if wall.roughness_length is not None and not physics.laminar and "k" not in physics.transported:
        model = physics.turbulence
        yield ("roughness_length",), f"needs a model with k, such as kEpsilon (physics.turbulence is {model})"


def _balance(boundaries: Mapping[str, Boundary]) -> Problems:
    """Whether what enters can leave."""
    enters = [name for name, one in boundaries.items() if isinstance(one, Inlet)]
    if enters and not any(isinstance(one, (Outlet, FarField)) for one in boundaries.values()):
        yield ("boundaries",), f"fluid enters at {', '.join(enters)} and cannot leave: an Outlet or FarField is needed"
