"""Rules about function objects: types, libraries, patches, and the references of force coefficients."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from flowcfd.foam.check import known, plain, sides
from flowcfd.foam.check.finding import Finding, Mend
from flowcfd.foam.check.rule import Example, rule
from flowcfd.foam.check.speed import inflow, inflow_speed
from flowcfd.foam.check.view import CONTROL, CaseView
from flowcfd.foam.dictionary.paths import regular

RENAMED = {"residuals": "solverInfo", "residual": "solverInfo"}
"""Function objects of the other fork or of older versions, and what does their work here."""
FORCES = ("forces", "forceCoeffs")
NEEDED = {
    "forces": ("patches",),
    "forceCoeffs": ("patches", "magUInf", "lRef", "Aref", "liftDir", "dragDir"),
}
"""Entries without which OpenFOAM 1912 ends (each seen); CofR may be an origin, rho is looked at by itself."""
_COEFFICIENTS = "functions.bodyCoeffs"


def _functions(case: CaseView, *types: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The function objects that are on, of some types or of any."""
    for name, entries in case.functions.items():
        if (not types or str(entries.get("type", "")) in types) and str(entries.get("enabled", "yes")) not in _OFF:
            yield name, entries


_OFF = ("no", "false", "off", "n", "f", "none")


def _entry(name: str, entry: str = "") -> tuple[str, ...]:
    """The path of an entry of a function object, for its place."""
    return ("functions", name, entry) if entry else ("functions", name)


@rule(
    "function-object-unknown",
    example=Example(
        "step", {CONTROL: {"functions.residuals": {"type": "residuals", "libs": "(utilityFunctionObjects)"}}}
    ),
)
def unknown(case: CaseView) -> Iterator[Finding]:
    """An unknown type is only a warning in the log: the run ends with exit code 0 and without the data."""
    if known.foreign_libraries(case):
        return
    names = known.names("functions")
    for name, entries in _functions(case):
        kind = entries.get("type")
        if not isinstance(kind, str) or str(kind) in names or known.unseen(_libraries(entries)):
            continue
        better = RENAMED.get(str(kind)) or known.nearest(str(kind), names)
        library = next(iter(known.libraries_of(better)), "")
        mend = None
        if better and "." not in name:
            values = {f"functions.{name}.type": better, f"functions.{name}.libs": f"({library})"}
            mend = Mend.of(f"set type {better}", CONTROL, values if library else {f"functions.{name}.type": better})
        yield case.finding(
            "warning",
            f"there is no function object of type {str(kind)!r}: OpenFOAM warns, goes on and writes nothing",
            CONTROL,
            _entry(name, "type"),
            mend=mend,
        )


@rule(
    "function-object-without-library",
    example=Example("step", {CONTROL: {"functions.bodyCoeffs.libs": None, "functions.body": None}}),
)
def without_library(case: CaseView) -> Iterator[Finding]:
    """A type is known only when its library is loaded, by its own `libs` or that of another; else it is ignored."""
    if known.foreign_libraries(case) or "libs" in case.control:
        return
    loaded = {one for entries in case.functions.values() for one in _libraries(entries)}
    loaded |= set(known.libraries(case.get(CONTROL, "functions.libs")))
    plainly = known.names("functions_without_library")
    for name, entries in _functions(case):
        kind = str(entries.get("type", ""))
        bringing = known.libraries_of(kind)
        if not bringing or kind in plainly or loaded & set(bringing):
            continue
        yield case.finding(
            "warning",
            f"{kind} needs the library {bringing[0]}, which nothing loads: OpenFOAM warns, goes on and writes nothing",
            CONTROL,
            _entry(name, "type"),
            mend=Mend.of(f"set libs ({bringing[0]})", CONTROL, {f"functions.{name}.libs": f"({bringing[0]})"})
            if "." not in name
            else None,
        )


def _libraries(entries: Mapping[str, Any]) -> tuple[str, ...]:
    return known.libraries(entries.get("libs", entries.get("functionObjectLibs")))


