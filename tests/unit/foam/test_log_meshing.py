"""How far a mesh is, by the log of snappyHexMesh."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowcfd.foam.log import Meshing, MeshTail, Progress
from flowcfd.kernel import progress

LOGS = Path(__file__).parent / "meshlogs"


@pytest.mark.parametrize("name", ["sphere", "step_body"])
def test_it_goes_through_all_phases_and_never_back_wherever_the_log_is_cut(name: str, tmp_path: Path) -> None:
    whole = (LOGS / f"log.snappyHexMesh.{name}.txt").read_bytes()
    log = tmp_path / "log.snappyHexMesh"
    tail, seen = MeshTail(log), []
    assert tail.poll() == Meshing()
    with log.open("wb", buffering=0) as file:
        for start in range(0, len(whole), 997):
            file.write(whole[start : start + 997])
            seen.append(tail.poll())
    assert list(dict.fromkeys(now.phase for now in seen)) == ["", "castellation", "snapping", "layers", "checks"]
    fractions = [now.fraction for now in seen]
    assert fractions == sorted(fractions) and fractions[-1] == 0.99
    assert len(set(fractions)) > 20, "it moves"
    assert MeshTail(log).poll() == seen[-1], "read at once or in pieces"


def test_by_the_seconds_of_a_real_mesh_it_is_about_right() -> None:
    """Castellation and snapping of 816 000 cells ended after 19 and 79 % of its time."""
    text = b"Mesh refined in = 26.51 s.\n"
    tail = MeshTail(Path("none"))
    assert tail._take_all(text).fraction == pytest.approx(0.19, abs=0.1)
    assert tail._take_all(b"Mesh snapped in = 84.56 s.\n").fraction == pytest.approx(0.79, abs=0.1)


def test_it_is_told_in_words_while_the_mesh_is_made() -> None:
    now = Progress(end_time=100.0, meshing=Meshing("layers", 0.641))
    assert progress.text(now) == "Meshing: layers, 64 %"
    assert (now.shown, now.fraction) == (0.641, None), "the mesh is no part of the time range"
    assert Progress(meshing=Meshing("snapping", 0.5), mesh_only=True).fraction == 0.5
    assert str(Meshing()) == "Meshing, 0 %"
