"""Which failures are the site's, and so worth another try."""

from __future__ import annotations

import errno

import pytest

from flowcfd.errors import CaseError, NotEnoughSpace, SiteError
from flowcfd.foam import faults
from flowcfd.jobs import site

NO_DISK = b'\n--> FOAM FATAL IO ERROR:\nerror in IOstream "0.1/U" for operation Ostream& operator<<\nFOAM exiting\n'


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.ESTALE, errno.EIO, errno.ENOTCONN, errno.EMFILE])
def test_a_file_system_that_fails_is_the_sites(number: int) -> None:
    assert site.error(OSError(number, "no", "case/0/U"))


def test_a_program_that_is_gone_is_the_sites_and_a_file_of_the_case_is_not() -> None:
    assert site.error(FileNotFoundError(errno.ENOENT, "no such file", "mpirun"))
    assert not site.error(FileNotFoundError(errno.ENOENT, "no such file", "/runs/a/case/system/fvSchemes"))
    assert not site.error(PermissionError(errno.EACCES, "no", "/runs/a/case/0"))


def test_a_machine_that_lacks_something_is_the_sites_and_a_mistake_is_not() -> None:
    assert site.error(SiteError("no OpenFOAM here")) and site.error(NotEnoughSpace("full"))
    assert not site.error(CaseError("wrong"))


@pytest.mark.parametrize(
    "said",
    [
        b"cp: cannot write: Stale file handle",
        b"ORTE was unable to reliably start one or more daemons.",
        b"ORTE has lost communication with a remote daemon.",
        b"It looks like orte_init failed for some reason",
        b"opal_init failed for some reason",
        b"write: No space left on device",
        b"Disk quota exceeded",
        b"srun: error: Unable to create step for job 12: Node failure",
        b"sh: mpirun: not found",
        NO_DISK,
    ],
)
def test_what_mpi_and_the_kernel_say_of_the_site(said: bytes) -> None:
    assert site.fault(faults.cause(1, said.decode()), said, full=False)


@pytest.mark.parametrize(
    ("rc", "said"),
    [
        (1, b"\n--> FOAM FATAL ERROR:\nUnknown patchField type noSlipp for patch type wall\nFOAM exiting\n"),
        (-9, b"Time = 3\n"),  # killed: by somebody, or for want of memory
        (137, b"Time = 3\n"),
        (1, b"std::bad_alloc"),
        (1, b"There are not enough slots available in the system to satisfy the 64 slots"),
        (-8, b"Time = 3\n#0 Foam::error::printStack\n#1 Foam::sigFpe::sigHandler(int)\n"),
    ],
)
def test_what_would_happen_again_is_the_cases(rc: int, said: bytes) -> None:
    assert not site.fault(faults.cause(rc, said.decode()), said, full=False)


def test_a_full_disk_is_the_reason_whatever_was_said_but_no_excuse_for_a_solution_that_diverged() -> None:
    wrong = faults.cause(-11, "segmentation fault")
    assert site.fault(wrong, b"", full=True)
    assert not site.fault(faults.Fault("diverged", "it blew up"), b"No space left on device", full=True)
