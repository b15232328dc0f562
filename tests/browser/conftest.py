"""A real JupyterLab and a real Chromium: notebooks are opened, run and clicked as people do.

For every widget: `shot(locator, name)` to look at it, `assert_accessible(locator)` (axe, WCAG AA), also within
`with dark(lab, page):`, and `focus_order(locator)` (what Tab reaches, by name).
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import nbformat
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Frame, Locator, Page, expect, sync_playwright
from tests.conftest import end_all_of

from flowcfd.bench.box import Box, write_field, write_mesh

SHOTS = Path(__file__).parents[2] / "out" / "screenshots"
"""Screenshots are kept here, to be looked at after the tests."""
LONG = 90.0
"""What a busy machine may take for a step of a page [s]; tests wait for what they expect, never for a time."""
expect.set_options(timeout=LONG * 1000)
HEADLESS = ("--no-sandbox", "--disable-dev-shm-usage")
SOFTWARE_GL = ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
SIZE = {"width": 1400, "height": 1000}
KERNEL = "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
CELLS = "window.jupyterapp.shell.currentWidget.content.widgets"

CONTROL = """FoamFile { version 2.0; format ascii; class dictionary; object controlDict; }
application simpleFoam; startFrom startTime; startTime 0; stopAt endTime; endTime 1; deltaT 1; writeControl timeStep;
"""


@pytest.fixture(scope="module")
def playwright() -> Iterator[Any]:
    """Of a module only: while it lives an event loop runs in this thread, where other tests need one of their own."""
    with sync_playwright() as made:
        yield made


def chromium(playwright: Any, *more: str) -> Browser:
    where = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if where is None:
        pytest.fail("there is no chromium; `tools/setup --tests` installs it")
    return playwright.chromium.launch(executable_path=where, args=[*HEADLESS, *more])


@pytest.fixture(scope="module")
def browser(playwright: Any) -> Iterator[Browser]:
    """Without WebGL, which is much cheaper: what the server draws arrives as pictures."""
    made = chromium(playwright, "--disable-gpu")
    yield made
    made.close()


@pytest.fixture(scope="module")
def browser_3d(playwright: Any) -> Iterator[Browser]:
    """With WebGL in software, for pages that draw by themselves."""
    made = chromium(playwright, *SOFTWARE_GL)
    yield made
    made.close()


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page of its own; what it showed at a failure lies in out/screenshots."""
    context = browser.new_context(viewport=SIZE)
    made = context.new_page()
    made.set_default_timeout(LONG * 1000)
    yield made
    if getattr(request.node, "failed", False):
        shot(made, f"failed-{request.node.name}")
    context.close()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.when == "call":
        item.failed = report.failed  # type: ignore[attr-defined]


def shot(of: Page | Locator, name: str) -> Path:
    """Keep a screenshot as out/screenshots/NAME.png."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    path = SHOTS / f"{name}.png"
    of.screenshot(path=str(path))
    return path


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of their own for all that these tests start."""
    return tmp_path_factory.mktemp("browser")


@pytest.fixture(scope="session")
def swirl(place: Path) -> Path:
    """A case on disk: a box with a swirl at time 1."""
    folder, box = place / "swirl", Box((24, 24, 24))
    folder.mkdir()
    write_mesh(folder, box)
    x, y, z = (box.centres() - 0.5).T
    write_field(folder, "1", "U", np.stack([-y, x, 0.3 * z], axis=1))
    write_field(folder, "1", "p", x * x + y * y)
    (folder / "system").mkdir()
    (folder / "system/controlDict").write_text(CONTROL)
    return folder


