"""Our own parts keep the promises that plug-ins are held to."""

from __future__ import annotations

import pytest

import flowcfd as fc
from flowcfd.case import BOUNDARIES, DOMAINS, MESHES, OUTPUTS, PHYSICS, PROFILES, SOLVES
from flowcfd.testing import DomainSuite, SpecSuite


class TestBoundaries(SpecSuite):
    registry = BOUNDARIES
    examples = (
        fc.Inlet("3 m/s"),
        fc.Inlet(velocity="(1 2 0) m/s", turbulence=fc.InletTurbulence("1 %", length="1 cm")),
        fc.Inlet(flow_rate="1 L/s"),
        fc.Inlet(profile=fc.Parabola("2 m/s", 0, "1 m")),
        fc.Inlet(table=[(0, 1), ("1 s", "2 m/s")]),
        fc.Outlet(),
        fc.Wall(),
        fc.Wall(velocity=(1, 0, 0)),
        fc.Wall(rotation=fc.Rotation("100 rpm", "x")),
        fc.Wall(roughness=fc.Roughness("1 mm")),
        fc.Slip(),
        fc.Symmetry(),
        fc.Cyclic("outlet"),
        fc.Empty(),
        fc.Wedge(),
        fc.Wall(roughness_length="3 cm"),
        fc.Wind(fc.LogLaw("10 m/s", "10 m", "3 cm")),
        fc.FarField("(30 0 0) m/s"),
        fc.FarField(speed="30 m/s", angle="4 deg"),
        fc.FarField(speed="30 m/s", angle="4 deg", up="z"),
    )


class TestDomains(DomainSuite):
    registry = DOMAINS
    examples = (
        fc.Airfoil("0012"),
        fc.Airfoil("2412", chord="30 cm", far=50),
        fc.Cavity("1 m"),
        fc.Cavity(1, depth=1),
        fc.Channel(2, 1),
        fc.Channel(2, 1, 3),
        fc.BackwardFacingStep(step=1, inlet_height=8, upstream=4, downstream=30),
        fc.Pipe("5 cm", "1 m"),
        fc.Pipe("5 cm", "1 m", form="full"),
        fc.Cylinder("1 cm"),
        fc.Cylinder("1 cm", far=20),
        fc.WindTunnel(),
        fc.WindTunnel("12 m", "3 m", "2.5 m", upstream="4 m", clearance="5 cm", half=True, mirror=0),
        fc.FreeAir(20, half=True, up="y"),
        fc.Internal(),
        fc.BuildingSite(),
        fc.BuildingSite("400 m", "40 m", "120 m", up="y", half=True),
    )


class TestMeshes(SpecSuite):
    registry = MESHES
    examples = (
        fc.CGrid((64, 48, 64), first_cell="0.01 mm"),
        fc.Snappy("20 cm", surface=3, layers=5),
        fc.Snappy("20 cm", surface={"body": (3, 4)}, refine=[fc.Refine(centre=(0, 0, 0), radius=1, level=2)], gaps=5),
        fc.CfMesh("20 cm"),
        fc.Blocks(20),
        fc.Blocks(cell="2 mm", first_cell="0.1 mm"),
        fc.Blocks((10, 20), grading=(2, [(0.5, 0.5, 4), (0.5, 0.5, 0.25)])),
        fc.Snappy("0.4 m"),
        fc.Snappy(
            "0.4 m",
            surface={"body": (2, 3), "roof": "1 cm"},
            edges=4,
            gaps=fc.Gaps(5),
            layers=fc.Layers(5, first="1 mm"),
            refine=[fc.Refine(((0, 1), (0, 1), (0, 1)), level=2)],
            controls={"addLayersControls.nGrow": 1},
        ),
        fc.CfMesh("0.4 m", surface=3, layers=5),
    )


class TestPhysics(SpecSuite):
    registry = PHYSICS
    examples = (
        fc.Incompressible("air"),
        fc.Incompressible("water at 25 C", "kEpsilon", drive=fc.MeanVelocity((1, 0, 0))),
        fc.Incompressible(fc.Fluid(nu=0.01), reference_point=(0, 0, 0)),
    )


class TestProfiles(SpecSuite):
    registry = PROFILES
    examples = (
        fc.Parabola(1, 0, 1),
        fc.PowerLaw("10 m/s", "10 m"),
        fc.Table([(0, 0), (1, 2)]),
        fc.LogLaw("10 m/s", "10 m", "3 cm"),
    )


class TestSolves(SpecSuite):
    registry = SOLVES
    examples = (
        fc.Steady(),
        fc.Steady(500, residuals={"p": 1e-3}, relaxation={"U": 0.7}),
        fc.Transient("1 s", "1 ms"),
        fc.Transient("1 s", "1 ms", max_courant=2, algorithm="PIMPLE"),
        fc.Steady(until=fc.Settled("Cd", "Cl", within={"Cd": "0.5 %"}, within_absolute={"Cl": 0.01})),
        fc.Transient("1 s", "1 ms", until=fc.Settled("probes.Ux[3]", within="1 %", over=50)),
    )


class TestOutputs(SpecSuite):
    registry = OUTPUTS
    examples = (
        fc.Forces(("a", "b")),
        fc.Probes([(0, 0, 0), ("1 mm", 0, 0)], fields="p"),
        fc.Slices("z"),
        fc.Lines((0, 0, 0), (1, 0, 0)),
        fc.WallShear(),
        fc.YPlus(),
        fc.Reattachment("lowerWall"),
        fc.Averages(100),
        fc.PatchAverage("inlet"),
        fc.SolverInfo(),
    )


@pytest.mark.parametrize(
    "suite", [TestBoundaries, TestDomains, TestMeshes, TestPhysics, TestProfiles, TestSolves, TestOutputs]
)
def test_every_registered_kind_is_an_example(suite: type[SpecSuite]) -> None:
    assert {type(example).__name__ for example in suite.examples} == set(suite.registry.names())
