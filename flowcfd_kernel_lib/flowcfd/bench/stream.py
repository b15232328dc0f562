"""The monitor in Chromium: from a line of the log to the drawn curve, in a real JupyterLab, beside a figure drawn anew.

A process writes a solver's log, ten steps a second with eight residuals, behind 5,000 steps that are there; it notes
when each step was written. The page notes when a frame was drawn that has the step, right after uPlot's `setData`; both
read the clock of this machine. The peer is what notebooks do without an own widget: a thread that draws a matplotlib
figure anew and puts it into an ipywidgets.HTML, as fast as it can.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from flowcfd.bench.lab import Book, lab, lacks
from flowcfd.bench.row import Row

BEFORE, RATE, SERIES = 5000, 10.0, 8
"""Steps in the log before, steps a second, and residuals of each."""
TIMES = "writes.txt"

_WRITER = """
import math, sys, time
log, stamps, before, rate = open(sys.argv[1], "a"), open(sys.argv[2], "a"), int(sys.argv[3]), float(sys.argv[4])
names = ("Ux", "Uy", "Uz", "p", "k", "omega", "epsilon", "T")
def solves(step):
    return "".join(f"smoothSolver:  Solving for {name}, Initial residual = "
                   f"{math.exp(-n - 0.3 * math.sin(step / 300) - 0.1 * math.sin(step * (n + 1))):.6g}, "
                   "Final residual = 1e-09, No Iterations 2\\n" for n, name in enumerate(names))
def text(step):  # a step is whole when the next one begins
    return f"{solves(step)}ExecutionTime = {0.1 * step:.2f} s  ClockTime = {step // 10} s\\n\\nTime = {step + 1}\\n\\n"
log.write("Create time\\n\\nCreate mesh for time = 0\\n\\nTime = 1\\n\\n" + "".join(map(text, range(1, before + 1))))
log.flush()
start = time.time()
for n in range(1, 100000):
    time.sleep(max(0.0, start + n / rate - time.time()))
    log.write(text(before + n))
    log.flush()
    stamps.write(f"{before + n} {time.time():.6f}\\n")
    stamps.flush()
"""
_SETUP = """
import os, time
import flowcfd as fc
from flowcfd.jobs.executors import executors
class Idle:  # the log is written by somebody else
    launcher = ""
    def require(self, cores, resources): pass
    def script(self, job): return ""
    def waits_for(self, job): return ""
    def start(self, job): pass
    def stop(self, job): pass
    def alive(self, jobs): return {job.uid for job in jobs}
executors.register("idle", Idle())
def memory():
    status = open("/proc/self/status").read().split()
    return int(status[status.index("VmRSS:") + 1]) / 1024
run = fc.run(fc.Case(name="bench", domain=fc.Cavity("1 m"), mesh=fc.Blocks(cells=10),
    physics=fc.Incompressible(fluid=fc.Fluid(nu=0.01)),
    boundaries={"lid": fc.Wall(velocity=("1 m/s", 0, 0)), "walls": fc.Wall()}, solve=fc.Steady()), on="idle")
print("run", run.path, run.record.application)
"""
_OURS = """
before = memory()
monitor = fc.watch(run)
monitor
"""
_PEER = """
import base64, io, threading
import matplotlib.pyplot as plt, ipywidgets
from flowcfd.foam.log import Tail
tail, steps, shown, over = Tail(run.log(run.record.application)), [], ipywidgets.HTML(), threading.Event()
def draw():
    while not over.wait(0.02):
        new = tail.poll()
        if not new: continue
        steps.extend(new); del steps[:-5000]
        figure, axes = plt.subplots(figsize=(9, 2.6))
        for name in steps[-1].residuals:
            axes.semilogy([s.time for s in steps], [s.residuals[name] for s in steps], label=name)
        axes.legend(loc="upper right")
        made = io.BytesIO(); figure.savefig(made, format="png"); plt.close(figure)
        image = base64.b64encode(made.getvalue()).decode()
        shown.value = f"<img class='peer' data-last='{steps[-1].time:g}' src='data:image/png;base64,{image}'>"
