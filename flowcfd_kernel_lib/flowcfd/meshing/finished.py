"""The cells of a finished mesh: the very mesh that a run makes of the case, in a folder of its own, and its layers."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flowcfd.case.case import Case
from flowcfd.errors import CaseError
from flowcfd.foam import snappylog
from flowcfd.foam.render import render
from flowcfd.foam.steps import steps as steps_of
from flowcfd.meshing.estimate import task
from flowcfd.meshing.tools import meshed

_SNAPPED = re.compile(r"^Snapped mesh : cells:(\d+)", re.MULTILINE)
_ADDED = re.compile(r"^Layer mesh : cells:(\d+)", re.MULTILINE)


@dataclass(frozen=True)
class Finished:
    """All cells of a finished mesh, how many of them are in layers, and how many layers were asked to have."""

    cells: int
    layer_cells: int
    asked: int

    @property
    def kept(self) -> float:
        """The share of the layers' cells that the mesher made; 1 where none were asked for."""
        return self.layer_cells / self.asked if self.asked else 1.0


def finished(case: Case) -> Finished:
    """The cells that a run of the case will have on one rank, by making its mesh whole, with its own dictionary.

    SiteError without OpenFOAM, CaseError where a step fails.
    """
    given = task(case)
    files = render(case)
    steps = steps_of(files)
    last = max(number for number, step in enumerate(steps) if step.split()[0] == "snappyHexMesh")
    with meshed(files, steps[: last + 1], case.name) as (_, log):
        return read(log, {name: layers.count for name, layers in given.layers.items()})


def read(log: str, layers: dict[str, int]) -> Finished:
    """What a log says of a mesh whose patches were asked to have so many layers."""
    seen = snappylog.parse(log)
    snapped, added = _SNAPPED.findall(log), _ADDED.findall(log)
    if not seen.cells:
        raise CaseError("mesh: snappyHexMesh did not say how many cells there are")
    made = int(added[-1]) - int(snapped[-1]) if added and snapped else 0
    asked = sum(layers.get(name, 0) * patch.faces for name, patch in seen.layers.items())
    return Finished(int(added[-1]) if added else seen.cells, made, asked)
