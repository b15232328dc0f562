"""What a mesh depends on: what changes the digest, what does not, and when there is none."""

from __future__ import annotations

import pytest

from flowcfd.foam.casefiles import CaseFiles
from flowcfd.jobs import meshkey, stages

CONTROL = """
application simpleFoam;
startFrom startTime;
startTime 0;
endTime 100;
deltaT 1;
writeInterval 100;
writeFormat ascii;
functions { forces { type forceCoeffs; magUInf 3; } }
"""
FILES = {
    "0/U": "internalField uniform (1 0 0);",
    "constant/transportProperties": "nu 1e-3;",
    "constant/turbulenceProperties": "simulationType laminar;",
    "system/controlDict": CONTROL,
    "system/fvSchemes": "ddtSchemes {}",
    "system/fvSolution": "solvers {}",
    "system/blockMeshDict": "vertices ((0 0 0)); // the scale",
    "system/snappyHexMeshDict": "castellatedMesh true;",
}
BLOCKS = ("blockMesh", "simpleFoam")
SNAPPY = ("blockMesh", "snappyHexMesh -overwrite", "checkMesh", "simpleFoam")


def digest(changes: dict[str, str] | None = None, steps: tuple[str, ...] = BLOCKS, version: str = "1912") -> str:
    files = CaseFiles({**FILES, **(changes or {})}, steps)
    return meshkey.key(files, stages.plan(steps, "simpleFoam")[0].commands, version)


@pytest.mark.parametrize(
    "changes",
    [
        {"0/U": "internalField uniform (2 0 0);"},
        {"0/p": "internalField uniform 0;"},
        {"constant/transportProperties": "nu 2e-3;"},
        {"constant/boundaryData/inlet/0/U": "(1 0 0)"},
        {"system/controlDict": CONTROL.replace("endTime 100", "endTime 900").replace("magUInf 3", "magUInf 9")},
        {"system/fvSchemes": "ddtSchemes { default steadyState; }"},
        {"system/decomposeParDict": "numberOfSubdomains 4;"},
    ],
)
def test_what_only_the_solver_reads_does_not_change_the_mesh(changes: dict[str, str]) -> None:
    assert digest(changes) == digest() != ""


@pytest.mark.parametrize(
    "changes",
    [
        {"system/blockMeshDict": "vertices ((1 0 0));"},
        {"constant/triSurface/body.stl": "solid"},
        {"system/controlDict": CONTROL.replace("ascii", "binary")},
        {"system/controlDict": CONTROL.replace("startTime 0", "startTime 1")},
        {"system/controlDict": CONTROL + "libs (own);"},
        {"system/anything": "that we do not know"},
    ],
)
def test_what_a_mesher_may_read_changes_the_mesh(changes: dict[str, str]) -> None:
    assert digest(changes) not in (digest(), "")


def test_the_schemes_count_where_a_finite_volume_mesh_is_made() -> None:
    change = {"system/fvSchemes": "ddtSchemes { default steadyState; }"}
    assert digest(change, SNAPPY) != digest(steps=SNAPPY)
    assert digest({"0/U": "internalField uniform (2 0 0);"}, SNAPPY) == digest(steps=SNAPPY) != digest()


def test_another_openfoam_and_other_words_make_another_mesh() -> None:
    assert len({digest(), digest(version="2112"), digest(steps=("blockMesh -dict system/other", "simpleFoam"))}) == 3


def test_an_include_of_what_would_not_count_makes_the_whole_case_count() -> None:
    include = {"system/blockMeshDict": '#include "../constant/transportProperties"\nvertices ();'}
    assert digest(include) != digest({**include, "0/U": "internalField uniform (2 0 0);"})
    inner = {"system/blockMeshDict": '#include "sizes"\nvertices ();', "system/sizes": "n 3;"}
    assert digest(inner) == digest({**inner, "0/U": "internalField uniform (2 0 0);"})
    assert digest(inner) != digest({**inner, "system/sizes": "n 4;"})
    commented = {"system/blockMeshDict": '// #include "../constant/transportProperties"\nvertices ();'}
    assert digest(commented) == digest({**commented, "0/U": "internalField uniform (2 0 0);"})


def test_code_in_a_dictionary_makes_the_whole_case_count() -> None:
    code = {"system/blockMeshDict": 'n #calc "2 * 3";'}
    assert digest(code) != digest({**code, "0/U": "internalField uniform (2 0 0);"})


@pytest.mark.parametrize(
    "path", ["/data/body.stl", "../other/body.stl", "a/../../body.stl", "$HOME/body.stl", "~/b.stl"]
)
def test_a_path_out_of_the_case_shares_nothing(path: str) -> None:
    assert digest({"system/snappyHexMeshDict": f'geometry {{ body {{ file "{path}"; }} }}'}) == ""


def test_steps_that_do_more_than_mesh_share_what_comes_before_them() -> None:
    assert digest(steps=("blockMesh", "setFields", "simpleFoam")) == digest()
    assert digest(steps=("setFields", "blockMesh", "simpleFoam")) == ""
    assert digest(steps=("simpleFoam",)) == ""


def test_the_fields_count_for_a_set_that_is_chosen_by_them() -> None:
    steps = ("blockMesh", "topoSet", "simpleFoam")
    by_box = {"system/topoSetDict": "actions ( { source boxToCell; } );"}
    by_field = {"system/topoSetDict": "actions ( { source fieldToCell; } );"}
    faster = {"0/U": "internalField uniform (2 0 0);"}
    assert digest(by_box, steps) == digest({**by_box, **faster}, steps)
    assert digest(by_field, steps) != digest({**by_field, **faster}, steps)
