"""What the execution of a notebook costs beside the time of its cells: our engine of papermill, and papermill's own."""

from __future__ import annotations

import os
import tempfile
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flowcfd.bench.row import Row

GOAL = 0.1
"""So much [s] may a run take above its cells' own time."""
ENGINES = ("flowcfd", "nbclient")
NOTEBOOKS = {
    "two trivial cells": ("print(n)", "n + 1"),
    "a cell of 0.5 s": ("import time; time.sleep(0.5)", "print(n)"),
    "a cell of 0.5 s, numpy and pandas": (
        "import numpy as np, pandas as pd",
        "import time; time.sleep(0.5)",
        "pd.Series(np.arange(n)).mean()",
    ),
}


def run(*, quick: bool = False) -> list[Row]:
    """Wall time [s] above the cells' own, the least of several runs in turns: a busy machine makes all longer."""
    from papermill.engines import papermill_engines

    from flowcfd.sweeps import warm
    from flowcfd.sweeps.engine import FlowCFDEngine

    papermill_engines.register("flowcfd", FlowCFDEngine)
    rows = []
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, cells in NOTEBOOKS.items():
            path = _written(Path(folder), cells)
            for engine in ENGINES:
                _above(path, engine)  # imports, and Python's byte code; ours also starts what it forks from
            runs = [[_above(path, engine) for engine in ENGINES] for _ in range(3 if quick else 9)]
            (ours, whole), (peer, peers) = (_least([one[n] for one in runs]) for n in range(2))
            note = f"whole run {whole:.2f} s, papermill's {peers:.2f} s"
            rows.append(
                Row(
                    name=f"notebook, {name}: above its cells",
                    ours=ours,
                    unit="s",
                    peer_name="papermill's engine",
                    peer=peer,
                    goal=GOAL,
                    absolute=True,
                    note=note,
                )
            )
        warm.close()
    return rows


def _least(runs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The least time above the cells, and the least whole."""
    return min(above for above, _ in runs), min(whole for _, whole in runs)


def _above(path: Path, engine: str) -> tuple[float, float]:
    """The wall time of one run above that of its cells, and the whole [s]; what kernels log is not shown."""
    import papermill

    out = path.with_name(f"{engine}.ipynb")
    kept = os.dup(2)
    with Path(os.devnull).open("wb") as null:
        os.dup2(null.fileno(), 2)
    try:
        start = time.perf_counter()
        executed: Any = papermill.execute_notebook(
            str(path), str(out), parameters={"n": 3}, engine_name=engine, progress_bar=False
        )
        whole = time.perf_counter() - start
    finally:
        os.dup2(kept, 2)
        os.close(kept)
    cells = sum(cell.metadata.papermill.duration or 0.0 for cell in executed.cells)
    return whole - cells, whole


def _written(folder: Path, cells: Sequence[str]) -> Path:
    import nbformat

    v4: Any = nbformat.v4
    made = [v4.new_code_cell("n = 1", metadata={"tags": ["parameters"]}), *map(v4.new_code_cell, cells)]
    kernel = {"name": "python3", "display_name": "python3", "language": "python"}
    path = folder / "notebook.ipynb"
    nbformat.write(v4.new_notebook(cells=made, metadata={"kernelspec": kernel}), path)  # type: ignore[no-untyped-call]
    return path
