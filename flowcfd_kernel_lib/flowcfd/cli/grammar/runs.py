"""Runs: started, listed, steered, read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowcfd.cli.grammar.words import command

if TYPE_CHECKING:
    from flowcfd.cli.grammar.words import Commands


def runs(commands: Commands) -> None:
    """Runs that are begun, estimated, listed and looked at."""
    run = command(commands, "run", "run:run", "compute a case: an OpenFOAM directory or a case.json; waits for its end")
    run.add_argument("case", metavar="DIR|case.json")
    run.add_argument("--cores", type=int, default=1, metavar="N", help="MPI ranks (default 1)")
    run.add_argument("--method", default="hierarchical", metavar="HOW",
                     help="how the mesh is divided among ranks: hierarchical (default) or ptscotch")  # fmt: skip
    run.add_argument("--on", default="local", metavar="EXECUTOR", help="where to compute (default local)")
    for name, words in (
        ("walltime", "longest time of one turn, such as '2 h', or none (default 24 h)"),
        ("memory", "memory of each node, such as '8 GB'"),
        ("nodes", "number of nodes"),
        ("partition", "partition of the cluster"),
        ("account", "account that is charged"),
        ("qos", "quality of service"),
        ("constraint", "features that the nodes must have"),
    ):
        run.add_argument(f"--{name}", metavar=name.upper(), help=words)
    run.add_argument("--retries", type=int, default=3, metavar="N",
                     help="tries again after errors of the site, such as a full disk (default 3)")  # fmt: skip
    run.add_argument("--preview", action="store_true", help="print what would be started or submitted, and stop")
    run.add_argument("--name", help="name of the run (default: the case's)")
    run.add_argument("--set", action="append", default=[], metavar="FILE:ENTRY=VALUE", dest="edits",
                     help="change an entry first, such as system/controlDict:endTime=50; can be repeated")  # fmt: skip
    run.add_argument("--until", action="append", default=[], metavar="MEASURE",
                     help="stop when this has settled, such as forces.Cd; can be repeated")  # fmt: skip
    run.add_argument("--within", default="0.5 %", metavar="BAND", help="to settle within this share (default 0.5 %%)")
    run.add_argument("--over", type=int, default=200, metavar="N", help="iterations or steps it is judged over (200)")
    run.add_argument("--allow-code", action="store_true", help="run a case that compiles or runs code of its own")
    run.add_argument("--budget", metavar="COST", help="refuse what is expected to cost more, such as '20 core-hours'; "
                     "a number is in the unit of the profile's price")  # fmt: skip
    run.add_argument("--detach", action="store_true", help="return at once; Ctrl-C does the same later")
    _estimate(commands)
    runs = command(commands, "runs", "runs:runs", "list the runs")
    runs.add_argument("--state", metavar="STATE", help="only those in this state, such as Running")
    runs.add_argument("--name", metavar="PATTERN", help="only those of this name, such as 'ahmed*'")
    runs.add_argument("--executor", metavar="EXECUTOR", help="only those of this executor")
    runs.add_argument("--study", metavar="STUDY", help="only those of this study")
    runs.add_argument("--project", metavar="PROJECT", help="only those of this project")
    runs.add_argument("--solver", metavar="SOLVER", help="only those of this solver, such as simpleFoam")
    runs.add_argument("--user", metavar="USER", help="only those of this user")
    runs.add_argument("--since", metavar="WHEN", help="only those made since: 2026-01-31, or how long ago: '7 d'")
    runs.add_argument("--before", metavar="WHEN", help="only those made before")
    runs.add_argument("--dead", action="store_true", help="only those that failed for good or were lost, with causes")
    runs.add_argument("--live", action="store_true", help="show them again and again while one is active")
    show = command(commands, "show", "runs:show", "state, stages with CPU time and memory, cause of a failure")
    show.add_argument("run", metavar="RUN")
    log = command(commands, "log", "runs:log", "print a log of a run")
    log.add_argument("run", metavar="RUN")
    log.add_argument("log", nargs="?", metavar="LOG", help="such as simpleFoam; default: the newest")
    log.add_argument("-f", "--follow", action="store_true", help="go on while the run does")
    log.add_argument("-n", "--lines", type=int, metavar="N", help="only the last N lines")


def _estimate(commands: Commands) -> None:
    estimate = command(
        commands, "estimate", "estimate:estimate", "what a case would take: cells, steps, memory, disk, hours, price"
    )
    estimate.add_argument("case", metavar="DIR|case.json")
    estimate.add_argument("--on", default="local", metavar="EXECUTOR", help="where it would be computed (local)")
    estimate.add_argument("--cores", type=int, metavar="N", help="MPI ranks; proposed from the cells when not given")
    estimate.add_argument("--no-probe", action="store_true", help="compute nothing: finished runs and rules only")
    estimate.add_argument("--patience", type=float, default=60.0, metavar="S", help="longest probe [s] (default 60)")
    estimate.add_argument("--set", action="append", default=[], metavar="FILE:ENTRY=VALUE", dest="edits",
                          help="change an entry first; can be repeated")  # fmt: skip
    estimate.add_argument("--allow-code", action="store_true", help="probe a case that runs code of its own")


def control(commands: Commands) -> None:
    """Runs that are steered, and what they came to."""
    for name, words in (
        ("stop", "end runs at their next time step with their fields written"),
        ("pause", "as stop, and give their cores back until they are resumed; one that waits is held back"),
        ("resume", "go on from the latest time"),
        ("retry", "do the stage that failed again, and those after it"),
        ("cancel", "end runs at once; what they have written stays"),
        ("priority", "let runs begin sooner (greater) or later (smaller) than others that wait"),
    ):
        one = command(commands, name, f"control:{name}", words)
        if name == "priority":
            one.add_argument("priority", type=int, metavar="N", help="from -1000 to 1000; a new run has 0")
        one.add_argument("run", metavar="RUN", nargs="*", help="a run, or a pattern of names such as 'ahmed*'")
        one.add_argument("--all", action="store_true", help="all that this can be said to")
        one.add_argument("--state", metavar="STATE", help="only those in this state, such as Running")
        one.add_argument("--yes", action="store_true", help="do not ask before many runs are ended or done again")
    tend = command(commands, "tend", "control:tend", "resume the runs that were lost with their worker")
    tend.add_argument("--name", metavar="PATTERN", help="only those of this name, such as 'ahmed*'")
    results = command(
        commands, "results", "results:results", "what a finished run says: last residuals, forces, probes"
    )
    results.add_argument("run", metavar="RUN")
    results.add_argument("--csv", metavar="WHAT", help="one table as CSV: residuals, forces:NAME, probes:NAME, ...")
    verdict = command(
        commands, "verdict", "verdict:verdict", "whether its numbers can be believed, with the reasons; exit 1 for red"
    )
    verdict.add_argument("run", metavar="RUN|DIR")
