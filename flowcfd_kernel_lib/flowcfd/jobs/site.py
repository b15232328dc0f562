"""Which failures are the site's and may pass by themselves: a full disk, a file system or an MPI that is not there.

Only these are worth another try. A case that is wrong, that diverges, or that needs more memory than there is, fails
again in the same way; a kill (by the kernel for want of memory, or by somebody) is not tried again either: it would
press once more on the runs beside it. Standard library only, for the worker uses it.
"""

from __future__ import annotations

import errno
import re

from flowcfd.errors import SiteError

TYPE_CHECKING = False  # typing is not needed for more, and slow to import
if TYPE_CHECKING:
    from flowcfd.foam.faults import Fault

_PASSING = frozenset({
    errno.ENOSPC, errno.EDQUOT,  # may be freed
    errno.ESTALE, errno.EIO, errno.EREMOTEIO, errno.ENOTCONN, errno.ETIMEDOUT, errno.EHOSTDOWN, errno.EHOSTUNREACH,
    errno.ENETDOWN, errno.ENETUNREACH, errno.ENODEV, errno.ESHUTDOWN,  # a file system behind a network
    errno.EAGAIN, errno.EMFILE, errno.ENFILE, errno.EBUSY, errno.ETXTBSY,  # processes, files: others hold them now
})  # fmt: skip

_ABSENT = frozenset({
    "no-such-executable", "mpi-executable-missing", "command-missing", "library-missing", "no-environment"
})  # fmt: skip
"""Faults of what was there when the run was submitted."""

_FULL = frozenset({"disk-full", "disk-full-by-system"})

_SAID = re.compile(
    rb"No space left on device|Disk quota exceeded|Stale (?:NFS )?file handle|Input/output error"
    rb"|Transport endpoint is not connected|Remote I/O error"
    rb"|ORTE (?:was unable to reliably start|has lost communication|does not know how to route)"
    rb"|An ORTE daemon has unexpectedly failed|A daemon \(pid \w+\) died unexpectedly"
    rb"|(?:orte_init|opal_init|ompi_mpi_init|PMIx_Init|pmix_init)\S* (?:failed|returned)"
    rb"|unable to create (?:the )?session dir|srun: error: (?:Unable to|Task launch .* failed|Node failure)"
)
"""What MPI, the loader and the kernel say on the output of an application when the site fails under it."""


def error(error: Exception) -> bool:
    """Whether an error that is not of a command comes from the site."""
    if isinstance(error, SiteError):
        return True
    if not isinstance(error, OSError):
        return False
    # A program is looked for by its bare name; it was there when the run was submitted.
    absent = isinstance(error, FileNotFoundError) and isinstance(error.filename, str) and "/" not in error.filename
    return absent or error.errno in _PASSING


def fault(fault: Fault, text: bytes, *, full: bool) -> bool:
    """Whether a command ended because of the site: by its fault, the end of its log, and whether the disk is full."""
    if fault.kind == "diverged":
        return False
    return full or fault.name in _FULL | _ABSENT or _SAID.search(text) is not None
