"""The engine with real kernels: what one notebook does is not seen by the next, and nothing is left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import papermill
import pytest
from papermill.engines import papermill_engines
from papermill.exceptions import PapermillExecutionError

from flowcfd.sweeps import warm
from flowcfd.sweeps.engine import FlowCFDEngine

pytestmark = [pytest.mark.flow, pytest.mark.notebook]

Notebook = Callable[..., Path]

PROBE = """
import gc, json, math, os, random, signal, sys, threading, warnings
import matplotlib, numpy as np, pandas as pd
print(json.dumps({
    "names": sorted(set(globals()) & {"left", "behind"}), "pi": math.pi, "cwd": os.getcwd(), "argv": len(sys.argv),
    "environment": sorted(name for name in os.environ if not name.startswith(("JPY_", "PYDEVD_"))),
    "threads": sorted(one.name.split("-")[0] for one in threading.enumerate()), "umask": os.umask(0o22),
    "path": sys.path,
    "dpi": matplotlib.rcParams["figure.dpi"], "rows": pd.get_option("display.max_rows"),
    "main": sys.modules["__main__"].__name__,
    "errors": np.geterr(), "mine": "mine" in sys.modules, "recursion": sys.getrecursionlimit(), "gc": gc.isenabled(),
    "backend": matplotlib.get_backend(), "stdin": sys.stdin.read() if not sys.stdin.closed else "",
    "signals": [signal.getsignal(number) == signal.SIG_DFL for number in (signal.SIGTERM, signal.SIGCHLD)],
    "session": os.getsid(0) == os.getpid(),
}))
"""
DIRT = """
import gc, math, os, random, sys, threading, types
import matplotlib, matplotlib.pyplot as plt, numpy as np, pandas as pd
left, behind = 1, 2
math.pi = 3
os.chdir("/")
os.environ["DIRT"] = "1"
os.umask(0)
sys.path.append("/nowhere")
sys.modules["mine"] = types.ModuleType("mine")
sys.setrecursionlimit(5000)
gc.disable()
threading.Thread(target=threading.Event().wait, daemon=True, name="dirt").start()
matplotlib.rcParams["figure.dpi"] = 7
pd.set_option("display.max_rows", 7)
np.seterr(all="ignore")
np.random.seed(1)
random.seed(1)
plt.figure()
"""


@pytest.fixture(autouse=True)
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    papermill_engines.register("flowcfd", FlowCFDEngine)
    monkeypatch.chdir(tmp_path)
    yield
    warm.close()


def execute(path: Path, engine: str | None = "flowcfd", out: str = "out.ipynb", **options: Any) -> Any:
    return papermill.execute_notebook(
        str(path), out, parameters={"n": 2}, engine_name=engine, progress_bar=False, **options
    )


def said(executed: Any) -> str:
    outputs = (output for cell in executed.cells for output in cell.get("outputs", ()))
    return "".join(output["text"] for output in outputs if output.output_type == "stream" and output.name == "stdout")


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_nothing_that_a_notebook_does_is_seen_by_the_next(notebook_of: Notebook) -> None:
    probe, dirt = notebook_of("n = 1", PROBE), notebook_of("n = 1", DIRT, "import os; print(os.getpid())", name="dirt")
    first = json.loads(said(execute(probe)))
    dirty = [int(said(execute(dirt))) for _ in range(2)]
    after = json.loads(said(execute(probe)))
    plain = json.loads(said(execute(probe, engine=None)))
    assert dirty[0] != dirty[1]
    assert after == first
    assert {**first, "environment": 0} == {**plain, "environment": 0}, "as a kernel that was started by itself"
    assert set(first["environment"]) == set(plain["environment"])


def test_a_kernel_is_known_to_be_ready_by_its_own_words() -> None:
    kernel = warm.take("python3")
    try:
        assert isinstance(kernel.client, warm.WarmClient), "jupyter's own waits for a silence of 0.2 s"
    finally:
        kernel.retire()


def test_random_numbers_are_not_the_same_in_all_kernels(notebook_of: Notebook) -> None:
    path = notebook_of(
        "n = 1", "import numpy as np, random, uuid; print(np.random.rand(), random.random(), uuid.uuid4())"
    )
    numbers = [said(execute(path)).split() for _ in range(2)]
    assert not set(numbers[0]) & set(numbers[1])


def test_executed_notebooks_are_those_of_papermill(notebook_of: Notebook) -> None:
    path = notebook_of(
        "n = 1", "print(n)\nn + 1", "import matplotlib.pyplot as plt; plt.plot([0, n]);", "1 / 0", "print('never')"
    )
    shapes = []
    for engine in ("flowcfd", None):
        with pytest.raises(PapermillExecutionError, match="ZeroDivisionError"):
            execute(path, engine, out=f"{engine}.ipynb")
        raw = json.loads(Path(f"{engine}.ipynb").read_text())
        shapes.append(shape(raw))
        assert any("image/png" in output.get("data", {}) for cell in raw["cells"] for output in cell.get("outputs", ()))
    assert shapes[0] == shapes[1]


def shape(raw: Any) -> Any:
    """A notebook without what differs from one execution to the next."""
    cells = []
    for cell in raw["cells"]:
        outputs = [
            {**output, "traceback": 0, "data": sorted(output.get("data", {}))} for output in cell.get("outputs", ())
        ]
        about = {**cell["metadata"].get("papermill", {}), "start_time": 0, "end_time": 0, "duration": 0}
        tags = cell["metadata"].get("tags")
        cells.append((cell["cell_type"], cell["source"], tags, about, outputs, cell.get("execution_count")))
    about = raw["metadata"]["papermill"]
    return cells, sorted(about), about["parameters"], about["exception"], raw["metadata"]["language_info"]


def test_a_cell_that_takes_too_long_is_ended_with_all_that_it_started(notebook_of: Notebook, until: Any) -> None:
    path = notebook_of(
        "n = 1",
        "import os, subprocess, pathlib\nchild = subprocess.Popen(['sleep', '1000'])\n"
        "pathlib.Path('pids').write_text(f'{os.getpid()} {child.pid}')\nchild.wait()",
    )
    with pytest.raises(TimeoutError):
        execute(path, execution_timeout=2)
    pids = [int(word) for word in Path("pids").read_text().split()]
    until(lambda: not any(map(alive, pids)))
    assert json.loads(Path("out.ipynb").read_text())["metadata"]["papermill"]["end_time"]


def test_a_kernel_that_dies_is_told_with_its_signal(notebook_of: Notebook) -> None:
    with pytest.raises(RuntimeError, match="the kernel died, killed by SIGKILL"):
        execute(notebook_of("n = 1", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"))
    assert said(execute(notebook_of("n = 1", "print(n)", name="next"))) == "2\n"


def test_a_notebooks_own_end_is_clean(notebook_of: Notebook, until: Any) -> None:
    path = notebook_of("n = 1", "import atexit, pathlib; atexit.register(pathlib.Path('ended').touch)")
    execute(path)
    until(Path("ended").exists)


def test_no_kernel_outlives_its_process(notebook_of: Notebook, until: Any, tmp_path: Path) -> None:
    """Neither the one that is busy, nor the one that was started ahead, nor what they are forked from."""
    path = notebook_of(
        "n = 1", "import os, pathlib, time\npathlib.Path('pids').write_text(str(os.getpid()))", "time.sleep(1000)"
    )
    code = (
        "import papermill, sys\nfrom papermill.engines import papermill_engines as engines\n"
        "from flowcfd.sweeps.engine import FlowCFDEngine\nengines.register('flowcfd', FlowCFDEngine)\n"
        f"papermill.execute_notebook({str(path)!r}, 'o.ipynb', engine_name='flowcfd', progress_bar=False)"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path) as process:
        until(lambda: Path("pids").exists() and Path("pids").read_text())
        kernel = int(Path("pids").read_text())
        zygote = int(Path(f"/proc/{kernel}/stat").read_text().rpartition(")")[2].split()[1])
        until(lambda: len(children(zygote)) == 2)
        pids = [zygote, *children(zygote)]
        process.send_signal(signal.SIGKILL)
    assert kernel in pids
    until(lambda: not any(map(alive, pids)))


def children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_a_kernel_that_cannot_be_forked_is_started_as_always(
    notebook_of: Notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "jupyter/kernels/other"
    folder.mkdir(parents=True)
    argv = [
        sys.executable,
        "-c",
        "from ipykernel.kernelapp import launch_new_instance as go; go()",
        "-f",
        "{connection_file}",
    ]
    (folder / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "other", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    path = notebook_of("n = 1", "import os; print(n, os.getppid())", kernel="other")
    assert said(execute(path)).split() == ["2", str(os.getpid())]


def test_the_openfoam_kernel_is_warm_and_has_openfoam(notebook_of: Notebook) -> None:
    path = notebook_of(
        "n = 1",
        "import os, shutil; print(os.environ['WM_PROJECT_VERSION'], shutil.which('blockMesh'))",
        "%foam blockMesh -help",
        kernel="openfoam",
    )
    for _ in range(2):
        words = said(execute(path, extra_arguments=["--log-level=ERROR"]))
        assert "blockMesh" in words.splitlines()[0]
        assert "Usage: blockMesh" in words
