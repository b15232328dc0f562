"""Which field of a Case a place in its rendered files comes from, so that a finding names what its author wrote."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flowcfd.case import Case

_CONTROL = {
    "endTime": ("solve.iterations", "solve.end"),
    "deltaT": ("solve", "solve.step"),
    "maxCo": ("solve", "solve.max_courant"),
    "adjustTimeStep": ("solve", "solve.max_courant"),
    "writeInterval": ("solve.write_every", "solve.write_every"),
    "writeControl": ("solve.write_every", "solve.write_every"),
}
"""Entries of controlDict, and the fields that they come from in steady and in transient cases."""
_FILES = {
    "constant/turbulenceProperties": "physics.turbulence",
    "constant/transportProperties": "physics.fluid",
    "constant/fvOptions": "physics.drive",
    "system/fvOptions": "physics.drive",
    "system/blockMeshDict": "mesh",
    "system/fvSchemes": "solve",
    "system/fvSolution": "solve",
}


def field_of(case: Case, file: str, entry: str) -> str:
    """The dotted path in the Case, "boundaries.inlet" or "solve.step"; "" for what it does not set."""
    if file in case.files:
        return f"files[{file}]"
    if file == "system/controlDict":
        name = entry.partition(".")[0]
        if name == "functions":
            return "outputs"
        return _CONTROL.get(name, ("", ""))[case.solve.kind != "Steady"]
    patch = re.match(r"boundaryField\.([^.]+)", entry)
    if file.startswith("0/") and patch:
        return f"boundaries.{patch[1]}" if patch[1] in case.boundaries else "domain"
    if file.startswith("0/"):
        return "physics"
    return _FILES.get(file, "")
