"""What `flowcfd doctor` looks at for the browser: the way to live views, widgets, their scripts, drawing off screen.

None of it is needed for a run; the browser itself is the user's own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from flowcfd.cli.looked import Check
from flowcfd.kernel import labextension

PROXY = "jupyter_server_proxy"
WIDGETS = {"anywidget": "anywidget", "@jupyter-widgets/jupyterlab-manager": "jupyterlab-widgets"}
"""The extensions of JupyterLab that widgets need, and the packages that bring them."""
STATIC = ("uPlot.iife.min.js", "uPlot.min.css")
"""The scripts of others that the monitor draws with."""
VIEWS = ("trame", "trame-vtk", "trame-vuetify", "trame-pyvista", "pyvista", "panel")
DRAW = """
import pyvista
plotter = pyvista.Plotter(off_screen=True, window_size=(32, 32))
plotter.add_mesh(pyvista.Sphere(), color="black")
assert plotter.screenshot(return_img=True).min() < 128, "the picture is empty"
"""


def browser() -> Iterator[Check]:
    """All of them."""
    yield proxy()
    yield widgets()
    yield scripts()
    yield views()
    yield drawing()


def proxy() -> Check:
    """Whether notebook servers let a page reach the process that draws its live views."""
    version = _version("jupyter-server-proxy")
    if not version:
        return _lacks("view proxy", "jupyter-server-proxy is not installed: scenes are pictures, not live",
                      "pip install jupyter-server-proxy")  # fmt: skip
    enabled, where = _enabled()
    if not enabled:
        return _lacks("view proxy", f"jupyter-server-proxy {version} is not enabled{where}",
                      f"jupyter server extension enable {PROXY} --sys-prefix")  # fmt: skip
    return Check("view proxy", True, f"jupyter-server-proxy {version}, enabled{where}", needed=False)


def _enabled() -> tuple[bool, str]:
    """What the settings of Jupyter servers say of the proxy, the last word first, and where."""
    from jupyter_core.paths import jupyter_config_path

    for folder in map(Path, jupyter_config_path()):
        for file in (folder / "jupyter_server_config.json", *(folder / "jupyter_server_config.d").glob("*.json")):
            try:
                told = json.loads(file.read_text())["ServerApp"]["jpserver_extensions"][PROXY]
            except (OSError, ValueError, KeyError, TypeError):
                continue
            return bool(told), f" by {file}"
    return False, ""


def widgets() -> Check:
    """Whether JupyterLab finds the extensions by which widgets appear."""
    found = {name: labextension.found(name) for name in WIDGETS}
    absent = [name for name, folders in found.items() if not folders]
    if absent:
        return _lacks("widgets", f"JupyterLab finds no {' and no '.join(absent)}: widgets stay empty",
                      f"pip install --force-reinstall {' '.join(WIDGETS[name] for name in absent)}")  # fmt: skip
    versions = ", ".join(f"{name} {_version(name)}" for name in ("anywidget", "ipywidgets"))
    return Check("widgets", True, versions, needed=False)


def scripts() -> Check:
    """Whether the scripts that the monitor draws with are there; nothing is fetched by a page."""
    import flowcfd

    folder = Path(flowcfd.__file__).parent / "widgets/static"
    absent = [name for name in STATIC if not (folder / name).is_file()]
    if absent:
        mend = "make setup" if labextension.tree().is_dir() else "pip install --force-reinstall --no-deps flowcfd"
        return _lacks("scripts", f"the monitor lacks {', '.join(absent)} in {folder}", mend)
    return Check("scripts", True, f"uPlot in {folder}", needed=False)


def views() -> Check:
    """Whether the packages of live views and the dashboard are installed."""
    known = {name: _version(name) for name in VIEWS}
    absent = [name for name, version in known.items() if not version]
    if absent:
        return _lacks("live views", f"not installed: {', '.join(absent)}", f"pip install {' '.join(absent)}")
    return Check("live views", True, ", ".join(f"{name} {known[name]}" for name in ("trame", "panel")), needed=False)


def drawing() -> Check:
    """Whether VTK draws without a screen; it ends in a segmentation fault where it does not, so a process tries it."""
    mend = "apt-get install libegl1 libgl1 libxcursor1"
    try:
        done = subprocess.run([sys.executable, "-c", DRAW], capture_output=True, text=True, timeout=120, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return _lacks("drawing", f"VTK does not draw: {error}", mend)
    if done.returncode:
        said = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        why = f": {said[-1]}" if said else ""
        return _lacks("drawing", f"VTK does not draw off screen (exit code {done.returncode}){why}", mend)
    return Check("drawing", True, f"VTK {_version('vtk')} draws off screen", needed=False)


def _lacks(name: str, found: str, mend: str) -> Check:
    return Check(name, False, found, needed=False, mend=mend)


def _version(name: str) -> str:
    """The version of an installed package; "" for one that is not."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
