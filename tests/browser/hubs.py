"""A real hub with its proxy, and a page of somebody who has logged in: the fixtures `hub` and `hub_page`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import nbformat
import pytest
import yaml
from playwright.sync_api import Browser, Page
from tests.browser.conftest import KERNEL, LONG, SIZE, Notebook, until

CONFIGURATION = Path(__file__).parents[2] / "hub" / "jupyterhub_config.py"
PASSWORD = "of these tests only"


@dataclass
class Hub:
    """A running hub: its address, its folder, its process."""

    address: str
    state: Path
    process: subprocess.Popen[bytes]
    log: Path

    def home(self, user: str) -> Path:
        return self.state / "homes" / user

    def server(self, user: str) -> str:
        """The address of a user's server, with a slash at the end."""
        return f"{self.address}/user/{user}/"

    def login(self, page: Page, user: str, password: str = PASSWORD) -> None:
        """Fill the hub's form and wait for the user's Lab."""
        self.try_login(page, user, password)
        page.wait_for_url(f"**/user/{user}/lab**")
        page.wait_for_selector(".jp-Launcher, .jp-Notebook")

    def try_login(self, page: Page, user: str, password: str) -> None:
        page.goto(f"{self.address}/hub/login")
        page.get_by_label("Username").fill(user)
        page.get_by_label("Password").fill(password)
        page.locator("#login_submit").click()

    def open(self, page: Page, user: str, *cells: str, name: str = "here.ipynb") -> Notebook:
        """A new notebook of these cells in the page of somebody who is logged in, its kernel ready."""
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        book.metadata["kernelspec"] = {"name": "openfoam", "display_name": "openfoam", "language": "python"}
        nbformat.write(book, self.home(user) / name)
        page.goto(f"{self.server(user)}lab/tree/{name}?reset")
        page.wait_for_selector(".jp-Notebook")
        page.wait_for_function(KERNEL)
        return Notebook(page, self.home(user) / name)

    def up(self) -> bool:
        if self.process.poll() is not None:
            pytest.fail(f"the hub ended:\n{self.log.read_text()[-3000:]}")
        try:
            with urlopen(f"{self.address}/hub/login", timeout=5) as answer:
                return bool(answer.status == 200)
        except URLError:
            return False  # the proxy answers 404 until it knows the hub


@contextmanager
def running(folder: Path, environment: dict[str, str], **said: Any) -> Iterator[Hub]:
    """A hub in a folder, ended by SIGTERM; its database stays until it is gone, or it would hang."""
    state = folder / "state"
    servers = {"arguments": ["--LabApp.expose_app_in_browser=True"], "variables": {"FLOWCFD_SHARED_CORES": "1"}}
    ports = {"port": 0, "hub_port": 0, "proxy_port": 0}
    written = {"state": str(state), "network": ports, "login": {"password": PASSWORD}, "servers": servers, **said}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "hub.yaml").write_text(yaml.safe_dump(written))
    log = folder / "hub.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterhub", "-f", str(CONFIGURATION)], cwd=folder, stdin=subprocess.DEVNULL,
            stdout=out, stderr=out, env={**environment, "FLOWCFD_HUB_CONFIG": str(folder / "hub.yaml")},
        )  # fmt: skip
    try:
        until(lambda: (state / "address").is_file() or process.poll() is not None, say=log.read_text)
        hub = Hub((state / "address").read_text().strip() if process.poll() is None else "", state, process, log)
        until(hub.up, say=lambda: log.read_text()[-3000:])
        yield hub
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """SIGTERM, which ends the proxy and the users' servers too."""
    process.terminate()
    try:
        process.wait(LONG)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Iterator[Hub]:
    """A hub for the tests of a module; nothing is culled."""
    with running(tmp_path_factory.mktemp("hub") / "hub", environment, culling={"idle": None}) as made:
        yield made


@pytest.fixture
def hub_page(browser: Browser) -> Iterator[Callable[[], Page]]:
    """Makes pages of their own, as of different people."""
    with ExitStack() as stack:

        def page() -> Page:
            context = stack.enter_context(browser.new_context(viewport=SIZE))
            made = context.new_page()
            made.set_default_timeout(LONG * 1000)
            return made

        yield page


def processes_of(word: str) -> set[int]:
    """The processes whose environment or command line has a word."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if word.encode() in (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes():
                    found.add(int(entry.name))
            except OSError:
                continue
    return found
