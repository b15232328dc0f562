"""The page: a table, two plots and the chosen point, linked; the only place of this room that loads panel.

panel's files come from this server itself: with INLINE resources panel 1.9 asks its CDN for style sheets.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Sequence
from html import escape
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from bokeh.models import ColumnDataSource, CustomJS
from bokeh.models.widgets.tables import HTMLTemplateFormatter

from flowcfd.errors import FlowError
from flowcfd.widgets.dashboard import plots
from flowcfd.widgets.dashboard.gathered import Gathered, Row
from flowcfd.widgets.dashboard.marks import FAILED, mark

if TYPE_CHECKING:
    from flowcfd.widgets.dashboard.server import Store

pn: Any = import_module("panel")  # typed in part only
HERE = Path(__file__).parent
BUTTON = """
:host .bk-btn, :host a.bk-btn { font: 600 13px system-ui, sans-serif; color: #1d2733; background: #fff; height: 34px;
  border: 1px solid #b6c0cc; border-radius: 6px; }
:host .bk-btn:hover { background: #eef3f8; }
:host .bk-btn:focus-visible { outline: 2px solid #0b6bcb; outline-offset: 2px; }
"""
TABS = """
:host { font: 13px system-ui, sans-serif; }
:host .bk-header { border-bottom: 1px solid #d8dee6; }
:host .bk-tab { border: 0; border-radius: 0; color: #5b6673; padding: 6px 10px; }
:host .bk-tab.bk-active { color: #0b6bcb; font-weight: 600; border-bottom: 2px solid #0b6bcb; background: #fff; }
:host .bk-tab:focus-visible { outline: 2px solid #0b6bcb; outline-offset: -2px; }
"""
NUMBER = "<%= value == null || !isFinite(value) ? '' : Number(value.toPrecision(5)) %>"
ROWS = 10
"""So many rows the table shows at a time."""
LOST = "document.querySelector('.lost').hidden = false"
FONT = ":host { font: 14px/1.45 system-ui, sans-serif; color: #1d2733; }"
TABLE_LOOK = """
:host .tabulator { font: 13px system-ui, sans-serif; border: 0; background: #fff; }
:host .tabulator .tabulator-header .tabulator-col { background: #fff; color: #5b6673; border-right: 0; }
:host .tabulator .tabulator-header { border-bottom: 1px solid #d8dee6; background: #fff; }
:host .tabulator .tabulator-row .tabulator-cell { border-right: 0; padding: 6px 8px; }
:host .tabulator .tabulator-row { background: #fff; border-bottom: 1px solid #eef1f5; color: #1d2733; cursor: pointer; }
:host .tabulator .tabulator-row:hover { background: #f4f6f8; }
:host .tabulator .tabulator-row.tabulator-selected, :host .tabulator .tabulator-row.tabulator-selected:hover {
  background: #f0f7fe; color: #1d2733; box-shadow: inset 3px 0 0 #0b6bcb; }
:host .tabulator .tabulator-footer { background: #fff; border-top: 0; color: #5b6673; }
:host .tabulator .tabulator-footer .tabulator-page.active { color: #0b6bcb; }
"""


def serve(store: Store, patterns: list[Any], *, port: int) -> Any:
    """A server with the page on the loopback, not yet started; port 0: a free one."""
    pn.extension("tabulator", sizing_mode="stretch_width")
    return pn.serve(
        {"/": lambda: Page(store).template}, port=port, address="127.0.0.1", websocket_origin="*", show=False,
        start=False, verbose=False, title=store.now.title, extra_patterns=patterns,
    )  # fmt: skip


class Page:
    """What one visitor sees: `chosen` is the number of a row, the same in table, plots and detail."""

    def __init__(self, store: Store) -> None:
        self.store, self.seen = store, -1
        self.document, self.ready = pn.state.curdoc, False
        self.now = store.now
        self.chosen: int | None = None
        self._shown: Row | None = None
        self._names: list[str] = []
        self.told = pn.pane.HTML("", stylesheets=[FONT], sizing_mode="stretch_width", margin=0)
        self.download = pn.widgets.FileDownload(
            callback=self.csv, filename=f"{self.now.title}.csv", label="Download the table (CSV)",
            width=210, height=36, sizing_mode="fixed", stylesheets=[BUTTON], margin=0,
        )  # fmt: skip
        self.source: Any = ColumnDataSource(plots.columns(self.now, "", "", []), name="points")
        self.source.selected.on_change("indices", self._picked)
        self.across = pn.widgets.Select(name="Across", options=[], width=130, height=50, sizing_mode="fixed", margin=0)
        self.up = pn.widgets.Select(name="Up", options=[], width=130, height=50, sizing_mode="fixed", margin=0)
        self.scatter = pn.pane.Bokeh(plots.scatter(self.source), sizing_mode="stretch_width")
        self.parallel = pn.pane.Bokeh(plots.parallel(self.source), sizing_mode="stretch_width")
        self.table = pn.widgets.Tabulator(
            pd.DataFrame(), show_index=False, disabled=True, selectable=1, pagination=None, page_size=ROWS,
            layout="fit_data_stretch", theme="simple", stylesheets=[TABLE_LOOK], sizing_mode="stretch_width",
            configuration={"columnDefaults": {"minWidth": 84}},
        )  # fmt: skip
        self.head = pn.pane.HTML("", stylesheets=[FONT], sizing_mode="stretch_width", margin=0)
        self.looks = pn.Tabs(dynamic=True, sizing_mode="stretch_width", stylesheets=[TABS], margin=(8, 0, 0, 0))
        self.table.param.watch(self._row_picked, "selection")
        for select in (self.across, self.up):
            select.param.watch(self._axes_changed, "value")
        self.refresh()
        self.template = self._template()
        self.ready = True
        pn.state.add_periodic_callback(self.refresh, 1000)
        if self.document is not None:
            self.document.js_on_event("connection_lost", CustomJS(code=LOST))

    def _template(self) -> Any:
        template = pn.Template((HERE / "page.html").read_text())
        template.add_variable("title", self.store.now.title)
        template.add_variable("single", self.store.single)
        template.add_variable("css", (HERE / "page.css").read_text())
        for name in ("told", "download", "table", "looks", "across", "up", "scatter", "parallel"):
            template.add_panel(name, getattr(self, name))
        template.add_panel("chosen", self.head)
        return template

    # ---- what is there

    def refresh(self) -> None:
        """Show what was gathered since."""
        if self.seen == self.store.version:
            return
        self.seen, self.now = self.store.version, self.store.now
        self.told.object = status(self.now, ready=self.seen > 0)
        numbers = [*self.now.parameters, *self.now.measures]
        for select, first in (
            (self.across, self._first(self.now.parameters)),
            (self.up, self._first(self.now.measures)),
        ):
            kept = select.value if select.value in numbers else first
            select.param.update(options=numbers, value=kept)
        self._plot(self.now.axes)
        self.table.pagination = "local" if len(self.now.rows) > ROWS else None
        self.table.formatters = formatters(self.now)
        shown = frame(self.now)
        self.table.titles = {name: escape(name) for name in shown.columns}  # Tabulator takes titles for HTML
        self.table.value = shown
        if self.chosen is None:
            done = [row.number for row in self.now.rows if row.state == "Done"]
            self.choose(done[0] if done else (0 if self.now.rows else None))
        else:
            self._mark(self.chosen)

    def _first(self, names: Sequence[str]) -> str | None:
        """What an axis begins with: a column in which rows differ."""
        return next((name for name in self.now.axes if name in names), next(iter(names), None))

    def _draw(self, change: Callable[[], None]) -> None:
        """Change the plots: at once while the page is made, then when its document may be changed."""
        if self.ready and self.document is not None:
            self.document.add_next_tick_callback(change)
        else:
            change()

    def _plot(self, names: list[str]) -> None:
        self._names = names
        self._draw(self._plotted)

    def _plotted(self) -> None:
        names, kept = self._names, [] if self.chosen is None else [self.chosen]
        self.source.data = plots.columns(self.now, self.across.value or "", self.up.value or "", names)
        self.source.selected.indices = [one for one in kept if one < len(self.now.rows)]
        plots.name_axes(self.scatter.object, self.now, self.across.value or "", self.up.value or "")
        plots.name_columns(self.parallel.object, self.now, names)

    def _axes_changed(self, _: Any) -> None:
        if self.now.rows:
            self._plot(self._names)

    # ---- what is chosen

    def choose(self, number: int | None) -> None:
        """Show one point everywhere."""
        self.chosen = number
        if number is not None and self.table.pagination and not self.table.sorters:
            self.table.page = number // ROWS + 1
        self._mark(number)

    def _mark(self, number: int | None) -> None:
        """The chosen point as it is now; the table stays at the page that is looked at."""
        wanted = [] if number is None else [number]
        if self.table.selection != wanted:
            self.table.selection = wanted
        self._draw(lambda: self.source.selected.update(indices=wanted))
        row = self.now.rows[number] if number is not None and number < len(self.now.rows) else None
        if row != self._shown or row is None:
            before, self._shown = self._shown, row
            self._show(row, drawn=row is not None and before is not None and _drawn(row) == _drawn(before))

    def _picked(self, _: str, __: Any, indices: list[int]) -> None:
        new = [one for one in indices if one != self.chosen]
        if new:
            self.choose(new[0])

    def _row_picked(self, event: Any) -> None:
        if event.new and event.new != [self.chosen]:
            self.choose(event.new[-1])

    def _show(self, row: Row | None, *, drawn: bool) -> None:
        self.head.object = headline(row, self.now)
        if drawn:
            return
        kept = self.looks.active
        if row is None or not row.run:
            self.looks[:] = []
            return
        self.looks[:] = [
            ("Picture", pn.pane.HTML(framed(row, ""), sizing_mode="stretch_width")),
            ("3-D view", pn.pane.HTML(framed(row, ".html"), sizing_mode="stretch_width")),
            ("Residuals", residuals(row)),
        ]
        self.looks.active = min(max(kept, 0), 2)

    def csv(self) -> io.StringIO:
        """The table as a file, with units in its titles."""
        text = io.StringIO()
        plain(self.now).to_csv(text, index=False)
        text.seek(0)
        return text


def _drawn(row: Row) -> tuple[str, ...]:
    """What the pictures of a row depend on; those of a run that computes are drawn anew with each word of it."""
    return (row.run, row.state) if row.state == "Done" else (row.run, row.state, *row.words)


def status(now: Gathered, *, ready: bool) -> str:
    """How far it is, in a line."""
    if not ready:
        words = "Reading the runs ..."
    elif now.problem:
        words = now.problem
    else:
        count = "1 row" if len(now.rows) == 1 else f"{len(now.rows)} rows"
        words = f"{count}: {now.told}" if now.rows else "There are no points yet."
        if now.unread:
            ended = sum(row.state == "Done" for row in now.rows)
            words += f". Reading what they found: {ended - now.unread} of {ended}"
        if now.rows and not any(row.state == "Done" for row in now.rows):
            words += f". No {now.each} is finished{_way_on(now)}."
    colour = FAILED if now.problem else "#5b6673"
    return f"<div role='status' style='color:{colour}'>{escape(words)}</div>"


def _way_on(now: Gathered) -> str:
    if now.active:
        return " yet: this page fills while they end"
    if now.each != "point":
        return ""
    failed = all(row.state == "Failed" for row in now.rows)
    return ": study.run(again=True) tries those that failed again" if failed else " yet: study.run() computes them"


def frame(now: Gathered) -> pd.DataFrame:
    """The table: one row each, the verdict as a mark with its word."""
    rows = []
    for row in now.rows:
        colour, word = mark(row)
        pill = f"<span style='color:{colour};font-weight:600'>&#9679;&nbsp;{escape(word)}</span>"
        values = {now.titled(name): now.value(row, name) for name in (*now.parameters, *now.measures)}
        rows.append({now.each: row.name, "verdict": pill, **values, "state": row.state})
    return pd.DataFrame(rows)


def formatters(now: Gathered) -> dict[str, Any]:
    """Numbers by five digits, however small; nothing where there is none; the verdict as it is made here."""
    number = HTMLTemplateFormatter(template=NUMBER)
    texts = {name for row in now.rows for name, value in row.values.items() if isinstance(value, str)}
    names = [name for name in (*now.parameters, *now.measures) if name not in texts]
    return {"verdict": {"type": "html"}, **{now.titled(name): number for name in names}}


def plain(now: Gathered) -> pd.DataFrame:
    """The same for a file: full numbers, words without marks, and what is said of each row."""
    rows = []
    for row in now.rows:
        values = {now.titled(name): now.value(row, name) for name in (*now.parameters, *now.measures)}
        rows.append(
            {now.each: row.name, **values, "state": row.state, "verdict": row.colour, "says": "; ".join(row.words)}
        )
    return pd.DataFrame(rows)


def _numbers(now: Gathered, row: Row) -> dict[str, str]:
    shown = {}
    for name in (*now.parameters, *now.measures):
        value = now.value(row, name)
        text = value if isinstance(value, str) else "" if math.isnan(value) else f"{value:.5g}"
        shown[now.titled(name)] = text
    return shown


def headline(row: Row | None, now: Gathered) -> str:
    """Which point it is, its verdict, and what is said of it."""
    if row is None:
        return "<h2 style='font-size:14px;margin:0'>No point is chosen</h2>"
    colour, word = mark(row)
    values = ", ".join(
        f"{name} = {text}" for name, text in list(_numbers(now, row).items())[: len(now.parameters)] if text
    )
    said = "".join(f"<li>{escape(words)}</li>" for words in row.words[:4])
    more = f"<li>and {len(row.words) - 4} more</li>" if len(row.words) > 4 else ""
    return (
        f"<h2 style='font-size:14px;margin:0 0 2px'>{escape(row.name)}"
        f"<span style='color:{colour};margin-left:12px'>&#9679;&nbsp;{escape(word)}</span></h2>"
        f"<div style='color:#5b6673'>{escape(values)}</div>"
        f"<ul style='margin:4px 0 0;padding-left:18px;color:#5b6673;font-size:13px'>{said}{more}</ul>"
    )


def framed(row: Row, suffix: str) -> str:
    """The picture or the turning view, which the server makes when it is asked for."""
    what = "3-D view to turn" if suffix else "Picture"
    return (
        f"<div style='position:relative;height:{plots.VIEW}px'>"
        "<div style='position:absolute;inset:0;display:grid;place-items:center;color:#5b6673'>Drawing ...</div>"
        f"<iframe src='look/{row.number}{suffix}' title='{what} of {escape(row.name, quote=True)}' "
        "style='position:relative;width:100%;height:100%;border:0'></iframe></div>"
    )


def residuals(row: Row) -> Any:
    """The residuals of a run as curves, or the sentence why there are none."""
    try:
        return pn.pane.HoloViews(plots.residuals(row.run), sizing_mode="stretch_width", height=plots.VIEW)
    except (FlowError, OSError) as error:
        words = escape(" ".join(str(error).split()))
        return pn.pane.HTML(f"<p role='status' style='color:#5b6673'>{words}</p>", stylesheets=[FONT])
