"""`flowcfd kernel install`."""

from __future__ import annotations

from argparse import Namespace

from flowcfd.cli import output
from flowcfd.kernel import spec


def install(options: Namespace) -> int:
    """Install the kernel's specification and say where."""
    folder = spec.install(spec.kernels_folder(user=options.user, prefix=options.prefix))
    if options.json:
        output.document({"name": spec.NAME, "folder": folder})
    else:
        output.text(f"The kernel {spec.NAME!r} is in {folder}")
    return 0
