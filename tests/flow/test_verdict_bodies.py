"""Verdicts on a body in three dimensions, whole and cut by a plane of symmetry: a cube on the ground, coarse."""

from __future__ import annotations

import itertools
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from flowcfd.foam.adopt import adopt
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.install import Installation
from flowcfd.foam.tutorials import tutorial
from flowcfd.post import results
from flowcfd.post.verdict import Judgement

pytestmark = [pytest.mark.flow, pytest.mark.usefixtures("home")]

X, Z = (-6.0, -0.5, 0.5, 12.0), (0.0, 1.0, 7.0)
WHOLE, HALF = (-6.0, -0.5, 0.5, 6.0), (0.0, 0.5, 6.0)
SIDES = (((-1, 0, 0), (0, 4, 7, 3), "inlet"), ((1, 0, 0), (1, 2, 6, 5), "outlet"), ((0, -1, 0), (0, 1, 5, 4), "near"),
         ((0, 1, 0), (3, 7, 6, 2), "far"), ((0, 0, -1), (0, 3, 2, 1), "ground"),
         ((0, 0, 1), (4, 5, 6, 7), "top"))  # fmt: skip
TYPES = {"ground": "wall", "cube": "wall", "near": "symmetryPlane"}


def block_mesh(y: tuple[float, ...]) -> str:
    """A box with a cube of 1 m missing on its ground; `y` are the lines across (from 0: half of it)."""
    hole = (1, len(y) - 3 if len(y) == 4 else 0, 0)
    counts = tuple(tuple(max(3, round((b - a) * 1.6)) for a, b in itertools.pairwise(line)) for line in (X, y, Z))
    sizes = tuple(len(count) for count in counts)

    def at(i: int, j: int, k: int) -> int:
        return i + len(X) * (j + len(y) * k)

    blocks, faces = [], dict[str, list[str]]()
    for i, j, k in itertools.product(*map(range, sizes)):
        if (i, j, k) == hole:
            continue
        corners = [at(i + a, j + b, k + c) for c in (0, 1) for a, b in ((0, 0), (1, 0), (1, 1), (0, 1))]
        count = f"({counts[0][i]} {counts[1][j]} {counts[2][k]})"
        blocks.append(f"hex ({' '.join(map(str, corners))}) {count} simpleGrading (1 1 1)")
        for step, side, name in SIDES:
            other = (i + step[0], j + step[1], k + step[2])
            inside = all(0 <= one < size for one, size in zip(other, sizes, strict=True))
            if other == hole or not inside:
                face = " ".join(str(corners[corner]) for corner in side)
                faces.setdefault("cube" if other == hole else name, []).append(f"({face})")
    kinds = TYPES if len(y) == 3 else {**TYPES, "near": "patch"}
    patches = " ".join(
        f"{name} {{ type {kinds.get(name, 'patch')}; faces ({' '.join(of)}); }}" for name, of in faces.items()
    )
    vertices = " ".join(f"({a} {b} {c})" for c in Z for b in y for a in X)
    head = "FoamFile { version 2.0; format ascii; class dictionary; object blockMeshDict; }"
    return f"{head}\nscale 1;\nvertices ({vertices});\nblocks ({' '.join(blocks)});\nedges ();\nboundary ({patches});\n"


