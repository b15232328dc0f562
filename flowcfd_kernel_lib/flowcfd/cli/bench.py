"""`flowcfd bench`: one table from the modules of flowcfd.bench."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Protocol, cast

from flowcfd import telling
from flowcfd.bench.row import Row
from flowcfd.cli import output
from flowcfd.errors import UnknownName

SUBJECTS = {
    "dictionaries": "dictionaries",
    "fields": "fields",
    "logs": "logs",
    "results": "results",
    "overhead": "overhead",
    "sweep": "sweep",
    "cluster": "cluster",
    "import": "imports",
    "kernel": "kernel",
    "notebooks": "notebooks",
    "index": "index",
    "estimate": "estimate",
    "cad": "cad",
    "sizes": "sizes",
    "mesh": "meshing",
    "report": "report",
    "stream": "stream",
    "view": "view",
}
"""The name that is typed, and the module of flowcfd.bench behind it."""


class Benchmark(Protocol):
    """A module of flowcfd.bench."""

    def run(self, *, quick: bool = False) -> list[Row]:
        """Measure."""


def bench(options: Namespace) -> int:
    """Measure the subjects and print one table; 1 when a goal is missed by more than half and that is asked."""
    if options.list:
        output.document(list(SUBJECTS)) if options.json else output.text("\n".join(SUBJECTS))
        return 0
    chosen = options.subjects or list(SUBJECTS)
    for name in chosen:
        if name not in SUBJECTS:
            raise UnknownName("subject", name, SUBJECTS, where="bench")
    with _followed(chosen):
        rows = [row for name in chosen for row in _measured(name, quick=options.quick)]
    missed = [row for row in rows if misses_half(row)] if options.assert_half else []
    if options.json:
        output.document({"rows": [row.as_dict() for row in rows], "missed": [row.name for row in missed]})
    else:
        _table(rows)
        for row in missed:
            output.text(f"missed by more than half: {row.name}")
    return 1 if missed else 0


@contextmanager
def _followed(chosen: Sequence[str]) -> Iterator[None]:
    """Inside, what a subject says of itself ("sizes: sphere ...") is a line on standard error, in a log as well."""
    said: set[str] = set()

    def line(who: object, words: str, fraction: float | None, over: bool) -> None:
        if words.partition(":")[0] in chosen and words not in said:
            said.add(words)
            output.report_line(words)

    telling.TELLERS.append(line)
    try:
        yield
    finally:
        telling.TELLERS.remove(line)


def misses_half(row: Row) -> bool:
    """Whether a measured figure is worse than half of its goal."""
    figure = row.ours if row.absolute else row.ratio
    if figure is None or row.goal is None:
        return False
    return figure < row.goal / 2 if row.more_is_better else figure > row.goal * 2


def _measured(name: str, *, quick: bool) -> list[Row]:
    module = cast(Benchmark, import_module(f"flowcfd.bench.{SUBJECTS[name]}"))
    return module.run(quick=quick)


def _table(rows: Sequence[Row]) -> None:
    verdict = {True: "yes", False: "NO", None: ""}
    output.table(
        ("what", "ours", "unit", "peer", "its figure", "ratio", "goal", "met", "note"),
        [
            (
                row.name,
                _number(row.ours),
                row.unit,
                row.peer_name,
                "" if row.peer is None else _number(row.peer),
                "" if row.ratio is None else f"{row.ratio:.3g}",
                _goal(row),
                verdict[row.met],
                row.note,
            )
            for row in rows
        ],
        numbers=("ours", "its figure", "ratio"),
    )


def _number(figure: float) -> str:
    """Four digits; whole numbers where these are counted in tens of thousands."""
    return f"{figure:.4g}" if not 1e4 <= abs(figure) < 1e9 else f"{figure:.0f}"


def _goal(row: Row) -> str:
    if row.goal is None:
        return ""
    return f"{'>=' if row.more_is_better else '<='} {row.goal:.4g}{' ' + row.unit if row.absolute else 'x'}"
