"""`flowcfd sweep` and `sweeps`: execute a notebook at many points, look at what came of it."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from flowcfd import sweeps as found
from flowcfd.cli import output, waits
from flowcfd.errors import CaseError
from flowcfd.settings import settings
from flowcfd.sweeps import Sweep
from flowcfd.sweeps.point import FAILED, Point
from flowcfd.sweeps.sweep import told

INTERRUPTED = 130
_RESOURCES = ("walltime", "memory", "partition", "account", "qos", "constraint")


def sweeps(options: Namespace) -> int:
    """List all sweeps, the newest first."""
    rows = found.all()
    if options.json:
        output.document([_brief(sweep, sweep.points) for sweep in rows])
    elif not rows:
        output.text(f"no sweeps under {settings().home / 'sweeps'}")
    else:
        output.table(
            ("sweep", "notebook", "points", "states", "driver"),
            [(one.path.name, Path(one.record.origin).name, len(one), told(one.points), _driver(one)) for one in rows],
            numbers=("points",),
        )
    return 0


def sweep(options: Namespace) -> int:
    """Start the sweep of a notebook, go on with it, or show one; wait for it where that is asked."""
    if options.target.endswith(".ipynb"):
        _only_one(options)
        one = _made(options)
        one.run(
            on=options.on,
            cores=options.cores,
            resources={name: value for name in _RESOURCES if (value := getattr(options, name)) is not None},
            at_once=options.at_once,
            timeout=options.timeout,
            again=options.again,
        )
        began = True
    else:
        one, began = found.open(options.target), False
        if options.set or options.csv or options.points is not None:
            raise CaseError(f"{options.target}: --set, --csv and --points are for a notebook, a file named *.ipynb")
    if options.cancel:
        one.cancel()
    if options.wait:
        try:
            with waits.shown(quiet=not sys.stderr.isatty()):
                one.wait()
        except KeyboardInterrupt:
            output.report_line(f"the sweep goes on; wait again: flowcfd sweep {one.path} --wait")
            return INTERRUPTED
    if options.table is not None:
        one.table().to_csv(options.table)
    _show(one, as_json=options.json, brief=began and not options.wait)
    failed = any(point.state == FAILED for point in one.points)
    return 1 if options.wait and failed else 0


def _only_one(options: Namespace) -> None:
    if options.csv and (options.set or options.design != "grid" or options.points is not None):
        raise CaseError("--csv has the points itself: give no --set, --design or --points beside it")
    if not options.csv and not options.set:
        raise CaseError("sweep: say which parameters: --set speed=5:20 --set angle=0,4,8, or --csv FILE")
    if options.cancel:
        raise CaseError("--cancel: name the sweep, not the notebook (flowcfd sweeps lists them)")


def _made(options: Namespace) -> Sweep:
    from flowcfd.sweeps import space

    pairs = [space.parsed(words) for words in options.set]
    names = [name for name, _ in pairs]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise CaseError(f"--set {twice}: is given twice")
    return Sweep(
        options.target,
        dict(pairs),
        design=Path(options.csv) if options.csv else options.design,
        points=options.points,
        seed=options.seed,
        name=options.name,
        kernel=options.kernel,
        out=options.out,
    )


def _show(one: Sweep, *, as_json: bool, brief: bool) -> None:
    points = one.points
    if as_json:
        rows = [
            {
                "point": point.number,
                "values": point.values,
                "state": point.state,
                "why": point.why,
                "kept": point.kept,
                "notebook": point.notebook if point.record else None,
            }
            for point in points
        ]
        output.document({**_brief(one, points), "table": rows})
        return
    output.text(f"{one.path.name}: {len(one)} points, {told(points)}, driver {_driver(one)}; {one.path}")
    if brief:
        output.text(f"Wait: flowcfd sweep {one.path} --wait   End it: flowcfd sweep {one.path} --cancel")
        return
    table = one.table().drop(columns="cause")
    units = {name: f"{name} ({unit})" for name, unit in table.attrs["units"].items()}
    columns = [str(units.get(name, name)) for name in table.columns]
    rows_ = [(number, *map(_short, row)) for number, row in zip(table.index, table.to_numpy(), strict=True)]
    output.table(("point", *columns), rows_, numbers=("point", *columns[:-1]))
    for point in points:
        if point.state == FAILED:  # below the table: a cause is too long for a column
            output.text(f"point {point.number}: {point.why}")


def _brief(one: Sweep, points: tuple[Point, ...]) -> dict[str, Any]:
    states: dict[str, int] = {}
    for point in points:
        states[point.state] = states.get(point.state, 0) + 1
    return {
        "sweep": one.path.name,
        "name": one.name,
        "notebook": one.record.origin,
        "path": one.path,
        "points": len(points),
        "states": states,
        "driven": one.driven,
    }


def _driver(one: Sweep) -> str:
    return "at work" if one.driven else "not at work"


def _short(value: object) -> str:
    if isinstance(value, float):
        return "" if value != value else f"{value:.6g}"
    return str(value)[:40]
