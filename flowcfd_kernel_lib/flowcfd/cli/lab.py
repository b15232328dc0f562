"""`flowcfd lab`."""

from __future__ import annotations

import os
import sys
from argparse import Namespace

from flowcfd.errors import CaseError, SiteError
from flowcfd.kernel import spec
from flowcfd.kernel.lab import lab_arguments, lab_environment
from flowcfd.settings import settings


def lab(options: Namespace) -> int:
    """Become JupyterLab on a folder or a notebook, with the settings that FlowCFD's widgets need.

    A file in the folder takes the place of no module (`-P`).
    """
    if not options.folder.is_dir() and not (options.folder.is_file() and options.folder.suffix == ".ipynb"):
        raise CaseError(f"lab: there is no folder or notebook {options.folder}")
    settings()  # what is wrong with them is said here, not by every cell
    if not spec.installed():
        raise SiteError("lab: Jupyter knows no kernel 'openfoam'; install it: flowcfd kernel install --sys-prefix")
    root = ["--allow-root"] if os.geteuid() == 0 and "--allow-root" not in options.more else []
    command = [sys.executable, "-P", "-m", "jupyterlab", str(options.folder), *root, *lab_arguments(), *options.more]
    os.execve(sys.executable, command, lab_environment(os.environ))
