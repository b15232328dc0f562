"""Patches of real meshes: of a run, of its directory, and of one whose mesh has changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import flowcfd as fc
from flowcfd.errors import CaseError
from flowcfd.widgets.patches.desk import Desk
from flowcfd.widgets.patches.source import source


def cavity() -> fc.Case:
    return fc.Case(
        domain=fc.Cavity(1.0), mesh=fc.Blocks(cells=6), physics=fc.Incompressible(fluid=fc.Fluid(nu=0.01)),
        boundaries={"lid": fc.Wall(velocity=(1, 0, 0)), "walls": fc.Wall()}, solve=fc.Steady(iterations=3),
    )  # fmt: skip


def test_the_patches_of_a_run_have_the_boundaries_of_its_case(home: Path) -> None:
    run = fc.run(cavity())
    run.wait(120)
    desk = Desk(source(run))
    assert [(row.name, row.faces) for row in desk.picking.rows] == [("lid", 6), ("walls", 18), ("frontAndBack", 72)]
    assert desk.picking.shell.areas == pytest.approx([0.1, 0.3, 2.0])
    assert desk.boundaries == cavity().boundaries
    desk.row("lid", "only")
    desk.assign(fc.Slip())
    assert desk.case == cavity().replace({"boundaries.lid": fc.Slip()})
    assert Desk(source(run.name)).picking.patches == desk.picking.patches

    adopted = Desk(source(run.case))
    row = adopted.rows()[0]
    assert row["kind"] == "Wall"
    assert row["boundary"].startswith("wall (")
    assert "U fixedValue" in row["boundary"]
    adopted.row("lid", "only")
    with pytest.raises(CaseError, match="shown here and changed there"):
        adopted.assign(fc.Slip())

    boundary = run.case / "constant/polyMesh/boundary"
    boundary.write_text(boundary.read_text().replace("lid", "cover"))
    again = source(run)
    assert again.words == ("patch lid of the case is not in the mesh (there are: cover, walls, frontAndBack)",)
    assert set(again.picking.boundaries) == {"walls"}

    shutil.rmtree(run.case / "constant/polyMesh")
    without = source(run)
    assert "no mesh is written" in without.words[0]
    assert without.picking.patches == ("lid", "walls", "frontAndBack")
