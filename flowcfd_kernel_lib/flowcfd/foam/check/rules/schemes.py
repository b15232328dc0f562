"""Rules about the schemes of terms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flowcfd.foam.check import known, plain, terms
from flowcfd.foam.check.finding import Finding, Mend
from flowcfd.foam.check.rule import Example, rule
from flowcfd.foam.check.view import SCHEMES, CaseView
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
