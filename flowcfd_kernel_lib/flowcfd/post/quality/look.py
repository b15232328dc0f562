"""The process that looks at a mesh: `python -m flowcfd.post.quality.look FOLDER`.

It reads `request.json` in the folder and leaves `answer.json` and its arrays there. A mesh of two million cells takes
some gigabytes to read and to draw; a notebook that only wants to know how good it is does not pay for that.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flowcfd.errors import FlowError, ResultError
from flowcfd.picture import Picture

Request = Mapping[str, Any]


def main(folder: Path) -> int:
    """Do what is asked; an error of ours is an answer as well."""
    request = json.loads((folder / "request.json").read_text())
    try:
        answer = _WHAT[request["what"]](request, folder)
    except FlowError as error:
        answer = {"error": str(error), "result": isinstance(error, ResultError)}
    (folder / "answer.json").write_text(json.dumps(answer))
    return 0


def _measure(request: Request, folder: Path) -> dict[str, Any]:
    """Run checkMesh on the mesh: its text in `report`, each metric as an array of its own, and their percentiles."""
    from flowcfd.post.quality.measured import measure

    measured = measure(Path(request["mesh"]), into=folder / "report")
    files = {}
    for number, (name, values) in enumerate(measured.metrics.items()):
        files[name] = f"{number}.npy"
        np.save(folder / files[name], values)
    high = {name: float(np.percentile(values, 99, method="lower")) for name, values in measured.metrics.items()}
    return {"files": files, "high": high}


def _worst(request: Request, folder: Path) -> dict[str, Any]:
    """The worst cells by a metric: their numbers, centres [m] and values."""
    from flowcfd.post.verdict.geometry import read

    values = np.load(Path(request["metrics"]), mmap_mode="r")
    cells = _chosen(values, request)
    return {
        "cells": cells.tolist(), "centres": read([_files(request)]).centres[cells].tolist(),
        "values": values[cells].tolist(),
    }  # fmt: skip


def _draw(request: Request, folder: Path) -> dict[str, Any]:
    """A picture, as `image.png`."""
    from flowcfd.post.quality import cut, picture

    values = np.load(Path(request["metrics"]))
    if request["kind"] == "cut":
        image = cut.draw(_files(request), values, request)
    else:
        image = picture.draw(_files(request), values, _chosen(values, request), request)
    Picture.of(image).save(folder / "image.png")
    return {}


def _chosen(values: NDArray[np.float64], request: Request) -> NDArray[np.intp]:
    """The worst cells: those of the largest or the smallest values."""
    return np.argsort(-values if request["large"] else values, kind="stable")[: int(request["count"])]


def _files(request: Request) -> dict[str, Path]:
    names = ("points", "faces", "owner", "neighbour", "boundary")
    return {name: file(Path(request["mesh"]), name) for name in names}


def file(folder: Path, name: str) -> Path:
    """A file of a mesh, or the packed one."""
    plain = folder / name
    return plain if plain.exists() else folder / f"{name}.gz"


_WHAT: Mapping[str, Callable[[Request, Path], dict[str, Any]]] = {"measure": _measure, "worst": _worst, "draw": _draw}

if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
