"""What the commands about bodies share: the space that is asked for, and quantities."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from flowcfd.errors import CaseError

if TYPE_CHECKING:
    from flowcfd.case.domain import Domain


def domain_of(options: Namespace) -> Domain | None:
    """The space of --domain and --half; None where that is left to the rule."""
    from flowcfd import case

    kinds: dict[str, type[Domain]] = {
        "tunnel": case.WindTunnel, "freeair": case.FreeAir, "internal": case.Internal, "site": case.BuildingSite
    }  # fmt: skip
    if options.half and options.domain == "internal":
        raise CaseError("--half: is for domains around a body; the inside of one is cut in CAD")
    if options.domain is None:
        return None
    return kinds[options.domain](**({"half": True} if options.half else {}))


def plain(given: str) -> float | str:
    """A bare number is in SI units, as everywhere."""
    try:
        return float(given)
    except ValueError:
        return given
