"""How a study of meshes is shown: its figure, and its table with it."""

from __future__ import annotations

import base64
import html as markup
import io
import math
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.figure import Figure

from flowcfd.studies.gci import GCI

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from flowcfd.studies.independence import Independence

STYLE: dict[Any, Any] = {
    "font.size": 9,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.direction": "in",
    "ytick.direction": "in",
    "legend.frameon": False,
    "legend.fontsize": 8,
}
BLUE, GREY = "#1f4e79", "0.55"
SIZE = (4.4, 3.1)
"""Size of the figure [inches]."""
DOTS = 110
"""Dots per inch on a screen."""


class Drawing(Figure):
    """A figure that a notebook shows without pyplot, which would keep it for ever."""

    def _repr_png_(self) -> bytes:
        drawn = io.BytesIO()
        self.savefig(drawn, format="png", dpi=DOTS)
        return drawn.getvalue()


def figure(study: Independence) -> Drawing:
    """The values over the cell size, the curve of the observed order down to its limit, and the band."""
    with mpl.rc_context(STYLE):
        made = Drawing(figsize=SIZE, layout="constrained")
        axes = made.subplots()
        known = [
            (size, float(level.value))
            for size, level in zip(study.sizes, study.levels, strict=True)
            if level.value is not None and math.isfinite(size)
        ]
        if known:
            axes.plot(*zip(*known, strict=True), "o", color=BLUE, mfc="white", zorder=3, label="computed")
        if study.gci is not None:
            _index(axes, study.gci, study)
        widest = max((size for size, _ in known), default=1.0)
        axes.set(xlabel="cell size over the finest", ylabel=_label(study), xlim=(-0.06 * widest, 1.08 * widest))
        axes.legend()
    return made


def _label(study: Independence) -> str:
    unit = study.answer.unit if study.known else ""
    return f"{study.measure} [{unit}]" if unit else study.measure


def _index(axes: Axes, found: GCI, study: Independence) -> None:
    """The band about the finest value, and the power law through the finest values where there is one."""
    import numpy as np

    answer = study.answer
    if answer.uncertainty is not None and math.isfinite(answer.uncertainty):
        axes.axhspan(*answer.interval, color=BLUE, alpha=0.12, linewidth=0, label=f"{answer:.2u}")
    if found.extrapolated is None or found.order is None or found.used_order is None:
        return
    sizes = np.linspace(0, max(found.sizes), 100)
    law = found.extrapolated + (found.values[0] - found.extrapolated) * sizes**found.used_order
    axes.plot(sizes, law, color=GREY, linewidth=1, zorder=2, label=f"order {found.order:.2f}")
    axes.plot(0, found.extrapolated, "s", color=BLUE, zorder=3, clip_on=False, label=f"limit {found.extrapolated:.5g}")


def html(study: Independence) -> str:
    """The answer, the table, what is to be noted, and the figure."""
    name = markup.escape(study.measure)
    title = f"{name} = {study.answer:H}" if study.known else f"{name}: no mesh has a value"
    why = str(study.gci) if study.gci is not None else f"no GCI: {study.why_no_gci}"
    notes = "".join(f"<div>{markup.escape(note)}</div>" for note in study.notes)
    picture = ""
    if study.known:
        drawn = base64.b64encode(figure(study)._repr_png_()).decode("ascii")
        picture = f"<img alt='{name}' src='data:image/png;base64,{drawn}'>"
    return f"<b>{title}</b><div>{markup.escape(why)}</div>{_table(study)}{notes}{picture}"


def _table(study: Independence) -> str:
    """The table as it is read: shares in per cent, times with their unit; the causes stand in the notes."""
    table = study.table.drop(columns="cause", errors="ignore")
    shown = {
        "h": "{:.3g}".format,
        "value": "{:.6g}".format,
        "change": "{:+.2%}".format,
        "wall": "{:.1f} s".format,
        "y+": "{:.3g}".format,
    }
    table["run"] = [level.run.path.name for level in study.levels]
    formats = {column: shown[column] for column in table.columns if column in shown}
    made: str = table.to_html(index=False, border=0, formatters=formats, na_rep="")
    return made.replace("nan%", "")
