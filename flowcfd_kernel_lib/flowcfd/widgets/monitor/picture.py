"""A monitor on paper: its curves as a PNG, by matplotlib without a screen, and in one line of words."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from flowcfd.widgets.monitor.follow import COURANT, FORCES_TAB, PROBES, RESIDUALS, Group
from flowcfd.widgets.monitor.history import Rows

INK, MUTED, LINE = "#1d2733", "#5b6673", "#d8dee6"
COLOURS = ("#0b6bcb", "#c4570a", "#1a7f4b", "#b02a8a", "#6b4fbb", "#00798a", "#9a6700", "#c0392b")
"""Of the curves, in the page the same."""
PANELS = 4
CURVES = 8
"""So many panels, and curves in each, a picture has."""


def words(told: Mapping[str, Any], overview: Mapping[str, Any]) -> str:
    """What is shown, in one line."""
    if not told:
        return str(overview.get("title", "a monitor of runs"))
    parts = [f"{told['run']}: {told['state']}", told["far"], told["left"], told["why"]]
    parts += [told["fault"]["cause"]] if told.get("fault") else []
    parts += [told["verdict"]["line"]] if told.get("verdict") else []
    return ", ".join(part for part in parts if part)


def png(
    curves: Sequence[tuple[Group, Rows]],
    told: Mapping[str, Any],
    bands: Sequence[Mapping[str, Any]],
    overview: Mapping[str, Any],
) -> bytes:
    """The curves of each group in a panel, with the means of what has settled."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    order = [RESIDUALS, FORCES_TAB, PROBES, COURANT]
    shown = sorted(
        (one for one in curves if len(one[1]) > 1),
        key=lambda one: order.index(one[0].tab) if one[0].tab in order else len(order),
    )[:PANELS]
    figure = Figure(figsize=(8.6, 0.75 + 2.5 * max(1, (len(shown) + 1) // 2)), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(words(told, overview)[:160], x=0.01, ha="left", fontsize=9, color=INK, wrap=True)
    axes = figure.subplots(max(1, (len(shown) + 1) // 2), 2 if len(shown) > 1 else 1, squeeze=False).ravel()
    for axis, (group, rows) in zip(axes, shown, strict=False):
        _panel(axis, group, rows, [band for band in bands if band["group"] == group.key], str(told.get("x", "")))
    for axis in axes[len(shown) :]:
        axis.set_axis_off()
    if not shown:
        axes[0].text(0.5, 0.5, "no rows yet", ha="center", color=MUTED, transform=axes[0].transAxes)
    made = io.BytesIO()
    figure.savefig(made, format="png")
    return made.getvalue()


def _panel(axis: Any, group: Group, rows: Rows, bands: Sequence[Mapping[str, Any]], x: str) -> None:
    for place, name in enumerate(group.columns[:CURVES], 1):
        values = np.where(rows[:, place] > 0, rows[:, place], np.nan) if group.log else rows[:, place]
        if np.isfinite(values).any():
            axis.plot(rows[:, 0], values, lw=1.1, color=COLOURS[(place - 1) % len(COLOURS)], label=name)
    for band in bands:
        if band["ok"] and band["column"] in group.columns[:CURVES]:
            colour = COLOURS[group.columns.index(band["column"]) % len(COLOURS)]
            axis.hlines(band["mean"], band["from"], band["to"], color=colour, lw=1, ls="--")
    if group.log:
        axis.set_yscale("log")
    axis.set_title(f"{group.title}{f' [{group.unit}]' if group.unit else ''}", fontsize=9, color=INK, loc="left")
    axis.set_xlabel(x, fontsize=8, color=MUTED)
    axis.tick_params(labelsize=8, colors=MUTED)
    axis.grid(color=LINE, lw=0.5)
    axis.spines[["top", "right"]].set_visible(False)
    if axis.lines:
        axis.legend(fontsize=7, frameon=False, ncols=2)
