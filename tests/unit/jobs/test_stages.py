"""From steps to stages."""

from __future__ import annotations

from flowcfd.jobs import stages
from flowcfd.jobs.stages import Command

STEPS = ("blockMesh", "setFields", "potentialFoam -writephi", "simpleFoam", "simpleFoam -postProcess -func yPlus")


def names(plan: tuple[stages.Stage, ...]) -> dict[str, list[str]]:
    return {stage.name: [command.text for command in stage.commands] for stage in plan}


def test_a_serial_case_is_meshed_solved_and_sampled() -> None:
    assert names(stages.plan(STEPS, "simpleFoam")) == {
        "mesh": ["blockMesh", "setFields"],
        "solve": ["potentialFoam -writephi", "simpleFoam"],
        "sample": ["simpleFoam -postProcess -func yPlus"],
    }


def test_ranks_bring_decompose_and_reconstruct_whatever_the_case_says_of_them() -> None:
    plan = stages.plan(("blockMesh", "decomposePar", "simpleFoam", "reconstructPar -latestTime"), "simpleFoam", cores=4)
    assert names(plan) == {
        "mesh": ["blockMesh"],
        "decompose": ["decomposePar -force"],
        "solve": ["simpleFoam"],
        "reconstruct": ["reconstructPar"],
    }


def test_only_the_solver_gets_the_switches_and_only_solve_runs_in_parallel() -> None:
    mesh, _, solve, _, sample = stages.plan(STEPS, "simpleFoam", cores=2)
    assert mesh.commands[0].argv() == ["blockMesh"]
    potential, solver = solve.commands
    assert potential.argv() == ["mpirun", "-np", "2", "potentialFoam", "-writephi", "-parallel"]
    assert solver.argv()[:5] == ["mpirun", "-np", "2", "simpleFoam", "-parallel"]
    assert "stopAtWriteNowSignal=12" in solver.argv() and "fileModificationSkew=0" in solver.argv()
    assert sample.commands[0].argv() == ["simpleFoam", "-postProcess", "-func", "yPlus"]


def test_ptscotch_goes_through_redistributePar_on_all_ranks() -> None:
    _, decompose, *_ = stages.plan(STEPS, "simpleFoam", cores=3, method="ptscotch")
    assert decompose.commands[0].argv() == [
        *("mpirun", "-np", "3", "redistributePar", "-decompose", "-overwrite", "-parallel")
    ]


def test_regions_are_divided_and_put_together_all() -> None:
    plan = stages.plan(("chtMultiRegionFoam",), "chtMultiRegionFoam", cores=2, regions=True)
    assert names(plan)["decompose"] == ["decomposePar -force -allRegions"]
    assert names(plan)["reconstruct"] == ["reconstructPar -allRegions"]


def test_a_case_without_a_solver_is_only_meshed() -> None:
    assert names(stages.plan(("blockMesh", "checkMesh"), "simpleFoam", cores=2)) == {"mesh": ["blockMesh", "checkMesh"]}


def test_post_processing_by_a_solver_has_a_log_of_its_own() -> None:
    assert Command("simpleFoam", ("-postProcess",)).log == "log.simpleFoam-postProcess"
    assert Command("simpleFoam").log == "log.simpleFoam"


def test_start_fields_are_changed_by_all_but_meshers_the_solver_and_post_processing() -> None:
    assert stages.changes_start(Command("setFields")) and stages.changes_start(Command("potentialFoam"))
    assert not stages.changes_start(Command("blockMesh")) and not stages.changes_start(Command("decomposePar"))
    assert not stages.changes_start(Command("simpleFoam", solver=True))
    assert not stages.changes_start(Command("simpleFoam", ("-postProcess",)))
