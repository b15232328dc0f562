"""The door to papermill: it imports us while it is being imported itself, and we import it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from flowcfd.sweeps import warm
from flowcfd.sweeps.worker import cause

pytestmark = pytest.mark.flow


@pytest.mark.parametrize("first", ["flowcfd.sweeps.engine", "papermill.engines"])
def test_the_engine_is_found_whoever_is_imported_first(first):
    code = f"""
import entrypoints, importlib
mine = entrypoints.EntryPoint("flowcfd", "flowcfd.sweeps.engine", "FlowCFDEngine")
entrypoints.get_group_all = lambda group: [mine] if group == "papermill.engine" else []
importlib.import_module({first!r})
from papermill.engines import papermill_engines
print(papermill_engines.get_engine("flowcfd").__name__)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "FlowCFDEngine\n"


def test_only_what_is_imported_and_safe_is_imported_ahead():
    found = warm.modules(
        ["import numpy as np, os", "def f():\n    from matplotlib import pyplot", "x = 'import scipy'"]
    )
    assert found == ("matplotlib.pyplot", "numpy")
    assert warm.modules(["import flowcfd as fc", "fc.keep('x', 1)"]) == ("flowcfd.sweeps",)
    assert "flowcfd.post.open" in warm.modules(["import flowcfd as fc\nfc.results(run)"])


def test_a_kernels_command_is_cut_at_ipykernel():
    words = ["nice", "python", "-Xfrozen_modules=off", "-m", "ipykernel_launcher", "-f", "c.json"]
    assert warm.cut(words) == (["nice", "python", "-Xfrozen_modules=off"], ["ipykernel_launcher", "-f", "c.json"])
    assert warm.cut(["R", "--slave"])[1] == []


def test_a_cause_names_cell_and_line():
    class PapermillExecutionError(Exception):
        exec_count, source, ename, evalue = 3, "a = 1\nb = a / 0", "ZeroDivisionError", "division by zero"
        traceback = ("File \x1b[32mCell In[3], line 2\x1b[0m", "...")

    found = cause(PapermillExecutionError(), 4)
    assert found["cause"] == "cell 4, line 2 (b = a / 0): ZeroDivisionError: division by zero"
    assert cause(RuntimeError("no\nway"), 0)["cause"] == "RuntimeError: no way"
