"""Start the worker that has OpenCASCADE, with limits, and turn whatever becomes of it into an answer or an error."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flowcfd import telling
from flowcfd.errors import GeometryError, SiteError

TIMEOUT = 600.0
"""So long [s] may one request take."""
MEMORY = 8_000_000_000
"""So much address space [bytes] may the worker have."""


def ask(
    what: str, request: Mapping[str, Any], *, label: str = "", timeout: float = TIMEOUT, memory: int = MEMORY
) -> tuple[dict[str, Any], str]:
    """What the worker answers to a request, and what OpenCASCADE printed; `label` names the body in an error.

    GeometryError for a file that it cannot use, and when it crashes, takes too long or too much memory; SiteError where
    OpenCASCADE is not installed.
    """
    if importlib.util.find_spec("OCP") is None:
        raise SiteError("CAD files need OpenCASCADE: pip install 'flowcfd[cad]'; STL and OBJ work without it")
    name = label or Path(str(request.get("path", ""))).name
    with tempfile.TemporaryDirectory(prefix="flowcfd-cad-") as made:
        folder = Path(made)
        (folder / "request.json").write_text(json.dumps({"what": what, **request}))
        code, said = _run(folder, f"{what} {name}".strip(), timeout, memory)
        try:
            answer: dict[str, Any] = json.loads((folder / "answer.json").read_text())
        except (OSError, ValueError):
            answer = {}
    if code is None:
        raise GeometryError(f"{name}: {what} did not end within {timeout:g} s; simplify the model or give it more time")
    if "error" in answer:
        raise GeometryError(f"{name}: {answer['error']}")
    if code or not answer:
        raise GeometryError(f"{name}: OpenCASCADE {_end(code, said)} while it tried to {what}")
    return answer, said


def _run(folder: Path, words: str, timeout: float, memory: int) -> tuple[int | None, str]:
    """The return code, None when it was ended at the limit; and the last of what it printed."""
    command = [sys.executable, "-m", "flowcfd.cad.occ.worker", str(folder), str(memory), str(os.getpid())]
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        )  # fmt: skip
        deadline, code = time.monotonic() + timeout, None
        try:
            while code is None and time.monotonic() < deadline:
                telling.tell(process, f"CAD: {words}")
                try:
                    code = process.wait(0.2)
                except subprocess.TimeoutExpired:
                    continue
        finally:
            telling.tell(process, "", over=True)
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    return code, log.read_text(errors="replace")[-4000:]


def _end(code: int, said: str) -> str:
    if "MemoryError" in said or "bad_alloc" in said:
        return "had not enough memory"
    if code < 0:
        return f"crashed ({signal.Signals(-code).name})"
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return f"failed ({lines[-1] if lines else 'it said nothing'})"
