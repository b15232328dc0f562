"""Sound cases from which the examples of rules are broken: rendered ones by name, and shipped ones by their path."""

from __future__ import annotations

from functools import cache
from typing import Any

from flowcfd.errors import UnknownName
from flowcfd.foam.casefiles import CaseFiles

_AIR = {"kind": "Incompressible", "fluid": "air at 25 C"}
_ENDS = {"inlet": {"kind": "Inlet", "velocity": "(10 0 0) m/s"}, "outlet": {"kind": "Outlet"}}
_SIDES = {"bottom": {"kind": "Wall"}, "top": {"kind": "Wall"}}
_WALL = {"kind": "Wall"}
_DUCT = {"kind": "Channel", "length": "1 m", "height": "0.1 m"}

BASES: dict[str, dict[str, Any]] = {
    "step": {  # steady, RAS with wall functions, forces
        "domain": {"kind": "BackwardFacingStep", "step": "12.7 mm", "inlet_height": "101.6 mm", "upstream": "150 mm",
                   "downstream": "400 mm"},
        "mesh": {"kind": "Blocks", "cell": "6 mm", "first_cell": "2 mm"},
        "physics": {**_AIR, "turbulence": "kOmegaSST"},
        "boundaries": {**_ENDS, **dict.fromkeys(("step", "upstreamWall", "lowerWall", "upperWall"), _WALL)},
        "solve": {"kind": "Steady", "iterations": 60},
        "outputs": [{"kind": "Forces", "name": "body", "patches": ["step"], "speed": "10 m/s", "area": "16.129 mm^2",
                     "length": "12.7 mm"}],
    },
    "cavity": {  # closed, laminar, fixed time step, PISO
        "domain": {"kind": "Cavity", "length": "0.1 m"},
        "mesh": {"kind": "Blocks", "cells": 20},
        "physics": {"kind": "Incompressible", "fluid": {"nu": "0.01 m^2/s"}},
        "boundaries": {"lid": {"kind": "Wall", "velocity": "(1 0 0) m/s"}, "walls": {"kind": "Wall"}},
        "solve": {"kind": "Transient", "end": "0.5 s", "step": "5 ms", "write_every": "0.1 s", "solver": "icoFoam"},
    },
    "channel": {  # steady, Spalart and Allmaras
        "domain": _DUCT, "mesh": {"kind": "Blocks", "cells": [30, 16]},
        "physics": {**_AIR, "turbulence": "SpalartAllmaras"},
        "boundaries": {**_ENDS, **_SIDES},
        "solve": {"kind": "Steady", "iterations": 60},
    },
    "pulse": {  # transient, kEpsilon, adjusted time step, PIMPLE
        "domain": _DUCT, "mesh": {"kind": "Blocks", "cells": [30, 16]},
        "physics": {**_AIR, "turbulence": "kEpsilon"},
        "boundaries": {**_ENDS, **_SIDES},
        "solve": {"kind": "Transient", "end": "0.2 s", "step": "0.1 ms", "max_courant": 0.9, "write_every": "0.1 s"},
    },
    "pipe": {  # a wedge, laminar
        "domain": {"kind": "Pipe", "diameter": "1 m", "length": "6 m"},
        "mesh": {"kind": "Blocks", "cells": [30, 16]},
        "physics": {"kind": "Incompressible", "fluid": {"nu": 0.02}},
        "boundaries": {"inlet": {"kind": "Inlet", "velocity": [1, 0, 0]}, "outlet": {"kind": "Outlet"},
                       "wall": {"kind": "Wall"}},
        "solve": {"kind": "Steady", "iterations": 200},
    },
    "periodic": {  # laminar, cyclic, driven by a mean velocity
        "domain": _DUCT, "mesh": {"kind": "Blocks", "cells": [10, 16]},
        "physics": {"kind": "Incompressible", "fluid": {"nu": 0.001}, "drive": {"velocity": [1, 0, 0]}},
        "boundaries": {"inlet": {"kind": "Cyclic", "neighbour": "outlet"},
                       "outlet": {"kind": "Cyclic", "neighbour": "inlet"}, **_SIDES},
        "solve": {"kind": "Steady", "iterations": 200},
    },
}  # fmt: skip
"""Cases by name, as `Case` takes them."""


@cache
def base(name: str) -> CaseFiles:
    """The sound case of this name, or with a "/" the tutorial whose path ends so; raises UnknownName."""
    if "/" in name:
        from flowcfd.foam.adopt import adopt
        from flowcfd.foam.tutorials import tutorial

        return adopt(tutorial(name))
    if name not in BASES:
        raise UnknownName("example", name, BASES)
    from flowcfd.case import Case
    from flowcfd.foam.render import render

    return render(Case.model_validate({"name": name, **BASES[name]}))
