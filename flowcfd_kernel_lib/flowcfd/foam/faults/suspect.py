"""Which field of a case has dimensions that its name does not have elsewhere: OpenFOAM names none when terms differ."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Final

from flowcfd.foam.faults.fault import Fault

Exponents = tuple[float, ...]

KINEMATIC: Final[Exponents] = (0, 2, -2)
PASCAL: Final[Exponents] = (1, -1, -2)
USUAL: Final[dict[str, tuple[Exponents, ...]]] = {
    "U": ((0, 1, -1),),
    "p": (KINEMATIC, PASCAL),
    "p_rgh": (KINEMATIC, PASCAL),
    "k": ((0, 2, -2),),
    "epsilon": ((0, 2, -3),),
    "omega": ((0, 0, -1),),
    "nut": ((0, 2, -1),),
    "nuTilda": ((0, 2, -1),),
    "T": ((0, 0, 0, 1),),
    "alphat": ((1, -1, -1), (0, 2, -1)),
}
"""Exponents of kg, m, s, K of the fields that cases bring; where two are possible the solver decides."""

_HEAD: Final = 5000
_DIMENSIONS: Final = re.compile(r"^[ \t]*dimensions\s*\[([-+.\d\s]+)\]", re.MULTILINE)


def named(fault: Fault, case: Path) -> Fault:
    """The fault with the field that causes it, where just one has dimensions that do not fit its name."""
    found = _suspects(case)
    if len(found) != 1:
        return fault
    ((file, (line, has, wanted)),) = found.items()
    name = file.rpartition("/")[2]
    return replace(
        fault, message=f"{fault.message}; {name} has [{_shown(has)}], usual are [{_shown(wanted)}]", field=name,
        file=file, line=line, entry="dimensions", mend=f"set dimensions [{_shown(wanted)} 0 0 0] in {file}, and see to "
        "its values: they may be in another unit",
    )  # fmt: skip


def _suspects(case: Path) -> dict[str, tuple[int, Exponents, Exponents]]:
    """Files whose dimensions are unusual: line, exponents, and those that are usual."""
    pascal = (case / "constant" / "thermophysicalProperties").is_file() or (case / "constant" / "g").is_file()
    found = {}
    for folder in ("0", "0.orig"):
        for name, usual in USUAL.items():
            file = case / folder / name
            if f"0/{name}" in found or not file.is_file():
                continue
            with file.open(encoding="latin-1") as opened:
                text = opened.read(_HEAD)
            written = _DIMENSIONS.search(text)
            if written is None:
                continue
            has = tuple(float(each) for each in written[1].split())[:4]
            wanted = usual
            if name in ("p", "p_rgh") and not pascal:
                wanted = (KINEMATIC,)
            if all(has != (*each, 0, 0)[:4] for each in wanted):
                line = text[: written.start()].count("\n") + 1 + text[written.start() : written.end()].count("\n")
                found[f"{folder}/{name}"] = (line, has, (*wanted[0], 0)[:4])
    return found


def _shown(exponents: Exponents) -> str:
    return " ".join(f"{each:g}" for each in exponents)
