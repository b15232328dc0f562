"""A real JupyterLab in Chromium for benchmarks of what is seen: a notebook whose cells are run and written."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from flowcfd.errors import SiteError

PATIENCE = 300.0
"""What a step of the page may take [s] on a busy machine."""
NOTEBOOK = "window.jupyterapp.shell.currentWidget"


class Book:
    """A notebook of these cells, open in a page, its kernel ready."""

    def __init__(self, page: Any, address: str, place: Path, cells: Sequence[str]) -> None:
        import nbformat

        self.page, self.place = page, place
        v4 = nbformat.v4
        made = v4.new_notebook(cells=[v4.new_code_cell(cell) for cell in cells])  # type: ignore[no-untyped-call]
        made.metadata["kernelspec"] = {"name": "openfoam", "display_name": "openfoam", "language": "python"}
        nbformat.write(made, place / "notebooks/bench.ipynb")  # type: ignore[no-untyped-call]
        page.goto(f"{address}&reset")
        page.wait_for_selector(".jp-Notebook")
        page.wait_for_function(
            "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
        )

    def write(self, cell: int, source: str) -> None:
        """Another content of a cell."""
        self.page.evaluate(
            f"([n, text]) => {{ {NOTEBOOK}.content.widgets[n].model.sharedModel.source = text; }}", [cell, source]
        )

    def run(self, cell: int, *, wait: bool = True) -> str:
        """Run a cell; what it printed."""
        widgets = f"{NOTEBOOK}.content"
        run = "window.jupyterapp.commands.execute('notebook:run-cell'); return 1;"
        self.page.evaluate(f"n => {{ {widgets}.activeCellIndex = n; {run} }}", cell)
        return self.said(cell) if wait else ""

    def said(self, cell: int) -> str:
        """What a cell has printed when it has ended. Raises SiteError where it failed."""
        model = f"{NOTEBOOK}.content.widgets[n].model"
        self.page.wait_for_function(f"n => {model}.executionCount && {model}.executionState !== 'running'", arg=cell)
        outputs = self.page.evaluate(f"n => {model}.outputs.toJSON()", cell)
        if any("ename" in one for one in outputs):
            raise SiteError(f"bench: cell {cell} failed: {[one.get('evalue') for one in outputs]}")
        return "".join("".join(one.get("text", "")) for one in outputs)

    def restart(self) -> None:
        """Another kernel."""
        self.page.evaluate(f"async () => {{ await {NOTEBOOK}.sessionContext.session.kernel.restart(); }}")
        self.page.wait_for_function(f"{NOTEBOOK}.sessionContext.session.kernel.status === 'idle'")


def lacks() -> str:
    """What is missing to see a page; empty where nothing is."""
    if find_spec("playwright") is None:
        return "playwright is not installed (tools/setup --tests)"
    return "" if chromium() else "there is no chromium (tools/setup --tests)"


def chromium() -> str | None:
    """The browser of this machine."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@contextmanager
def lab(place: Path) -> Iterator[tuple[Any, str]]:
    """A page of Chromium, and the address of the notebook in a JupyterLab of its own."""
    from playwright.sync_api import sync_playwright

    with _server(place) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        page = browser.new_context(viewport={"width": 1400, "height": 1000}).new_page()
        page.set_default_timeout(1000 * PATIENCE)
        try:
            yield page, address
        finally:
            browser.close()


@contextmanager
def _server(place: Path) -> Iterator[str]:
    """JupyterLab as `flowcfd lab` starts it, with nothing of the user's settings; ended by its own pid."""
    names = ("HOME", "FLOWCFD_HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    own = {name: str(place / name.lower()) for name in names}
    for folder in (*own.values(), str(place / "notebooks")):
        Path(folder).mkdir()
    command = [sys.executable, "-m", "flowcfd.cli", "lab", str(place / "notebooks"), "--no-browser", "--port=0"]
    command += ["--ServerApp.ip=127.0.0.1", "--LabApp.expose_app_in_browser=True"]
    with (place / "lab.log").open("wb") as log:
        process = subprocess.Popen(command, env={**os.environ, **own}, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        file = Path(own["JUPYTER_RUNTIME_DIR"], f"jpserver-{process.pid}.json")
        deadline = time.monotonic() + PATIENCE
        while not file.is_file() or not file.read_text():
            if process.poll() is not None or time.monotonic() > deadline:
                raise SiteError(f"bench: JupyterLab did not start: {(place / 'lab.log').read_text()[-500:]}")
            time.sleep(0.1)
        said = json.loads(file.read_text())
        yield f"{said['url']}lab/tree/bench.ipynb?token={said['token']}"
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
