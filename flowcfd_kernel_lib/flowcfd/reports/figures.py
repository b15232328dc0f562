"""Figures of a report: curves as SVG by matplotlib, the flow as PNG by pyvista, in one style."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, SOFT = "#1d2733", "#6b7683"
COLOURS = ("#1f6feb", "#d9480f", "#2b8a3e", "#862e9c", "#c2255c", "#0b7285", "#5c940d", "#495057")
"""Told apart by people who see colours differently as well, in this order."""
_STYLE: Any = {
    "svg.fonttype": "path", "svg.hashsalt": "flowcfd", "font.size": 8.5, "axes.edgecolor": SOFT, "axes.labelcolor": INK,
    "text.color": INK, "xtick.color": SOFT, "ytick.color": SOFT, "axes.spines.top": False, "axes.spines.right": False,
    "axes.grid": True, "grid.color": "#e6e9ed", "grid.linewidth": 0.6, "axes.axisbelow": True, "lines.linewidth": 1.2,
    "legend.frameon": False, "legend.fontsize": 8,
}  # fmt: skip
MOST_POINTS = 2000
"""More points of a curve than this are no longer seen on paper."""
Draw = Sequence[tuple[str, NDArray[np.float64], NDArray[np.float64]]]


def curves(
    lines: Draw,
    *,
    over: str,
    what: str,
    log: bool = False,
    bands: Sequence[tuple[float, float, str]] = (),
    height: float = 2.6,
) -> bytes:
    """Curves (label, x, y) as SVG; `bands` are (centre, half width, colour) drawn behind them."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(_STYLE):
        figure = Figure(figsize=(6.4, height), layout="constrained")
        axes: Axes = figure.add_subplot()
        for centre, half, colour in bands:
            axes.axhspan(centre - half, centre + half, color=colour, alpha=0.14, linewidth=0)
            axes.axhline(centre, color=colour, linewidth=0.8, linestyle=(0, (4, 3)))
        for (label, x, y), colour in zip(lines, COLOURS * (1 + len(lines) // len(COLOURS)), strict=False):
            alone = "o" if np.isfinite(y).sum() == 1 else ""  # no line is seen through one point
            axes.plot(*_thinned(x, y), label=label, color=colour, marker=alone, markersize=4)
        if log:
            axes.set_yscale("log")
        _within(axes, lines, log=log)
        axes.set_xlabel(over)
        axes.set_ylabel(what)
        axes.margins(x=0.01)
        if len(lines) > 1:
            axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), borderaxespad=0.4)
        made = io.BytesIO()
        figure.savefig(made, format="svg", metadata={"Date": None, "Creator": None})
    return made.getvalue()


def _within(axes: Axes, lines: Draw, *, log: bool) -> None:
    """Leave out of sight what happens in the first moments only and would flatten all the rest."""
    if log:
        return
    tails = [y[len(y) // 2 :][np.isfinite(y[len(y) // 2 :])] for _, _, y in lines]
    known = np.concatenate([tail for tail in tails if len(tail)] or [np.zeros(1)])
    low, high = float(known.min()), float(known.max())
    room = 0.25 * (high - low) or 0.1 * abs(high) or 1.0
    axes.set_ylim(low - room, high + room)


def _thinned(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fewer points: of each stretch the least and the greatest, so that no peak is lost."""
    if len(x) <= MOST_POINTS:
        return x, y
    step = -(-2 * len(x) // MOST_POINTS)
    cut = len(x) // step * step
    blocks = y[:cut].reshape(-1, step)
    filled = np.where(np.isfinite(blocks), blocks, 0.0)
    kept = np.stack([filled.argmin(axis=1), filled.argmax(axis=1)], axis=1)
    places = np.unique((np.sort(kept, axis=1) + np.arange(len(blocks))[:, None] * step).ravel())
    places = np.union1d(places, [len(x) - 1])
    return x[places], y[places]
