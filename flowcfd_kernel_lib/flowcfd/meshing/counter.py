"""Counting in a process of its own, so that the octree's memory is given back and the notebook's does not grow.

The process reads requests as lines of JSON and answers each with one: `look` for what the triangles say of sizes,
`count` for the cells of a recipe. `python -m flowcfd.meshing.counter FOLDER DIGEST` is its other end.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from flowcfd import telling
from flowcfd.errors import GeometryError

LIMIT = 600.0
"""Seconds that one answer may take."""


class Counter:
    """A process that knows one kept geometry; ends with the block that it is used in."""

    def __init__(self, folder: Path, digest: str, label: str) -> None:
        """`folder` holds triangles.npz of the geometry of that digest."""
        command = [sys.executable, "-m", "flowcfd.meshing.counter", str(folder), digest]
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        self._label = label
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        telling.tell(self, "", over=True)
        self._process.kill()
        self._process.communicate()

    def ask(self, what: str, words: str, **request: object) -> Any:
        """The answer to one request, told as `words` while it is awaited; GeometryError when there is none."""
        telling.tell(self, f"{self._label}: {words}")
        assert self._process.stdin is not None and self._process.stdout is not None
        late = threading.Timer(LIMIT, self._process.kill)
        late.start()
        try:
            self._process.stdin.write(json.dumps({"what": what, **request}) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        finally:
            late.cancel()
        if not answer:
            _, said = self._process.communicate()
            last = said.strip().splitlines()[-1:] or [f"it did not answer in {LIMIT:g} s"]
            raise GeometryError(f"{self._label}: its cells cannot be counted: {last[0]}")
        return json.loads(answer)


def main(folder: str, digest: str) -> None:
    """Answer until the input ends."""
    import numpy as np

    from flowcfd.cad.surface import feature_edges
    from flowcfd.meshing.octree import Octree
    from flowcfd.meshing.recipe import Recipe

    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    with np.load(Path(folder) / "triangles.npz") as file:
        points, triangles, faces = (file[name] for name in ("points", "triangles", "faces"))
    points, triangles = _welded(points.astype(np.float64), triangles.astype(np.int64))
    for line in sys.stdin:
        request = json.loads(line)
        if request["what"] == "look":
            told: Mapping[str, Any] = _looked(digest)
        else:
            patch = np.array(request["patch"], np.int64)[faces]
            recipe = Recipe.read(request["recipe"])
            kept = np.ones(len(triangles), bool) if recipe.fluid_in_solid else _reached(points, triangles)
            edges = feature_edges(points, triangles[kept], patch[kept], math.degrees(request["edge_angle"]))
            told = asdict(Octree(points, triangles[kept], patch[kept], edges, recipe).count())
        answers.write(json.dumps(told) + "\n")
        answers.flush()


def _welded(points: Any, triangles: Any) -> tuple[Any, Any]:
    """Equal points as one, as far as an STL with nine digits tells them apart; without triangles of no area."""
    import numpy as np

    unit = 1e-9 * float(np.ptp(points, axis=0).max())
    unique, inverse = np.unique(np.round(points / unit), axis=0, return_inverse=True)
    return unique * unit, inverse.reshape(-1)[triangles]


def _reached(points: Any, triangles: Any) -> Any:
    """Which triangles a fluid outside of the body touches: not those of its voids, whose volume is negative."""
    import numpy as np
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    ends = np.concatenate([triangles[:, :2], triangles[:, 1:]])
    joined = coo_matrix((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(len(points), len(points)))
    part = connected_components(joined, directed=False)[1][triangles[:, 0]]
    corners = points[triangles]
    volumes = np.bincount(part, np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])))
    return volumes[part] >= 0


def _looked(digest: str) -> dict[str, float | None]:
    """What the triangles say of the sizes of a geometry."""
    import numpy as np

    from flowcfd.cad import measures
    from flowcfd.cad.keeping import kept_geometry
    from flowcfd.cad.surface import feature_edges, proper, welded
    from flowcfd.meshing.passage import passage

    geometry = kept_geometry(digest)
    points, triangles = welded(geometry.points, geometry.triangles)
    whole = proper(triangles)
    triangles, faces = triangles[whole], geometry.faces[whole]
    edge = measures.shortest(points, triangles, faces)
    between = measures.gap(points, triangles, measures.parts(points, triangles))
    bend = measures.bend(geometry.points, geometry.triangles)
    patch = [list(dict.fromkeys(geometry.names)).index(name) for name in geometry.names]
    points, triangles = _welded(geometry.points, geometry.triangles)
    edges = feature_edges(points, triangles, np.array(patch)[geometry.faces])
    outside = passage(points, triangles, internal=False)
    gaps = [one for one in (between.size if between else None, outside) if one is not None]
    lengths = np.linalg.norm(edges[:, 1] - edges[:, 0], axis=1)
    return {
        "smallest_edge": edge.size,
        "bend": bend.size if bend else None,
        "gap": min(gaps, default=None),
        "passage": passage(points, triangles, internal=True),
        "edges": float(lengths.sum()),
    }


if __name__ == "__main__":
    main(*sys.argv[1:3])
