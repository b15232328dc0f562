"""How the benchmarks measure: CPU seconds, children included, ours and the peer's in turns, the least of several."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Any


def cpu_seconds(*, children: bool = True) -> float:
    """User and system time of this process so far [s], and of its ended children unless they are left out."""
    whose = (resource.RUSAGE_SELF, *([resource.RUSAGE_CHILDREN] if children else []))
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, whose))


def cost(work: Callable[[], object]) -> float:
    """CPU time of one call [s]."""
    start = cpu_seconds()
    work()
    return cpu_seconds() - start


def least(*works: Callable[[], object], repeats: int = 3) -> list[float]:
    """The least CPU time [s] of each work, run in turns so that a busy machine is as bad for all of them."""
    rounds = [[cost(work) for work in works] for _ in range(repeats)]
    return [min(times) for times in zip(*rounds, strict=True)]


def peer_python(module: str) -> str | None:
    """The interpreter that can import the peer `module`; None when there is none.

    It is this one, or the one named by FLOWCFD_BENCH_PYTHON, so that peers can live in an environment of their own.
    """
    python = os.environ.get("FLOWCFD_BENCH_PYTHON", sys.executable)
    probe = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({module!r}) is None)"
    try:
        found = subprocess.run([python, "-c", probe], capture_output=True, timeout=60, check=False).returncode == 0
    except OSError:
        return None
    return python if found else None


def peer_json(module: str, script: str, arguments: Sequence[str] = (), *, timeout: float = 600) -> Any:
    """What `script`, run where `module` can be imported, prints as JSON in its last line; None without the peer."""
    python = peer_python(module)
    if python is None:
        return None
    done = subprocess.run(
        [python, "-c", script, *arguments], capture_output=True, text=True, timeout=timeout, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])
