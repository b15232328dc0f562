"""Field files of a million cells against foamlib: binary and ascii vectors read, ascii vectors written."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from flowcfd.bench.box import PATCHES
from flowcfd.bench.measure import least, peer_json
from flowcfd.bench.row import Row
from flowcfd.foam.fields import read, write
from flowcfd.foam.fields.field import create

_PEER = """
import json, resource, sys
from foamlib import FoamFieldFile
def cost(work):
    before = resource.getrusage(resource.RUSAGE_SELF)
    work()
    after = resource.getrusage(resource.RUSAGE_SELF)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
binary, ascii, target = sys.argv[1:]
values = FoamFieldFile(binary).internal_field
def write():
    with FoamFieldFile(target) as file:
        file.internal_field = values
def read(path):
    return min(cost(lambda: FoamFieldFile(path).internal_field.sum()) for _ in range(3))
print(json.dumps([read(binary), read(ascii), cost(write)]))
"""


def run(*, quick: bool = False) -> list[Row]:
    """Three rows, CPU seconds for 1 000 000 cells (`quick`: 200 000); imports and making the inputs are not counted."""
    cells = 200_000 if quick else 1_000_000
    values = np.random.default_rng(1).standard_normal((cells, 3))
    boundary = {patch: {"type": "zeroGradient"} for patch in PATCHES}
    field = create("volVectorField", "U", dimensions=(0, 1, -1), internal=values, boundary=boundary)
    with TemporaryDirectory(prefix="flowcfd-bench-") as place:
        binary = write(Path(place, "binary"), field, format="binary")
        ascii = write(Path(place, "ascii"), field, precision=6)
        target = write(Path(place, "target"), field.replace("internalField", np.zeros(3)))
        works = (
            lambda: read(binary).internal.sum(),
            lambda: read(ascii).internal.sum(),
            lambda: write(target, field),
        )
        before = least(*works)
        peer = peer_json("foamlib", _PEER, [str(binary), str(ascii), str(target)], timeout=1200)
        after = least(*works)
    ours = [min(pair) for pair in zip(before, after, strict=True)]
    note = "" if peer else "foamlib is not installed (pip install flowcfd[bench])"
    names = ("binary vector field, read", "ascii vector field, read", "ascii vector field, write")
    return [
        Row(
            name=f"{name}, {cells} cells",
            ours=ours[i],
            unit="s CPU",
            peer_name="foamlib",
            peer=peer[i] if peer else None,
            goal=goal,
            note=note,
        )
        for i, (name, goal) in enumerate(zip(names, (1 / 5, 1 / 5, 1 / 10), strict=True))
    ]
