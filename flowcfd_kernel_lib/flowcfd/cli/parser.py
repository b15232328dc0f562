"""The grammar of the command line; the functions behind it are named and imported when their command is called."""

from __future__ import annotations

import argparse

from flowcfd.cli.grammar import cases, kept, runs, site, studies
from flowcfd.cli.grammar.words import Parser
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
    site.site(commands)
    runs.runs(commands)
    runs.control(commands)
    cases.cases(commands)
    studies.validate(commands)
    studies.gci(commands)
    studies.studies(commands)
    studies.sweeps(commands)
    kept.index(commands)
    site.bench(commands)
    site.cluster(commands)
    kept.archive(commands)
    return root
