"""The lock: versions and hashes of everything, no addresses, and enough for every requirement of pyproject.toml."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[3]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
NAMED = (
    "jupyterlab jupyterhub ipywidgets pyvista trame panel dask dask-jobqueue papermill onnxruntime openai boto3 pandas "
    "holoviews"
)


def pins(lock: str) -> Iterator[Requirement]:
    """The pinned requirements of a lock, markers included."""
    for line in (ROOT / lock).read_text().splitlines():
        if not line.startswith((" ", "#")):
            yield Requirement(line.removesuffix("\\").strip())


def locked(lock: str) -> dict[str, Version]:
    """The version of each package that the lock gives to this machine."""
    return {
        canonicalize_name(pin.name): Version(next(iter(pin.specifier)).version)
        for pin in pins(lock)
        if pin.marker is None or pin.marker.evaluate()
    }


def wanted() -> list[str]:
    extras = PROJECT["optional-dependencies"]
    return [*PROJECT["dependencies"], *(text for extra in extras if extra != "bench" for text in extras[extra])]


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-bench.lock", "requirements-setup.lock"])
def test_every_line_is_a_pinned_version_or_a_hash(lock: str) -> None:
    pinned = re.compile(r"[a-z0-9.-]+==[^ ;]+( ; [^\\]+)? \\")
    hashed = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")
    odd = [
        line
        for line in (ROOT / lock).read_text().splitlines()
        if not pinned.fullmatch(line) and not hashed.fullmatch(line)
    ]
    assert odd == []


def test_the_named_packages_are_pinned_together() -> None:
    assert [name for name in NAMED.split() if name not in locked("requirements.lock")] == []


@pytest.mark.parametrize("text", wanted())
def test_a_requirement_is_met_by_the_lock(text: str) -> None:
    requirement = Requirement(text)
    assert requirement.specifier.contains(locked("requirements.lock")[canonicalize_name(requirement.name)])


@pytest.mark.parametrize("text", PROJECT["optional-dependencies"]["bench"])
def test_a_peer_is_met_by_the_lock_of_the_bench_only(text: str) -> None:
    requirement = Requirement(text)
    name = canonicalize_name(requirement.name)
    assert requirement.specifier.contains(locked("requirements-bench.lock")[name])
    assert name not in locked("requirements.lock")


def test_a_package_has_one_version_on_every_python() -> None:
    names = [canonicalize_name(pin.name) for pin in pins("requirements.lock")]
    assert len(names) == len(set(names))


def test_markers_hold_on_a_release_candidate_of_python() -> None:
    """Ubuntu 22.04 has Python 3.11.0rc1, which pip puts on neither side of a bound on the full version."""
    candidate = {**default_environment(), "python_version": "3.11", "python_full_version": "3.11.0rc1"}
    release = {**default_environment(), "python_version": "3.11", "python_full_version": "3.11.9"}
    marked = [pin for pin in pins("requirements.lock") if pin.marker is not None]
    assert [str(pin) for pin in marked if "python_full_version" in str(pin.marker)] == []
    assert all(pin.marker.evaluate(candidate) == pin.marker.evaluate(release) for pin in marked if pin.marker)
