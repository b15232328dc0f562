"""The table of outcomes: as rows of words, as text, and as HTML."""

from __future__ import annotations

import html as web
from collections.abc import Mapping, Sequence
from textwrap import wrap

from flowcfd.benchmarks.outcome import Comparison, Outcome
from flowcfd.uncertain import Uncertain

COLUMNS = ("measure", "value", "reference", "error", "band", "in band", "GCI")
NUMBERS = ("value", "reference", "error")
"""The columns that stand right."""
BELOW = ("band", "GCI")
"""The columns that stand below the others on a narrow screen."""
LONG = 24
"""Letters of a reason from which on it stands below the table."""
Failures = Sequence[tuple[str, str]]


def rows(outcome: Outcome, cited: Mapping[str, int]) -> list[tuple[str, ...]]:
    """One row of COLUMNS per comparison; `cited` has the number of each source, which stands behind the reference."""
    return [
        (
            one.measure + (f" [{one.unit}]" if one.unit else ""),
            value(one),
            f"{number_of(one.reference)} [{cited[one.source]}]",
            error(one),
            f"{one.band[0]:.4g} to {one.band[1]:.4g}",
            "yes" if one.ok else "NO",
            convergence(one),
        )
        for one in outcome.comparisons
    ]


def headline(outcome: Outcome) -> str:
    """The benchmark, its form, what it has cost and what is thought of its finest run."""
    parts = [
        "quick form" if outcome.quick else "",
        f"{outcome.cpu_seconds:.1f} CPU s",
        "computed before" if outcome.reused == len(outcome.runs) > 0 else "",
        f"verdict {outcome.verdict}" if outcome.verdict else "",
    ]
    return f"{outcome.benchmark} ({', '.join(part for part in parts if part)})"


def value(one: Comparison) -> str:
    """The value, with its uncertainty where it has one."""
    known = isinstance(one.value, Uncertain) and one.value.uncertainty is not None
    return str(one.value) if known else number_of(float(one.value))


def error(one: Comparison) -> str:
    """The error in per cent of the reference, in the unit where that is zero."""
    share = one.relative_error
    return f"{one.error:+.2g}" if share is None else f"{share:+.2%}"


def convergence(one: Comparison) -> str:
    """The grid convergence index in per cent of the value with the observed order p, or why there is none."""
    found = one.gci
    if found is None or found.gci is None:
        reason = one.why_no_gci if len(one.why_no_gci) <= LONG else "see below"
        return f"none: {reason}" if reason else "none"
    order = (
        "" if found.order is None else f", order {found.order:.2f}" + (" assumed" if found.kind == "two grids" else "")
    )
    return f"{found.gci:.2%}{order}"


def number_of(number: float) -> str:
    """Five significant digits, without needless zeros."""
    return f"{number:.5g}"


