"""Cells foretold beside those of real meshes, and as many as were asked for, by OpenFOAM's own count."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

import flowcfd as fc
from flowcfd.bench.meshing import counted, resident
from flowcfd.bench.shapes import shapes
from flowcfd.jobs.meshonly import mesh
from flowcfd.meshing.castellation import castellate
from flowcfd.meshing.size import size

pytestmark = pytest.mark.flow


def test_the_cells_of_a_ball_are_foretold(home):
    make, domain = shapes()["sphere"]
    plan = size(make(), fc.Flow(speed=20.0), cells=9000, domain=domain)
    done = mesh(plan.case(name="ball"), wait=True)
    done.check()
    assert plan.cells == pytest.approx(counted(done), rel=0.10)
    log = done.log("snappyHexMesh")
    refined = re.findall(r"Refined mesh : cells:(\d+)", log.read_text())
    assert plan.cells - plan.layer_cells == pytest.approx(int(refined[-1]), rel=0.03)


@pytest.mark.parametrize(("name", "cells"), [("elbow", 8000), ("cone", 9000)])
def test_exact_cells_are_met_by_the_finished_mesh(home, name, cells):
    make, domain = shapes()[name]
    plan = size(make(), fc.Flow(speed=20.0), cells=cells, domain=domain, exact=True)
    assert plan.counted == "mesh"
    assert plan.cells == pytest.approx(cells, rel=0.05)
    assert plan.reasons["layers.kept"].why
    done = mesh(plan.case(name=name), wait=True)
    done.check()
    assert counted(done) == plan.cells


def test_castellation_counts_what_the_octree_counts(home):
    make, domain = shapes()["building"]
    plan = size(make(), fc.Flow(speed=20.0), cells=20_000, domain=domain)
    real = castellate(plan.case(name="building"))
    assert real.castellated == pytest.approx(plan.cells - plan.layer_cells, rel=0.08)
    assert real.cells - real.castellated == pytest.approx(plan.layer_cells, rel=0.08)


def test_the_octree_does_not_grow_this_process(home):
    make, domain = shapes()["sphere"]
    body = make()
    size(body, fc.Flow(speed=20.0), domain=domain)
    before = resident()
    plan = size(body, fc.Flow(speed=20.0), cells=300_000, domain=domain)
    assert plan.cells == pytest.approx(300_000, rel=0.05)
    assert resident() - before < 50


def test_the_overhead_of_a_mesh_is_measured_beside_its_tools():
    """In a process of its own: it waits for every child that it has, and a server of another test would be one."""
    code = (
        "from flowcfd.bench.home import home; from flowcfd.bench.meshing import overhead\n"
        "with home(): (row,) = overhead(5000, repeats=1)\n"
        "print(row.ours, row.peer); print(row.note)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=True)
    (ours, tools), note = map(float, done.stdout.splitlines()[0].split()), done.stdout.splitlines()[1]
    assert ours > tools > 0
    assert "simpleFoam" not in note
