"""The process that has OpenCASCADE: one request from a file, one answer into a file.

    python -m flowcfd.cad.occ.worker FOLDER MEMORY

It reads request.json and writes answer.json; whatever OpenCASCADE prints goes into the log.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flowcfd.cad.occ import Unusable


def main() -> int:
    """Answer one request."""
    folder, memory = Path(sys.argv[1]), int(sys.argv[2])
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


if __name__ == "__main__":
    sys.exit(main())
