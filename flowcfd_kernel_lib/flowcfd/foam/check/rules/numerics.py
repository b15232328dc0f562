"""Rules about schemes, linear solvers and relaxation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flowcfd.foam.check import known, plain, terms
from flowcfd.foam.check.finding import Finding, Mend
from flowcfd.foam.check.rule import Example, rule
from flowcfd.foam.check.view import SCHEMES, SOLUTION, CaseView
from flowcfd.foam.dictionary.paths import regular

FROM_LIBRARIES = frozenset({"DEShybrid", "interfaceCompression"})
"""Schemes that solvers or libraries bring beside those that are known to all."""
SECTIONS = ("gradSchemes", "divSchemes", "laplacianSchemes")
"""Sections of fvSchemes without which OpenFOAM 1912 ends; interpolation and snGrad have defaults."""


@rule("scheme-section-missing", example=Example("step", {SCHEMES: {"laplacianSchemes": None}}))
def section_missing(case: CaseView) -> Iterator[Finding]:
    """Every solver reads fvSchemes with its gradSchemes, divSchemes and laplacianSchemes before anything else."""
    if SCHEMES not in case.files or not case.complete(SCHEMES) or case.multi_region:
        return
    for name in SECTIONS:
        if not isinstance(case.expanded(SCHEMES).get(name), dict):
            yield case.finding("error", f"{SCHEMES} has no {name}", SCHEMES, name)


@rule(
    "scheme-missing",
    example=Example("step", {SCHEMES: {"divSchemes.div(phi,omega)": None, "divSchemes.default": "none"}}),
)
def scheme_missing(case: CaseView) -> Iterator[Finding]:
    """A term without a scheme ends the run when it is reached; the model's transported fields are the usual ones.

    Changing the turbulence model and keeping fvSchemes leaves div(phi,omega) or wallDist out.
    """
    if SCHEMES not in case.files or not case.complete(SCHEMES):
        return
    entries = case.expanded(SCHEMES)
    for section, term in terms.schemes(case):
        there = entries.get(section)
        if there is None and section in SECTIONS:
            continue  # told by scheme-section-missing
        if _scheme(there if isinstance(there, dict) else {}, term):
            continue
        alike = _alike(there, term) if isinstance(there, dict) else ""
        value = "meshWave" if section == "wallDist" else alike
        shown = f"{section}.{term}" if section == "wallDist" else term
        yield case.finding(
            "error",
            f"there is no scheme for {shown}, which {_asker(case, term)} asks for",
            SCHEMES,
            (section, term),
            mend=Mend.of(f"add {shown} {value}", SCHEMES, {f"{section}.{term}": value}) if value else None,
        )


def _scheme(entries: Mapping[str, Any], term: str) -> bool:
    """Whether a term finds a scheme: under its name, under a regular expression, or in a default."""
    if term in entries:
        return True
    for key in entries:
        expression = regular(key)
        if any(sign in key for sign in "*.[|") and expression and expression.fullmatch(term):
            return True
    default = entries.get("default")
    return default is not None and str(default) != "none"


def _alike(entries: Mapping[str, Any], term: str) -> str:
    """The scheme of a term of the same form, which is the usual choice for one that is missing."""
    if term.startswith("div(phi,"):
        transported = [
            name for name in ("k", "epsilon", "omega", "nuTilda", "h", "e", "T", "U") if term != f"div(phi,{name})"
        ]
        for name in transported:
            found = entries.get(f"div(phi,{name})")
            if found is not None and "grad(U)" not in str(found):
                return str(found)
    if "dev2" in term:
        return next((str(value) for key, value in entries.items() if "dev" in key), "Gauss linear")
    if term.startswith("laplacian("):
        return next((str(value) for key, value in entries.items() if key.startswith("laplacian(")), "")
    return ""


def _asker(case: CaseView, term: str) -> str:
    fields = terms.transported(case)
    return case.model if term == "method" or any(f",{name})" in term for name in fields) else case.application


@rule(
    "scheme-unknown", example=Example("step", {SCHEMES: {"divSchemes.div(phi,U)": "bounded Gauss linearUpwnd grad(U)"}})
)
def scheme_unknown(case: CaseView) -> Iterator[Finding]:
    """A misspelt scheme ends the run when its term is reached."""
    if known.foreign_libraries(case) or not terms.schemes(case):
        return
    for section, names in _SCHEMES.items():
        entries = case.expanded(SCHEMES).get(section)
        for term, value in entries.items() if isinstance(entries, dict) else ():
            words = plain.words(tuple(value) if isinstance(value, tuple) else value)
            found = _misspelt(section, words, names)
            if found is not None:
                word, allowed = found
                near = known.nearest(word, allowed)
                text = " ".join(str(part) for part in value) if isinstance(value, tuple) else str(value)
                yield case.finding(
                    "error",
                    f"there is no scheme {word!r} in {section}; there are: {', '.join(sorted(allowed)[:12])}"
                    + (" ..." if len(allowed) > 12 else ""),
                    SCHEMES,
                    (section, term),
                    mend=Mend.of(f"set {near}", SCHEMES, {f"{section}.{term}": text.replace(word, near)})
                    if near
                    else None,
                )


_SCHEMES = {
    "ddtSchemes": "ddt_schemes",
    "gradSchemes": "grad_schemes",
    "divSchemes": "div_schemes",
    "laplacianSchemes": "laplacian_schemes",
}


def _misspelt(section: str, words: tuple[str, ...], names: str) -> tuple[str, frozenset[str]] | None:
    """The first word of a scheme that is not known, and the words known in its place; None when all are right."""
    allowed = known.names(names)
    if not words or words == ("none",):
        return None
    if words[0] not in allowed:
        return words[0], allowed
    if section == "divSchemes":
        rest = words[1:] if words[0] != "bounded" else words[2:]
        if words[0] == "bounded" and len(words) > 1 and words[1] not in known.names("convection_schemes"):
            return words[1], known.names("convection_schemes")
        both = known.names("limited_schemes_vector") | known.names("limited_schemes_scalar")
        if rest and rest[0] not in both | FROM_LIBRARIES:
            return rest[0], both
    return None


@rule(
    "linear-solver-missing",
    example=Example("step", {SOLUTION: {"solvers": {"p": {"solver": "PCG", "tolerance": 1e-6}}}}),
)
def solver_missing(case: CaseView) -> Iterator[Finding]:
    """Every equation needs a linear solver, under its name or a regular expression; the run ends when it is reached."""
    yield from _unsolved(case, final=False)


@rule("final-solver-missing", example=Example("cavity", {SOLUTION: {"solvers.pFinal": None}}))
def final_missing(case: CaseView) -> Iterator[Finding]:
    """PISO and PIMPLE solve the last corrector to a tolerance of its own, under the name with Final (pFinal)."""
    yield from _unsolved(case, final=True)


def _unsolved(case: CaseView, *, final: bool) -> Iterator[Finding]:
    if SOLUTION not in case.files or not case.complete(SOLUTION):
        return
    for equation in terms.equations(case):
        for name in terms.wanted(case, equation):
            if name.endswith("Final") is not final or case.get(SOLUTION, ("solvers", name)) is not None:
                continue
            base = equation.field
            there = case.get(SOLUTION, ("solvers", base))
            settings = (
                {**there, "relTol": 0} if final and isinstance(there, dict) else _solver(symmetric=equation.symmetric)
            )
            what = f"the last corrector of {base}" if final else base
            yield case.finding(
                "error",
                f"there is no linear solver for {what}: solvers.{name} is missing",
                SOLUTION,
                ("solvers", name),
                mend=Mend.of(f"add solvers.{name}", SOLUTION, {f"solvers.{name}": settings}),
            )


def _solver(*, symmetric: bool) -> dict[str, object]:
    kind = "GAMG" if symmetric else "smoothSolver"
    return {"solver": kind, "smoother": "GaussSeidel", "tolerance": 1e-7, "relTol": 0.05}


@rule("linear-solver-unknown", example=Example("step", {SOLUTION: {"solvers.p.solver": "PCGG"}}))
def solver_unknown(case: CaseView) -> Iterator[Finding]:
    """A misspelt linear solver, smoother or preconditioner, or one for the other sort of matrix, ends the run."""
    if known.foreign_libraries(case) or case.multi_region:
        return
    seen = set()
    for equation in terms.equations(case):
        for name in terms.wanted(case, equation):
            entries = case.get(SOLUTION, ("solvers", name))
            if not isinstance(entries, dict) or str(entries.get("type", "segregated")) != "segregated":
                continue
            key = _key(case, name)
            kinds = ("symmetric", "asymmetric") if case.compressible else _SORTS[equation.symmetric]
            for entry, value, allowed in _unknown_names(entries, kinds):
                if (key, entry) not in seen:
                    seen.add((key, entry))
                    yield _misnamed(case, key, entry, value, allowed, kinds)


_SORTS = {True: ("symmetric",), False: ("asymmetric",)}
_USES = {"smoother": ("GAMG", "smoothSolver"), "preconditioner": ("PCG", "PBiCG", "PBiCGStab")}


def _key(case: CaseView, name: str) -> str:
    """The key of solvers under which OpenFOAM finds a name, a regular expression in its quotes."""
    names, patterns = case.keys(SOLUTION, "solvers")
    if name in names:
        return name
    return next((f'"{pattern}"' for expression, pattern in patterns if expression.fullmatch(name)), name)


def _unknown_names(entries: Mapping[str, Any], kinds: tuple[str, ...]) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Entry, name and the known names, of each name of a linear solver's settings that is not known."""
    for entry in ("solver", "smoother", "preconditioner"):
        value = entries.get(entry)
        if entry == "preconditioner" and isinstance(value, dict):
            value = value.get("preconditioner")
        if entry != "solver" and str(entries.get("solver")) not in _USES[entry]:
            continue
        allowed = frozenset[str]().union(*(known.names(f"{kind}_{entry}s") for kind in kinds))
        if isinstance(value, str) and str(value) not in (*allowed, "diagonal"):
            yield entry, str(value), allowed