@rule("library-unknown", example=Example("step", {CONTROL: {"functions.body.libs": "(force)"}}))
def library_unknown(case: CaseView) -> Iterator[Finding]:
    """A library that cannot be found is only a warning; what it should bring is then missing."""
    names = known.names("libraries")
    for name, entries in _functions(case):
        for library in _libraries(entries):
            near = "" if library in names else known.nearest(library, names)
            if near:
                yield case.finding(
                    "warning",
                    f"OpenFOAM has no library {library!r}; did you mean {near!r}?",
                    CONTROL,
                    _entry(name, "libs"),
                    mend=Mend.of(f"set libs ({near})", CONTROL, {f"functions.{name}.libs": f"({near})"})
                    if len(_libraries(entries)) == 1 and "." not in name
                    else None,
                )


@rule("function-object-without-patch", example=Example("step", {CONTROL: {"functions.body.patches": "(stepp)"}}))
def without_patch(case: CaseView) -> Iterator[Finding]:
    """Forces on a patch that the mesh does not have are zero, and nothing is said."""
    if case.patches is None:
        return
    names = {name for patch in case.patches.values() for name in (patch.name, *patch.groups)}
    for name, entries in _functions(case):
        for wanted in plain.words(entries.get("patches")):
            expression = regular(wanted)
            if wanted in names or (expression and any(expression.fullmatch(one) for one in names)):
                continue
            yield case.finding(
                "warning",
                f"no patch is called {wanted!r}"
                + (known.hint(wanted, names) or f"; there are: {', '.join(case.patches)}"),
                CONTROL,
                _entry(name, "patches"),
            )


@rule("force-references-missing", example=Example("step", {CONTROL: {f"{_COEFFICIENTS}.Aref": None}}))
def references_missing(case: CaseView) -> Iterator[Finding]:
    """Coefficients need the area, length and speed that they are made with, incompressible forces a density.

    OpenFOAM ends the run while it builds the function object when one is absent.
    """
    if not case.complete(CONTROL) or case.multi_region:
        return
    for name, entries in _functions(case, *FORCES):
        missing = [one for one in NEEDED[str(entries["type"])] if one not in entries]
        missing += [] if "CofR" in entries or "origin" in entries or "coordinateSystem" in entries else ["CofR"]
        if case.solver and not case.compressible and not case.solver.dynamic and "rho" not in entries:
            missing.append("rho")
        if str(entries.get("rho")) == "rhoInf" and "rhoInf" not in entries:
            missing.append("rhoInf")
        if {"directForceDensity", "porosity"} & set(entries):
            continue
        if missing:
            more, named = " and ".join([", ".join(missing[:-1]), missing[-1]] if missing[1:] else missing), missing[0]
            meanings = "; ".join(f"{entry}: {_MEANING[entry]}" for entry in missing)
            values = _references(case, entries, missing)
            whole = len(values.keys() & set(missing)) == len(missing) and "." not in name
            told = ", ".join(f"{one} {each if isinstance(each, str) else f'{each:g}'}" for one, each in values.items())
            hint = f"; the case itself says {told}" if values and not whole else ""
            mend = Mend.of(f"set {told}", CONTROL, {f"functions.{name}.{one}": each for one, each in values.items()})
            yield case.finding("error", f"{name} has no {more} ({meanings}){hint}", CONTROL,
                               _entry(name, named) if len(missing) == 1 else _entry(name),
                               mend=mend if whole else None)  # fmt: skip


def _references(case: CaseView, given: Mapping[str, Any], missing: Iterable[str]) -> dict[str, str | float]:
    """What the case itself says of missing references."""
    values = _known_references(case, given)
    filled = {entry: values[entry] for entry in missing if entry in values}
    if filled.get("rho") == "rhoInf" and "rhoInf" not in given:
        filled["rhoInf"] = values["rhoInf"]
    return filled


def _known_references(case: CaseView, given: Mapping[str, Any]) -> dict[str, str | float]:
    """The references that follow from the case: the stream gives speed and directions, coefficients take any rhoInf."""
    known_ones: dict[str, str | float] = {"CofR": "(0 0 0)"}
    if str(given.get("type")) == "forceCoeffs":
        known_ones |= {"rho": "rhoInf", "rhoInf": 1.0} if case.solver and not case.compressible else {}
    stream = inflow(case)
    if stream is not None:
        along = plain.vector(given.get("dragDir")) or tuple(each / math.hypot(*stream) for each in stream)
        flat = sides.empty_direction(case)
        up = _across(along, flat)
        known_ones |= {"magUInf": float(f"{math.hypot(*stream):.6g}"), "dragDir": _written(along)}
        known_ones |= {"liftDir": _written(up)} if up else {}
    length = plain.number(given.get("lRef"))
    if length and case.mesh is not None and (flat := sides.empty_direction(case)) is not None:
        known_ones["Aref"] = float(f"{length * case.mesh.lengths[flat]:.6g}")
    return known_ones


