"""Rules about the division of the mesh among ranks."""

from __future__ import annotations

import math
from collections.abc import Iterator

from flowcfd.foam.check import known
from flowcfd.foam.check.finding import Change, Finding, Mend
from flowcfd.foam.check.rule import Example, rule
from flowcfd.foam.check.view import DECOMPOSE, CaseView

STUBS = ("scotch", "metis", "kahip", "ptscotch")
"""Methods whose libraries Debian's package has as stubs only (ptscotch by decomposePar)."""
_HEAD = "FoamFile { version 2.0; format ascii; class dictionary; object decomposeParDict; }\n"


@rule(
    "decomposition-by-a-stub",
    example=Example("cavity", {DECOMPOSE: _HEAD + "numberOfSubdomains 4;\nmethod scotch;\n"}),
)
def stub(case: CaseView) -> Iterator[Finding]:
    """The packaged OpenFOAM has no scotch, metis or kahip behind their names: decomposePar ends with an error.

    `hierarchical` cuts by coordinates and needs no library. A case that runs on one core never reads this.
    """
    method = case.get(DECOMPOSE, "method")
    if str(method) not in STUBS:
        return
    parts = case.number(DECOMPOSE, "numberOfSubdomains")
    yield case.finding(
        "note",
        f"decomposePar cannot use {method}: its library is a stub in the packaged OpenFOAM (a run on one core, and "
        "fc.run, which divides by itself, do not need it)",
        DECOMPOSE,
        "method",
        mend=_hierarchical(case, int(parts)) if parts and parts == int(parts) and parts > 0 else None,
    )


def _hierarchical(case: CaseView, parts: int) -> Mend:
    counts = " ".join(map(str, divided(parts, case.mesh.lengths if case.mesh else (1, 1, 1))))
    tree = case.tree(DECOMPOSE)
    coefficients = "coeffs" if tree is None or "hierarchicalCoeffs" not in tree else "hierarchicalCoeffs"
    return Mend(
        f"set method hierarchical, n ({counts})",
        (
            Change(DECOMPOSE, "method", "hierarchical"),
            Change(DECOMPOSE, f"{coefficients}.n", f"({counts})"),
        ),
    )


def divided(parts: int, lengths: tuple[float, float, float]) -> tuple[int, int, int]:
    """Parts per axis whose product is `parts`: each prime factor goes to the axis whose pieces are the longest."""
    counts = [1, 1, 1]
    factor, rest, factors = 2, parts, []
    while rest > 1:
        while rest % factor == 0:
            factors.append(factor)
            rest //= factor
        factor += 1
    for one in reversed(factors):
        axis = max(range(3), key=lambda at: lengths[at] / counts[at])
        counts[axis] *= one
    return (counts[0], counts[1], counts[2])


@rule(
    "decomposition-method-unknown",
    example=Example("cavity", {DECOMPOSE: _HEAD + "numberOfSubdomains 4;\nmethod hierarchcal;\n"}),
)
def method_unknown(case: CaseView) -> Iterator[Finding]:
    """A method that OpenFOAM does not know ends decomposePar, long after the case was thought to be ready."""
    method = case.get(DECOMPOSE, "method")
    names = known.names("decomposition_methods")
    if not isinstance(method, str) or str(method) in (*names, *STUBS) or case.get(DECOMPOSE, "libs"):
        return
    near = known.nearest(str(method), names)
    yield case.finding(
        "warning",
        f"there is no decomposition method {str(method)!r}; there are: {', '.join(sorted(names))}",
        DECOMPOSE,
        "method",
        mend=Mend.of(f"set method {near}", DECOMPOSE, {"method": near}) if near else None,
    )


@rule(
    "decomposition-count",
    example=Example("cavity", {DECOMPOSE: _HEAD + "numberOfSubdomains 4;\nmethod simple;\ncoeffs { n (2 1 1); }\n"}),
)
def count(case: CaseView) -> Iterator[Finding]:
    """With `simple` and `hierarchical` the product of n must be numberOfSubdomains; decomposePar ends otherwise."""
    method = str(case.get(DECOMPOSE, "method", ""))
    parts = case.number(DECOMPOSE, "numberOfSubdomains")
    if method not in ("simple", "hierarchical") or not parts:
        return
    for name in (f"{method}Coeffs", "coeffs"):
        counts = case.get(DECOMPOSE, f"{name}.n")
        if not isinstance(counts, tuple) or len(counts) != 3 or not all(isinstance(one, int) for one in counts):
            continue
        product = math.prod(counts)
        if product != parts and min(counts) > 0:
            yield case.finding(
                "warning",
                f"n ({' '.join(map(str, counts))}) makes {product} parts, numberOfSubdomains says {parts:g}",
                DECOMPOSE,
                f"{name}.n",
                mend=Mend.of(f"set numberOfSubdomains {product}", DECOMPOSE, {"numberOfSubdomains": product}),
            )
        return
