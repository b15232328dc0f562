"""How a mesh is divided."""

from __future__ import annotations

import math
import struct
from pathlib import Path

import pytest

from flowcfd.foam import dictionary
from flowcfd.jobs import partition


@pytest.mark.parametrize(
    ("cores", "lengths", "parts"),
    [
        (2, (1.0, 1.0, 1.0), (2, 1, 1)),
        (2, (1.0, 5.0, 1.0), (1, 2, 1)),
        (4, (12.0, 3.0, 2.5), (4, 1, 1)),
        (8, (1.0, 1.0, 1.0), (2, 2, 2)),
        (12, (3.0, 2.0, 1.0), (4, 3, 1)),
        (7, (1.0, 1.0, 9.0), (1, 1, 7)),
        (1, (1.0, 1.0, 1.0), (1, 1, 1)),
    ],
)
def test_cuts_have_the_least_area(cores: int, lengths: tuple[float, float, float], parts: tuple[int, int, int]) -> None:
    assert partition.factors(cores, lengths) == parts


def test_a_direction_one_cell_thick_is_never_cut() -> None:
    assert partition.factors(4, (1.0, 1.0, 100.0), (False, False, True)) == (2, 2, 1)
    assert math.prod(partition.factors(6, (0.0, 0.0, 0.0), (True, True, True))) == 6


def points(case: Path, content: bytes, patch: str = "empty") -> None:
    folder = case / "constant" / "polyMesh"
    folder.mkdir(parents=True)
    (folder / "points").write_bytes(content)
    (folder / "boundary").write_text(f"1\n(\n  sides {{ type            {patch}; }}\n)\n")


POINTS = b"\n".join(b"(%g %g %g)" % (x, y, z) for x in (0, 1, 2) for y in (0, 3, 6) for z in (-0.5, 0.5))
ASCII = b"FoamFile\n{ format ascii; }\n\n18\n(\n" + POINTS + b"\n)\n"


def test_the_box_and_the_thin_direction_follow_from_the_points(tmp_path: Path) -> None:
    points(tmp_path, ASCII)
    assert partition.box(tmp_path) == ((2.0, 6.0, 1.0), (False, False, True))


def test_without_an_empty_patch_nothing_is_thin(tmp_path: Path) -> None:
    points(tmp_path, ASCII, "wall")
    assert partition.box(tmp_path)[1] == (False, False, False)


def test_binary_points_are_read(tmp_path: Path) -> None:
    numbers = [c for x in (0.0, 1.0, 2.0) for y in (0.0, 3.0, 4.0) for c in (x, y, 0.25 * x)]
    head = b'FoamFile\n{ format binary; arch "LSB;label=32;scalar=64"; }\n\n9\n('
    points(tmp_path, head + struct.pack(f"<{len(numbers)}d", *numbers) + b")\n", "wall")
    assert partition.box(tmp_path)[0] == (2.0, 4.0, 0.5)


def test_a_mesh_that_cannot_be_read_is_taken_for_a_cube(tmp_path: Path) -> None:
    assert partition.box(tmp_path) == ((1.0, 1.0, 1.0), (False, False, False))


def test_an_existing_dictionary_keeps_what_it_says_of_other_things(tmp_path: Path) -> None:
    (tmp_path / "system").mkdir()
    path = tmp_path / "system" / "decomposeParDict"
    path.write_text(
        "// ours\nnumberOfSubdomains 6;\nmethod scotch;\nhierarchicalCoeffs { n (3 2 1); }\nlibs (x);\n"
        "constraints { keep { type preservePatches; patches (a b); } }\n"
    )
    partition.write(tmp_path, 2, "hierarchical")
    tree = dictionary.read(path)
    assert (tree["numberOfSubdomains"], tree["method"], tree["coeffs.n"]) == (2, "hierarchical", (2, 1, 1))
    assert "constraints.keep" in tree and "libs" not in tree and "hierarchicalCoeffs" not in tree
    assert tree.text().startswith("// ours\n")


def test_ptscotch_names_its_library(tmp_path: Path) -> None:
    (tmp_path / "system").mkdir()
    partition.write(tmp_path, 3, "ptscotch")
    tree = dictionary.read(tmp_path / "system" / "decomposeParDict")
    assert (tree["numberOfSubdomains"], tree["method"]) == (3, "ptscotch") and "libs" in tree