def _misnamed(
    case: CaseView, key: str, entry: str, value: str, allowed: frozenset[str], kinds: tuple[str, ...]
) -> Finding:
    near = known.nearest(value, allowed)
    sort = f" for a matrix that is {kinds[0]}" if len(kinds) == 1 else ""
    tree = case.tree(SOLUTION)
    path = f"solvers.{key}.{entry}"
    here = near and tree is not None and path in tree
    return case.finding(
        "error",
        f"there is no {entry} {value!r}{sort}; there are: {', '.join(sorted(allowed))}",
        SOLUTION,
        path,
        mend=Mend.of(f"set {entry} {near}", SOLUTION, {path: near}) if here else None,
    )


@rule(
    "pattern-takes-pressure",
    example=Example(
        "step",
        {SOLUTION: {"solvers": {
            '"(p|pFinal)"': {"solver": "GAMG", "smoother": "GaussSeidel", "tolerance": 1e-7},
            '"(U|k|.*)(Final)?"': {"solver": "smoothSolver", "smoother": "GaussSeidel", "tolerance": 1e-8},
        }}},
    ),
)  # fmt: skip
def pattern_takes(case: CaseView) -> Iterator[Finding]:
    """Of several regular expressions the last one that matches wins: a ".*" behind that of p takes p as well.

    Pressure then runs a thousand sweeps of a smoother per step: slow, and nothing is said.
    """
    pressure = case.solver.pressure if case.solver else ""
    names, patterns = case.keys(SOLUTION, "solvers")
    if not pressure or pressure in names or not case.complete(SOLUTION):
        return
    matching = [name for expression, name in patterns if expression.fullmatch(pressure)]
    if len(matching) < 2:
        return
    taken, meant = matching[0], matching[-1]
    kinds = [case.get(SOLUTION, ("solvers", name, "solver")) for name in (taken, meant)]
    if str(kinds[0]) == "smoothSolver" and str(kinds[1]) != "smoothSolver":
        yield case.finding(
            "warning",
            f"{pressure} takes the entry {taken!r} ({kinds[0]}) and not {meant!r} ({kinds[1]}): of the regular "
            "expressions that match, the last one counts; put that of the pressure last, or name it without quotes",
            SOLUTION,
            ("solvers", taken),
        )


