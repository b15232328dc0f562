"""`flowcfd lab`."""

from __future__ import annotations

import os
import sys
from argparse import Namespace

from flowcfd.errors import SiteError
from flowcfd.kernel import spec
from flowcfd.kernel.lab import lab_arguments, lab_environment


def lab(options: Namespace) -> int:
    """Become JupyterLab on a folder, with the settings that FlowCFD's widgets need."""
    if not options.folder.is_dir():
        raise SiteError(f"lab: there is no folder {options.folder}")
    if not spec.installed():
        raise SiteError("lab: Jupyter knows no kernel 'openfoam'; install it: flowcfd kernel install --sys-prefix")
    root = ["--allow-root"] if os.geteuid() == 0 and "--allow-root" not in options.more else []
    command = [sys.executable, "-m", "jupyterlab", str(options.folder), *root, *lab_arguments(), *options.more]
    os.execve(sys.executable, command, lab_environment(os.environ))
