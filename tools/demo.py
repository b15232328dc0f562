"""Run notebooks headless through the OpenFOAM kernel and print what their answer cells say.

    python tools/demo.py NOTEBOOK...

The executed notebooks and the runs go into out/, unless FLOWCFD_HOME names another home for the runs. Exit codes: 0 all
notebooks ran, 1 a cell failed, 2 there is no such notebook, 3 the OpenFOAM kernel is not installed.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "out"


def main(arguments: Sequence[str]) -> int:
    notebooks = [Path(name) for name in arguments]
    missing = [str(notebook) for notebook in notebooks if not notebook.is_file()]
    if missing or not notebooks:
        print(f"demo: no such notebook: {' '.join(missing) or '(none was named)'}", file=sys.stderr)
        return 2
    os.environ.setdefault("FLOWCFD_HOME", str(OUT / "home"))
    os.environ.setdefault("PYVISTA_OFF_SCREEN", "true")
    OUT.mkdir(exist_ok=True)
    answers = {}
    for notebook in notebooks:
        executed, code = execute(notebook)
        if executed is None:
            return code
        answers[notebook] = answer(executed)
    for notebook, text in answers.items():
        print(f"\n=== {notebook.name}\n{text}")
    print(f"\nThe notebooks as they ran: {' '.join(str(shown(OUT / notebook.name)) for notebook in notebooks)}")
    return 0


def execute(notebook: Path) -> tuple[Any, int]:
    """The executed notebook, or None and the exit code."""
    from jupyter_client.kernelspec import NoSuchKernel
    from papermill import execute_notebook
    from papermill.engines import papermill_engines
    from papermill.exceptions import PapermillExecutionError
    from traitlets.config import Config

    papermill_engines.register("telling", telling_engine())
    began = time.monotonic()
    print(f"demo: {notebook.name}", flush=True)
    try:
        executed = execute_notebook(
            str(notebook),
            str(OUT / notebook.name),
            engine_name="telling",
            kernel_name="openfoam",
            cwd=str(notebook.parent),
            progress_bar=False,
            config=Config(KernelManager={"transport_encryption": "auto"}),  # else the kernel warns of plain TCP
        )
    except NoSuchKernel:
        print("demo: the kernel 'openfoam' is not installed: make setup", file=sys.stderr)
        return None, 3
    except PapermillExecutionError as error:
        print(f"demo: {notebook.name} failed: {error.ename}: {error.evalue}", file=sys.stderr)
        print(f"demo: the cell and its output: {shown(OUT / notebook.name)}", file=sys.stderr)
        return None, 1
    print(f"demo: {notebook.name} took {time.monotonic() - began:.0f} s", flush=True)
    return executed, 0


def telling_engine() -> Any:
    """Papermill's own engine, which says which cell it is at: a solver may take a minute in one."""
    from papermill.engines import NBClientEngine

    class TellingEngine(NBClientEngine):  # type: ignore[misc]  # papermill is untyped
        @classmethod
        def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> Any:
            heading = headings(nb_man.nb.cells)
            begin = nb_man.cell_start
            now = [""]

            def cell_start(cell: Any, *rest: Any, **named: Any) -> None:
                if cell.cell_type == "code":
                    now[0] = heading[cell["id"]]
                    print(f"demo:   {now[0]}", flush=True)
                begin(cell, *rest, **named)

            nb_man.cell_start = cell_start
            with reminders(now):
                return super().execute_managed_notebook(nb_man, kernel_name, **options)

    return TellingEngine


@contextmanager
def reminders(now: list[str], *, every: float = 10.0) -> Iterator[None]:
    """Say every few seconds that a long cell is still at work."""
    done = threading.Event()

    def remind() -> None:
        last, since = "", time.monotonic()
        while not done.wait(every):
            if now[0] == last:
                print(f"demo:     still at it after {time.monotonic() - since:.0f} s", flush=True)
            else:
                last, since = now[0], time.monotonic() - every / 2

    thread = threading.Thread(target=remind, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def headings(cells: Sequence[Any]) -> dict[str, str]:
    """For each cell its place and the heading it stands under."""
    under, found = "", {}
    for place, cell in enumerate(cells, 1):
        titles = [line.lstrip("# ") for line in cell.source.splitlines() if line.startswith("#")]
        if cell.cell_type == "markdown" and titles:
            under = titles[-1]
        found[cell["id"]] = f"cell {place} of {len(cells)}: {under}"
    return found


def answer(executed: Any) -> str:
    """The text that the cells tagged `answer` printed."""
    outputs = (
        output for cell in executed.cells if "answer" in cell.metadata.get("tags", []) for output in cell.outputs
    )
    said = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in outputs]
    return "".join(said).rstrip() or "(no answer cell)"


def shown(path: Path) -> Path:
    return path.relative_to(ROOT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
