"""What the commands print: one JSON document, or text and tables for people. rich is loaded here only."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from flowcfd.errors import DictionaryError, FlowError, RunError, StageFailed
from flowcfd.kernel import progress

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

STYLES = {
    "Done": "green",
    "Running": "cyan",
    "Queued": "blue",
    "Paused": "yellow",
    "Stopped": "yellow",
    "Failed": "bold red",
    "Cancelled": "magenta",
    "Lost": "bold red",
    "Unreadable": "bold red",
}
"""The colour of a run's state, and of what is in its place where it cannot be read."""


MANY = 100
"""A longer list has a line for each of its members: json is many times slower at lines for their parts."""


def document(content: Any) -> None:
    """The one JSON document on standard output; NaN and infinities, which JSON has not, become null."""
    if isinstance(content, list) and len(content) > MANY:
        sys.stdout.write("[\n" + ",\n".join(map(_line, content)) + "\n]\n")
        return
    sys.stdout.write(json.dumps(_plain(content), indent=1, default=str, allow_nan=False) + "\n")


def text(line: str = "") -> None:
    """One line for people."""
    sys.stdout.write(line + "\n")


def console(*, stderr: bool = False) -> Console:
    """A console of rich: colours only on a terminal; into a pipe lines are never wrapped."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    return Console(file=stream, width=None if stream.isatty() else 200, highlight=False, soft_wrap=False)


NARROW = 120
"""Columns below which a terminal gets long texts below one another, and not beside."""


def narrow() -> bool:
    """Whether standard output is a terminal too narrow for tables of sentences; a file or a pipe is not."""
    return sys.stdout.isatty() and console().width < NARROW


def hanging(rows: Iterable[tuple[Text | str, Text | str]], *, left: int = 0) -> None:
    """Rows of a short and a long text; a long one goes on under its own beginning. `left`: width of the short ones."""
    from rich.table import Table

    screen = console()
    made = Table.grid(padding=(0, 2, 0, 0))
    made.add_column(no_wrap=True, min_width=left)
    made.add_column(overflow="fold")
    for short, long in rows:
        made.add_row(_plainly(short), _plainly(long))
    screen.print(made)


def _plainly(content: Text | str) -> Text:
    """A string as it stands: rich would take its [m/s] for markup."""
    from rich.text import Text

    return Text(content) if isinstance(content, str) else content


def table(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    title: str = "",
    numbers: Sequence[str] = (),
    styles: Mapping[str, str] = MappingProxyType(STYLES),
) -> None:
    """A table with a header; the columns named in `numbers` stand right, cells named in `styles` have a colour."""
    console().print(live_table(columns, rows, title=title, numbers=numbers, styles=styles))


def live_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    title: str = "",
    numbers: Sequence[str] = (),
    styles: Mapping[str, str] = MappingProxyType(STYLES),
) -> Table:
    """The same to be drawn, and drawn again, by whom it is given to."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    # texts, not strings: rich takes the [m/s] of a string for markup and leaves it out
    head = Text(title) if title else None
    made = Table(title=head, box=box.SIMPLE_HEAD, pad_edge=False, title_justify="left", padding=(0, 1, 0, 0))
    for column in columns:
        made.add_column(Text(column), justify="right" if column in numbers else "left", overflow="fold")
    for row in rows:
        made.add_row(*(Text(str(cell), style=styles.get(str(cell), "")) for cell in row))
    return made


def coloured_diff(diff: str) -> None:
    """A unified diff, in colours on a terminal."""
    if not sys.stdout.isatty():
        sys.stdout.write(diff)
        return
    from rich.text import Text

    paint = {"+": "green", "-": "red", "@": "cyan"}
    for line in diff.splitlines():
        head = line.startswith(("+++", "---"))
        console().print(Text(line, style="bold" if head else paint.get(line[:1], "")), soft_wrap=True)


def report(error: FlowError, *, as_json: bool) -> int:
    """Say what went wrong on standard error, and as the JSON document where that is asked; returns the exit code."""
    if as_json:
        document({"error": as_dict(error)})
    report_line(str(error))
    return error.exit_code


def report_line(line: str) -> None:
    """A line on standard error, behind what was printed so far."""
    sys.stdout.flush()
    sys.stderr.write(f"flowcfd: {line}\n")


def as_dict(error: FlowError) -> dict[str, Any]:
    """An error for machines: its type, message, exit code, and the place that it knows."""
    content: dict[str, Any] = {
        "type": type(error).__name__,
        "message": str(error),
        "exit_code": error.exit_code,
    }
    if isinstance(error, RunError):
        content["path"] = error.path
    if isinstance(error, StageFailed):
        content |= {"stage": error.stage, "cause": error.cause, "log": error.log, "tail": error.tail}
    if isinstance(error, DictionaryError):
        content |= {"path": error.path, "line": error.line, "column": error.column}
    return content


def moment(seconds: float | None) -> str:
    """A time since the epoch [s] as local date and time; "" for None."""
    return "" if seconds is None else datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M:%S")


def duration(seconds: float | None) -> str:
    """A span of time [s] for people; "" for None."""
    return "" if seconds is None else progress.span(seconds)


def size(count: float | None) -> str:
    """A number of bytes for people; "" for None."""
    if count is None:
        return ""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} TB"


_ENCODER = json.JSONEncoder(default=str, allow_nan=False)


def _line(value: Any) -> str:
    try:
        return _ENCODER.encode(value)
    except ValueError:  # a NaN
        return _ENCODER.encode(_plain(value))


def _plain(value: Any) -> Any:
    """Values that JSON has."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    return value
