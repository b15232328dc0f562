"""Bodies on the whole road from their file to a mesh; sick ones are refused with a cause. All: tools/robustness.py."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType

import pytest

from flowcfd.settings import settings

pytestmark = [
    pytest.mark.flow,
    pytest.mark.skipif(importlib.util.find_spec("OCP") is None, reason="OpenCASCADE is not installed (flowcfd[cad])"),
]
sys.path.append(str(Path(__file__).parent / "cad"))
gallery: ModuleType = importlib.import_module("gallery")
road: ModuleType = importlib.import_module("road")

QUICK = ("sphere", "cube", "wing_blunt", "elbow", "hollow")
"""No edges, a block, a thin edge, a flow inside, a void."""
SIZES = (*QUICK, "wing_sharp", "coil", "tee", "loose", "inside_out", "cone", "inches")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Path]]:
    """The files of all bodies of this module, in a home of its own."""
    folder = tmp_path_factory.mktemp("gallery")
    names = [*SIZES, *(body.name for body in gallery.SICK)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLOWCFD_HOME", str(folder / "home"))
        settings.cache_clear()
        yield gallery.made(folder, names)
    settings.cache_clear()


@pytest.mark.parametrize("name", QUICK)
def test_a_healthy_body_becomes_a_clean_mesh_with_its_layers(name: str, files: Mapping[str, Path]) -> None:
    (body,) = (one for one in gallery.HEALTHY if one.name == name)
    row = road.row(body, files)
    assert row.verdict == road.CLEAN, row
    if name != "hollow":  # the octree counts cells in the void too
        assert row.estimated == pytest.approx(row.cells, rel=0.1)


@pytest.mark.parametrize("name", [name for name in SIZES if name != "cube"])
def test_volumes_are_those_that_are_known_exactly(name: str, files: Mapping[str, Path]) -> None:
    (body,) = (one for one in gallery.HEALTHY if one.name == name)
    geometry = body.prepare(gallery.loaded(body.name, body.unit, files))
    assert geometry.volume == pytest.approx(body.volume, rel=body.within)


@pytest.mark.parametrize("body", gallery.SICK, ids=lambda body: f"{body.name}-{body.when}")
def test_a_sick_body_is_refused_with_its_cause(body: object, files: Mapping[str, Path]) -> None:
    assert road.named(body, *(found := road.refusal(body, files))), found
