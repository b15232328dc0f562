"""The picture and the turning view of a run, drawn once and kept in the cache.

`python -m flowcfd.widgets.dashboard.drawing` draws what each line of stdin asks for, `[run, suffix]`, and answers
on stdout by a line with `[path, why]`; it ends when stdin does.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from pathlib import Path

from flowcfd.errors import FlowError
from flowcfd.settings import settings

SIZES = {".png": (900, 560), ".html": (500, 600)}
"""What each is drawn for [pixels]; a turning view keeps its distance in any frame, so it is drawn for a narrow one."""


def drawn(run: str, suffix: str) -> tuple[str, str]:
    """The file with the picture (".png") or the turning view (".html") of a run, or the sentence why there is none."""
    try:
        from flowcfd.scene import view

        scene = view(Path(run))
        path = place(run, scene.results.last, suffix)
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f".{os.getpid()}.{path.name}")
            try:
                scene.size(*SIZES[suffix]).save(part)
                part.replace(path)
            finally:
                with contextlib.suppress(OSError):
                    part.unlink(missing_ok=True)
        return str(path), ""
    except (FlowError, OSError) as error:
        return "", " ".join(str(error).split())


def place(run: str, time: float, suffix: str) -> Path:
    """Where it is kept: another time, another file."""
    digest = hashlib.sha256(f"{Path(run).absolute()}\0{time!r}\0{SIZES[suffix]}".encode()).hexdigest()[:24]
    return settings().cache / "dashboard" / f"{digest}{suffix}"


def main() -> None:
    """Draw until stdin ends; what libraries print goes to stderr."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        run, suffix = json.loads(line)
        answers.write(json.dumps(drawn(run, suffix)) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
