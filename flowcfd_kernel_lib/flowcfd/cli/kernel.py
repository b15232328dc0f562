"""`flowcfd kernel install`."""

from __future__ import annotations

from argparse import Namespace

from flowcfd.cli import output
from flowcfd.kernel import labextension, spec


def install(options: Namespace) -> int:
    """Install the kernel's specification and what JupyterLab needs for our widgets, and say where."""
    folder = spec.install(spec.kernels_folder(user=options.user, prefix=options.prefix))
    extension = labextension.install(labextension.place(user=options.user, prefix=options.prefix))
    if options.json:
        output.document({"name": spec.NAME, "folder": folder, "extension": extension})
    else:
        output.text(f"The kernel {spec.NAME!r} is in {folder}")
        output.text(f"The JupyterLab extension {labextension.NAME!r} is in {extension}")
    return 0
