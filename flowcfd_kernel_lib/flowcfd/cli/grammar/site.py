"""This machine: what it has, JupyterLab, a private cluster, our speed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from flowcfd.cli.grammar.words import Parser, command

if TYPE_CHECKING:
    from flowcfd.cli.grammar.words import Commands

LAB = """\
All other options are JupyterLab's and are handed on; write them with "=":
  flowcfd lab notebooks                         the example notebooks of a clone
  flowcfd lab --no-browser --port=8890          print the address instead of opening a browser
  flowcfd lab . --ServerApp.root_dir=/data      what `jupyter lab --help-all` lists

It listens on this machine only, asks for the token in the address, and fetches nothing from the net.
"""


def site(commands: Commands) -> None:
    """What is here, JupyterLab and the kernel."""
    command(commands, "doctor", "doctor:doctor", "say what is found, what is missing, and the command that mends it")
    lab = command(commands, "lab", "lab:lab", "JupyterLab with the OpenFOAM kernel and what FlowCFD's widgets need")
    lab.formatter_class, lab.epilog, lab.passes_on = argparse.RawDescriptionHelpFormatter, LAB, True
    lab.add_argument("folder", nargs="?", type=Path, default=Path(), metavar="FOLDER", help="or a notebook (default .)")
    lab.add_argument(
        "more", nargs=argparse.REMAINDER, metavar="OPTION", help="options of JupyterLab, such as --port=8890"
    )
    kernel = commands.add_parser("kernel", help="install the OpenFOAM kernel and the JupyterLab extension")
    install = command(
        kernel.add_subparsers(metavar="ACTION", required=True, parser_class=Parser),
        "install",
        "kernel:install",
        "make Jupyter find the kernel 'OpenFOAM (Python 3)', started with this interpreter, and our Lab extension",
    )
    place = install.add_mutually_exclusive_group()
    place.add_argument("--sys-prefix", action="store_true", help="into this interpreter's environment (the default)")
    place.add_argument("--user", action="store_true", help="into your own Jupyter folder")
    place.add_argument("--prefix", type=Path, metavar="DIR", help="under DIR/share/jupyter and DIR/etc/jupyter")


def bench(commands: Commands) -> None:
    """How quick this is."""
    bench = command(commands, "bench", "bench:bench", "our speed beside others', as ratios of CPU time")
    bench.add_argument("subjects", nargs="*", metavar="SUBJECT", help="default: all; see `flowcfd bench --list`")
    bench.add_argument("--list", action="store_true", help="name the subjects and stop")
    bench.add_argument("--quick", action="store_true", help="smaller inputs, fewer repeats")
    bench.add_argument("--assert-half", action="store_true", help="exit 1 when a goal is missed by more than half")


def cluster(commands: Commands) -> None:
    """A private Slurm, and pools of Dask."""
    cluster = commands.add_parser("cluster", help="a private Slurm on this machine; pools of Dask")
    actions = cluster.add_subparsers(metavar="ACTION", required=True, parser_class=Parser)
    up = command(actions, "up", "cluster:up", "start the real munge, slurmctld and slurmd, no root needed")
    up.add_argument("--nodes", type=int, default=3, metavar="N", help="virtual nodes (default 3)")
    up.add_argument("--cores", type=int, default=2, metavar="N", help="cores of each node (default 2)")
    up.add_argument("--memory", type=int, default=4000, metavar="MB", help="memory of each node (default 4000)")
    down = command(actions, "down", "cluster:down", "cancel its jobs and stop it")
    status = command(actions, "status", "cluster:status", "its daemons, nodes and jobs")
    for one in (up, down, status):
        one.add_argument("--dir", type=Path, metavar="DIR", help="where it lives (default $FLOWCFD_HOME/cluster)")
    dask = actions.add_parser("dask", help="pools of Dask: cores that are held for many short runs")
    verbs = dask.add_subparsers(metavar="ACTION", required=True, parser_class=Parser)
    for name, words in (
        ("up", "start the scheduler of a pool and show its dashboard's link"),
        ("down", "stop the runs of a pool with their fields written, and end it"),
        ("status", "pilots, runs and the dashboard's link of a pool"),
    ):
        verb = command(verbs, name, f"pool:{name}", words)
        verb.add_argument("profile", nargs="?", default="dask", metavar="PROFILE",
                          help="its profile (default dask: this machine's cores)")  # fmt: skip
