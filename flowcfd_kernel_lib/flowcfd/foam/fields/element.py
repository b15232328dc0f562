"""What a list of an OpenFOAM file holds: scalars, vectors, tensors or labels, and how they lie in a binary file."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flowcfd.errors import UnknownName

Array = NDArray[np.generic]

_XYZ = ("x", "y", "z")
_SYMMETRIC = ("xx", "xy", "xz", "yy", "yz", "zz")
_TENSOR = ("xx", "xy", "xz", "yx", "yy", "yz", "zx", "zy", "zz")


@dataclass(frozen=True, slots=True)
class Element:
    """One entry of a list: its OpenFOAM name and the suffixes of its components (none for a single number)."""

    name: str
    components: tuple[str, ...] = ()
    integer: bool = False

    @property
    def width(self) -> int:
        """Numbers per entry."""
        return max(1, len(self.components))

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one entry: () for a number, (3,) for a vector."""
        return (self.width,) if self.components else ()

    def names(self, field: str) -> tuple[str, ...]:
        """Column names of a field of this element: p -> p; U -> Ux, Uy, Uz; R -> Rxx, ..."""
        return tuple(field + suffix for suffix in self.components) or (field,)


SCALAR = Element("scalar")
VECTOR = Element("vector", _XYZ)
LABEL = Element("label", integer=True)
ELEMENTS = {
    element.name: element
    for element in (
        SCALAR,
        VECTOR,
        Element("sphericalTensor", ("ii",)),
        Element("symmTensor", _SYMMETRIC),
        Element("tensor", _TENSOR),
        LABEL,
    )
}
_FIELD_CLASS = re.compile(
    r"(?:vol|surface|point|area|edge)?(Scalar|Vector|SphericalTensor|SymmTensor|Tensor)Field(?:::Internal)?"
)


def element(name: str, *, where: str = "") -> Element:
    """The element of this OpenFOAM name; raises UnknownName."""
    try:
        return ELEMENTS[name]
    except KeyError:
        raise UnknownName("list element", name, ELEMENTS, where=where) from None


def element_of_class(cls: str) -> Element | None:
    """The element of a field class (volVectorField -> vector), None for a class that is no geometric field."""
    match = _FIELD_CLASS.fullmatch(cls)
    return None if match is None else ELEMENTS[match[1][0].lower() + match[1][1:]]


def element_of_array(values: Array) -> Element:
    """The element that an array of shape (N,), (N, 1), (N, 3), (N, 6) or (N, 9) holds; raises ValueError for others."""
    if values.ndim == 1:
        return LABEL if np.issubdtype(values.dtype, np.integer) else SCALAR
    for candidate in ELEMENTS.values():
        if values.shape[1:] == candidate.shape:
            return candidate
    raise ValueError(f"an array of shape {values.shape} is no list of scalars, vectors or tensors")


@dataclass(frozen=True, slots=True)
class Arch:
    """How numbers lie in a binary file: `arch "LSB;label=32;scalar=64";`."""

    label: int = 32
    scalar: int = 64
    little: bool = True

    @classmethod
    def parse(cls, text: str) -> Arch:
        """From the header's text; what it does not say is little-endian, 32 bit labels, 64 bit scalars."""
        widths = {name: int(bits) for name, bits in re.findall(r"(label|scalar)=(32|64)\b", text)}
        return cls(little="MSB" not in text, **widths)

    def __str__(self) -> str:
        return f"{'LSB' if self.little else 'MSB'};label={self.label};scalar={self.scalar}"

    def dtype(self, element: Element) -> np.dtype[np.generic]:
        """The numpy type of one number of this element."""
        kind, bits = ("i", self.label) if element.integer else ("f", self.scalar)
        return np.dtype(f"{'<' if self.little else '>'}{kind}{bits // 8}")
