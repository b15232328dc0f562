"""A monitor on paper: its curves as a PNG, by matplotlib without a screen, and in one line of words."""

from __future__ import annotations

import io
import textwrap
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
WRAPPED = 150
"""Letters of its sentence in a line."""
TABLE = 24
"""Rows of several runs that it shows."""


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
    lines = textwrap.wrap(words(told, overview), WRAPPED) or [""]
    table = [] if shown else _table(overview)
    tall = 0.3 + 0.16 * len(table) if table else 2.5 * max(1, (len(shown) + 1) // 2)
    figure = Figure(figsize=(8.6, 0.45 + 0.15 * len(lines) + tall), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle("\n".join(lines), x=0.01, ha="left", fontsize=9, color=INK)
    axes = figure.subplots(max(1, (len(shown) + 1) // 2), 2 if len(shown) > 1 else 1, squeeze=False).ravel()
    for axis, (group, rows) in zip(axes, shown, strict=False):
        _panel(axis, group, rows, [band for band in bands if band["group"] == group.key], str(told.get("x", "")))
    for axis in axes[len(shown) :]:
        axis.set_axis_off()
    if not shown:
        text, place, align = ("\n".join(table), 0.0, "left") if table else ("no rows yet", 0.5, "center")
        axes[0].text(
            place, 1.0, text, ha=align, va="top", color=MUTED, fontsize=8, family="monospace",
            transform=axes[0].transAxes,
        )  # fmt: skip
    made = io.BytesIO()
    figure.savefig(made, format="png")
    return made.getvalue()


def _table(overview: Mapping[str, Any]) -> list[str]:
    """The rows of several runs as lines of one width: run, state, how far, and what is measured or why it ended."""
    rows = list(overview.get("rows", ()))
    cells = [
        (
            str(row["label"])[:40], str(row["state"]),
            f"{100 * row['fraction']:.0f} %" if row.get("fraction") is not None else "",
            str(row.get("measure") or row.get("why") or "")[:60],
        )
        for row in rows[:TABLE]
    ]  # fmt: skip
    widths = [max(len(one[n]) for one in cells) for n in range(3)] if cells else []
    lines = [
        "  ".join([*(f"{text:<{wide}}" for text, wide in zip(one, widths, strict=False)), one[3]]) for one in cells
    ]
    return lines + ([f"and {len(rows) - TABLE} more"] if len(rows) > TABLE else [])


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
