"""The grammar of the command line; the functions behind it are named and imported when their command is called."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from flowcfd.errors import CaseError
from flowcfd.version import __version__

EPILOG = """\
A RUN is a run's name, the beginning of one name, or the path of a run's directory. Runs live under $FLOWCFD_HOME/runs
(default ~/flowcfd/runs). With --json a command prints one JSON document, also for an error: {"error": {...}}.

exit codes:
  0  done
  1  the computation failed, diverged, was stopped, cancelled or lost (`bench --assert-half`: a goal missed by half)
  2  a mistake in what was asked: a name, a case, an option
  3  this machine lacks something: OpenFOAM, space, rights (see: flowcfd doctor)
  130  interrupted by Ctrl-C; a run that was being waited for goes on
"""

LAB = """\
All other options are JupyterLab's and are handed on; write them with "=":
  flowcfd lab notebooks                         the example notebooks of a clone
  flowcfd lab --no-browser --port=8890          print the address instead of opening a browser
  flowcfd lab . --ServerApp.root_dir=/data      what `jupyter lab --help-all` lists

It listens on this machine only, asks for the token in the address, and fetches nothing from the net.
"""


class Parser(argparse.ArgumentParser):
    """argparse, with mistakes as CaseError: one line, exit code 2, JSON where it is asked for."""

    passes_on = False
    """Whether options that it does not know are kept in `more`, for the program that is started."""

    def parse_known_args(self, args=None, namespace=None):  # type: ignore[no-untyped-def]  # argparse's overloads
        """Called by argparse for the words of a command."""
        known, rest = super().parse_known_args(args, namespace)
        if self.passes_on:
            known.more, rest = [*rest, *known.more], []
        return known, rest

    def error(self, message: str) -> NoReturn:
        """Called by argparse for a mistake in the words."""
        raise CaseError(f"{message} (see: {self.prog} --help)")


if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[Parser]  # argparse has no public name for it


def parser() -> Parser:
    """The whole grammar; `do` of the parsed options names the function, "module:function" in flowcfd.cli."""
    root = Parser(
        prog="flowcfd",
        description="OpenFOAM cases as durable runs: start, watch, stop, resume, read.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    root.add_argument("--version", action="version", version=f"flowcfd {__version__}")
    commands = root.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser)
    _site(commands)
    _runs(commands)
    _control(commands)
    _cases(commands)
    _validate(commands)
    _gci(commands)
    _studies(commands)
    _sweeps(commands)
    _index(commands)
    _bench(commands)
    _cluster(commands)
    _archive(commands)
    return root


def _command(commands: Commands, name: str, do: str, words: str) -> Parser:
    made: Parser = commands.add_parser(name, help=words, description=words, allow_abbrev=False)
    made.add_argument("--json", action="store_true", help="print one JSON document")
    made.set_defaults(do=do)
    return made


def _site(commands: Commands) -> None:
    _command(commands, "doctor", "doctor:doctor", "say what is found, what is missing, and the command that mends it")
    lab = _command(commands, "lab", "lab:lab", "JupyterLab with the OpenFOAM kernel and what FlowCFD's widgets need")
    lab.formatter_class, lab.epilog, lab.passes_on = argparse.RawDescriptionHelpFormatter, LAB, True
    lab.add_argument("folder", nargs="?", type=Path, default=Path(), metavar="FOLDER", help="or a notebook (default .)")
    lab.add_argument(
        "more", nargs=argparse.REMAINDER, metavar="OPTION", help="options of JupyterLab, such as --port=8890"
    )
    kernel = commands.add_parser("kernel", help="install the OpenFOAM kernel and the JupyterLab extension")
    install = _command(
        kernel.add_subparsers(metavar="ACTION", required=True, parser_class=Parser),
        "install",
        "kernel:install",
        "make Jupyter find the kernel 'OpenFOAM (Python 3)', started with this interpreter, and our Lab extension",
    )
    place = install.add_mutually_exclusive_group()
    place.add_argument("--sys-prefix", action="store_true", help="into this interpreter's environment (the default)")
    place.add_argument("--user", action="store_true", help="into your own Jupyter folder")
    place.add_argument("--prefix", type=Path, metavar="DIR", help="under DIR/share/jupyter and DIR/etc/jupyter")


def _runs(commands: Commands) -> None:
    run = _command(
        commands, "run", "run:run", "compute a case: an OpenFOAM directory or a case.json; waits for its end"
    )
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
    runs = _command(commands, "runs", "runs:runs", "list the runs")
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
    show = _command(commands, "show", "runs:show", "state, stages with CPU time and memory, cause of a failure")
    show.add_argument("run", metavar="RUN")
    log = _command(commands, "log", "runs:log", "print a log of a run")
    log.add_argument("run", metavar="RUN")
    log.add_argument("log", nargs="?", metavar="LOG", help="such as simpleFoam; default: the newest")
    log.add_argument("-f", "--follow", action="store_true", help="go on while the run does")
    log.add_argument("-n", "--lines", type=int, metavar="N", help="only the last N lines")


def _estimate(commands: Commands) -> None:
    estimate = _command(
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


def _control(commands: Commands) -> None:
    for name, words in (
        ("stop", "end runs at their next time step with their fields written"),
        ("pause", "as stop, and give their cores back until they are resumed; one that waits is held back"),
        ("resume", "go on from the latest time"),
        ("retry", "do the stage that failed again, and those after it"),
        ("cancel", "end runs at once; what they have written stays"),
        ("priority", "let runs begin sooner (greater) or later (smaller) than others that wait"),
    ):
        command = _command(commands, name, f"control:{name}", words)
        if name == "priority":
            command.add_argument("priority", type=int, metavar="N", help="from -1000 to 1000; a new run has 0")
        command.add_argument("run", metavar="RUN", nargs="*", help="a run, or a pattern of names such as 'ahmed*'")
        command.add_argument("--all", action="store_true", help="all that this can be said to")
        command.add_argument("--state", metavar="STATE", help="only those in this state, such as Running")
        command.add_argument("--yes", action="store_true", help="do not ask before many runs are ended or done again")
    tend = _command(commands, "tend", "control:tend", "resume the runs that were lost with their worker")
    tend.add_argument("--name", metavar="PATTERN", help="only those of this name, such as 'ahmed*'")
    results = _command(
        commands, "results", "results:results", "what a finished run says: last residuals, forces, probes"
    )
    results.add_argument("run", metavar="RUN")
    results.add_argument("--csv", metavar="WHAT", help="one table as CSV: residuals, forces:NAME, probes:NAME, ...")
    verdict = _command(
        commands, "verdict", "verdict:verdict", "whether its numbers can be believed, with the reasons; exit 1 for red"
    )
    verdict.add_argument("run", metavar="RUN|DIR")


def _cases(commands: Commands) -> None:
    adopt = _command(commands, "adopt", "cases:adopt", "say what an OpenFOAM directory is: files, steps, code in it")
    adopt.add_argument("directory", metavar="DIR")
    adopt.add_argument("--write", type=Path, metavar="NEW", help="write the adopted files into the new directory NEW")
    check = _command(commands, "check", "check:check", "say what is wrong with a case before it is run; 1 on errors")
    check.add_argument("case", nargs="?", default="", metavar="DIR|case.json")
    check.add_argument("--dry-run", action="store_true", help="the solver reads the case too, whatever its mesh costs")
    check.add_argument("--no-dry-run", action="store_true", help="dictionaries and rules only")
    check.add_argument("--rules", nargs="+", default=[], metavar="RULE", help="ask only these; see --list")
    check.add_argument("--set", action="append", default=[], metavar="FILE:ENTRY=VALUE", dest="edits",
                       help="change an entry first; can be repeated")  # fmt: skip
    check.add_argument("--mend", action="store_true", help="print the edits that would put it right, as a diff")
    check.add_argument("--write", type=Path, metavar="NEW", help="write the mended case into the new directory NEW")
    check.add_argument("--allow-code", action="store_true", help="the dry run may compile and run code of the case")
    check.add_argument("--list", action="store_true", help="name the rules, say why each is there, and stop")
    quality = _command(commands, "quality", "quality:quality", "how good a mesh is: score, parts, layers, advice")
    quality.add_argument("target", metavar="RUN|DIR", help="a run, or an OpenFOAM directory with a mesh")
    quality.add_argument("--picture", type=Path, metavar="PNG", help="draw the worst cells into this file")
    quality.add_argument("--metric", default="non-orthogonality", metavar="NAME", help="worst by what (see --json)")
    report = _command(commands, "report", "report:report", "write a report on a run, a study or a case: .pdf or .html")
    report.add_argument("target", nargs="?", default=".", metavar="RUN|DIR", help="a run, a study's folder, or a case")
    report.add_argument("path", nargs="?", default="report.pdf", metavar="FILE", help="report.pdf when not given")
    for name, words in (("title", "what stands on top"), ("author", "who reports"), ("note", "a first paragraph")):
        report.add_argument(f"--{name}", default="", metavar="TEXT", help=words)
    report.add_argument("--sections", nargs="+", default=[], metavar="NAME", help="these, in this order; see --list")
    report.add_argument("--template", type=Path, metavar="FILE", help="a template of your own, .typ or .html")
    report.add_argument("--list", action="store_true", help="name the sections and stop")
    _geometry(commands)
    _mesh(commands)
    _size(commands)
    diff = _command(commands, "diff", "cases:diff", "what must change in A to become B, as a unified diff")
    for name in ("a", "b"):
        diff.add_argument(name, metavar=name.upper(), help="an OpenFOAM directory, a case.json or a run")
    diff.add_argument("--exit-code", action="store_true", help="exit 1 when they differ")


def _geometry(commands: Commands) -> None:
    geometry = _command(
        commands, "geometry", "geometry:geometry", "what there is to know of a CAD file before it is meshed; 1 if sick"
    )
    geometry.add_argument("file", metavar="FILE", help="STEP, IGES, BREP, STL or OBJ")
    geometry.add_argument("--unit", metavar="UNIT", help="of a file that does not say its own: m, cm, mm, in, ft")
    geometry.add_argument("--heal", metavar="LENGTH", help="close gaps up to this first, such as '0.01 mm'")
    geometry.add_argument("--features", metavar="LENGTH", help="list holes, fillets, chamfers and slots up to this")
    geometry.add_argument("--picture", type=Path, metavar="PNG", help="draw the patches, or what is wrong, into a file")
    geometry.add_argument(
        "--stl", type=Path, metavar="FILE", help="write the surface in metres, a solid for each patch"
    )


def _mesh(commands: Commands) -> None:
    mesh = _command(
        commands, "mesh", "mesh:mesh", "make a mesh and say how good it is; 1 for one that should not be solved on"
    )
    mesh.add_argument("file", metavar="FILE", help="a CAD file (STEP, IGES, BREP, STL, OBJ), a case.json or a folder")
    mesh.add_argument("--unit", metavar="UNIT", help="of a file that does not say its own: m, cm, mm, in, ft")
    mesh.add_argument("--domain", choices=("tunnel", "freeair", "internal", "site"),
                      help="around or inside the body (default: tunnel; internal for a body with inlets)")  # fmt: skip
    mesh.add_argument("--half", action="store_true", help="half a model, with a plane of symmetry")
    mesh.add_argument("--speed", metavar="SPEED", help="of the flow, such as '40 m/s' (default 10 m/s)")
    mesh.add_argument("--cells", type=int, metavar="N", help="about so many cells")
    mesh.add_argument("--y-plus", type=float, metavar="Y", help="of the first cells at the body")
    mesh.add_argument("--cell", metavar="LENGTH", help="size of the cells far from the body, instead of the rule")
    mesh.add_argument("--level", type=int, metavar="N", help="with --cell: how often they are halved at the body (3)")
    mesh.add_argument("--layers", type=int, metavar="N", help="with --cell: layers on its walls (5)")
    mesh.add_argument("--cores", type=int, default=1, metavar="N", help="cores of the run (default 1)")
    mesh.add_argument("--mesh-cores", type=int, metavar="N", help="MPI ranks of snappyHexMesh (default: by its size)")
    mesh.add_argument("--on", default="local", metavar="EXECUTOR", help="where it is made (default local)")
    mesh.add_argument("--name", help="name of the run (default: the body's, or the case's)")
    mesh.add_argument("--out", type=Path, metavar="DIR", help="copy the meshed case into the new folder DIR")
    mesh.add_argument("--picture", type=Path, metavar="PNG", help="draw a cut through the mesh into this file")


def _size(commands: Commands) -> None:
    size = _command(commands, "size", "size:size", "how fine to mesh a body for a flow, each number with its reason")
    size.add_argument("file", metavar="FILE", help="a CAD file: STEP, IGES, BREP, STL, OBJ")
    size.add_argument("--speed", required=True, metavar="SPEED", help="of the flow, such as '40 m/s'")
    size.add_argument("--fluid", default="air", metavar="NAME", help="air (default), water, or 'water at 25 C'")
    size.add_argument("--length", metavar="LENGTH", help="that the boundary layer grows over (default: the body's)")
    size.add_argument("--unit", metavar="UNIT", help="of a file that does not say its own: m, cm, mm, in, ft")
    size.add_argument("--domain", choices=("tunnel", "freeair", "internal", "site"),
                      help="around the body, or the inside of it (default: by the names of its patches)")  # fmt: skip
    size.add_argument("--half", action="store_true", help="half a model, with a plane of symmetry")
    size.add_argument("--cells", type=int, metavar="N", help="about so many cells")
    size.add_argument("--y-plus", type=float, metavar="Y", help="of the first cells at the body")
    size.add_argument("--exact", action="store_true",
                      help="make the mesh, in a folder of its own, until --cells is met within 5 %%")  # fmt: skip


def _validate(commands: Commands) -> None:
    validate = _command(
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


def _gci(commands: Commands) -> None:
    gci = _command(commands, "gci", "gci:gci", "the grid convergence index of a number from several grids")
    gci.add_argument("--values", nargs="+", required=True, metavar="VALUE", help="finest grid first; blanks or commas")
    gci.add_argument("--cells", nargs="+", required=True, metavar="N", help="cells of the same grids")
    gci.add_argument("--dimension", type=int, default=3, metavar="D", help="2 or 3 (default)")
    gci.add_argument("--formal-order", type=float, metavar="P", help="do not trust an observed order above this one")


def _studies(commands: Commands) -> None:
    _command(commands, "studies", "studies:studies", "list studies, the newest first")
    study = _command(commands, "study", "studies:study", "the points of one study: parameters, states and causes")
    study.add_argument("study", metavar="STUDY", help="its name, the beginning of its folder's name, or its folder")
    study.add_argument("--measure", action="append", default=[], metavar="MEASURE",
                       help="a column with this, such as body.Cd, where it is known; can be repeated")  # fmt: skip
    what = study.add_mutually_exclusive_group()
    what.add_argument("--surface", metavar="MEASURE", help="its response surface: leave-one-out error, lengths, notes")
    what.add_argument("--sensitivity", metavar="MEASURE", help="what a measure depends on, such as body.Cd")
    study.add_argument("--method", default="", metavar="HOW",
                       help="of --sensitivity: sobol (on the surface) or morris (a Morris design's runs)")  # fmt: skip
    page = _command(commands, "dashboard", "dashboard:dashboard", "a page on a study or runs, until Ctrl-C")
    page.add_argument("target", metavar="STUDY|RUN|DIR", help="a study, a run, or a folder of runs")
    page.add_argument("--measure", action="append", default=[], metavar="MEASURE",
                      help="a column with this, such as body.Cd (default: what there is); can be repeated")  # fmt: skip
    page.add_argument("--port", type=int, default=0, metavar="N", help="of this machine (default: a free one)")


def _index(commands: Commands) -> None:
    index = commands.add_parser("index", help="the index of runs: a database that makes long lists quick")
    actions = index.add_subparsers(metavar="ACTION", required=True, parser_class=Parser)
    _command(actions, "status", "index:status", "where it is and what it holds")
    rebuild = _command(actions, "rebuild", "index:rebuild", "make it anew from the run directories; say what differed")
    rebuild.add_argument("--to", type=Path, metavar="FILE", help="into this file, and leave the index as it is")
    _command(actions, "upgrade", "index:upgrade", "bring its tables up to this version of FlowCFD")
    usage = _command(commands, "usage", "index:usage", "what runs used: core-hours, CPU-hours, memory, disk")
    usage.add_argument("--by", action="append", metavar="WHAT",
                       help="user, project, executor, month (default user and project), or attempt")  # fmt: skip
    usage.add_argument("--user", metavar="NAME", help="of this user only")
    usage.add_argument("--project", metavar="NAME", help="of this project only (FLOWCFD_PROJECT of the runs)")
    usage.add_argument("--since", metavar="WHEN", help="what began then or later: 2026-01-31, or how long ago: '7 d'")
    usage.add_argument("--before", metavar="WHEN", help="what began before")


def _sweeps(commands: Commands) -> None:
    _command(commands, "sweeps", "sweeps:sweeps", "list sweeps of notebooks, the newest first")
    sweep = _command(commands, "sweep", "sweeps:sweep", "execute a notebook at many points of its parameters")
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


def _bench(commands: Commands) -> None:
    bench = _command(commands, "bench", "bench:bench", "our speed beside others', as ratios of CPU time")
    bench.add_argument("subjects", nargs="*", metavar="SUBJECT", help="default: all; see `flowcfd bench --list`")
    bench.add_argument("--list", action="store_true", help="name the subjects and stop")
    bench.add_argument("--quick", action="store_true", help="smaller inputs, fewer repeats")
    bench.add_argument("--assert-half", action="store_true", help="exit 1 when a goal is missed by more than half")


def _cluster(commands: Commands) -> None:
    cluster = commands.add_parser("cluster", help="a private Slurm on this machine; pools of Dask")
    actions = cluster.add_subparsers(metavar="ACTION", required=True, parser_class=Parser)
    up = _command(actions, "up", "cluster:up", "start the real munge, slurmctld and slurmd, no root needed")
    up.add_argument("--nodes", type=int, default=3, metavar="N", help="virtual nodes (default 3)")
    up.add_argument("--cores", type=int, default=2, metavar="N", help="cores of each node (default 2)")
    up.add_argument("--memory", type=int, default=4000, metavar="MB", help="memory of each node (default 4000)")
    down = _command(actions, "down", "cluster:down", "cancel its jobs and stop it")
    status = _command(actions, "status", "cluster:status", "its daemons, nodes and jobs")
    for command in (up, down, status):
        command.add_argument("--dir", type=Path, metavar="DIR", help="where it lives (default $FLOWCFD_HOME/cluster)")
    dask = actions.add_parser("dask", help="pools of Dask: cores that are held for many short runs")
    verbs = dask.add_subparsers(metavar="ACTION", required=True, parser_class=Parser)
    for name, words in (
        ("up", "start the scheduler of a pool and show its dashboard's link"),
        ("down", "stop the runs of a pool with their fields written, and end it"),
        ("status", "pilots, runs and the dashboard's link of a pool"),
    ):
        verb = _command(verbs, name, f"pool:{name}", words)
        verb.add_argument("profile", nargs="?", default="dask", metavar="PROFILE",
                          help="its profile (default dask: this machine's cores)")  # fmt: skip


def _archive(commands: Commands) -> None:
    archive = commands.add_parser("archive", help="finished runs and studies in an S3 store")
    actions = archive.add_subparsers(metavar="ACTION", required=True, parser_class=Parser)
    put = _command(actions, "put", "archive:put", "archive runs or studies; one that broke off goes on where it was")
    put.add_argument("names", nargs="+", metavar="RUN|STUDY")
    put.add_argument("--remove", action="store_true", help="delete it here once the archive has it")
    shown = _command(actions, "list", "archive:list_", "what lies in the archive, the newest first")
    restore = _command(actions, "restore", "archive:restore", "bring one back, each file compared with what it was")
    restore.add_argument("name", metavar="NAME", help="its name, or the beginning of it")
    restore.add_argument("--to", type=Path, metavar="DIR", help="into this folder (default: where runs are kept)")
    for command in (shown, restore):
        command.add_argument("--user", metavar="NAME", help="of another user (default: you)")
    link = _command(actions, "link", "archive:link", "an address from which anybody can fetch it for some time")
    link.add_argument("name", metavar="NAME")
    link.add_argument("--valid", default="1 hour", metavar="TIME", help="so long, at most 7 days (default 1 hour)")
    delete = _command(actions, "delete", "archive:delete", "delete from the archive for good")
    delete.add_argument("names", nargs="+", metavar="NAME")
    delete.add_argument("--yes", action="store_true", help="it is meant")
    rule = _command(actions, "rule", "archive:rule", "how many days the store keeps what; set, or shown with --show")
    rule.add_argument("--expire", type=int, metavar="DAYS", help="delete bundles after so many days (default: never)")
    rule.add_argument("--incomplete", type=int, default=7, metavar="DAYS", help="rests of broken uploads (default 7)")
    rule.add_argument("--everybody", action="store_true", help="of all users, not only of you")
    rule.add_argument("--show", action="store_true", help="only say what stands")
