"""Views: a moving picture against PyVista's plotter, the first picture of a large run in Chromium, bytes and memory."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from flowcfd.bench.box import Box, write_field, write_mesh
from flowcfd.bench.measure import cost
from flowcfd.bench.row import Row
from flowcfd.post import cache

SIZE = (1280, 720)
FRAMES = 20
CONTROL = """FoamFile { version 2.0; format ascii; class dictionary; object controlDict; }
application simpleFoam; startFrom startTime; startTime 0; stopAt endTime; endTime 1; deltaT 1; writeControl timeStep;
"""
_KERNEL = """
import json, sys
import flowcfd as fc
from flowcfd.viewer.process import render_process
process = render_process()
process.start()  # as the kernel does beside a cell that looks at something
for case in sys.stdin:
    opened = process.ask("open", kind="scene", spec=fc.view(case.strip()).to_json())
    status = open("/proc/self/status").read().split()
    opened |= {"kernel": 1024 * int(status[status.index("VmRSS:") + 1]), "process": process.ask("status")["peak"]}
    print(json.dumps({name: opened[name] for name in ("port", "token", "kernel", "process")}), flush=True)
"""


def run(*, quick: bool = False) -> list[Row]:
    """Frames in CPU seconds, first pictures in wall seconds, bytes in MB; `quick`: a fifth of the cells."""
    with TemporaryDirectory(prefix="flowcfd-bench-") as place, cache.in_folder(Path(place, "cache")):
        return [*_frames(450 if quick else 1000), *_pictures(Path(place), quick=quick)]


def _frames(side: int) -> list[Row]:
    """What a frame costs while it moves and at rest, of a wavy sheet of quads coloured by a value."""
    import pyvista

    from flowcfd.viewer.live import Live

    sheet = _sheet(side)
    live = Live(None, lambda _: None)  # type: ignore[arg-type,return-value]
    live.resize(*SIZE)
    live.plotter.add_mesh(sheet, scalars="shown", cmap="turbo")
    live.image()
    live._levels.wait()
    peer = pyvista.Plotter(off_screen=True, window_size=list(SIZE))
    peer.add_mesh(sheet, scalars="shown", cmap="turbo")
    peer.show(auto_close=False)

    def seen_by_peer() -> None:
        peer.render()
        peer.screenshot(return_img=True)

    seen_by_peer()
    live.move(True)
    live.image()
    ours, theirs = _turned(live.plotter, live.image), _turned(peer, seen_by_peer, 3)
    live.move(False)
    live.image()
    still = _turned(live.plotter, live.image, 3)
    live.close()
    peer.close()
    what = f"of {side * side} quads, {SIZE[0]}x{SIZE[1]}"
    seen: dict[str, Any] = {
        "unit": "s CPU",
        "peer_name": "pyvista's plotter, default",
        "peer": theirs,
        "absolute": True,
    }
    return [
        Row(name=f"moving frame {what}", ours=ours, goal=0.06, **seen),
        Row(name=f"frame at rest {what}", ours=still, goal=0.4, **seen),
    ]


def _sheet(side: int) -> Any:
    import pyvista

    flat = pyvista.ImageData(dimensions=(side + 1, side + 1, 1), spacing=(1 / side, 1 / side, 1))
    sheet = flat.extract_surface(algorithm=None)
    points = np.array(sheet.points)
    points[:, 2] = 0.05 * np.sin(20 * points[:, 0]) * np.cos(20 * points[:, 1])
    sheet.points = points
    sheet.clear_data()
    sheet.point_data["shown"] = points[:, 2].astype(float)
    return sheet


def _turned(plotter: Any, draw: Callable[[], object], frames: int = FRAMES) -> float:
    """CPU time of one of so many pictures [s], the camera moved before each."""

    def turn() -> None:
        for _ in range(frames):
            plotter.camera.azimuth += 3
            draw()

    return cost(turn) / frames


def _pictures(place: Path, *, quick: bool) -> list[Row]:
    """From the start of a kernel's imports, and again, to the picture in a page of Chromium."""
    cells = 200_000 if quick else 1_000_000
    note = _lacks()
    if note:
        return [Row(name=f"first picture of {cells} cells", ours=float("nan"), unit="s", note=note)]
    case = _box(place / "case", round(cells ** (1 / 3)))
    large = case if quick else _box(place / "large", 171)
    with _page() as page:
        with _kernel(place / "home") as ask:
            first, _, _ = _shown(page, ask, case)
            again, _, _ = _shown(page, ask, case)
            _, bytes_, said = _shown(page, ask, large)
        with _kernel(place / "home") as ask:
            other, _, _ = _shown(page, ask, case)
    note = f"load {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores"
    what, many = f"of {cells} cells", "5 million" if not quick else f"{cells}"
    return [
        Row(name=f"first picture {what}, a new kernel", ours=first, unit="s", goal=10.0, absolute=True, note=note),
        Row(name=f"first picture {what}, again", ours=again, unit="s", goal=3.0, absolute=True, note=note),
        Row(name=f"first picture {what}, again in another kernel", ours=other, unit="s", note=note),
        Row(name=f"first view of {many} cells, sent", ours=bytes_ / 1e6, unit="MB", goal=5.0, absolute=True),
        Row(name=f"memory of the kernel, {many} cells", ours=said["kernel"] / 1e6, unit="MB"),
        Row(name=f"memory of the render process, {many} cells, at most", ours=said["process"] / 1e6, unit="MB"),
    ]


