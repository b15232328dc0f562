"""The process that has OpenCASCADE: one request from a file, one answer into a file.

    python -m flowcfd.cad.occ.worker FOLDER MEMORY PARENT

It ends when the process PARENT does, however that ends. It reads request.json and writes answer.json; whatever
OpenCASCADE prints goes into the log.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flowcfd.cad.occ import Unusable

DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG of Linux' prctl: the signal that a process gets when the one that started it ends."""


def main() -> int:
    """Answer one request."""
    folder, memory, parent = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    if not _bound(parent):
        return 1
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    request: dict[str, Any] = json.loads((folder / "request.json").read_text())
    from flowcfd.cad.occ import requests as asked  # behind the limits

    requests: Mapping[str, Callable[..., dict[str, Any]]] = {
        "read": asked.read, "make": asked.make, "heal": asked.heal, "find features of": asked.features,
        "defeature": asked.defeature, "join": asked.join,
        "take the flow volume of": asked.flow,
    }  # fmt: skip
    try:
        answer = requests[request.pop("what")](**request)
    except Unusable as error:
        answer = {"error": str(error)}
    part = folder / "answer.part"
    part.write_text(json.dumps(answer))
    part.replace(folder / "answer.json")
    return 0


def _bound(parent: int) -> bool:
    """Have this process end with the one that asked; false when that one is gone already."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(DEATH_SIGNAL, signal.SIGKILL)
    return os.getppid() == parent


if __name__ == "__main__":
    sys.exit(main())