def citations(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """The sources of all references, numbered from 1 in the order of the table."""
    sources = dict.fromkeys(one.source for outcome in outcomes for one in outcome.comparisons)
    return {source: number for number, source in enumerate(sources, 1)}


def endnotes(outcomes: Sequence[Outcome]) -> list[str]:
    """The lines below the table: its sources, and what has to be known of single comparisons."""
    notes = [
        f"{outcome.benchmark}, {one.measure}: {one.note}"
        for outcome in outcomes
        for one in outcome.comparisons
        if one.note
    ]
    reasons = [
        f"{outcome.benchmark}, {one.measure}: no GCI: {one.why_no_gci}"
        for outcome in outcomes
        for one in outcome.comparisons
        if len(one.why_no_gci) > LONG
    ]
    return [*(f"[{number}] {source}" for source, number in citations(outcomes).items()), *notes, *reasons]


def text(outcomes: Sequence[Outcome], failures: Failures = (), *, width: int | None = None) -> str:
    """The table as plain text, a benchmark's lines under its name, each column as wide as it needs to be.

    Where that is wider than `width`, band and GCI stand below the other columns, and long lines are broken.
    """
    cited = citations(outcomes)
    groups = [(headline(outcome), rows(outcome, cited)) for outcome in outcomes]
    table = [COLUMNS, *(row for _, group in groups for row in group)]
    widths = [max(len(row[column]) for row in table) for column in range(len(COLUMNS))]
    narrow = width is not None and 2 * len(widths) + sum(widths) > width
    shown = [column for column, title in enumerate(COLUMNS) if not (narrow and title in BELOW)]

    def line(row: Sequence[str]) -> str:
        cells = (
            row[column].rjust(widths[column]) if COLUMNS[column] in NUMBERS else row[column].ljust(widths[column])
            for column in shown
        )
        return ("  " + "  ".join(cells)).rstrip()

    def lines_of(row: Sequence[str]) -> list[str]:
        below = "; ".join(f"{title} {row[COLUMNS.index(title)]}" for title in BELOW)
        return [line(row), f"      {below}"] if narrow else [line(row)]

    lines = [line(COLUMNS), "-" * (2 * len(shown) + sum(widths[column] for column in shown))]
    for title, group in groups:
        lines += [title, *(each for row in group for each in lines_of(row))]
    ends = [*(f"{name} failed: {error}" for name, error in failures), "", *endnotes(outcomes), ""]
    ends.append(summary(outcomes, failures))
    if narrow and width is not None:
        ends = [part for end in ends for part in (wrap(end, width, subsequent_indent="    ") or [""])]
    return "\n".join([*lines, *ends])


def summary(outcomes: Sequence[Outcome], failures: Failures = ()) -> str:
    """One line: how many are in band, what they have cost, and what of it was there before."""
    comparisons = [one for outcome in outcomes for one in outcome.comparisons]
    good, runs, reused = (
        sum(one.ok for one in comparisons),
        sum(len(o.runs) for o in outcomes),
        sum(o.reused for o in outcomes),
    )
    cost = sum(outcome.cpu_seconds for outcome in outcomes)
    found = f", {reused} of them computed before" if reused else ""
    failed = f"; {len(failures)} failed" if failures else ""
    return f"{good} of {len(comparisons)} in band{failed}; {runs} runs, {cost:.0f} CPU s{found}"


def html(outcomes: Sequence[Outcome], failures: Failures = ()) -> str:
    """The table for a notebook; the source of a reference and a note are shown where the mouse rests."""
    left = "text-align:left"
    head = "".join(f"<th{'' if title in NUMBERS else f' style={left!r}'}>{title}</th>" for title in COLUMNS)
    body, cited = list[str](), citations(outcomes)
    for outcome in outcomes:
        body.append(f"<tr><th colspan='{len(COLUMNS)}' style='{left}'>{web.escape(headline(outcome))}</th></tr>")
        for cells, one in zip(rows(outcome, cited), outcome.comparisons, strict=True):
            hint = web.escape("; ".join(part for part in (one.source, one.note) if part), quote=True)
            shade = "" if one.ok else " style='background:#fbe3e3;color:#000'"
            body.append(f"<tr title='{hint}'{shade}>{''.join(map(_cell, cells, COLUMNS))}</tr>")
    body += [
        f"<tr style='background:#fbe3e3;color:#000'><td style='{left}'>{web.escape(name)}</td>"
        f"<td colspan='{len(COLUMNS) - 1}' style='{left}'>{web.escape(said)}</td></tr>"
        for name, said in failures
    ]
    notes = "<br>".join(web.escape(line) for line in endnotes(outcomes))
    said = web.escape(summary(outcomes, failures))
    return f"<table><tr>{head}</tr>{''.join(body)}</table><p>{said}</p><p style='font-size:85%'>{notes}</p>"


def _cell(text: str, title: str) -> str:
    align = "right" if title in NUMBERS else "left"
    return f"<td style='text-align:{align}'>{web.escape(text)}</td>"
