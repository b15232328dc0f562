"""What each kind of boundary means in OpenFOAM: the patch entries of every field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flowcfd.case.boundary import Boundary, FarField, Inlet, Outlet, Wall
from flowcfd.case.domain import Domain, PatchInfo
from flowcfd.case.profile import Profile
from flowcfd.case.turbulence import TurbulenceValues
from flowcfd.case.wind import Wind
from flowcfd.errors import CaseError
from flowcfd.foam import profiles
from flowcfd.registry import Registry

Entries = dict[str, object]
Vector = tuple[float, float, float]


@dataclass(frozen=True)
class Place:
    """What the rendering of a boundary may look at besides the boundary itself."""

    patch: str
    info: PatchInfo
    domain: Domain
    model: str
    fields: tuple[str, ...]
    """All fields of the case: U, p, then those of the turbulence model with nut."""
    nu: float
    """Kinematic viscosity [m2/s]."""
    ambient: Mapping[str, float]
    """The turbulence that the domain starts with, by field."""

    def entries(self, velocity: Entries, pressure: Entries, turbulence: Mapping[str, Entries]) -> dict[str, Entries]:
        """The entries of every field of the case."""
        return {"U": velocity, "p": pressure, **{name: turbulence[name] for name in self.fields if name not in "Up"}}

    @property
    def scalars(self) -> tuple[str, ...]:
        """The transported turbulence fields: all but nut."""
        return tuple(name for name in self.fields if name not in ("U", "p", "nut"))


Rule = Callable[[Boundary, Place], dict[str, Entries]]
RULES: Registry[Rule] = Registry("rendered boundary", "flowcfd.rendered_boundaries")
"""How a boundary is rendered, by its kind: from the boundary and its place to the entries of every field."""

ZERO_GRADIENT: Entries = {"type": "zeroGradient"}
WIND_LIBRARY = "atmosphericModels"
"""Where OpenFOAM has the wall function of ground in the wind."""
CALCULATED: Entries = {"type": "calculated", "value": "uniform 0"}


def fields(boundary: Boundary, place: Place) -> dict[str, Entries]:
    """The entries of every field at one patch; raises UnknownName for a kind that cannot be rendered."""
    return RULES.get(boundary.kind, where=f"boundaries.{place.patch}")(boundary, place)


def inlet(boundary: Boundary, place: Place) -> dict[str, Entries]:
    """Velocity and turbulence are fixed, the pressure follows."""
    assert isinstance(boundary, Inlet)
    turbulence = None if boundary.profile is None else _profiled(boundary.profile, place)
    if turbulence is None:
        values = boundary.turbulence.values(boundary.mean_speed(place.info.area), place.nu)
        turbulence = _fixed(place, values)
    return place.entries(inlet_velocity(boundary, place), ZERO_GRADIENT, turbulence)


def wind(boundary: Boundary, place: Place) -> dict[str, Entries]:
    """The velocity along x and the turbulence of a profile, whichever way the patch looks; the pressure follows."""
    assert isinstance(boundary, Wind)
    where = f"boundaries.{place.patch}.profile"
    velocity = profiles.entries(boundary.profile, profiles.AXES["x"], place.domain, where=where)
    turbulence = _profiled(boundary.profile, place) or {**_all(place, ZERO_GRADIENT), "nut": CALCULATED}
    return place.entries(velocity, ZERO_GRADIENT, turbulence)


def inlet_velocity(inlet: Inlet, place: Place) -> Entries:
    """The velocity at an inlet, whichever way it is given."""
    inward = None if place.info.normal is None else profiles.scaled(-1.0, place.info.normal)
    if inlet.velocity is not None:
        return {"type": "fixedValue", "value": uniform(inlet.velocity)}
    if inlet.flow_rate is not None:
        return {
            "type": "flowRateInletVelocity",
            "volumetricFlowRate": inlet.flow_rate,
            "value": uniform((0.0, 0.0, 0.0)),
        }
    if inlet.profile is not None:
        if inward is None:
            raise CaseError(f"boundaries.{place.patch}.profile: needs a plane patch")
        where = f"boundaries.{place.patch}.profile"
        return profiles.entries(inlet.profile, inward, place.domain, where=where, disc=place.info.disc)
    if inlet.table is not None:
        return _in_time(inlet.table, inward)
    speed = inlet.speed or 0.0
    if inward is None:
        return {"type": "surfaceNormalFixedValue", "refValue": uniform(-speed)}
    return {"type": "fixedValue", "value": uniform(profiles.scaled(speed, inward))}


def outlet(boundary: Boundary, place: Place) -> dict[str, Entries]:
    """The pressure is fixed; all else leaves as it is, and what comes back in is at rest."""
    assert isinstance(boundary, Outlet)
    pressure: Entries = {"type": "fixedValue", "value": uniform(boundary.pressure)}
    if not boundary.backflow:
        return place.entries(ZERO_GRADIENT, pressure, {**_all(place, ZERO_GRADIENT), "nut": CALCULATED})
    velocity = inlet_outlet((0.0, 0.0, 0.0))
    return place.entries(velocity, pressure, _ambient(place))


def far_field(boundary: Boundary, place: Place) -> dict[str, Entries]:
    """Fixed where the flow enters, free where it leaves, face by face."""
    assert isinstance(boundary, FarField)
    values = boundary.turbulence.values(boundary.mean_speed(), place.nu)
    turbulence = {name: inlet_outlet(getattr(values, name)) for name in place.scalars}
    return place.entries(
        {"type": "freestreamVelocity", "freestreamValue": uniform(boundary.flow)},
        {"type": "freestreamPressure", "freestreamValue": uniform(boundary.pressure)},
        {**turbulence, "nut": CALCULATED},
    )


def slip(boundary: Boundary, place: Place) -> dict[str, Entries]:
    """No flow through, no friction."""
    return place.entries({"type": "slip"}, ZERO_GRADIENT, {**_all(place, ZERO_GRADIENT), "nut": CALCULATED})


def constraint(boundary: Boundary, place: Place) -> dict[str, Entries]:
    """A patch whose type says all: every field has that type."""
    return {name: {"type": boundary.patch} for name in place.fields}


def wall(boundary: Boundary, place: Place) -> dict[str, Entries]:
    """No slip, and the turbulence of the treatment that the wall asks for."""
    assert isinstance(boundary, Wall)
    return place.entries(wall_velocity(boundary), ZERO_GRADIENT, _wall_turbulence(boundary, place))


def wall_velocity(wall: Wall) -> Entries:
    """The velocity of a wall."""
    if wall.rotation is not None:
        turning = wall.rotation
        return {"type": "rotatingWallVelocity", "origin": turning.origin, "axis": turning.axis, "omega": turning.speed}
    if wall.velocity is not None:
        return {"type": "fixedValue", "value": uniform(wall.velocity)}
    return {"type": "noSlip"}


def inlet_outlet(value: float | Vector) -> Entries:
    """Zero gradient where the flow leaves, a fixed value where it enters."""
    return {"type": "inletOutlet", "inletValue": uniform(value), "value": uniform(value)}


def uniform(value: float | Vector) -> str:
    """A field of one value."""
    if isinstance(value, tuple):
        return f"uniform {profiles.vector(value)}"
    return f"uniform {value:.10g}"


def _wall_turbulence(wall: Wall, place: Place) -> dict[str, Entries]:
    """The functions that suit the model.

    Models in omega and Spalart-Allmaras get functions that hold for any y+ (Spalding's law; omega of sublayer or log
    layer, whichever y+ is in: in a channel nearer to measured friction than the two blended), models in epsilon
    those of the log layer. Resolved walls have no eddy viscosity.
    """
    ambient = {name: uniform(place.ambient[name]) for name in place.scalars}
    if wall.treatment == "resolved":
        if "epsilon" in place.scalars:
            raise CaseError(
                f"boundaries.{place.patch}.treatment: {place.model} cannot resolve the sublayer; use 'function'"
                " or a model such as kOmegaSST"
            )
        found: dict[str, Entries] = {
            "nut": {"type": "nutLowReWallFunction", "value": "uniform 0"},
            "k": {"type": "fixedValue", "value": "uniform 1e-12"},
            "nuTilda": {"type": "fixedValue", "value": "uniform 0"},
        }
    else:
        found = {
            "nut": _wall_viscosity(wall, place),
            "k": {"type": "kqRWallFunction", "value": ambient.get("k")},
            "epsilon": {"type": "epsilonWallFunction", "value": ambient.get("epsilon")},
            "nuTilda": {"type": "fixedValue", "value": "uniform 0"},
        }
    found["omega"] = {"type": "omegaWallFunction", "value": ambient.get("omega")}
    return found


def _wall_viscosity(wall: Wall, place: Place) -> Entries:
    rough = wall.roughness
    if wall.roughness_length is not None:
        return {
            "type": "nutkAtmRoughWallFunction",
            "z0": f"uniform {wall.roughness_length:.10g}",
            "value": "uniform 0",
        }
    if rough is None:
        smooth = "nutkWallFunction" if "epsilon" in place.scalars else "nutUSpaldingWallFunction"
        return {"type": smooth, "value": "uniform 0"}
    if "k" in place.scalars:
        return {
            "type": "nutkRoughWallFunction",
            "Ks": f"uniform {rough.height:.10g}",
            "Cs": f"uniform {rough.constant:.10g}",
            "value": "uniform 0",
        }
    return {
        "type": "nutURoughWallFunction",
        "roughnessHeight": rough.height,
        "roughnessConstant": rough.constant,
        "roughnessFactor": 1,
        "value": "uniform 0",
    }


def _in_time(table: tuple[tuple[float, float], ...], inward: Vector | None) -> Entries:
    if inward is None:
        pairs = " ".join(f"({time:.10g} {-speed:.10g})" for time, speed in table)
        return {
            "type": "uniformNormalFixedValue",
            "uniformValue": f"table ({pairs})",
            "value": uniform((0.0, 0.0, 0.0)),
        }
    start = profiles.vector(profiles.scaled(table[0][1], inward))
    return {"type": "uniformFixedValue", "uniformValue": profiles.table(table, inward), "value": f"uniform {start}"}


def _fixed(place: Place, values: TurbulenceValues) -> dict[str, Entries]:
    fixed: dict[str, Entries] = {"nut": CALCULATED}
    for name in place.scalars:
        fixed[name] = {"type": "fixedValue", "value": uniform(float(getattr(values, name)))}
    return fixed


def _profiled(profile: Profile, place: Place) -> dict[str, Entries] | None:
    """The turbulence of a profile that has its own, over its coordinate; None for one that has not."""
    told = [(at, profile.turbulence(at, place.nu)) for at in profile.knots]
    if not told:
        return None
    axis = str(getattr(profile, "axis", "y"))
    along = {"direction": profiles.AXES["y" if axis == "r" else axis], "origin": 0}
    found: dict[str, Entries] = {"nut": CALCULATED}
    for name in place.scalars:
        start = uniform(place.ambient[name])
        if profiles.mapped(profile, place.info.disc):
            found[name] = profiles.mapped_entries(start, 0)
            continue
        pairs = [(at, float(getattr(values, name))) for at, values in told]
        text = f"table ({' '.join(f'({at:.10g} {value:.10g})' for at, value in pairs)})"
        found[name] = {"type": "fixedProfile", "profile": text, **along, "value": start}
    return found


def _ambient(place: Place) -> dict[str, Entries]:
    return {**{name: inlet_outlet(place.ambient[name]) for name in place.scalars}, "nut": CALCULATED}


def _all(place: Place, entries: Entries) -> dict[str, Entries]:
    return dict.fromkeys(place.scalars, entries)


for _kind, _rule in (
    ("Inlet", inlet),
    ("Outlet", outlet),
    ("Wall", wall),
    ("Slip", slip),
    ("FarField", far_field),
    ("Wind", wind),
    *((kind, constraint) for kind in ("Symmetry", "Cyclic", "Empty", "Wedge")),
):
    RULES.register(_kind, _rule)
