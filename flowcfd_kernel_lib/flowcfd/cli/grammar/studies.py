"""Several runs together: studies, sweeps, benchmarks, grid convergence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flowcfd.cli.grammar.words import command

if TYPE_CHECKING:
    from flowcfd.cli.grammar.words import Commands


def validate(commands: Commands) -> None:
    """Benchmarks."""
    validate = command(
        commands,
        "validate",
        "validate:validate",
        "run benchmarks and compare them with published answers; 1 if one is off",
    )
    validate.add_argument("names", nargs="*", metavar="NAME", help="default: all; see `flowcfd validate --list`")
    validate.add_argument("--quick", action="store_true", help="the coarse forms, with wider bands")
    validate.add_argument("--list", action="store_true", help="name the benchmarks, their sources and costs, and stop")
    validate.add_argument("--plots", type=Path, metavar="DIR", help="save a figure of each benchmark into DIR")
    validate.add_argument("--cores", type=int, default=1, metavar="N", help="MPI ranks of each run (default 1)")
    validate.add_argument("--on", default="local", metavar="EXECUTOR", help="where to compute (default local)")


def gci(commands: Commands) -> None:
    """Grid convergence."""
    gci = command(commands, "gci", "gci:gci", "the grid convergence index of a number from several grids")
    gci.add_argument("--values", nargs="+", required=True, metavar="VALUE", help="finest grid first; blanks or commas")
    gci.add_argument("--cells", nargs="+", required=True, metavar="N", help="cells of the same grids")
    gci.add_argument("--dimension", type=int, default=3, metavar="D", help="2 or 3 (default)")
    gci.add_argument("--formal-order", type=float, metavar="P", help="do not trust an observed order above this one")


def studies(commands: Commands) -> None:
    """Studies, and the page on one."""
    command(commands, "studies", "studies:studies", "list studies, the newest first")
    study = command(commands, "study", "studies:study", "the points of one study: parameters, states and causes")
    study.add_argument("study", metavar="STUDY", help="its name, the beginning of its folder's name, or its folder")
    study.add_argument("--measure", action="append", default=[], metavar="MEASURE",
                       help="a column with this, such as body.Cd, where it is known; can be repeated")  # fmt: skip
    what = study.add_mutually_exclusive_group()
    what.add_argument("--surface", metavar="MEASURE", help="its response surface: leave-one-out error, lengths, notes")
    what.add_argument("--sensitivity", metavar="MEASURE", help="what a measure depends on, such as body.Cd")
    study.add_argument("--method", default="", metavar="HOW",
                       help="of --sensitivity: sobol (on the surface) or morris (a Morris design's runs)")  # fmt: skip
    page = command(commands, "dashboard", "dashboard:dashboard", "a page on a study or runs, until Ctrl-C")
    page.add_argument("target", metavar="STUDY|RUN|DIR", help="a study, a run, or a folder of runs")
    page.add_argument("--measure", action="append", default=[], metavar="MEASURE",
                      help="a column with this, such as body.Cd (default: what there is); can be repeated")  # fmt: skip
    page.add_argument("--port", type=int, default=0, metavar="N", help="of this machine (default: a free one)")


def sweeps(commands: Commands) -> None:
    """Notebooks at many points."""
    command(commands, "sweeps", "sweeps:sweeps", "list sweeps of notebooks, the newest first")
    sweep = command(commands, "sweep", "sweeps:sweep", "execute a notebook at many points of its parameters")
    sweep.add_argument("target", metavar="NOTEBOOK|SWEEP", help="a file *.ipynb; or a sweep, to see it")
    sweep.add_argument("--set", action="append", default=[], metavar="NAME=LOW:HIGH|A,B,...",
                       help="a range or values, such as speed=5:20 or angle=0,4,8; can be repeated")  # fmt: skip
    sweep.add_argument("--csv", type=Path, metavar="FILE", help="points from a table; its first row has the parameters")
    sweep.add_argument("--design", default="grid", metavar="HOW", help="grid (default), list, lhs, sobol or morris")
    sweep.add_argument("--points", type=int, metavar="N", help="their number; of a grid: along each range")
    sweep.add_argument("--seed", type=int, default=0, metavar="N", help="of a sampled design (default 0)")
    sweep.add_argument("--on", default="local", metavar="WHERE", help="local (default) or a profile of a cluster")
    sweep.add_argument("--cores", type=int, default=1, metavar="N", help="cores of each notebook (default 1)")
    sweep.add_argument("--at-once", type=int, metavar="N", help="the most notebooks that are executed at a time")
    sweep.add_argument("--timeout", type=float, metavar="SECONDS", help="the longest time of one cell")
    for name in ("walltime", "memory", "partition", "account", "qos", "constraint"):
        sweep.add_argument(f"--{name}", metavar=name.upper(), help=f"{name} of a cluster's job, as in `flowcfd run`")
    sweep.add_argument("--kernel", metavar="NAME", help="another kernel than the notebook's own")
    sweep.add_argument("--name", help="name of the sweep (default: the notebook's)")
    sweep.add_argument("--out", type=Path, metavar="DIR", help="its folder (default: one under $FLOWCFD_HOME/sweeps)")
    sweep.add_argument("--again", action="store_true", help="execute the points that failed once more")
    sweep.add_argument("--wait", action="store_true", help="wait for its end and show the table; Ctrl-C ends the wait")
    sweep.add_argument("--cancel", action="store_true", help="end it; what is done stays")
    sweep.add_argument("--table", type=Path, metavar="FILE", help="write the table of values as CSV")
