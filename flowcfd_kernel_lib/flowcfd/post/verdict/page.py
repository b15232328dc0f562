"""The verdict as HTML: one glance, and all of it on demand. Styles stand inline: notebooks keep nothing else."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from flowcfd.post.verdict.judge import Judgement, Shade

if TYPE_CHECKING:
    from flowcfd.post.verdict.verdict import Verdict

PAINT: Final[dict[Shade, str]] = {"green": "#2e9e62", "amber": "#c07c10", "red": "#d04545", "grey": "#8a8f98"}
"""Readable on white and on black."""
_SAYS: Final = {"green": "nothing found", "amber": "use with care", "red": "do not use these numbers"}
_FONT: Final = "font-family:system-ui,-apple-system,'Segoe UI',sans-serif;font-size:13px;line-height:1.5;color:inherit"
_SOFT: Final = "opacity:.62"
_CELL: Final = "text-align:left;vertical-align:top;padding:3px 14px 3px 0;border:0;background:none;white-space:normal"
_PILL: Final = "color:#fff;border-radius:10px;padding:1px 11px 2px;font-weight:600;letter-spacing:.02em"
_ROUND: Final = "display:inline-block;flex:none;width:9px;height:9px;border-radius:50%"
_BESIDE: Final = "display:flex;gap:10px;align-items:baseline;margin:3px 0"
_LINE: Final = "border-top:1px solid rgba(128,128,128,.22)"


def page(verdict: Verdict) -> str:
    """The colour as a badge, the reasons in words, and the full table folded away."""
    scope = f"{len(verdict.judged)} of {len(verdict.judged) + len(verdict.missing)} criteria judged"
    head = (
        f"<div style='display:flex;flex-wrap:wrap;align-items:baseline;gap:4px 12px'>{_badge(verdict.colour)}"
        f"<span style='font-weight:600'>{escape(verdict.title)}</span>"
        f"<span style='{_SOFT}'>{_SAYS[verdict.colour]} · {scope}</span></div>"
    )
    reasons = "".join(_reason(each) for each in verdict.findings)
    reasons += _note("amber", verdict.doubt) if verdict.doubt else ""
    quiet = sum(each.colour == "green" for each in verdict.judgements)
    noun = "criterion" if quiet == 1 else "criteria"
    reasons += _note("green", f"{quiet} {noun} without a finding") if quiet else ""
    body = f"{head}<div style='margin:8px 0 6px'>{reasons}</div>{_table(verdict)}"
    return f'<div style="{_FONT};max-width:70em">{body}</div>'


def _badge(colour: Shade) -> str:
    return f"<span style='background:{PAINT[colour]};{_PILL}'>{colour}</span>"


def _dot(colour: Shade) -> str:
    fill = (
        f"background:{PAINT[colour]}" if colour != "grey" else f"border:1px solid {PAINT[colour]};box-sizing:border-box"
    )
    return f"<span style='{_ROUND};{fill}' title='{colour}'></span>"


def _reason(each: Judgement) -> str:
    limit = f" <span style='{_SOFT};white-space:nowrap'>limit {escape(each.limit)}</span>" if each.limit else ""
    return _row(each.colour, f"<b style='font-weight:600'>{escape(each.name)}</b> {escape(each.sentence)}{limit}")


def _note(colour: Shade, text: str) -> str:
    return _row(colour, f"<span style='{_SOFT}'>{escape(text)}</span>")


def _row(colour: Shade, content: str) -> str:
    return f"<div style='{_BESIDE}'>{_dot(colour)}<span>{content}</span></div>"


def _table(verdict: Verdict) -> str:
    titles = ("", "criterion", "value", "limit", "what it says")
    head = "".join(f"<th style='{_CELL};{_SOFT};font-weight:500'>{title}</th>" for title in titles)
    rows = "".join(
        f"<tr style='{_LINE};background:none'><td style='{_CELL}'>{_dot(each.colour)}</td>"
        f"<td style='{_CELL};white-space:nowrap'>{escape(each.name)}</td>"
        f"<td style='{_CELL}'>{escape(each.value)}</td><td style='{_CELL}'>{escape(each.limit)}</td>"
        f"<td style='{_CELL}{';' + _SOFT if each.colour == 'grey' else ''}'>{escape(each.sentence)}</td></tr>"
        for each in verdict.judgements
    )
    return (
        f"<details><summary style='cursor:pointer;{_SOFT}'>all criteria</summary>"
        f"<table style='border-collapse:collapse;margin:6px 0 0;border:0;font-size:12.5px'>"
        f"<thead><tr style='background:none'>{head}</tr></thead><tbody>{rows}</tbody></table></details>"
    )
