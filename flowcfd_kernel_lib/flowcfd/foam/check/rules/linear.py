"""Rules about linear solvers: which equation finds which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flowcfd.foam.check import known, terms
from flowcfd.foam.check.finding import Finding, Mend
from flowcfd.foam.check.rule import Example, rule
from flowcfd.foam.check.view import SOLUTION, CaseView


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
