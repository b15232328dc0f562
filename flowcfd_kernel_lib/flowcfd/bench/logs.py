"""Solver logs: a whole one as columns against PyFoam and openfoam_residuals, memory, and following one that grows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from flowcfd.bench.measure import cost, least, peer_json
from flowcfd.bench.row import Row
from flowcfd.foam.log import Tail, read

STEP = """\
Time = %d

smoothSolver:  Solving for Ux, Initial residual = %.6g, Final residual = %.6g, No Iterations %d
smoothSolver:  Solving for Uy, Initial residual = %.6g, Final residual = %.6g, No Iterations %d
GAMG:  Solving for p, Initial residual = %.6g, Final residual = %.6g, No Iterations %d
time step continuity errors : sum local = %.6g, global = %.6g, cumulative = %.6g
smoothSolver:  Solving for epsilon, Initial residual = %.6g, Final residual = %.6g, No Iterations %d
smoothSolver:  Solving for k, Initial residual = %.6g, Final residual = %.6g, No Iterations %d
ExecutionTime = %.2f s  ClockTime = %d s

"""
"""An iteration of simpleFoam as the pitzDaily tutorial logs it."""

_PYFOAM = """
import json, resource, sys
from PyFoam.LogAnalysis.StandardLogAnalyzer import StandardLogAnalyzer
analyzer = StandardLogAnalyzer(doTimelines=False, doFiles=False)  # reads everything, keeps nothing: its fastest
before = resource.getrusage(resource.RUSAGE_SELF)
with open(sys.argv[1]) as log:
    analyzer.analyze(log)
after = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime))
"""
_RESIDUALS = """
import json, resource, sys
from pathlib import Path
from openfoam_residuals.filesystem import pre_parse
def cost(work):
    before = resource.getrusage(resource.RUSAGE_SELF)
    work()
    after = resource.getrusage(resource.RUSAGE_SELF)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
print(json.dumps(cost(lambda: pre_parse(Path(sys.argv[1])))))
"""
_MEMORY = """
import resource, sys
from flowcfd.foam.log.bulk import Scanner
for path in sys.argv[1:]:
    with open(path, "rb") as log:
        for part in Scanner().parts(log):
            pass
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def run(*, quick: bool = False) -> list[Row]:
    """Rates [MB/s of CPU time] over 200 MB (`quick`: 40 MB), and for PyFoam over a tenth of it."""
    size = 40 if quick else 200
    with TemporaryDirectory(prefix="flowcfd-bench-") as place:
        whole, tenth = (written(Path(place, f"log.{part}"), size * 1_000_000 // part) for part in (1, 10))
        megabytes = whole.stat().st_size / 1e6
        read(tenth)  # pyarrow is imported before it counts
        [before] = least(lambda: read(whole))
        pyfoam = peer_json("PyFoam", _PYFOAM, [str(tenth)])
        residuals = peer_json("openfoam_residuals", _RESIDUALS, [str(whole)])
        [after] = least(lambda: read(whole))
        ours = megabytes / min(before, after)
        return [
            _rate(f"log of {size} MB, all columns", ours, "PyFoam", tenth.stat().st_size / 1e6, pyfoam, 10.0),
            _rate(f"log of {size} MB, all columns", ours, "openfoam_residuals", megabytes, residuals, 1.4),
            Row(name="log, all columns", ours=ours, unit="MB/s CPU", goal=110.0, more_is_better=True, absolute=True),
            Row(
                name=f"memory that {size} MB take more than {size // 10} MB, without the result",
                ours=_growth(tenth, whole),
                unit="MB",
                goal=24.0,
                absolute=True,
            ),
            Row(name="following a log, per iteration", ours=_follow(tenth), unit="us CPU", goal=50.0, absolute=True),
        ]


def written(path: Path, size: int) -> Path:
    """A log of about `size` bytes; its numbers are drawn so that no two lines are alike."""
    random = np.random.default_rng(1)
    steps = size // 600
    with path.open("w") as file:
        file.write("Exec   : simpleFoam\nCreate time\n\nCreate mesh for time = 0\n\n")
        for first in range(1, steps + 1, 10_000):
            numbers = 10 ** random.uniform(-8, 0, (10_000, 13))
            counts = random.integers(1, 30, (10_000, 5))
            for step, (n, c) in enumerate(zip(numbers.tolist(), counts.tolist(), strict=True), first):
                file.write(
                    STEP
                    % (
                        *(step, n[0], n[1], c[0], n[2], n[3], c[1], n[4], n[5], c[2], n[6], n[7] - n[8], n[8]),
                        *(n[9], n[10], c[3], n[11], n[12], c[4], 0.02 * step, 0.03 * step),
                    )
                )
            if file.tell() >= size:
                break
        file.write("End\n\n")
    return path


def _rate(name: str, ours: float, peer: str, megabytes: float, seconds: float | None, goal: float) -> Row:
    return Row(
        name=name,
        ours=ours,
        unit="MB/s CPU",
        peer_name=peer,
        peer=megabytes / seconds if seconds else None,
        goal=goal,
        more_is_better=True,
        note="" if seconds else f"{peer} is not installed",
    )


def _growth(small: Path, large: Path) -> float:
    """How much more memory the large log takes [MB], read part by part in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", _MEMORY, str(small), str(large)], capture_output=True, text=True, timeout=600, check=True
    )
    first, second = map(float, done.stdout.split())
    return second - first


def _follow(path: Path) -> float:
    """CPU time for an iteration [us], taken in by pieces of some iterations as they come while a solver computes."""
    text = path.read_bytes()
    pieces = [text[start : start + 5000] for start in range(0, len(text), 5000)]
    tail = Tail(path)

    def follow() -> None:
        for piece in pieces:
            tail.feed(piece)

    return 1e6 * cost(follow) / tail.progress.iteration
