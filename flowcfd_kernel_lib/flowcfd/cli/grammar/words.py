"""What every command has: mistakes in one line, and `--json`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NoReturn

from flowcfd.errors import CaseError


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


def command(commands: Commands, name: str, do: str, words: str) -> Parser:
    """Another command, carried out by `do`, "module:function" in flowcfd.cli."""
    made: Parser = commands.add_parser(name, help=words, description=words, allow_abbrev=False)
    made.add_argument("--json", action="store_true", help="print one JSON document")
    made.set_defaults(do=do)
    return made