def _across(along: Sequence[float], flat: int | None) -> tuple[float, ...] | None:
    """The direction of lift: in the plane of a plane flow, else up (z) where the stream is level."""
    if flat == 2:
        return (-along[1], along[0], 0.0)
    if flat == 1:
        return (-along[2], 0.0, along[0])
    return (0.0, 0.0, 1.0) if flat is None and abs(along[2]) < 1e-6 else None


def _written(vector: Sequence[float]) -> str:
    return f"({' '.join(f'{each + 0.0:.6g}' for each in vector)})"


_MEANING = {
    "patches": "the patches that the forces act on",
    "magUInf": "the speed of the coefficients [m/s]",
    "lRef": "the length of the moment coefficients [m]",
    "Aref": "the area of the coefficients [m2]; in two dimensions chord times depth of the mesh",
    "liftDir": "the direction of lift",
    "dragDir": "the direction of drag",
    "CofR": "the centre of the moments [m]",
    "rho": "`rho rhoInf;`, because an incompressible solver has no field of density",
    "rhoInf": "the density [kg/m3] of the incompressible fluid",
}


@rule("force-references-absurd", example=Example("step", {CONTROL: {f"{_COEFFICIENTS}.magUInf": 1}}))
def references_absurd(case: CaseView) -> Iterator[Finding]:
    """A coefficient is only as good as its references: a wrong magUInf enters squared, a 3-D area ruins a 2-D case."""
    for name, entries in _functions(case, "forceCoeffs"):
        numbers = {one: plain.number(entries.get(one)) for one in ("magUInf", "lRef", "Aref", "rhoInf")}
        for entry, value in numbers.items():
            if value is not None and value <= 0:
                yield case.finding("error", f"{entry} {value:g} makes no coefficient", CONTROL, _entry(name, entry))
        yield from _speed(case, name, numbers["magUInf"])
        yield from _area(case, name, numbers["Aref"], numbers["lRef"])


def _speed(case: CaseView, name: str, given: float | None) -> Iterator[Finding]:
    enters = inflow_speed(case)
    if not given or given < 0 or not enters or 0.5 <= given / enters <= 2:
        return
    yield case.finding(
        "warning",
        f"magUInf is {given:g} m/s and the flow enters with {enters:g} m/s: the coefficients come out "
        f"{(enters / given) ** 2:.2g} times too large",
        CONTROL,
        _entry(name, "magUInf"),
        mend=Mend.of(f"set magUInf {enters:g}", CONTROL, {f"functions.{name}.magUInf": enters}),
    )


def _area(case: CaseView, name: str, area: float | None, length: float | None) -> Iterator[Finding]:
    mesh = case.mesh
    if mesh is None or not area or area < 0:
        return
    lengths = mesh.lengths
    largest = sum(math.prod(lengths[:at] + lengths[at + 1 :]) for at in range(3))
    empty = any(patch.type == "empty" for patch in (case.patches or {}).values())
    depth = min(lengths)
    if area > largest:
        yield case.finding(
            "warning",
            f"Aref {area:g} m2 is larger than all sides of the mesh together ({largest:.3g} m2)"
            + (f"; in two dimensions it is chord times depth of the mesh ({depth:.3g} m)" if empty else ""),
            CONTROL,
            _entry(name, "Aref"),
            mend=_of_depth(name, length, depth) if empty else None,
        )
    elif empty and length and length > 0 and not 0.02 <= area / (length * depth) <= 50:
        yield case.finding(
            "warning",
            f"Aref {area:g} m2 is not lRef times the depth of the two-dimensional mesh ({length:g} m x {depth:.3g} m)",
            CONTROL,
            _entry(name, "Aref"),
            mend=_of_depth(name, length, depth),
        )


def _of_depth(name: str, length: float | None, depth: float) -> Mend | None:
    if not length or length <= 0 or "." in name:
        return None
    area = float(f"{length * depth:.9g}")
    return Mend.of(f"set Aref {area:g} (lRef times depth)", CONTROL, {f"functions.{name}.Aref": area})
