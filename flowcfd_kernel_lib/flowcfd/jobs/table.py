"""Many runs as a table: the cells of one run in words, and the same as HTML for a notebook that is not alive."""

from __future__ import annotations

import html
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from flowcfd.jobs.status import Status
from flowcfd.telling import span

COLUMNS = ("run", "state", "where", "done", "left", "residual", "measure", "core h", "age")
"""The heads of the table."""

COLOURS: Mapping[str, str] = {
    "Done": "#2e9e4f",
    "Running": "#2a8fbd",
    "Queued": "#7d83d6",
    "Paused": "#b58900",
    "Stopped": "#b58900",
    "Failed": "#d9372b",
    "Cancelled": "#a24fb0",
    "Lost": "#d9372b",
    "Unreadable": "#d9372b",
}
"""Of the mark before a state, to be seen on white and on black; the state stands there in words as well."""

MOST = 200
"""So many rows a table has that cannot be turned over."""

GRID = "minmax(8em,2.2fr) 6.5em minmax(4em,1fr) 8em 9em 5em minmax(5em,1fr) 4.5em 4.5em"
"""The widths of the columns, so that rows which are drawn apart stand below one another."""


def cells(status: Status, now: float) -> dict[str, str]:
    """A run in words, by column; empty where nothing is to be said."""
    return {
        "run": status.run,
        "state": status.state,
        "where": status.where,
        "done": "" if status.fraction is None else f"{status.fraction:.0%}",
        "left": _left(status, now),
        "residual": "" if status.residual is None else f"{status.residual:.1e}",
        "measure": status.measure,
        "core h": core_hours(status.core_seconds),
        "age": age(now - status.created) if status.created else "",
    }


def core_hours(seconds: float) -> str:
    """Core seconds as core hours, to three digits; empty for none."""
    if 0 < seconds < 1.8:
        return "<0.001"
    return "" if seconds <= 0 else f"{seconds / 3600:.3f}" if seconds < 36000 else f"{seconds / 3600:.4g}"


def age(seconds: float) -> str:
    """A time that has passed [s], in one number: "12 s", "5 min", "3 h", "12 d"."""
    seconds = max(0.0, seconds)
    for size, unit in ((86400.0, "d"), (3600.0, "h"), (60.0, "min")):
        if seconds >= 1.5 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def reason(status: Status) -> str:
    """Why, where that is not plain: what it waits for, failed of, or was ended by; what would help, how often tried."""
    if status.state in ("Running", "Done") or not status.why:
        return ""
    words = [status.why]
    if status.mend and status.mend not in status.why:
        words.append(status.mend)
    if status.dead and status.tries > 1:
        words.append(f"tried {status.tries} times")
    return "; ".join(words)


def summary(statuses: Sequence[Status]) -> str:
    """How many there are of each state: "12 runs: 3 Running, 9 Done"."""
    count = {state: sum(one.state == state for one in statuses) for state in COLOURS}
    told = ", ".join(f"{number} {state}" for state, number in count.items() if number)
    return f"{len(statuses)} run{'' if len(statuses) == 1 else 's'}" + (f": {told}" if told else "")


def head() -> str:
    """The heads, as the first row of a grid."""
    return _row([f"<b>{name}</b>" for name in COLUMNS])


def row(status: Status, now: float) -> str:
    """One run as a row of the grid, its reason below it."""
    below = reason(status)
    said = (
        f"<div style='opacity:.75;font-size:90%;line-height:1.4;padding:0 0 .3em 1.5em'>{html.escape(below)}</div>"
        if below
        else ""
    )
    return f"<div>{_row(_shown(status, now))}{said}</div>"


def _shown(status: Status, now: float) -> list[str]:
    """The cells as HTML."""
    told = cells(status, now)
    shown = [html.escape(told[name]) for name in COLUMNS]
    path = html.escape(str(status.path))
    shown[0] = f"<span title='{path}'>{shown[0]}</span>"
    shown[1] = f"<span style='color:{COLOURS[status.state]}'>&#9679;</span>&nbsp;{shown[1]}"
    if status.fraction is not None:
        bar = f"<progress value='{status.fraction:.3f}' max='1' style='width:4.5em'></progress>"
        shown[3] = f"{bar}&nbsp;{shown[3]}"
    return shown


def table(statuses: Iterable[Status], *, now: float | None = None, notes: Iterable[str] = ()) -> str:
    """All of them as HTML that stands by itself, the first MOST; `notes` come below."""
    known, now = list(statuses), time.time() if now is None else now
    title = f"<div><b>{html.escape(summary(known))}</b></div>"
    left = "style='text-align:left;white-space:nowrap'"
    heads = f"<tr>{''.join(f'<th {left}>{name}</th>' for name in COLUMNS)}</tr>"
    rows = "".join(_lines(one, now, left) for one in known[:MOST])
    more = [f"and {len(known) - MOST} more; runs.select(...) shows fewer"] if len(known) > MOST else []
    told = "".join(f"<div>{html.escape(note)}</div>" for note in (*more, *notes))
    return f"<div>{title}{f'<table>{heads}{rows}</table>' if known else ''}{told}</div>"


def _lines(status: Status, now: float, left: str) -> str:
    shown = "".join(f"<td {left}>{cell}</td>" for cell in _shown(status, now))
    why = html.escape(reason(status))
    below = (
        f"<tr><td style='text-align:left;opacity:.75;padding-left:2em' colspan='{len(COLUMNS)}'>{why}</td></tr>"
        if why
        else ""
    )
    return f"<tr>{shown}</tr>{below}"


def text(statuses: Sequence[Status], *, now: float | None = None) -> str:
    """A few words for each of the first, for a terminal."""
    now = time.time() if now is None else now
    lines = [summary(statuses)]
    for one in statuses[:20]:
        told = cells(one, now)
        words = [told[name] for name in ("state", "done", "left", "measure") if told[name]]
        lines.append(f"  {one.run}: {', '.join([*words, *([why] if (why := reason(one)) else [])])}")
    return "\n".join([*lines, *(["  ..."] if len(statuses) > 20 else [])])


def _row(shown: Sequence[str]) -> str:
    cut = "overflow:hidden;text-overflow:ellipsis;white-space:nowrap;text-align:left"
    inner = "".join(f"<div style='{cut}'>{cell}</div>" for cell in shown)
    return f"<div style='display:grid;grid-template-columns:{GRID};column-gap:.8em'>{inner}</div>"


def _left(status: Status, now: float) -> str:
    if status.remaining is None or status.state != "Running":
        return ""
    end = datetime.fromtimestamp(now + status.remaining)
    clock = end.strftime("%H:%M") if status.remaining < 43200 else end.strftime("%d %b %H:%M")
    return f"{span(status.remaining)} ({clock})"
