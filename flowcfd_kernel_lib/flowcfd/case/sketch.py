"""Sketch: a domain around its body, seen from the side and from above, to scale, as SVG for notebooks."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flowcfd.case.enclosure import Enclosure

WIDE, HIGH = 430.0, 170.0
"""The largest picture of one view, in pixels."""
MARGIN, GAP = 46.0, 44.0
BODY, BOX, LINE, GROUND = "#4a7fb5", "#c07c10", "#8a8f98", "#7a5c3a"
"""Readable on white and on black."""


def svg(domain: Enclosure) -> str:
    """Both views with their dimensions; empty while the domain does not know its body or, of a site, its sizes."""
    if not domain.known:
        return ""
    sizes = [high - low for low, high in domain.box]
    up, across = domain.vertical, domain.lateral
    scale = min(WIDE / sizes[0], HIGH / max(sizes[up], sizes[across]))
    tops = [MARGIN / 2, MARGIN / 2 + sizes[up] * scale + GAP]
    views = [
        _view(domain, up, scale, tops[0], "from the side"),
        _view(domain, across, scale, tops[1], "from above"),
    ]
    width, height = sizes[0] * scale + 2.6 * MARGIN, tops[1] + sizes[across] * scale + MARGIN
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{width:.0f}' height='{height:.0f}' font-size='10' "
        f"font-family='sans-serif' fill='currentColor' style='display:block'>{''.join(views)}</svg>"
    )


def _view(domain: Enclosure, axis: int, scale: float, top: float, title: str) -> str:
    """One view: x to the right, `axis` upwards."""
    (x0, x1), (y0, y1) = domain.box[0], domain.box[axis]

    def rectangle(bounds: tuple[tuple[float, float], ...], style: str, title: str = "") -> str:
        (left, right), (low, high) = bounds
        left, right, low, high = max(left, x0), min(right, x1), max(low, y0), min(high, y1)
        wide, tall = max(2.0, (right - left) * scale), max(2.0, (high - low) * scale)
        x, y = MARGIN + (left - x0) * scale, top + (y1 - high) * scale
        told = f"<title>{escape(title)}</title>" if title else ""
        return f"<rect x='{x:.1f}' y='{y:.1f}' width='{wide:.1f}' height='{tall:.1f}' {style}>{told}</rect>"

    parts = [rectangle(((x0, x1), (y0, y1)), f"fill='none' stroke='{LINE}'")]
    body = domain.body
    if body is not None and not domain.solid_is_fluid:
        dashed = f"fill='none' stroke='{BOX}' stroke-dasharray='3 2'"
        drawn = [(one.box, f"{one.name}: {one.why}") for one in domain.boxes() if one.box]
        parts += [rectangle((box[0], box[axis]), dashed, words) for box, words in drawn]
    if body is not None:
        parts.append(rectangle((body.bounds[0], body.bounds[axis]), f"fill='{BODY}'", body.label))
    parts += _edges(domain, axis, (x1 - x0) * scale, (y1 - y0) * scale, top)
    middle, bottom = MARGIN + 0.5 * (x1 - x0) * scale, top + (y1 - y0) * scale
    right = MARGIN + (x1 - x0) * scale
    parts += [
        _text(middle, bottom + 13, f"{x1 - x0:.4g} m", "middle"),
        _text(right + 5, 0.5 * (top + bottom) + 3, f"{y1 - y0:.4g} m", "start"),
        _text(MARGIN, top - 5, title, "start"),
    ]
    return "".join(parts)


def _edges(domain: Enclosure, axis: int, wide: float, tall: float, top: float) -> list[str]:
    """The ground as a thick line, the plane of symmetry dash-dotted, arrows where the flow enters."""
    ends = {side: name for name, sides in domain.rims.items() for side in sides}
    styles = {
        "ground": f"stroke='{GROUND}' stroke-width='3'",
        "symmetry": "stroke='#a04ab5' stroke-dasharray='8 3 2 3'",
    }
    found = []
    for side, y in ((f"-{'xyz'[axis]}", top + tall), (f"+{'xyz'[axis]}", top)):
        name = ends.get(side)  # type: ignore[call-overload]
        if name in styles:
            line = f"<line x1='{MARGIN}' x2='{MARGIN + wide:.1f}' y1='{y:.1f}' y2='{y:.1f}' {styles[name]}>"
            found.append(f"{line}<title>{name}</title></line>")
    for share in (0.25, 0.5, 0.75) if ends.get("-x") in ("inlet", "farfield") else ():
        y = top + share * tall
        found.append(f"<path d='M {MARGIN - 26} {y:.1f} h 16 m -5 -3 l 5 3 l -5 3' fill='none' stroke='{LINE}'/>")
    return found


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f"<text x='{x:.1f}' y='{y:.1f}' text-anchor='{anchor}'>{escape(text)}</text>"
