"""Views: a moving picture against PyVista's plotter, the first picture of a large run in Chromium, bytes and memory."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from flowcfd.bench.box import Box, write_field, write_mesh
from flowcfd.bench.lab import Book, lab, lacks
from flowcfd.bench.measure import cost
from flowcfd.bench.row import Row
from flowcfd.post import cache

SIZE = (1280, 720)
FRAMES = 20
CONTROL = """FoamFile { version 2.0; format ascii; class dictionary; object controlDict; }
application simpleFoam; startFrom startTime; startTime 0; stopAt endTime; endTime 1; deltaT 1; writeControl timeStep;
"""
_MEMORY = """
import json
from flowcfd.viewer.process import render_process
status = open("/proc/self/status").read().split()
kernel = 1024 * int(status[status.index("VmRSS:") + 1])
print(json.dumps({"kernel": kernel, "process": render_process().ask("status")["peak"]}))
"""
_FRAME = "(() => { const found = document.querySelectorAll('.flowcfd-frame'); return found[found.length - 1]; })()"
_NEW = f"{_FRAME} && {_FRAME} !== window.benchBefore"
_PICTURES = (
    f"[...{_FRAME}.querySelectorAll('img'), ...({_FRAME}.querySelector('iframe')?.contentDocument?.images ?? [])]"
)
_LOADED = "one.src.startsWith('blob:') && one.complete && one.naturalWidth > 100"
_PICTURE = f"{_NEW} && {_PICTURES}.some(one => {_LOADED})"
_LIVING = f"{_NEW} && {_PICTURES}.some(one => {_LOADED} && one.ownerDocument !== document)"


def run(*, quick: bool = False) -> list[Row]:
    """Frames in CPU seconds, first pictures in wall seconds, bytes in MB; `quick`: a fifth of the cells."""
    with (
        TemporaryDirectory(prefix="flowcfd-bench-", ignore_cleanup_errors=True) as place,
        cache.in_folder(Path(place, "cache")),
    ):
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


def _pictures(place: Path, *, quick: bool) -> Iterator[Row]:
    """From running a cell in JupyterLab to the picture, and to the one that turns; bytes and memory of a large case."""
    cells = 200_000 if quick else 1_000_000
    if note := lacks():
        yield Row(name=f"first picture of {cells} cells", ours=float("nan"), unit="s", note=note)
        return
    case = _box(place / "case", round(cells ** (1 / 3)))
    large = case if quick else _box(place / "large", 171)
    with lab(place) as (page, address):
        book = Book(page, address, place, ["", _MEMORY])
        shown = {"in a new kernel": _shown(book, case), "again": _shown(book, case)}
        book.restart()
        shown["again in another kernel"] = _shown(book, case)
        last = _shown(book, large)
        said = json.loads(book.run(1))
    goals = {"in a new kernel": 10.0, "again": 3.0}
    for when, one in shown.items():
        seen: dict[str, Any] = {"unit": "s", "note": one.note}
        what = f"of {cells} cells in JupyterLab, {when}"
        yield Row(name=f"first picture {what}", ours=one.picture, goal=goals.get(when), absolute=True, **seen)
        yield Row(name=f"the same, until it can be turned, {when}", ours=one.living, **seen)
    yield from _sizes(last, said, cells if quick else 171**3)


def _sizes(last: Shown, said: Mapping[str, float], cells: int) -> Iterator[Row]:
    """Of a large case: the first picture, what was sent, and the memory."""
    many = f"{cells / 1e6:.3g} million cells"
    yield Row(name=f"first picture of {many}", ours=last.picture, unit="s", note=last.note)
    yield Row(name=f"first view of {many}, sent", ours=last.sent / 1e6, unit="MB", goal=5.0, absolute=True)
    yield Row(name=f"memory of the kernel, {many}", ours=said["kernel"] / 1e6, unit="MB")
    yield Row(name=f"memory of the render process, {many}, at most", ours=said["process"] / 1e6, unit="MB")


def largest(cells: int) -> list[Row]:
    """The first view of a case of about so many cells in a new kernel; writing it takes 540 bytes a cell."""
    with TemporaryDirectory(prefix="flowcfd-bench-", ignore_cleanup_errors=True) as name:
        place, side = Path(name), round(cells ** (1 / 3))
        with ProcessPoolExecutor(1, get_context("spawn")) as other:  # whose memory is given back
            case = other.submit(_box, place / "case", side).result()
        with lab(place) as (page, address):
            book = Book(page, address, place, ["", _MEMORY])
            shown = _shown(book, case)
            return list(_sizes(shown, json.loads(book.run(1)), side**3))


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


@dataclass(frozen=True)
class Shown:
    """How long a cell took to its picture, and to the one that turns [s]; what the page was sent [bytes]."""

    picture: float
    living: float
    sent: int
    note: str


def _shown(book: Book, case: Path) -> Shown:
    """Show a case by running the first cell of a notebook."""
    page, sent = book.page, [0]
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.dataReceived", lambda one: sent.append(one["encodedDataLength"]))
    session.on("Network.webSocketFrameReceived", lambda one: sent.append(_length(one["response"])))
    book.write(0, f"import flowcfd as fc\nfc.view({str(case)!r})")
    page.evaluate(f"() => {{ window.benchBefore = {_FRAME}; }}")
    start = time.perf_counter()
    book.run(0, wait=False)
    page.wait_for_function(_PICTURE)
    picture = time.perf_counter() - start
    page.wait_for_function(_LIVING)
    living = time.perf_counter() - start
    note = f"load {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores"
    page.wait_for_timeout(1000)  # the last of what is sent
    session.detach()
    return Shown(picture, living, sum(sent), note)


def _length(frame: Mapping[str, Any]) -> int:
    """Of a frame of a socket [bytes]; those that are no text are told in base64."""
    return len(frame["payloadData"]) if frame["opcode"] == 1 else len(frame["payloadData"]) * 3 // 4
