"""Lists that are not tokenised: long ones of numbers, and binary ones, whose length follows from their count."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate

from flowcfd.foam.dictionary import grammar

_SCALARS = {"scalar": 1, "vector": 3, "sphericalTensor": 1, "symmTensor": 6, "tensor": 9}
_NO_BRACKETS = bytes(code for code in range(256) if code not in b"()")


def flat_end(text: str, start: int) -> int:
    """Offset of the `;` after a value of nothing but words, numbers and balanced brackets; 0 if it is not so."""
    found = grammar.FLAT.match(text, start)
    if found is None:
        return 0
    value = found[0]
    numbers = grammar.NUMBERS.fullmatch(value, value.index("("), len(value) - 1)  # most long lists: quickly seen
    if (numbers is None and grammar.GLUED.search(value)) or depths(value) != (0, 0):
        return 0
    return found.end() - 1


def depths(value: str) -> tuple[int, int]:
    """The lowest depth that the round brackets of the value reach (0 or less), and the depth they end at."""
    signs = value.encode("latin-1", "replace").translate(None, _NO_BRACKETS)
    for _ in range(8):  # most lists are shallow
        if not signs:
            return 0, 0
        signs = signs.replace(b"()", b"")
    found = list(accumulate((1 if sign == ord("(") else -1 for sign in signs), initial=0))
    return min(found), found[-1]


def binary_size(head: str, header: Mapping[str, str]) -> int | None:
    """Bytes of the binary list whose `(` comes after `head`, by its count and type; None when they are not known.

    `header` is the FoamFile: its arch says how long labels and scalars are, its class what a whole file holds.
    """
    found = grammar.BINARY_HEAD.search(head)
    if found is None:
        return None
    kind = found[1] or header.get("class", "").removesuffix("Field").removesuffix("List")
    arch = dict(part.split("=") for part in header.get("arch", "").split(";") if "=" in part)
    if kind in ("bool", "char"):
        return int(found[2])
    if kind == "label":
        return int(found[2]) * int(arch.get("label", 32)) // 8
    return int(found[2]) * _SCALARS[kind] * int(arch.get("scalar", 64)) // 8 if kind in _SCALARS else None
