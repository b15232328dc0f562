"""Rules about how the equations are iterated: relaxation, and the dictionary of the algorithm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flowcfd.foam.check import plain, terms
from flowcfd.foam.check.finding import Finding, Mend
from flowcfd.foam.check.rule import Example, rule
from flowcfd.foam.check.view import SOLUTION, CaseView
from flowcfd.foam.dictionary.paths import regular


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
