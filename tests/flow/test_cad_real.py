"""CAD files through OpenCASCADE: names, colours, units, volumes that are known exactly, healing and small features."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import json
import math
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import quad

import flowcfd as fc
from flowcfd import cad
from flowcfd.cad import Geometry
from flowcfd.cad.occ import process
from flowcfd.cli import main
from flowcfd.errors import CaseError, GeometryError, UnitError, UnknownName
from flowcfd.settings import settings

pytestmark = [
    pytest.mark.flow,
    pytest.mark.skipif(importlib.util.find_spec("OCP") is None, reason="OpenCASCADE is not installed (flowcfd[cad])"),
]

sys.path.append(str(Path(__file__).parent / "cad"))
warm = importlib.import_module("warm").warm
Until = Callable[..., None]
STARTED = process._run
BOX = 0.4 * 0.2 * 0.15
LARGE_HOLE = math.pi * 0.025**2 * 0.15
SMALL_HOLES = math.pi * (4 * 0.003**2 * 0.15 + 0.004**2 * 0.02)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The files that bodies.py makes, in a home of this module whose requests one process answers by forks."""
    folder = tmp_path_factory.mktemp("bodies")
    program = Path(__file__).parent / "cad/bodies.py"
    subprocess.run([sys.executable, str(program), str(folder)], check=True, capture_output=True, timeout=300)
    with warm() as answered, pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLOWCFD_HOME", str(folder / "home"))
        patch.setattr(process, "_run", answered)
        settings.cache_clear()
        load.cache_clear()
        yield folder
    settings.cache_clear()


