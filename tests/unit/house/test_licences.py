"""What FlowCFD needs to run is free for every use: permissive licences, and a few weak ones that are named here."""

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PERMISSIVE = re.compile(
    r"\b(MIT|BSD|Apache|ISC|ISCL|PSF|PSFL|Python Software Foundation|0BSD|MIT-0|MIT-CMU|Zlib|Unlicense)\b"
)
STRONG = re.compile(r"\b(A?GPL|GNU (Affero )?General Public)", re.IGNORECASE)
NAMED = {
    "certifi": "MPL-2.0: data, used unchanged",
    "colorcet": "CC-BY-4.0: colour maps",
    "fqdn": "MPL-2.0: used unchanged",
    "tqdm": "MPL-2.0 and MIT: used unchanged",
}


def needed(name: str, *extras: str) -> dict[str, Distribution]:
    """Every installed distribution that `name` with `extras` needs, itself included."""
    found: dict[str, Distribution] = {}
    todo, done = [(name, frozenset(extras))], set()
    while todo:
        here = todo.pop()
        if here in done:
            continue
        done.add(here)
        try:
            one = distribution(here[0])
        except PackageNotFoundError:  # an extra that is not installed brings no licence here
            continue
        found[canonicalize_name(here[0])] = one
        for requirement in map(Requirement, one.requires or []):
            marker = requirement.marker
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *here[1])):
                todo.append((canonicalize_name(requirement.name), frozenset(requirement.extras)))
    return found


def licence(of: Distribution) -> str:
    """The licence in a few words: the expression, else the classifiers, else the first lines of the field."""
    if expression := of.metadata.get("License-Expression"):
        return expression
    classifiers = [text for text in of.metadata.get_all("Classifier") or [] if text.startswith("License ::")]
    return " ".join(classifiers) or " ".join((of.metadata.get("License") or "").split("\n")[:4])


NEEDED = needed("flowcfd", "ai", "cad", "cluster", "hub")


def test_the_closure_reaches_the_leaves() -> None:
    assert {"numpy", "vtk", "jupyterlab", "pydantic-core", "tornado"} <= set(NEEDED)


@pytest.mark.parametrize("name", sorted(NEEDED))
def test_a_runtime_dependency_is_permissive(name: str) -> None:
    said = licence(NEEDED[name])
    assert name in NAMED or PERMISSIVE.search(said), f"{name}: {said!r}"
    assert not STRONG.search(said) or re.search(r"\bOR\b", said), f"{name}: {said!r}"


def test_the_peers_of_the_bench_are_no_runtime_dependency() -> None:
    assert not {"foamlib", "pyfoam"} & set(NEEDED)
