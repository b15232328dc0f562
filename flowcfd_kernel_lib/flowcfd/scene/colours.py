"""The colours of scenes: ink and paper, bodies, one for each patch."""

from __future__ import annotations

INK, PAPER = "#1d2733", "#ffffff"
LIGHT, NIGHT = "#e6e9ed", "#14181d"
BODY = "#c3cad3"
ACCENT = "#0b6bcb"
PATCHES = ("#4e79a7", "#f28e2b", "#59a14f", "#e15759", "#76b7b2", "#edc948", "#b07aa1", "#ff9da7", "#9c755f", "#86bcb6")
"""Neighbours in it are told apart; the eleventh patch has the colour of the first."""


def rgb(colour: str) -> tuple[float, float, float]:
    """Shares of red, green and blue of "#rrggbb"."""
    red, green, blue = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    return red, green, blue
