"""An Estimate as HTML: the three numbers that matter, and a table with bands and sources. Styles stand inline."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from flowcfd.jobs.estimate.estimate import band, shown

if TYPE_CHECKING:
    from flowcfd.jobs.estimate.estimate import Estimate
    from flowcfd.jobs.estimate.figure import Figure

_FONT = "font-family:system-ui,-apple-system,'Segoe UI',sans-serif;font-size:13px;line-height:1.5;color:inherit"
_SOFT = "opacity:.62"
_LINE = "border-top:1px solid rgba(128,128,128,.22)"
_ROW = "display:flex;flex-wrap:wrap;align-items:center;gap:0 16px;padding:3px 0;background:none"
_CELL = "display:block;text-align:left;padding:0;border:0;max-width:none"
_WIDTHS = ("0 0 7em", "0 0 9em", "0 0 96px", "0 0 19em", "1 1 20em")
"""Of the cells of a row; what has no room goes on below."""
_BIG = "font-size:20px;font-weight:600;letter-spacing:-.01em"
_TRACK = "position:relative;width:96px;height:5px;border-radius:3px;background:rgba(128,128,128,.18)"
_BAND = "position:absolute;height:5px;border-radius:3px;background:#3b82c4;opacity:.55"
_MARK = "position:absolute;width:3px;height:11px;top:-3px;border-radius:1px;background:#3b82c4"


def page(estimate: Estimate) -> str:
    """The estimate as one block of HTML."""
    head = f"<div style='font-weight:600'>{escape(estimate.title)}</div>"
    if not estimate.known:
        said = f"<div style='margin-top:4px'><b>No estimate</b>: {escape(estimate.why)}</div>"
        return f'<div style="{_FONT};max-width:62em">{head}{said}</div>'
    tiles = (
        ("wall time", estimate.wall),
        ("core-hours", estimate.core_hours),
        ("memory", estimate.memory),
        ("disk", estimate.disk),
        ("price", estimate.price),
    )
    big = "".join(_tile(label, figure) for label, figure in tiles if figure is not None)
    rows = "".join(_row(label, figure) for label, figure in estimate.figures)
    known = {label for label, _ in estimate.figures}
    rows += "".join(_plain(*row) for row in estimate.rows() if row[0] not in known)
    notes = "".join(f"<div style='{_SOFT}'>{escape(note)}</div>" for note in estimate.notes)
    foot = f"<div style='{_SOFT};margin-top:4px'>Bars: the 80 % band, logarithmic, from a tenth to ten times.</div>"
    flex = "display:flex;flex-wrap:wrap;gap:4px 34px;margin:6px 0 8px"
    return (
        f'<div style="{_FONT};max-width:72em">{head}<div style="{flex}">{big}</div>'
        f'<table style="display:block;font-size:13px;{_LINE}"><tbody style="display:block">{rows}</tbody></table>'
        f"{notes}{foot}</div>"
    )


def _tile(label: str, figure: Figure) -> str:
    spread = f"<div style='{_SOFT}'>{escape(band(figure))}&nbsp;</div>"
    return f"<div><div style='{_SOFT}'>{label}</div><div style='{_BIG}'>{escape(shown(figure))}</div>{spread}</div>"


def _row(label: str, figure: Figure) -> str:
    spread = band(figure)
    bar = _bar(figure) if spread else ""
    cells = (
        f"<b>{escape(label)}</b>",
        escape(shown(figure)),
        bar,
        escape(spread),
        f"<span style='{_SOFT}'>{escape(figure.source)}</span>",
    )
    return _cells(cells)


def _plain(label: str, value: str, spread: str, source: str) -> str:
    return _cells((f"<b>{escape(label)}</b>", escape(value), "", escape(spread), escape(source)))


def _cells(cells: tuple[str, ...]) -> str:
    row = "".join(f'<td style="{_CELL};flex:{width}">{cell}</td>' for cell, width in zip(cells, _WIDTHS, strict=True))
    return f'<tr style="{_ROW}">{row}</tr>'


def _bar(figure: Figure) -> str:
    """The band around its value, on a logarithmic scale of two decades."""
    from math import log10

    def place(value: float) -> float:
        return 50.0 + 50.0 * max(-1.0, min(1.0, log10(max(value, 1e-300) / figure.value))) if figure.value > 0 else 50.0

    low, high = place(figure.low), place(figure.high)
    return (
        f"<div style='{_TRACK}'><div style='{_BAND};left:{low:.0f}%;width:{max(2.0, high - low):.0f}%'></div>"
        f"<div style='{_MARK};left:calc(50% - 1px)'></div></div>"
    )
