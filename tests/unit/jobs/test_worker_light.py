"""The worker starts with the standard library and a few modules of ours."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import flowcfd

SERVICES = ("sqlalchemy", "alembic", "dask", "distributed", "boto3", "botocore", "sklearn", "SALib", "OCP", "trimesh",
            "papermill", "ipywidgets", "cryptography")  # fmt: skip
HEAVY = ("numpy", "pandas", "pydantic", "IPython", "vtk", "pyvista", "pint", "pyarrow", "rich")
SLOW = (
    "typing",
    "importlib.metadata",
    "flowcfd.case",
    "flowcfd.foam.dictionary",
    "flowcfd.foam.log",
    "flowcfd.registry",
)


def imported(module: str, *switches: str) -> set[str]:
    program = f"import sys, {module}; print('\\n'.join(sys.modules))"
    root = str(Path(flowcfd.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, *switches, "-c", program], env={"PYTHONPATH": root}, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_the_worker_loads_nothing_heavy_and_nothing_that_it_may_not_need() -> None:
    modules = imported("flowcfd.jobs.worker", "-S")
    assert not {name for name in modules if name.startswith((*HEAVY, *SLOW))}


def test_submitting_loads_no_numbers_and_no_pictures() -> None:
    modules = imported("flowcfd.jobs.submit, flowcfd.jobs.listing")
    assert not {name for name in modules if name.startswith(HEAVY)}


def test_judging_and_keeping_fields_load_nothing_heavy_either() -> None:
    modules = imported("flowcfd.jobs.settle, flowcfd.jobs.rolling, flowcfd.jobs.growth", "-S")
    assert not {name for name in modules if name.startswith((*HEAVY, "flowcfd.case", "flowcfd.registry"))}


@pytest.mark.parametrize(
    "modules",
    [
        "flowcfd.index.listing, flowcfd.jobs.live, flowcfd.jobs.usage, flowcfd.jobs.estimate.make",
        "flowcfd.jobs.executors.dask.executor, flowcfd.jobs.executors.dask.keeper, flowcfd.jobs.executors.slurm",
        "flowcfd.jobs.nursery, flowcfd.sweeps.worker",
    ],
)
def test_what_is_on_the_way_of_every_run_loads_no_service_and_no_numbers(modules: str) -> None:
    assert not {name for name in imported(modules) if name.startswith((*HEAVY, *SERVICES))}


def test_studies_and_the_archive_wait_with_what_they_need_until_it_is_asked_for() -> None:
    modules = imported("flowcfd.studies.study, flowcfd.studies.driver, flowcfd.sweeps.sweep, flowcfd.archive.keep")
    assert not {name for name in modules if name.startswith(("numpy", "pandas", "pyarrow", *SERVICES))}
