"""The magics `%%foam` and `%foam`: a shell with OpenFOAM's environment in a case's directory."""

from __future__ import annotations

import os
import shlex
import sys
from typing import TYPE_CHECKING

from flowcfd.errors import CaseError
from flowcfd.foam import install
from flowcfd.kernel import process, where

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def foam_cell(shell: InteractiveShell, line: str, cell: str) -> None:
    """%%foam [CASE]: run the cell with bash in the directory of CASE.

    CASE is a directory, a variable that holds a path or a run, or the name of a run; without it, the current
    directory. The output is shown as it comes. The cell stops at the first command that fails and says which;
    interrupting the cell stops everything that it started. In the cell, $FOAM_TUTORIALS names the tutorials.
    """
    words = shlex.split(line)
    if len(words) > 1:
        raise CaseError(f"%%foam: takes one case (got {line!r}); commands go on the lines below")
    directory = where.directory(words[0] if words else "", shell.user_ns)
    environment = install.find().environment(case=directory, cores=len(os.sched_getaffinity(0)))
    process.run(cell, cwd=directory, env=environment, say=_say)


def foam_line(shell: InteractiveShell, line: str) -> None:
    """%foam COMMAND: run one command with OpenFOAM's environment in the current directory, such as %foam blockMesh."""
    if not line.strip():
        raise CaseError("%foam: give a command, such as `%foam blockMesh -case cavity`")
    foam_cell(shell, "", line)


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
