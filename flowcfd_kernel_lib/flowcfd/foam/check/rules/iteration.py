"""Rules about how far and how surely the equations are solved: tolerances, correctors, relaxation, schemes, levels."""

from __future__ import annotations

from collections.abc import Iterator

from flowcfd.foam.check import models, plain, terms
from flowcfd.foam.check.finding import Finding, Mend
from flowcfd.foam.check.rule import Example, rule
from flowcfd.foam.check.view import CONTROL, SCHEMES, SOLUTION, CaseView
from flowcfd.foam.dictionary.paths import regular

LOOSE = 0.01
"""Initial residuals are normalised to about one at the start: an equation left at this value is not solved."""
TOGETHER = 1.4
"""SIMPLE is fastest where the factors of U and p add to one (Ferziger and Peric, Computational Methods for Fluid
Dynamics, 7.3.2); the shipped cases go up to 1.2."""


@rule("tolerance-too-loose", example=Example("step", {SOLUTION: {"solvers.p.tolerance": 0.5}}))
def loose(case: CaseView) -> Iterator[Finding]:
    """An equation whose residual is below its absolute tolerance is not iterated at all ("No Iterations 0"): with a
    loose one the field stays as it is, and the run looks converged.
    """
    if not case.complete(SOLUTION):
        return
    seen = set()
    for equation in terms.equations(case):
        for name in terms.wanted(case, equation):
            given = case.number(SOLUTION, ("solvers", name, "tolerance"))
            if given is None or given < LOOSE or (given, equation.field) in seen:
                continue
            seen.add((given, equation.field))
            yield case.finding(
                "warning", f"the tolerance {given:g} of {name} is so loose that the equation is hardly ever solved; "
                "1e-6 is usual", SOLUTION, ("solvers", name, "tolerance"),
                mend=Mend.of("set tolerance 1e-06", SOLUTION, {f"solvers.{name}.tolerance": 1e-6})
                if _plainly(case, name) else None,
            )  # fmt: skip


def _plainly(case: CaseView, name: str) -> bool:
    return name in case.keys(SOLUTION, "solvers")[0]


@rule("residual-control-too-loose", example=Example("step", {SOLUTION: {"SIMPLE.residualControl": {"p": 0.5}}}))
def control_loose(case: CaseView) -> Iterator[Finding]:
    """A steady run ends when all residuals are below residualControl: values of 0.1 are met after a few iterations, and
    "SIMPLE solution converged" then means nothing.
    """
    wanted = case.get(SOLUTION, "SIMPLE.residualControl")
    if not isinstance(wanted, dict) or not case.steady or case.solver is None:
        return
    numbers = {name: plain.number(value) for name, value in wanted.items()}
    values = [value for value in numbers.values() if value is not None]
    if values and min(values) >= 0.05:
        entry = min(numbers, key=lambda name: numbers[name] or 1.0)
        yield case.finding(
            "warning", f"the run counts as converged at residuals of {min(values):g}, which is after a few iterations; "
            "1e-4 to 1e-6 is usual", SOLUTION, ("SIMPLE", "residualControl", entry),
        )  # fmt: skip


@rule("pressure-by-smoothing", example=Example("step", {SOLUTION: {"solvers.p": {
    "solver": "smoothSolver", "smoother": "GaussSeidel", "tolerance": 1e-6, "relTol": 0.1}}}))  # fmt: skip
def smoothed(case: CaseView) -> Iterator[Finding]:
    """A smoother carries an error of the pressure one cell per sweep: it takes a thousand sweeps where GAMG takes ten,
    and stops at its limit of 1000 unsolved.
    """
    name = case.solver.pressure if case.solver else ""
    if not name or not _plainly(case, name) or not case.complete(SOLUTION):
        return
    if str(case.get(SOLUTION, ("solvers", name, "solver"))) != "smoothSolver":
        return
    yield case.finding(
        "note", f"{name} is solved by smoothing alone: GAMG or PCG take far fewer sweeps", SOLUTION,
        ("solvers", name, "solver"), mend=Mend.of("set solver GAMG", SOLUTION, {f"solvers.{name}.solver": "GAMG"}),
    )  # fmt: skip


@rule("no-corrector", example=Example("cavity", {SOLUTION: {"PISO.nCorrectors": 0}}))
def no_corrector(case: CaseView) -> Iterator[Finding]:
    """Without a corrector PISO and PIMPLE never solve for the pressure, without an outer one for nothing at all; the
    run still ends with exit code 0.
    """
    algorithm = case.solver.algorithm if case.solver else ""
    if case.solver is None or algorithm not in ("PISO", "PIMPLE") or case.solver.dynamic:
        return  # interIsoFoam moves phases in a given velocity with nCorrectors -1
    for name in ("nCorrectors", "nOuterCorrectors") if algorithm == "PIMPLE" else ("nCorrectors",):
        given = case.number(SOLUTION, f"{algorithm}.{name}")
        if given is not None and given < 1:
            what = "the pressure is never solved for" if name == "nCorrectors" else "nothing is solved for"
            fit = 2 if name == "nCorrectors" else 1
            yield case.finding(
                "warning", f"{name} is {given:g}: {what}", SOLUTION, f"{algorithm}.{name}",
                mend=Mend.of(f"set {name} {fit}", SOLUTION, {f"{algorithm}.{name}": fit}),
            )  # fmt: skip


@rule("max-courant-too-large", example=Example("pulse", {CONTROL: {"maxCo": 50}, SOLUTION: {
    "PIMPLE.nOuterCorrectors": 1}}))  # fmt: skip
