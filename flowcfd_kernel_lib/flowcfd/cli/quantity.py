"""Quantities on the command line."""

from __future__ import annotations


def plain(given: str) -> float | str:
    """A bare number is in SI units, as everywhere."""
    try:
        return float(given)
    except ValueError:
        return given