@rule("relaxation-missing", example=Example("step", {SOLUTION: {"relaxationFactors": None}}))
def relaxation_missing(case: CaseView) -> Iterator[Finding]:
    """Steady iterations without relaxation diverge: each equation is solved with the others' values of before."""
    if not case.steady or case.solver is None or case.solver.algorithm != "SIMPLE" or not case.complete(SOLUTION):
        return
    if SOLUTION not in case.files or not terms.equations(case):
        return
    factors = case.expanded(SOLUTION).get("relaxationFactors")
    consistent = case.switch(SOLUTION, "SIMPLE.consistent")
    if not isinstance(factors, dict) or not factors:
        fields = {} if consistent else {"relaxationFactors.fields": {case.solver.pressure: 0.3}}
        usual = {'".*"': 0.9} if consistent else {"U": 0.7, '".*"': 0.7}
        yield case.finding(
            "warning",
            f"{case.application} has no relaxationFactors: steady iterations diverge without",
            SOLUTION,
            "relaxationFactors",
            mend=Mend.of("add relaxationFactors", SOLUTION, {**fields, "relaxationFactors.equations": usual}),
        )
        return
    equations = factors.get("equations", {} if "fields" in factors else factors)
    if isinstance(equations, dict) and not _factor(equations, "U"):
        yield case.finding(
            "warning",
            "the momentum equation is not relaxed: steady iterations diverge without",
            SOLUTION,
            "relaxationFactors",
            mend=Mend.of("set equations.U 0.7", SOLUTION, {"relaxationFactors.equations.U": 0.7})
            if "fields" in factors or "equations" in factors
            else Mend.of("set U 0.7", SOLUTION, {"relaxationFactors.U": 0.7}),
        )