@pytest.fixture
def cold(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each request starts a process of its own, as for everybody."""
    monkeypatch.setattr(process, "_run", STARTED)


@cache
def load(file: Path, unit: str | None = None) -> Geometry:
    """Each file once."""
    return cad.load(file, unit)


def test_step_faces_keep_their_names_and_the_volume_is_exact(files: Path) -> None:
    block = load(files / "block.step")
    assert list(block.patches) == ["nose", "body", "under_body", "tail"]
    assert block.volume == pytest.approx(BOX - LARGE_HOLE - SMALL_HOLES, rel=1e-12)
    assert block.watertight
    assert (block.solids, len(block.names), block.valid) == (1, 13, True)
    assert block.patches["nose"].area == pytest.approx(0.2 * 0.15, rel=1e-12)
    assert block.patches["nose"].normal == pytest.approx((-1, 0, 0))
    assert np.array(block.bounds) == pytest.approx(np.array([[0, 0, 0], [0.4, 0.2, 0.15]]), abs=1e-9)


def test_a_file_in_inches_is_the_same_body(files: Path) -> None:
    block, inch = load(files / "block.step"), load(files / "inch.step")
    assert (block.source.unit, inch.source.unit) == ("millimetre", "inch")
    assert inch.volume == pytest.approx(block.volume, rel=1e-9)
    with pytest.raises(UnitError, match="knows its own"):
        cad.load(files / "inch.step", "in")


def test_where_faces_have_no_names_their_colours_tell_them_apart(files: Path) -> None:
    painted = load(files / "painted.step")
    assert list(painted.patches) == ["colour_1", "body", "colour_2"]
    assert painted.patches["colour_1"].colour == (1.0, 0.0, 0.0)
    assert painted.patches["colour_1"].area == pytest.approx(0.03)


def test_several_solids_are_one_geometry(files: Path) -> None:
    two = load(files / "two.step")
    assert two.solids == 2
    assert two.volume == pytest.approx(0.1**3 + 4 / 3 * math.pi * 0.1**3, rel=1e-9)
    assert two.watertight, "the poles of a sphere are no defect"
    report = two.report()
    assert report.parts == 2
    assert report.gap == pytest.approx(math.hypot(0.9, 0, 0) - 0.1, rel=0.1)


def test_small_features_are_found_and_removed_exactly(files: Path) -> None:
    block = load(files / "block.step")
    found = block.features("10 mm")
    assert sorted((one.kind, round(one.size, 9)) for one in found) == [("hole", 0.006)] * 4 + [("hole", 0.008)]
    bare = block.defeature("10 mm")
    assert bare.volume == pytest.approx(BOX - LARGE_HOLE, rel=1e-12)
    assert list(bare.patches) == ["nose", "body", "under_body", "tail"]
    assert bare.said[0] == "5 of 5 features removed"
    blind = [one for one in found if one.size > 0.007]
    assert block.defeature(blind).volume == pytest.approx(block.volume + math.pi * 0.004**2 * 0.02, rel=1e-12)
    assert block.defeature("1 mm") == block


def test_features_of_an_earlier_geometry_are_found_again_by_their_places(files: Path) -> None:
    block = load(files / "block.step")
    first, second, *_ = (one for one in block.features("10 mm") if one.size < 0.007)
    once = block.defeature([first])
    both = once.defeature([second])  # its faces have other numbers now
    hole = math.pi * 0.003**2 * 0.15
    assert both.volume == pytest.approx(block.volume + 2 * hole, rel=1e-9)
    assert {round(one.size, 9) for one in both.features("60 mm")} >= {0.008, 0.05}
    with pytest.raises(CaseError, match=r"what: block has no hole of diameter 6 mm at \("):
        once.defeature([first])
    for wrong in (None, first, [1]):
        with pytest.raises(CaseError, match="what: must be a size"):
            block.defeature(wrong)  # type: ignore[arg-type]
    assert repr(block.openings[0]).startswith("<Opening at (")


def test_fillets_and_chamfers_are_told_apart_and_removed(files: Path) -> None:
    for name in ("fillet", "chamfer"):
        body = load(files / f"{name}.step")
        (feature,) = body.features("3 mm")
        assert feature.kind == name
        assert body.volume < BOX
        assert body.defeature([feature]).volume == pytest.approx(BOX, rel=1e-9)


def test_slots_through_and_blind_are_found_and_removed_exactly(files: Path) -> None:
    plate = load(files / "slotted.step")
    through, blind = (60 * 8 + math.pi * 16) * 20e-9, (40 * 6 + math.pi * 9) * 5e-9
    assert plate.volume == pytest.approx(200 * 100 * 20e-9 - through - blind, rel=1e-12)
    found = plate.features("10 mm")
    assert [(one.kind, round(one.size, 9)) for one in found] == [("slot", 0.008), ("slot", 0.006)]
    assert found[0].at == pytest.approx((0.07, 0.03, 0.01), abs=1e-6)
    bare = plate.defeature(found)
    assert bare.volume == pytest.approx(200 * 100 * 20e-9, rel=1e-12)
    assert bare.said[0] == "2 of 2 features removed"


def test_a_chain_of_fillets_is_removed_or_what_is_refused_is_named(files: Path) -> None:
    chain = load(files / "chain.step")
    found = chain.features("5 mm")
    assert {one.kind for one in found} == {"fillet"}
    assert len(found) == 20, "twelve edges and eight corners"
    assert chain.defeature(found).volume == pytest.approx(100 * 80 * 60e-9, rel=1e-9)
    alone = chain.defeature(found[:1])  # one edge cannot go while the balls at its ends stay
    assert (alone.volume, alone.valid) == (chain.volume, True)
    assert alone.said[-1] == "fillet of radius 5 mm at (0.0025 0.0025 0.03) cannot be removed, and is still there"


def test_what_can_be_removed_is_and_the_rest_is_named(files: Path) -> None:
    rounded = load(files / "drilled.step")
    found = rounded.features("6 mm")
    hole = next(one for one in found if one.kind == "hole")
    edge = next(one for one in found if one.kind == "fillet")
    bare = rounded.defeature([edge, hole])
    assert bare.volume == pytest.approx(rounded.volume + math.pi * 0.003**2 * 0.06, rel=1e-9)
    assert bare.said[0] == "1 of 2 features removed"
    assert bare.said[-1].startswith("fillet of radius 5 mm at")
    assert bare.said[-1].endswith("cannot be removed, and is still there")


def test_solids_give_their_names_where_faces_have_none(files: Path) -> None:
    rig = load(files / "assembly.step")
    assert (rig.solids, list(rig.patches)) == (2, ["Zugmaschine", "Anhaenger"])
    assert rig.patches["Zugmaschine"].colour == pytest.approx((1, 0, 0), abs=0.01)
    assert rig.patches["Anhaenger"].area == pytest.approx(2 * math.pi * 0.04 * (0.04 + 0.1), rel=1e-9)
    assert rig.patches["Anhaenger"].bounds[0][0] == pytest.approx(0.16, abs=1e-3)


def test_loose_faces_are_sewn_where_the_gap_allows_and_told_where_not(files: Path) -> None:
    loose = load(files / "loose.step")
    assert loose.volume is None
    assert "heal(tolerance) sews them" in loose.said[0]
    tight = loose.heal("0.001 mm")
    assert tight.volume is None
    assert any("still free: gaps are wider than 0.001 mm" in line for line in tight.said)
    healed = loose.heal("0.05 mm")
    assert healed.volume == pytest.approx(0.001, rel=1e-3)
    assert list(healed.patches) == ["first", "body", "fourth"], "names survive the sewing"
    with pytest.raises(CaseError, match="tolerance: must be above 0 and at most"):
        loose.heal("1 m")


def test_iges_has_no_solids_until_it_is_sewn(files: Path) -> None:
    box = load(files / "box.iges")
    assert (box.solids, box.volume) == (0, None)
    assert box.heal("0.01 mm").volume == pytest.approx(0.001, rel=1e-9)


def test_sewn_faces_keep_their_hollows_and_a_ball_is_closed_by_itself(files: Path) -> None:
    loose = load(files / "hollow.iges")
    assert loose.volume is None
    healed = loose.heal("0.01 mm")
    ball, bubble, dice = 4 / 3 * math.pi * 0.1**3, 4 / 3 * math.pi * 0.02**3, 0.03**3
    assert healed.volume == pytest.approx(0.001 - bubble - dice + ball, rel=1e-9)
    assert healed.said == ("sewn at 0.01 mm: 2 solids with 2 hollows",)
    assert healed.report().sound
    assert healed.body().void == pytest.approx(bubble + dice, rel=0.02)


def test_brep_needs_a_unit_and_faces_are_named_by_choice(files: Path) -> None:
    with pytest.raises(UnitError, match=r"boss\.brep does not say its unit"):
        load(files / "boss.brep")
    boss = load(files / "boss.brep", "m")
    assert boss.volume == pytest.approx(1 + math.pi * 0.25**2, rel=1e-9)
    named = boss.name({"top": cad.Facing("z"), "boss": cad.Inside((0.2, 0.2, 1), (0.8, 0.8, 2.1))})
    assert named.patches["boss"].area == pytest.approx(math.pi * (0.5 + 0.25**2), rel=1e-9)
    assert named.patches["top"].area == pytest.approx(1 - math.pi * 0.25**2, rel=1e-9)
    assert named.volume == boss.volume
    assert named != boss
    assert list(named.name({"all": ["top", "boss", "body"]}).patches) == ["all"]
    for wrong, error, says in (
        ({"top": "tpo"}, UnknownName, "unknown patch 'tpo'"),
        ({"a b": "top"}, CaseError, "patch: must be of A-Z"),
        ({"none": cad.Facing((1, 1, 1), "1 degree")}, GeometryError, "chooses no face"),
        ({"none": cad.Facing("u")}, CaseError, "direction: must be x, y, z"),
    ):
        with pytest.raises(error, match=says):
            named.name(wrong)


def test_a_named_body_can_still_be_defeatured(files: Path) -> None:
    block = load(files / "block.step").name({"side": cad.Facing("y")})
    assert "side" in block.defeature("10 mm").patches


def test_the_shape_goes_where_its_triangles_go(files: Path) -> None:
    block = load(files / "block.step")
    there = block.scaled(0.5).turned((1, 2, 3), "40 degree").moved(("1 m", "2 m", 0))
    assert there.cad
    assert there.volume == pytest.approx(block.volume / 8, rel=1e-12)
    bare = there.defeature("5 mm")
    assert bare.volume == pytest.approx((BOX - LARGE_HOLE) / 8, rel=1e-9)
    assert bare.said[0] == "5 of 5 features removed"
    assert list(bare.patches) == list(block.patches)
    assert np.array(bare.bounds) == pytest.approx(np.array(there.bounds), abs=1e-6)


def test_several_shapes_are_one_and_can_still_be_healed(files: Path) -> None:
    block = load(files / "block.step")
    both = fc.together({"first": block, "second": block.moved(("1 m", 0, 0))}, label="pair")
    assert (both.solids, both.cad, both.volume) == (2, True, pytest.approx(2 * block.volume, rel=1e-12))
    assert "second_nose" in both.patches
    healed = both.heal()
    assert (healed.solids, healed.volume) == (2, pytest.approx(2 * block.volume, rel=1e-9))
    assert set(healed.patches) == set(both.patches)
    assert healed.patches["second_nose"].bounds[0][0] == pytest.approx(1)


def test_the_flow_volume_of_a_tube_is_exact_and_holes_for_bolts_are_none(files: Path) -> None:
    fluid = load(files / "flanged.step").flow_volume({"inlet": cad.Facing("-x"), "outlet": cad.Facing("x")})
    assert fluid.volume == pytest.approx(math.pi * 0.05**2 * 0.4, rel=1e-12)
    assert (fluid.solids, fluid.valid, set(fluid.patches)) == (1, True, {"wall", "inlet", "outlet"})
    assert fluid.watertight
    assert fluid.patches["inlet"].area == pytest.approx(math.pi * 0.05**2, rel=1e-9)
    assert fluid.body().patches["inlet"].normal == (-1, 0, 0)
    assert math.hypot(*fluid.body().inside[1:]) < 0.01


def test_the_flow_volume_of_a_branched_block_needs_all_its_openings(files: Path) -> None:
    tee = load(files / "hollow_tee.step")
    ends = {"inlet": cad.Facing("-x"), "outlet": cad.Facing("x")}
    branch = 2 * quad(lambda y: 2 * math.sqrt(0.03**2 - y**2) * (0.2 - math.sqrt(0.05**2 - y**2)), 0, 0.03)[0]
    fluid = tee.flow_volume({**ends, "side": cad.Near((0.2, 0, 0.2))})
    assert fluid.volume == pytest.approx(math.pi * 0.05**2 * 0.4 + branch, rel=1e-6)
    assert fluid.patches["side"].normal == pytest.approx((0, 0, 1))
    with pytest.raises(GeometryError, match=r"hollow_tee: the volume is not closed: .* openings at \(0\.2 0 0\.2\)"):
        tee.flow_volume(ends)


def test_an_open_shell_is_closed_by_caps(files: Path) -> None:
    fluid = load(files / "hose.step").flow_volume({"inlet": cad.Facing("-z"), "outlet": cad.Facing("z")})
    assert fluid.volume == pytest.approx(math.pi * 0.05**2 * 0.3, rel=1e-12)
    assert (set(fluid.patches), fluid.cad) == ({"hose", "inlet", "outlet"}, True)


def test_the_stl_has_a_solid_for_each_patch_and_is_the_same_body(files: Path, tmp_path: Path) -> None:
    block = load(files / "block.step")
    again = cad.load(block.write_stl(tmp_path / "block.stl"), "m")
    assert list(again.patches) == list(block.patches)
    assert again.watertight
    assert again.volume == pytest.approx(block.volume, rel=2e-4), "triangles lie inside of holes"


@pytest.mark.parametrize("suffix", ["step", "iges", "brep"])
def test_what_is_no_cad_file_is_told(files: Path, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"broken.{suffix}"
    file.write_text("this is no geometry\n")
    with pytest.raises(GeometryError, match=rf"broken\.{suffix}: .*(OpenCASCADE|no shapes|no faces)"):
        cad.load(file, "mm" if suffix == "brep" else None)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.97])
def test_a_file_that_breaks_off_is_told_in_one_line(files: Path, tmp_path: Path, share: float) -> None:
    whole = (files / "block.step").read_bytes()
    (tmp_path / "half.step").write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(GeometryError, match=r"^half\.step: ") as said:
        cad.load(tmp_path / "half.step")
    assert "\n" not in str(said.value)


def test_a_crash_a_limit_and_too_little_memory_are_errors_and_not_the_end(
    files: Path, cold: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = {"path": str(files / "block.step"), "folder": str(tmp_path / "made"), "unit": None}
    with pytest.raises(GeometryError, match=r"did not end within 0\.2 s"):
        process.ask("read", request, timeout=0.2)
    with pytest.raises(GeometryError, match=r"block\.step: OpenCASCADE (had not enough memory|failed|crashed)"):
        process.ask("read", request, memory=400_000_000)
    monkeypatch.setattr("flowcfd.cad.occ.process.sys.executable", _dying(tmp_path))
    with pytest.raises(GeometryError, match=r"OpenCASCADE crashed \(SIGSEGV\)"):
        process.ask("read", request)


def _dying(folder: Path) -> str:
    """A program that ends as OpenCASCADE does where an attribute is absent."""
    program = folder / "dying"
    program.write_text("#!/bin/sh\nkill -SEGV $$\n")
    program.chmod(0o755)
    return str(program)


def test_a_geometry_is_a_value(files: Path) -> None:
    one, other = load(files / "block.step"), cad.load(files / "block.step")
    assert one == other
    assert isinstance(one, Geometry)
    assert "4 patches" in repr(one)
    assert "under_body" in one._repr_html_()
    said = repr(one.report())
    assert "0.4 x 0.2 x 0.15 m" in said
    assert "watertight" in said


def test_the_process_with_opencascade_ends_with_a_caller_that_is_killed(
    files: Path, tmp_path: Path, until: Until
) -> None:
    program = f"from flowcfd import cad; cad.load({str(files / 'block.step')!r})"
    environment = {**os.environ, "TMPDIR": str(tmp_path), "FLOWCFD_HOME": str(tmp_path / "home")}
    with subprocess.Popen([sys.executable, "-c", program], env=environment) as caller:
        until(lambda: _workers(tmp_path), seconds=90)
        caller.kill()
    until(lambda: not _workers(tmp_path), seconds=90)
    assert not list(tmp_path.glob("flowcfd-cad-*/answer.json")), "it did not work on for nobody"


def _workers(folder: Path) -> list[int]:
    """The processes that work on requests in a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                words = (entry / "cmdline").read_bytes().split(b"\0")
                if b"flowcfd.cad.occ.worker" in words and any(word.startswith(bytes(folder)) for word in words):
                    found.append(int(entry.name))
    return found


def test_the_command_line_tells_draws_and_judges(
    files: Path, cold: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = tmp_path / "block.png"
    assert main(["geometry", str(files / "block.step"), "--features", "7 mm", "--picture", str(shown), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["sound"], said["faces"], len(said["features"])) == (True, 13, 4)
    assert shown.read_bytes()[:4] == b"\x89PNG"
    assert main(["geometry", str(files / "hose.step")]) == 1
    said = capsys.readouterr().out
    assert "open edges in 2 holes" in said
    assert "hose" in said
    assert main(["geometry", str(tmp_path)]) == 2
    assert main(["geometry", str(tmp_path / "none.step")]) == 2
