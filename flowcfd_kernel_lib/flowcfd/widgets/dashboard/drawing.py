"""The picture and the turning view of a run, drawn once in a process of their own and kept in the cache."""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

from flowcfd.errors import FlowError
from flowcfd.settings import settings

SIZE = (900, 560)


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
                (scene.size(*SIZE) if suffix == ".png" else scene).save(part)
                part.replace(path)
            finally:
                with contextlib.suppress(OSError):
                    part.unlink(missing_ok=True)
        return str(path), ""
    except (FlowError, OSError) as error:
        return "", " ".join(str(error).split())


def place(run: str, time: float, suffix: str) -> Path:
    """Where it is kept: another time, another file."""
    digest = hashlib.sha256(f"{Path(run).absolute()}\0{time!r}".encode()).hexdigest()[:24]
    return settings().cache / "dashboard" / f"{digest}{suffix}"