def _factor(entries: Mapping[str, Any], field: str) -> bool:
    return any(key in (field, "default") or ((made := regular(key)) and made.fullmatch(field)) for key in entries)


@rule("relaxation-absurd", example=Example("step", {SOLUTION: {"relaxationFactors.equations.U": 7}}))
def relaxation_absurd(case: CaseView) -> Iterator[Finding]:
    """A factor above one is over-relaxation, which diverges; zero or less keeps the field as it is for ever."""
    factors = case.expanded(SOLUTION).get("relaxationFactors")
    if not isinstance(factors, dict):
        return
    groups = {(): factors} | {(key,): value for key, value in factors.items() if isinstance(value, dict)}
    for path, entries in groups.items():
        for name, value in entries.items():
            factor = plain.number(value)
            if factor is not None and not 0 < factor <= 1:
                fit = factor / 10 if 1 < factor < 10 else 0.7
                at = ("relaxationFactors", *path, name)
                yield case.finding(
                    "error" if factor > 2 or factor <= 0 else "warning",
                    f"the relaxation factor of {name} is {factor:g}, it must lie between 0 and 1",
                    SOLUTION,
                    at,
                    mend=Mend.of(f"set {name} {fit:g}", SOLUTION, {".".join(at): fit}) if name.isidentifier() else None,
                )


@rule("time-scheme-against-solver", example=Example("cavity", {SCHEMES: {"ddtSchemes.default": "steadyState"}}))
def time_scheme(case: CaseView) -> Iterator[Finding]:
    """A transient solver with steadyState has no time in it, and a steady one with Euler pretends to."""
    scheme = str(case.get(SCHEMES, "ddtSchemes.default", ""))
    if case.solver is None or case.solver.steady is None or case.solver.algorithm == "potentialFlow":
        return
    if not case.solver.steady and scheme == "steadyState" and case.solver.algorithm in ("PISO", "PIMPLE"):
        mend = Mend.of("set ddtSchemes.default Euler", SCHEMES, {"ddtSchemes.default": "Euler"})
        message = f"{case.application} follows time, ddtSchemes say steadyState: every step is solved without inertia"
    elif case.solver.steady and scheme in ("Euler", "backward", "CrankNicolson"):
        mend = Mend.of("set ddtSchemes.default steadyState", SCHEMES, {"ddtSchemes.default": "steadyState"})
        message = f"{case.application} is steady, ddtSchemes say {scheme}: deltaT slows the iterations down"
    else:
        return
    severe = not case.solver.steady
    yield case.finding("warning" if severe else "note", message, SCHEMES, "ddtSchemes.default", mend=mend)


@rule("algorithm-missing", example=Example("cavity", {SOLUTION: {"PISO": None}}))
def algorithm(case: CaseView) -> Iterator[Finding]:
    """The dictionary SIMPLE, PISO or PIMPLE says how pressure and velocity are coupled.

    icoFoam ends without it; others take one corrector, no reference pressure and no limit of the residuals.
    """
    solver = case.solver
    if solver is None or solver.algorithm not in ("SIMPLE", "PISO", "PIMPLE") or not case.complete(SOLUTION):
        return
    entries = case.expanded(SOLUTION)
    if SOLUTION not in case.files or isinstance(entries.get(solver.algorithm), dict):
        return
    other = next((name for name in ("PIMPLE", "PISO", "SIMPLE") if isinstance(entries.get(name), dict)), "")
    values: dict[str, object] = {"nNonOrthogonalCorrectors": 0}
    values |= {} if solver.algorithm == "SIMPLE" else {"nCorrectors": 2}
    yield case.finding(
        "error" if case.application in ("icoFoam", "nonNewtonianIcoFoam") else "warning",
        f"{case.application} reads {solver.algorithm} of fvSolution, which is absent"
        + (f" ({other} is there and is not read)" if other else ""),
        SOLUTION,
        solver.algorithm,
        mend=Mend.of(f"add {solver.algorithm}", SOLUTION, {solver.algorithm: values}),
    )