threading.Thread(target=draw, daemon=True).start()
shown
"""
_BUSY = "end = time.time() + {seconds}\nwhile time.time() < end: sum(range(2000))"
_LISTEN = """() => {
  window.drawnOurs = [];
  window.drawnPeer = [];
  document.addEventListener('flowcfd:drawn', (event) => {
    const { key, last, at, count } = event.detail;
    if (key === 'residuals') window.drawnOurs.push([last, at, count]);
  });
  document.addEventListener('load', (event) => {
    const last = event.target.dataset && event.target.dataset.last;
    if (last) window.drawnPeer.push([Number(last), Date.now(), 0]);
  }, true);
}"""


def run(*, quick: bool = False) -> list[Row]:
    """Milliseconds from the line to the frame, free and in a busy cell; rows lost; memory. `quick`: a third as long."""
    if note := lacks():
        return [Row(name="a line of the log drawn, p95", ours=float("nan"), unit="ms", note=note)]
    seconds = 6 if quick else 20
    with TemporaryDirectory(prefix="flowcfd-bench-") as place, lab(Path(place)) as (page, address):
        book = _Book(page, address, Path(place))
        return list(_measured(book, seconds))


def _measured(book: _Book, seconds: int) -> Iterator[Row]:
    said = book.run(0).split()
    case, application = Path(said[1]) / "case", said[2]
    with _writer(case / f"log.{application}", book.place / TIMES):
        book.page.evaluate(_LISTEN)
        book.run(1)
        book.page.wait_for_function(f"window.drawnOurs.some((one) => one[0] > {BEFORE})")
        time.sleep(10)  # the first picture for a saved notebook is drawn
        free = book.span(seconds)
        busy = book.span(seconds, cell=3)
        lost = _lost(book)
        memory = float(book.run(4).split()[-1])
        book.run(5)
        book.run(2)
        book.page.wait_for_function("window.drawnPeer.length > 1")
        theirs, theirs_busy = book.span(seconds), book.span(seconds, cell=3)
        what = f"{SERIES} series, {BEFORE} rows, {RATE:g} rows a second"
        for words, own, peer, goal in (("", free, theirs, 100.0), (", a busy cell", busy, theirs_busy, 250.0)):
            ours, other = book.lags("drawnOurs", own), book.lags("drawnPeer", peer)
            for share in (50, 95):
                figures: dict[str, Any] = {"goal": goal, "absolute": True} if share == 95 else {}
                yield Row(
                    name=f"a line of the log drawn, p{share}{words} ({what})"
                    if share == 95
                    else f"the same, p{share}{words}",
                    ours=float(np.percentile(ours, share)),
                    unit="ms",
                    peer_name="matplotlib in ipywidgets",
                    peer=float(np.percentile(other, share)),
                    note=f"{len(ours)} lines",
                    **figures,
                )
        yield Row(name="rows lost", ours=lost, unit="rows", goal=0.0, absolute=True)
        yield Row(name="memory of the kernel that the monitor takes", ours=memory, unit="MB")


class _Book(Book):
    """A notebook in the page: 0 the run, 1 ours, 2 the peer, 3 a busy cell, 4 the memory, 5 the end of ours."""

    def __init__(self, page: Any, address: str, place: Path) -> None:
        memory, over = "print(memory() - before)", "monitor.close()"
        super().__init__(page, address, place, [_SETUP, _OURS, _PEER, _BUSY.format(seconds=10**6), memory, over])

    def span(self, seconds: float, *, cell: int | None = None) -> tuple[float, float]:
        """From now on so many seconds, with this cell at work meanwhile; the time of its beginning and end."""
        if cell is not None:
            content = _BUSY.format(seconds=seconds + 2)
            self.write(3, content)
            self.run(cell, wait=False)
            time.sleep(1)
        begun = time.time()
        time.sleep(seconds)
        ended = time.time()
        if cell is not None:
            self.page.wait_for_function(
                "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'"
            )
        time.sleep(1)
        return begun, ended

    def lags(self, name: str, span: tuple[float, float]) -> list[float]:
        """For each line that was written in this span, how long after it a frame had it [ms]."""
        drawn = np.array(self.page.evaluate(f"window.{name}"))
        found = []
        for line in (self.place / TIMES).read_text().splitlines():
            step, written = map(float, line.split()[:2])
            later = drawn[drawn[:, 0] >= step]
            if span[0] <= written < span[1] and len(later):
                found.append(later[0, 1] - 1000 * written)
        return found


def _lost(book: _Book) -> float:
    """The rows that were written and are not in the page, once it has drawn a step that came later."""
    last, _, count = book.page.evaluate("window.drawnOurs[window.drawnOurs.length - 1]")
    return float(last - count)  # steps count from 1


@contextmanager
def _writer(log: Path, times: Path) -> Iterator[None]:
    times.touch()
    arguments = [str(log), str(times), str(BEFORE), str(RATE)]
    process = subprocess.Popen([sys.executable, "-c", _WRITER, *arguments])
    try:
        yield
    finally:
        process.kill()
        process.wait()
