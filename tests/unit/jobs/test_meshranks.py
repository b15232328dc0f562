"""On how many ranks a mesh is made."""

from __future__ import annotations

import json

import pytest

from flowcfd.errors import CaseError
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.jobs import meshkey, stages
from flowcfd.jobs.meshranks import expected, ranks

STEPS = ("blockMesh", "snappyHexMesh -overwrite", "checkMesh", "simpleFoam")


def files(counts: str = "(10 10 10)", told: object = None) -> CaseFiles:
    block = f"blocks (hex (0 1 2 3 4 5 6 7) {counts} simpleGrading (1 1 1)); // hex (0 1 2 3 4 5 6 7) (99 99 99)\n"
    texts = {"system/blockMeshDict": block, "system/controlDict": "application simpleFoam;\n"}
    return CaseFiles(texts | ({"system/meshExpected": json.dumps(told)} if told is not None else {}), STEPS)


def test_small_meshes_and_those_of_adopted_cases_are_made_on_one() -> None:
    assert ranks(files(told={"patches": []}), STEPS, 8, None) == 1
    assert ranks(files("(100 100 100)"), STEPS, 8, None) == 1, "as its author did"
    assert ranks(files(told={"cells": 149_999}), STEPS, 8, None) == 1


def test_large_ones_on_as_many_as_have_enough_to_do() -> None:
    assert ranks(files(told={"cells": 200_000}), STEPS, 8, None) == 5
    assert ranks(files(told={"cells": 20_000_000}), STEPS, 8, None) == 8
    assert expected(files("(50 40 30)", {"patches": []})) == 8 * 60_000
    assert ranks(files("(50 40 30)", {"patches": []}), STEPS, 2, None) == 2


def test_who_asks_is_given_what_the_run_has() -> None:
    assert ranks(files(), STEPS, 4, 3) == 3
    assert ranks(files(), ("blockMesh", "simpleFoam"), 4, 3) == 1, "there is no snappyHexMesh"
    for wrong in (0, 5, True, 2.0):
        with pytest.raises(CaseError, match="mesh_cores: must be a whole number from 1 to 4"):
            ranks(files(), STEPS, 4, wrong)  # type: ignore[arg-type]


def test_ranks_are_in_the_stage_and_in_the_key() -> None:
    plan = stages.plan(STEPS, "simpleFoam", cores=4, mesh_cores=3)
    (mesh, *_) = plan
    assert [command.text for command in mesh.commands] == [
        "blockMesh", "decomposePar -force -time constant", "snappyHexMesh -overwrite", "reconstructParMesh -constant",
        "checkMesh",
    ]  # fmt: skip
    assert mesh.commands[2].argv() == ["mpirun", "-np", "3", "snappyHexMesh", "-overwrite", "-parallel"]
    assert stages.meshing(mesh.commands) == 5
    keys = {
        meshkey.key(files(), stages.plan(STEPS, "simpleFoam", cores=4, mesh_cores=n)[0].commands, "1912")
        for n in (1, 2, 3)
    }
    assert len(keys) == 3 and "" not in keys
