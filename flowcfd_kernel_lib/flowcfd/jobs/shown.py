"""What a notebook shows of a run: its state and why, its mesh, and what each stage took."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from flowcfd.jobs.record import ACTIVE

if TYPE_CHECKING:
    from flowcfd.jobs.handle import Run
    from flowcfd.jobs.record import State


def page(run: Run, state: State, why: str) -> str:
    """The run in HTML, in the state that is given, and why it is in it."""
    return _title(run, state, why) + _stages(run)


def _title(run: Run, state: State, why: str) -> str:
    said = f", {html.escape(why)}" if why and (state != "Done" or run.record.until is not None) else ""
    title = f"<div title='{html.escape(str(run.path))}'><b>Run {html.escape(run.name)}</b>: {state}{said}</div>"
    title += "".join(f"<div>&#9888; {html.escape(str(trouble))}</div>" for trouble in run.troubles)
    if state in ACTIVE and (meshing := run.progress().meshing) is not None:
        title += f"<div>{html.escape(str(meshing))}</div>"
    if run.record.mesh_only and (said := run.mesh_line):
        title += f"<div>{html.escape(said)}</div>"
    return title


def _stages(run: Run) -> str:
    """A table of the stages that have begun; empty before the first."""
    rows = "".join(
        f"<tr><td style='text-align:left'>{stage.name}</td><td style='text-align:left'>{stage.state}</td>"
        f"<td>{stage.wall:.1f} s</td><td>{stage.memory / 1e6:.0f} MB</td></tr>"
        for stage in run.stages
    )
    heads = "<tr><th style='text-align:left'>stage</th><th></th><th>time</th><th>memory</th></tr>"
    return f"<table>{heads}{rows}</table>" if rows else ""
