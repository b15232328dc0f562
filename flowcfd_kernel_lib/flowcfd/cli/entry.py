"""From words to an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from flowcfd.cli import output
from flowcfd.cli.parser import parser
from flowcfd.errors import FlowError, SiteError

INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line `argv` (this process's, unless given) and return its exit code."""
    words = sys.argv[1:] if argv is None else list(argv)
    as_json = "--json" in words
    try:
        options = parser().parse_args(words)
        module, function = options.do.split(":")
        do: Callable[..., int] = getattr(import_module(f"flowcfd.cli.{module}"), function)
        code = do(options)
        sys.stdout.flush()
    except FlowError as error:
        return output.report(error, as_json=as_json)
    except BrokenPipeError:
        # The reader has gone (`flowcfd runs | head`): be quiet, also when the interpreter flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        return output.report(SiteError(f"{place}{error.strerror or error}"), as_json=as_json)
    except KeyboardInterrupt:
        return INTERRUPTED
    return code
