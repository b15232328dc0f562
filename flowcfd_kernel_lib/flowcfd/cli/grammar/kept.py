"""What is kept of runs: the index, usage, the archive."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flowcfd.cli.grammar.words import Parser, command

if TYPE_CHECKING:
    from flowcfd.cli.grammar.words import Commands


def index(commands: Commands) -> None:
    """The index of runs, and what they used."""
    index = commands.add_parser("index", help="the index of runs: a database that makes long lists quick")
    actions = index.add_subparsers(metavar="ACTION", required=True, parser_class=Parser)
    command(actions, "status", "index:status", "where it is and what it holds")
    rebuild = command(actions, "rebuild", "index:rebuild", "make it anew from the run directories; say what differed")
    rebuild.add_argument("--to", type=Path, metavar="FILE", help="into this file, and leave the index as it is")
    command(actions, "upgrade", "index:upgrade", "bring its tables up to this version of FlowCFD")
    usage = command(commands, "usage", "index:usage", "what runs used: core-hours, CPU-hours, memory, disk")
    usage.add_argument("--by", action="append", metavar="WHAT",
                       help="user, project, executor, month (default user and project), or attempt")  # fmt: skip
    usage.add_argument("--user", metavar="NAME", help="of this user only")
    usage.add_argument("--project", metavar="NAME", help="of this project only (FLOWCFD_PROJECT of the runs)")
    usage.add_argument("--since", metavar="WHEN", help="what began then or later: 2026-01-31, or how long ago: '7 d'")
    usage.add_argument("--before", metavar="WHEN", help="what began before")


def archive(commands: Commands) -> None:
    """Runs and studies in a store."""
    archive = commands.add_parser("archive", help="finished runs and studies in an S3 store")
    actions = archive.add_subparsers(metavar="ACTION", required=True, parser_class=Parser)
    put = command(actions, "put", "archive:put", "archive runs or studies; one that broke off goes on where it was")
    put.add_argument("names", nargs="+", metavar="RUN|STUDY")
    put.add_argument("--remove", action="store_true", help="delete it here once the archive has it")
    shown = command(actions, "list", "archive:list_", "what lies in the archive, the newest first")
    restore = command(actions, "restore", "archive:restore", "bring one back, each file compared with what it was")
    restore.add_argument("name", metavar="NAME", help="its name, or the beginning of it")
    restore.add_argument("--to", type=Path, metavar="DIR", help="into this folder (default: where runs are kept)")
    for one in (shown, restore):
        one.add_argument("--user", metavar="NAME", help="of another user (default: you)")
    link = command(actions, "link", "archive:link", "an address from which anybody can fetch it for some time")
    link.add_argument("name", metavar="NAME")
    link.add_argument("--valid", default="1 hour", metavar="TIME", help="so long, at most 7 days (default 1 hour)")
    delete = command(actions, "delete", "archive:delete", "delete from the archive for good")
    delete.add_argument("names", nargs="+", metavar="NAME")
    delete.add_argument("--yes", action="store_true", help="it is meant")
    rule = command(actions, "rule", "archive:rule", "how many days the store keeps what; set, or shown with --show")
    rule.add_argument("--expire", type=int, metavar="DAYS", help="delete bundles after so many days (default: never)")
    rule.add_argument("--incomplete", type=int, default=7, metavar="DAYS", help="rests of broken uploads (default 7)")
    rule.add_argument("--everybody", action="store_true", help="of all users, not only of you")
    rule.add_argument("--show", action="store_true", help="only say what stands")
