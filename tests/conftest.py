"""Fixtures for all tests: a home of their own, and the tutorials of the installed OpenFOAM."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

from flowcfd.errors import SiteError
from flowcfd.foam.adopt import adopt
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.settings import settings

Until = Callable[..., None]
hypothesis.settings.register_profile("flowcfd", deadline=None)  # a busy machine is no failure
hypothesis.settings.load_profile("flowcfd")
# A shell that starts us in the background has it ignored, and so would be all that we start and interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1, signal.SIGCHLD)
os.environ["FLOWCFD_RETRY_AFTER"] = "0.1"  # a run whose site fails says so soon, as many tries as it may have


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """What is loaded with the tests lives as long as they do: nobody has to look for garbage in it again and again."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.freeze()


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """Whatever a test does with the signals of this process (event loops and workers take some), the next has them.

    A handler that is left tells of each ended child in a pipe that nobody reads: once it is full, that is an error.
    """
    kept = {number: signal.getsignal(number) for number in SIGNALS}
    told = signal.set_wakeup_fd(-1)
    _wake(told)
    yield
    for number, handler in kept.items():
        if signal.getsignal(number) is not handler:
            signal.signal(number, handler)
    if signal.set_wakeup_fd(-1) == told:
        _wake(told)


def _wake(pipe: int) -> None:
    with contextlib.suppress(OSError, ValueError):  # closed by now
        signal.set_wakeup_fd(pipe, warn_on_full_buffer=False)


@pytest.fixture(autouse=True)
def _settings() -> Iterator[None]:
    """What a test's environment said is forgotten with it."""
    yield
    settings.cache_clear()


@pytest.fixture(scope="session", autouse=True)
def _shells(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Kernels of tests neither read nor write what the user's own have: start-up files, settings, history."""
    os.environ["IPYTHONDIR"] = str(tmp_path_factory.mktemp("ipython"))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty FLOWCFD_HOME for one test; MPI ranks yield, for tests share their cores with all sorts of things."""
    folder = tmp_path / "home"
    monkeypatch.setenv("FLOWCFD_HOME", str(folder))
    monkeypatch.setenv("FLOWCFD_SHARED_CORES", "1")
    settings.cache_clear()
    yield folder
    settings.cache_clear()
    if folder.is_dir():
        end_all_of(folder)


def end_all_of(home: Path) -> None:
    """Kill the workers, drivers and solvers of this home, which a test that failed may have left at work.

    Not what else a test may have started in its environment: a server is that of all tests.
    """
    wanted, ours = f"FLOWCFD_HOME={home}".encode(), b"FLOWCFD_RUN="
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            with contextlib.suppress(OSError):
                words = (entry / "environ").read_bytes().split(b"\0")
                if wanted in words:
                    command = (entry / "cmdline").read_bytes()
                    if b"flowcfd." in command or any(word.startswith(ours) for word in words):
                        os.kill(int(entry.name), signal.SIGKILL)


@pytest.fixture(scope="session")
def tutorials() -> Path:
    """The folder of OpenFOAM's tutorials; skips where they are not installed."""
    from flowcfd.foam import install

    try:
        examples = install.find().examples
    except SiteError as error:
        pytest.skip(str(error))
    if examples is None:
        pytest.skip("OpenFOAM's tutorials are not installed (apt-get install openfoam-examples)")
    return examples


@pytest.fixture
def until() -> Until:
    """Wait for something to come true; fails when that takes more than `seconds`."""

    def wait(true: Callable[[], object], seconds: float = 60.0) -> None:
        deadline = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < deadline, f"it did not come true in {seconds:g} s"
            time.sleep(0.02)

    return wait


@pytest.fixture
def cavity(tutorials: Path) -> Callable[..., CaseFiles]:
    """The cavity tutorial (icoFoam): so many steps, fields written every `write` steps; it takes under a second."""

    def build(steps: int = 100, write: int = 20) -> CaseFiles:
        files = adopt(tutorials / "incompressible/icoFoam/cavity/cavity")
        return files.edit("system/controlDict", endTime=f"{steps * 0.005:g}", writeInterval=write)

    return build


@pytest.fixture
def slow_cavity(cavity: Callable[..., CaseFiles]) -> Callable[..., CaseFiles]:
    """The same on nine times the cells, in steps of 0.001: some milliseconds a step, so there is time to meddle."""

    def build(steps: int = 400, write: int = 20) -> CaseFiles:
        files = cavity(write=write).edit("system/controlDict", endTime=f"{steps * 0.001:g}", deltaT=0.001)
        mesh = files.text("system/blockMeshDict").replace("(20 20 1)", "(60 60 1)")
        return files.with_files({"system/blockMeshDict": mesh})

    return build


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Callable[[], str]]:
    """Makes empty databases in a real PostgreSQL, started for it; their addresses. Skips where it is not installed."""
    from flowcfd.testing import postgresql

    try:
        server = postgresql.server()
        database = server.__enter__()
    except SiteError as error:
        pytest.skip(str(error))
    yield database
    server.__exit__(None, None, None)


@pytest.fixture
def notebook_of(tmp_path: Path) -> Callable[..., Path]:
    """A notebook of a text and so many cells of code, the first one tagged as its parameters."""
    import nbformat

    def build(*cells: str, name: str = "swept", kernel: str | None = "python3", tagged: bool = True) -> Path:
        v4 = nbformat.v4
        made = [v4.new_markdown_cell("# A notebook"), *map(v4.new_code_cell, cells)]
        if tagged:
            made[1].metadata["tags"] = ["parameters"]
        metadata = {"kernelspec": {"name": kernel, "display_name": kernel, "language": "python"}} if kernel else {}
        path = tmp_path / f"{name}.ipynb"
        nbformat.write(v4.new_notebook(cells=made, metadata=metadata), path)
        return path

    return build
