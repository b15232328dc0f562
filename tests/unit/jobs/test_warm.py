"""Warm starts: when the fields of another run fit as they are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from flowcfd.jobs import warm
from flowcfd.jobs.record import Job


def test_what_comes_behind_the_shared_mesh_has_to_be_the_same_as_well() -> None:
    one = Job(
        Path("a"), "uid", "a", "0" * 64, 1, "", "local", ("blockMesh", "potentialFoam", "simpleFoam"), "simpleFoam",
        0.0, 0.0, 1.0, "1912",
    )  # fmt: skip
    mapped = replace(one, steps=("blockMesh", warm.MAP, "simpleFoam", "simpleFoam -postProcess"))
    other = replace(one, steps=("blockMesh", "renumberMesh -overwrite", "simpleFoam"))
    assert warm._before_solver(one) == warm._before_solver(mapped) == ["blockMesh"]
    assert warm._before_solver(one) != warm._before_solver(other)