def courant(case: CaseView) -> Iterator[Finding]:
    """With one outer corrector PIMPLE is PISO, which is only accurate and stable for Courant numbers of about one;
    larger ones need outer correctors and relaxation.
    """
    if case.steady or case.solver is None or case.solver.algorithm != "PIMPLE" or case.solver.compressible:
        return
    if case.solver.dynamic:
        return  # the phases are limited by maxAlphaCo
    limit = case.number(CONTROL, "maxCo")
    outer = case.number(SOLUTION, "PIMPLE.nOuterCorrectors") or 1
    if limit is None or limit <= 5 or outer > 1 or not case.switch(CONTROL, "adjustTimeStep"):
        return
    if str(case.get(SCHEMES, "ddtSchemes.default", "")).startswith(("localEuler", "SLTS", "CoEuler")):
        return
    yield case.finding(
        "warning", f"maxCo {limit:g} with one outer corrector: PIMPLE is PISO then, which needs about 1 or less",
        CONTROL, "maxCo", mend=Mend.of("set maxCo 0.9", CONTROL, {"maxCo": 0.9}),
    )  # fmt: skip


@rule("relaxation-too-little", example=Example("step", {SOLUTION: {
    "SIMPLE.consistent": "no", "relaxationFactors": {"fields": {"p": 1}, "equations": {"U": 0.9}}}}))  # fmt: skip
def little(case: CaseView) -> Iterator[Finding]:
    """SIMPLE (not consistent) overshoots in the pressure: it converges where the factors of p and U add to about one
    (0.3 and 0.7), and diverges where both are near one.
    """
    if not case.steady or case.solver is None or case.solver.algorithm != "SIMPLE" or not case.complete(SOLUTION):
        return
    if case.switch(SOLUTION, "SIMPLE.consistent") or case.switch(SOLUTION, "SIMPLE.transonic"):
        return
    factors = case.expanded(SOLUTION).get("relaxationFactors")
    name = case.solver.pressure
    if not isinstance(factors, dict) or "equations" not in factors:
        return
    pressure, velocity = _factor(factors.get("fields"), name) or 1.0, _factor(factors["equations"], "U")
    if velocity is None or not TOGETHER < pressure + velocity <= 2:
        return
    yield case.finding(
        "warning", f"the relaxation factors of {name} and U are {pressure:g} and {velocity:g}: SIMPLE diverges with "
        "these unless it is consistent; 0.3 and 0.7 are usual", SOLUTION, "relaxationFactors",
        mend=Mend.of(f"set {name} 0.3 and U 0.7", SOLUTION, {
            f"relaxationFactors.fields.{name}": 0.3, "relaxationFactors.equations.U": 0.7}),
    )  # fmt: skip


def _factor(entries: object, field: str) -> float | None:
    """The factor that a field finds, by name or pattern; None where it finds none."""
    if not isinstance(entries, dict):
        return None
    named = [key for key in entries if key == field]
    named += [key for key in reversed(entries) if (made := regular(key)) and made.fullmatch(field)]
    return next((number for key in named if (number := plain.number(entries[key])) is not None), None)


@rule("scheme-unbounded", example=Example("step", {SCHEMES: {"divSchemes.div(phi,k)": "Gauss linear"}}))
def unbounded(case: CaseView) -> Iterator[Finding]:
    """Central differences overshoot where a field is steep: k, epsilon or omega become negative and the run floods its
    log with "bounding k", or ends in a floating point exception.
    """
    if case.kind != "RAS" or case.solver is None or not case.solver.algorithm or not case.complete(SCHEMES):
        return
    entries = case.expanded(SCHEMES).get("divSchemes")
    for name in ("k", "epsilon", "omega", "nuTilda", "U"):
        if name not in _read(case) or not isinstance(entries, dict) or (name == "U" and not case.steady):
            continue
        term = f"div(phi,{name})"
        value = entries.get(term, entries.get("default"))
        words = tuple(word for word in plain.words(value) if word != "bounded")
        if words != ("Gauss", "linear"):
            continue
        fit = "bounded Gauss limitedLinear 1" if case.steady else "Gauss limitedLinear 1"
        fit = fit if name != "U" else "bounded Gauss linearUpwind grad(U)"
        yield case.finding(
            "note" if name == "U" else "warning",
            f"{term} is central (Gauss linear), which is not bounded" + (
                ": a steady RAS computation wiggles or diverges" if name == "U" else f": {name} may become negative"),
            SCHEMES, ("divSchemes", term), mend=Mend.of(f"set {term} {fit}", SCHEMES, {f"divSchemes.{term}": fit}),
        )  # fmt: skip


def _read(case: CaseView) -> frozenset[str]:
    return frozenset(models.read_by_solver(case) or ())


@rule("multigrid-without-levels", example=Example("step", {SOLUTION: {"solvers.p.nCellsInCoarsestLevel": 1000000}}))
def no_levels(case: CaseView) -> Iterator[Finding]:
    """GAMG agglomerates cells until nCellsInCoarsestLevel are left; where the mesh has fewer it makes no
    coarse level, and OpenFOAM ends with "No coarse levels created".
    """
    cells = case.mesh.cells if case.mesh is not None else None
    for equation in terms.equations(case) if cells else ():
        for name in terms.wanted(case, equation):
            entries = case.get(SOLUTION, ("solvers", name))
            if not isinstance(entries, dict) or str(entries.get("solver")) != "GAMG":
                continue
            least = plain.number(entries.get("nCellsInCoarsestLevel"))
            if least and cells and least > cells:
                yield case.finding(
                    "error", f"nCellsInCoarsestLevel is {least:g} and the mesh has {cells} cells: GAMG makes no coarse "
                    f"level for {name}", SOLUTION, ("solvers", name),
                    mend=Mend.of("set nCellsInCoarsestLevel 10", SOLUTION, {
                        f"solvers.{name}.nCellsInCoarsestLevel": 10}) if _plainly(case, name) else None,
                )  # fmt: skip