def _lacks() -> str:
    """What is missing to see a page; empty where nothing is."""
    if find_spec("playwright") is None:
        return "playwright is not installed (tools/setup --tests)"
    return "" if _chromium() else "there is no Chromium (tools/setup --tests)"


def _chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def _box(place: Path, side: int) -> Path:
    """A finished case of side^3 cells with U and p at time 1."""
    box = Box((side, side, side))
    place.mkdir()
    write_mesh(place, box)
    x, y, z = (box.centres() - 0.5).T
    write_field(place, "1", "U", np.stack([-y, x, 0.3 * z], axis=1))
    write_field(place, "1", "p", x * x + y * y)
    (place / "system").mkdir(exist_ok=True)
    (place / "system/controlDict").write_text(CONTROL)
    return place


@contextmanager
def _page() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as made:
        browser = made.chromium.launch(
            executable_path=_chromium(), args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        page = browser.new_context(viewport={"width": 1000, "height": 560}).new_page()
        page.set_default_timeout(300_000)  # a busy machine is measured, not refused
        yield page
        browser.close()


@contextmanager
def _kernel(home: Path) -> Iterator[Callable[[Path], dict[str, Any]]]:
    """A process that opens views as a kernel does."""
    environment = {**os.environ, "FLOWCFD_HOME": str(home)}
    with subprocess.Popen(
        [sys.executable, "-c", _KERNEL], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:

        def ask(case: Path) -> dict[str, Any]:
            assert process.stdin is not None and process.stdout is not None
            process.stdin.write(f"{case}\n")
            process.stdin.flush()
            said: dict[str, Any] = json.loads(process.stdout.readline())
            return said

        yield ask


def _shown(page: Any, ask: Callable[[Path], dict[str, Any]], case: Path) -> tuple[float, int, dict[str, Any]]:
    """Time until the page has its picture [s], the bytes that it was sent, and what the kernel said."""
    sent = [0]
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.dataReceived", lambda one: sent.append(one["encodedDataLength"]))
    session.on("Network.webSocketFrameReceived", lambda one: sent.append(len(one["response"]["payloadData"]) * 3 // 4))
    start = time.perf_counter()
    said = ask(case)
    page.goto(f"http://127.0.0.1:{said['port']}/index.html?reconnect=auto&token={said['token']}")
    page.wait_for_function("[...document.images].some(one => one.src.startsWith('blob:') && one.naturalWidth > 100)")
    taken = time.perf_counter() - start
    session.detach()
    return taken, sum(sent), said
