"""What a case's function objects will write."""

from __future__ import annotations

import pytest

import flowcfd as fc
from flowcfd.case.measure import unit
from flowcfd.errors import CaseError, UnknownName
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.measures import measure, measures, steady
from flowcfd.foam.outputs import DIRECTION, WITHIN, functions
from flowcfd.foam.samples import Source

CONTROL = """application simpleFoam; endTime 100; deltaT 1;
functions
{
    #include "more"
    body { type forces; patches (wall); writeControl timeStep; writeInterval 5; }
    bodyCoeffs { type forceCoeffs; writeControl timeStep; }
    points { type probes; probeLocations ((0 0 0) (1 0 0)); fields (p U); writeControl runTime; writeInterval 0.1; }
    info { type solverInfo; fields (U p); }
}
"""
MORE = "outflow { type surfaceFieldValue; operation sum; fields (phi); }"
BOTH = "functions { a { type forceCoeffs; } b { type forceCoeffs; } }"
FILES = CaseFiles({"system/controlDict": CONTROL, "system/more": MORE})


def test_columns_are_named_by_output_and_known_before_a_run() -> None:
    known = measures(FILES)
    assert known["body.Cd"].source == Source("bodyCoeffs", "coefficient", "Cd")
    assert known["body.My"].source == Source("body", "moment", 1)
    assert known["points.p[1]"].source == Source("points", "p", 1)
    assert known["points.Uz[1]"].source == Source("points", "U", 5)
    assert known["outflow.sum(phi)"].source == Source("outflow", "surfaceFieldValue", "sum(phi)")
    assert not [name for name in known if name.startswith("info")]
    assert (known["body.Fx"].every, known["body.Cd"].every, known["points.p[0]"].every) == (5, 1, None)


def test_a_short_name_is_enough_where_it_means_one() -> None:
    assert measure(FILES, "Cd")[0] == "body.Cd"
    with pytest.raises(CaseError, match=r"which 'Cd'\? there are: a.Cd, b.Cd"):
        measure(
            CaseFiles({"system/controlDict": "functions { a { type forceCoeffs; } b { type forceCoeffs; } }"}), "Cd"
        )
    with pytest.raises(UnknownName, match=r"until: unknown measure 'body.Cdd'; did you mean 'body.Cd'"):
        measure(FILES, "body.Cdd", where="until")
    with pytest.raises(UnknownName, match="unknown measure 'p'"):
        measure(FILES, "p")  # there are two points
    with pytest.raises(CaseError, match="no name of a measure"):
        measure(FILES, "a b")


def test_a_mean_over_a_patch_is_known_by_the_case_and_by_what_it_renders_to() -> None:
    output = fc.PatchAverage("inlet", name="upstream", fields=("p", "k"), weight="flow")
    assert output.columns == ("weightedAverage(p)", "weightedAverage(k)")
    entries = functions((output,), fc.Incompressible(fc.Fluid(nu=1e-3), "kEpsilon"), "simpleFoam")["upstream"]
    assert (entries["weightField"], entries["name"]) == ("phi", "inlet")
    names = "functions { upstream { type surfaceFieldValue; operation weightedAverage; fields (p k); } }"
    known = measures(CaseFiles({"system/controlDict": names}))
    assert list(known) == [f"upstream.{column}" for column in output.columns]
    assert unit("areaAverage(p)") == "m^2/s^2"
    assert unit("areaIntegrate(p)") is None
    with pytest.raises(CaseError, match="U has components"):
        fc.PatchAverage("inlet", fields="U")


def test_a_reattachment_near_a_line_says_so_to_whoever_reads_the_samples() -> None:
    output = fc.Reattachment("ground", within="2 mm")
    entries = functions((output,), fc.Incompressible(fc.Fluid(nu=1e-3)), "simpleFoam")["reattachment"]
    assert entries[WITHIN] == 0.002
    sampled = f"type surfaces; {DIRECTION} (1 0 0); {WITHIN} 0.002; surfaces {{ ground {{}} }}"
    files = CaseFiles({"system/controlDict": f"functions {{ reattachment {{ {sampled} }} }}"})
    source = measure(files, "reattachment")[1].source
    assert source.within == 0.002
    assert Source.from_json(source.to_json()) == source


def test_one_point_needs_no_number() -> None:
    text = "functions { points { type probes; probeLocations ((0 0 0)); fields (p U); } }"
    files = CaseFiles({"system/controlDict": text})
    assert measure(files, "Ux")[0] == "points.Ux[0]"


def test_a_case_without_functions_has_none() -> None:
    assert measures(CaseFiles({"system/controlDict": "application icoFoam;"})) == {}
    assert measures(CaseFiles({"system/controlDict": "functions { broken"})) == {}


def test_a_rendered_reattachment_is_found_again_with_its_direction() -> None:
    files = CaseFiles({"system/controlDict": CONTROL, "system/more": MORE})
    more = fc.with_outputs(files, fc.Reattachment("floor", every=7, direction="-x", origin=(1, 0, 0)))
    found = measures(more)["reattachment.reattachment"]
    assert found.every == 7
    assert found.source == Source("reattachment", "wallShearStress_floor.raw", 0, (-1.0, 0.0, 0.0), (1.0, 0.0, 0.0))
    assert set(measures(more)) - set(measures(files)) == {"reattachment.reattachment"}


def test_outputs_that_cannot_be_added_are_refused() -> None:
    with pytest.raises(CaseError, match="a function of the case has this name"):
        fc.with_outputs(FILES, fc.Probes([(0, 0, 0)], name="outflow"))
    with pytest.raises(CaseError, match=r"outputs.forces: needs rho"):
        fc.with_outputs(FILES, fc.Forces("wall"))
    added = fc.with_outputs(CaseFiles({"system/controlDict": "application simpleFoam;\n"}), fc.Forces("wall", rho=1))
    assert "forces.Fx" in measures(added)


def test_a_case_is_steady_by_its_scheme() -> None:
    assert steady(CaseFiles({"system/fvSchemes": "ddtSchemes { default steadyState; }"}))
    assert not steady(CaseFiles({"system/fvSchemes": "ddtSchemes { default Euler; }"}))
    assert not steady(CaseFiles({}))
