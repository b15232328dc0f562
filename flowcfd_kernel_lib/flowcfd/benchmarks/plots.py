"""Figures as in a paper: lines for what was computed, open symbols for what was published."""

from __future__ import annotations

import io
from itertools import cycle
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.figure import Figure

from flowcfd.benchmarks.outcome import Outcome, Plot

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STYLE: dict[Any, Any] = {
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.direction": "in",
    "ytick.direction": "in",
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
    "lines.linewidth": 1.3,
    "lines.markersize": 4.5,
    "legend.frameon": False,
    "legend.fontsize": 8,
}
COLOURS = ("#1f4e79", "#b5651d", "#3a7d44", "#7b3f7b")
"""Dark enough to be told apart in print."""
MARKERS = "os^Dv"
FEW = 12
"""Points of a curve up to which they are marked on its line."""
WIDTH, HEIGHT = 3.6, 3.0
"""Size of one pair of axes [inches]."""


class Drawing(Figure):
    """A figure that a notebook shows, whether pyplot is loaded or not."""

    def _repr_png_(self) -> bytes:
        image = io.BytesIO()
        self.savefig(image, format="png", dpi=110)
        return image.getvalue()


def figure(outcome: Outcome) -> Figure:
    """All plots of an outcome side by side."""
    with mpl.rc_context(STYLE):
        made = Drawing(figsize=(WIDTH * max(1, len(outcome.plots)), HEIGHT), layout="constrained")
        if outcome.plots:
            for axes, plot in zip(made.subplots(1, len(outcome.plots), squeeze=False)[0], outcome.plots, strict=True):
                draw(axes, plot)
    return made


def draw(axes: Axes, plot: Plot) -> None:
    """One plot into its axes."""
    colours, markers = cycle(COLOURS), cycle(MARKERS)
    for curve in plot.curves:
        if curve.reference:
            look: dict[str, Any] = {"linestyle": "none", "marker": next(markers), "markerfacecolor": "none"}
            axes.errorbar(
                curve.x,
                curve.y,
                yerr=curve.error,
                label=curve.label,
                color="black",
                capsize=2,
                elinewidth=0.7,
                zorder=3,
                **look,
            )
        else:
            marker = "." if len(curve.x) <= FEW else ""
            axes.plot(curve.x, curve.y, label=curve.label, color=next(colours), marker=marker)
    if plot.zero:
        axes.axhline(0, color="0.6", linewidth=0.6, zorder=0)
    axes.set(title=plot.title, xlabel=plot.x_label, ylabel=plot.y_label, xlim=plot.x_range, ylim=plot.y_range)
    axes.legend(loc="best")