@pytest.fixture(scope="session")
def environment(place: Path) -> Iterator[dict[str, str]]:
    """The environment of servers: nothing of the user's settings, nothing kept in the user's home.

    Runs outlive their servers: those that a test has left at work end with the last test.
    """
    names = ("HOME", "FLOWCFD_HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    own = {name: str(place / name.lower()) for name in names}
    for folder in own.values():
        Path(folder).mkdir()
    yield {
        **os.environ,
        **own,
        "FLOWCFD_SHARED_CORES": "1",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    end_all_of(Path(own["FLOWCFD_HOME"]))


@dataclass
class Lab:
    """A running JupyterLab: its address with a slash at the end, its token, and the folder of its notebooks."""

    address: str
    token: str
    folder: Path
    environment: dict[str, str]

    def end_kernels(self) -> None:
        """End all kernels."""
        headers = {"Authorization": f"token {self.token}"}
        with urlopen(Request(f"{self.address}api/kernels", headers=headers), timeout=LONG) as said:
            kernels = json.load(said)
        for kernel in kernels:
            gone = Request(f"{self.address}api/kernels/{kernel['id']}", headers=headers, method="DELETE")
            with contextlib.suppress(HTTPError):  # one that ended meanwhile
                urlopen(gone, timeout=LONG).close()

    def open(self, page: Page, *cells: str, name: str = "", kernel: str = "openfoam") -> Notebook:
        """A new notebook of these cells in a page, its kernel ready."""
        name = name or f"n{len(list(self.folder.glob('*.ipynb')))}.ipynb"
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        book.metadata["kernelspec"] = {"name": kernel, "display_name": kernel, "language": "python"}
        nbformat.write(book, self.folder / name)
        return self.show(page, name)

    def show(self, page: Page, name: str) -> Notebook:
        """A notebook that is there, in a page, its kernel ready."""
        page.goto(f"{self.address}lab/tree/{name}?{urlencode({'reset': '', 'token': self.token})}")
        page.wait_for_selector(".jp-Notebook")
        page.wait_for_function(KERNEL)
        return Notebook(page, self.folder / name)


@dataclass
class Notebook:
    """A notebook that is open in a page."""

    page: Page
    path: Path

    def command(self, name: str) -> None:
        self.page.evaluate("name => { window.jupyterapp.commands.execute(name); return 1; }", name)

    def run(self, *cells: int, wait: bool = True) -> None:
        """Run these cells, or all of them."""
        for cell in cells or range(self.count):
            self.page.evaluate("n => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = n; }", cell)
            self.command("notebook:run-cell")
            if wait:
                self.page.wait_for_function(
                    f"n => {CELLS}[n].model.executionCount && {CELLS}[n].model.executionState !== 'running'", arg=cell
                )

    def save(self) -> None:
        self.command("docmanager:save")
        self.page.wait_for_function("!window.jupyterapp.shell.currentWidget.context.model.dirty")

    def restart(self) -> None:
        """Start the kernel again, as the menu does when it has asked."""
        self.page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
        self.page.wait_for_function(KERNEL)

    @property
    def count(self) -> int:
        return int(self.page.evaluate(f"{CELLS}.length"))

    def source(self, cell: int) -> str:
        return str(self.page.evaluate(f"n => {CELLS}[n].model.sharedModel.source", cell))

    def cell(self, number: int) -> Locator:
        return self.page.locator(".jp-Notebook .jp-Cell").nth(number)

    def output(self, cell: int) -> Locator:
        return self.cell(cell).locator(".jp-Cell-outputArea")

    def left(self, cell: int) -> str:
        """What the widget of a cell leaves in the notebook, as HTML."""
        outputs = self.page.evaluate(f"n => {CELLS}[n].model.outputs.toJSON()", cell)
        return "".join(one["data"].get("text/html", "") for one in outputs if "flowcfd" in one.get("metadata", {}))

    def text(self, cell: int) -> str:
        """What a cell has printed, its errors too."""
        outputs = self.page.evaluate(f"n => {CELLS}[n].model.outputs.toJSON()", cell)
        return "".join(
            "".join(one["text"]) if "text" in one else f"{one['ename']}: {one['evalue']}" if "ename" in one else ""
            for one in outputs
        )


@pytest.fixture(scope="session")
def server(place: Path, environment: dict[str, str]) -> Iterator[Lab]:
    """A JupyterLab as `flowcfd lab` starts it, on a port of its own."""
    folder = place / "notebooks"
    folder.mkdir()
    with Server(lab_command(folder), environment, folder) as made:
        yield Lab(made.address, made.token, folder, environment)


@pytest.fixture
def lab(server: Lab) -> Iterator[Lab]:
    """JupyterLab for one test; its kernels end with it, and what they had started."""
    yield server
    server.end_kernels()


def lab_command(folder: Path) -> Sequence[str]:
    root = ["--allow-root"] if os.geteuid() == 0 else []
    return [
        str(Path(sys.executable).parent / "flowcfd"), "lab", str(folder), "--no-browser", "--port=0",
        "--ServerApp.ip=127.0.0.1", "--LabApp.expose_app_in_browser=True", *root,
    ]  # fmt: skip


class Server:
    """A Jupyter server, ended by its own pid; `address` and `token` are read from the file that it writes."""

    def __init__(self, command: Sequence[str], environment: dict[str, str], folder: Path) -> None:
        self.log = folder.parent / f"{folder.name}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, env=environment, cwd=folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        self._file = Path(environment["JUPYTER_RUNTIME_DIR"]) / f"jpserver-{self.process.pid}.json"
        self.address = self.token = ""

    def __enter__(self) -> Server:
        try:
            until(
                lambda: self._file.is_file() or self.process.poll() is not None,
                say=lambda: self.log.read_text()[-3000:],
            )
            if self.process.poll() is not None:
                pytest.fail(f"the server ended:\n{self.log.read_text()[-3000:]}")
            said = until(lambda: json.loads(self._file.read_text() or "{}"))
            self.address, self.token = said["url"], said["token"]
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def until(true: Callable[[], Any], seconds: float = LONG, say: Callable[[], str] = str) -> Any:
    """What `true` gives as soon as it is something; fails after so many seconds [s]."""
    deadline = time.monotonic() + seconds
    while not (found := true()):
        if time.monotonic() > deadline:
            pytest.fail(f"it did not come true in {seconds:g} s\n{say()}")
        time.sleep(0.05)
    return found


THEME = "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })"
THEME_FILE = "lab/api/settings/@jupyterlab/apputils-extension:themes"


@contextmanager
def dark(lab: Lab, page: Page) -> Iterator[None]:
    """JupyterLab in its dark theme, and light again afterwards: the server remembers it for other pages."""
    use_theme(lab, page, "JupyterLab Dark")
    try:
        yield
    finally:
        use_theme(lab, page, "JupyterLab Light")


def use_theme(lab: Lab, page: Page, theme: str) -> None:
    """Change the theme and wait until the page shows it and the server has kept it."""
    page.evaluate(THEME, theme)
    page.wait_for_function("light => document.body.dataset.jpThemeLight === light", arg=str("Light" in theme).lower())
    kept = f"{lab.address}{THEME_FILE}?token={lab.token}"
    until(lambda: page.request.get(kept).json()["settings"].get("theme") == theme)


AA = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
"""The rules of axe that stand for WCAG A and AA."""


def assert_accessible(of: Page | Frame | Locator, selector: str = "body", *, allowed: Collection[str] = ()) -> None:
    """Fail with each violation of WCAG A and AA that axe finds in a part of a page, and in that part only.

    For all widgets: `assert_accessible(book.output(0))`; also with a page or a frame (of an iframe:
    `element_handle().content_frame()`) and the selector of a part. `allowed` names rules of axe that are not asked; a
    comment says why. What is looked at has to be visible, its transitions over.
    """
    where, marked = of, None
    if isinstance(of, Locator):
        marked = of.element_handle()
        where = marked.owner_frame() or of.page
        marked.evaluate("element => element.setAttribute('data-looked-at', '')")
        selector = "[data-looked-at]"
    rules = {name: {"enabled": False} for name in allowed}
    options = {"runOnly": {"type": "tag", "values": list(AA)}, "rules": rules, "iframes": False}
    found = Axe().run(where, context=[selector], options={**options, "resultTypes": ["violations"]}).response
    if marked is not None:
        marked.evaluate("element => element.removeAttribute('data-looked-at')")
    said = [
        f"{violation['id']}: {violation['help']}\n    {node['html'][:200]}\n    {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
    if said:
        pytest.fail("not accessible:\n" + "\n".join(said), pytrace=False)
    assert found["passes"], f"axe found nothing to judge in {selector}"


FOCUSED = """element => {
  const at = document.activeElement;
  const label = id => document.getElementById(id)?.textContent;
  return element.contains(at) && at !== document.body && (
    at.getAttribute('aria-label') || label(at.getAttribute('aria-labelledby')) || at.labels?.[0]?.textContent ||
    at.textContent || at.title || at.outerHTML.slice(0, 80)).trim();
}"""


def focus_order(of: Locator) -> list[str]:
    """The names of what Tab reaches in a part of a page, from its first control until the focus leaves the part."""
    of.locator("button:visible, input:visible, select:visible, [tabindex='0']:visible").first.focus()
    names: list[str] = []
    while (name := of.evaluate(FOCUSED)) and len(names) < 500:
        names.append(" ".join(name.split()))
        of.page.keyboard.press("Tab")
    return names