def cube(y: tuple[float, ...], **references: object) -> CaseFiles:
    """Air of 10 m/s past the cube, with k and epsilon and wall functions."""
    files = adopt(tutorial("simpleFoam/pitzDaily"))
    others = dict.fromkeys(("0/f", "0/v2", "0/nuTilda", "0/omega", "system/streamlines"))
    files = files.with_files({**others, "system/blockMeshDict": block_mesh(y)})
    free: dict[str, object] = {"type": "zeroGradient"}
    made: dict[str, object] = {"type": "calculated", "value": "uniform 0"}

    def fixed(value: object, kind: str = "fixedValue") -> dict[str, object]:
        return {"type": kind, "value": f"uniform {value}"}

    boundaries = {
        "U": (fixed("(10 0 0)"), {"type": "noSlip"}, free), "p": (free, free, fixed(0)),
        "k": (fixed(0.375), fixed(0.375, "kqRWallFunction"), free),
        "epsilon": (fixed(0.1), fixed(0.1, "epsilonWallFunction"), free),
        "nut": (made, fixed(0, "nutkWallFunction"), made),
    }  # fmt: skip
    side = {"type": "symmetryPlane"} if len(y) == 3 else {"type": "slip"}
    for name, (inlet, wall, outlet) in boundaries.items():
        slip = made if name == "nut" else {"type": "slip"}
        near = side if len(y) == 3 else slip
        patches = {
            "inlet": inlet,
            "outlet": outlet,
            "ground": wall,
            "cube": wall,
            "near": near,
            "far": slip,
            "top": slip,
        }
        files = files.edited(f"0/{name}", {"boundaryField": patches})
    files = files.edited("0/epsilon", {"internalField": "uniform 0.1"})
    given = {
        "type": "forceCoeffs", "libs": "(forces)", "patches": "(cube)", "rho": "rhoInf", "rhoInf": 1,
        "CofR": "(0 0 0)", "liftDir": "(0 0 1)", "dragDir": "(1 0 0)", "magUInf": 10, "lRef": 1, "Aref": 1,
    }  # fmt: skip
    return files.edited("system/controlDict", {"functions": {"body": given | references}, "endTime": 150,
                                               "writeInterval": 150})  # fmt: skip


@pytest.fixture
def judged(openfoam: Installation, tmp_path: Path) -> Callable[[CaseFiles], dict[str, Judgement]]:
    """The judgements of a case by name, after its real run."""

    def judge(files: CaseFiles) -> dict[str, Judgement]:
        files.write(tmp_path / "case")
        for name in ("blockMesh", "simpleFoam"):
            with (tmp_path / "case" / f"log.{name}").open("w") as log:
                subprocess.run([openfoam.application(name)], cwd=tmp_path / "case", stdout=log, check=True,
                               env=openfoam.environment(case=tmp_path / "case"))  # fmt: skip
        return {one.name: one for one in results(tmp_path / "case").verdict.judgements}

    return judge


def test_a_cube_on_the_ground_is_known_by_its_drag(judged: Callable[[CaseFiles], dict[str, Judgement]]) -> None:
    found = judged(cube(WHOLE))
    for name in ("blockage", "size of forces", "reference values", "distance of boundaries", "direction of the flow"):
        assert found[name].colour == "green", found[name].sentence
    assert found["blockage"].details["frontal_area"] == pytest.approx(1.0, rel=1e-6)
    assert found["blockage"].details["cross_section"] == pytest.approx(84.0, rel=1e-6)
    assert found["distance of boundaries"].details["upstream"] == pytest.approx(5.5, rel=1e-6)
    assert found["size of forces"].sentence.endswith("as a cube or a building has")


def test_half_a_cube_has_the_height_of_the_whole_and_half_of_its_area(
    judged: Callable[[CaseFiles], dict[str, Judgement]],
) -> None:
    found = judged(cube(HALF, Aref=1))
    assert found["blockage"].details["frontal_area"] == pytest.approx(0.5, rel=1e-6)
    assert found["distance of boundaries"].details["height"] == pytest.approx(1.0, rel=1e-6)
    assert found["reference values"].colour == "amber"
    assert "half of a body" in found["reference values"].sentence
    assert found["size of forces"].details["own_cd"] == pytest.approx(
        2 * found["size of forces"].details["Cd"], rel=1e-6
    )


def test_drag_that_points_upstream_and_an_absurd_area_are_red(
    judged: Callable[[CaseFiles], dict[str, Judgement]],
) -> None:
    found = judged(cube(HALF, Aref=10, dragDir="(-1 0 0)"))
    assert found["size of forces"].colour == "red"
    assert "negative" in found["size of forces"].sentence
    assert found["reference values"].colour == "red"
    assert "180 degrees" in found["reference values"].sentence and "Aref 10" in found["reference values"].sentence
