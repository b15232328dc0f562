"""`flowcfd doctor`: what this machine has, what it lacks, and the command that mends it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict
from importlib import metadata
from pathlib import Path

from flowcfd.cli import output
from flowcfd.cli.browser import browser
from flowcfd.cli.looked import Check
from flowcfd.errors import SiteError
from flowcfd.foam import install
from flowcfd.foam.install import Installation
from flowcfd.foam.versions import VERSIONS
from flowcfd.kernel import labextension, spec
from flowcfd.settings import settings
from flowcfd.version import __version__

LEAST_SPACE = 1e9
"""Free space [bytes] under FLOWCFD_HOME below which doctor warns: a run of 1M cells writes about that."""

APPLICATIONS = ("blockMesh", "icoFoam", "simpleFoam", "pimpleFoam", "potentialFoam", "decomposePar", "reconstructPar")
"""What rendered cases call."""


def doctor(options: Namespace) -> int:
    """Print all checks; 3 when something needed is missing."""
    checks = list(examine())
    missing = [check for check in checks if check.needed and not check.good]
    if options.json:
        output.document({"checks": [asdict(check) for check in checks], "healthy": not missing})
    else:
        _print(checks, len(missing))
    return SiteError.exit_code if missing else 0


def examine() -> Iterator[Check]:
    """All checks, the needed ones first."""
    yield Check("FlowCFD", True, f"{__version__} on Python {sys.version.split()[0]} ({sys.executable})")
    yield packages()
    yield home()
    try:
        found = install.find()
    except SiteError as error:
        # One that the user names and that is none is mended by naming another: the message says how.
        yield Check("OpenFOAM", False, str(error), mend="" if settings().openfoam else install.MEND)
    else:
        yield from openfoam(found)
    yield space()
    yield kernel()
    yield extension()
    yield from browser()
    yield cores()


def packages() -> Check:
    """Whether every package that FlowCFD depends on is installed; they are not imported."""
    try:
        required = [line for line in metadata.requires("flowcfd") or [] if "extra ==" not in line]
    except metadata.PackageNotFoundError:
        return Check(
            "packages",
            False,
            "flowcfd runs from its sources and is not installed",
            needed=False,
            mend="pip install -e .",
        )
    names = [found[0] for line in required if (found := re.match(r"[\w.-]+", line))]
    absent = [name for name in names if not _installed(name)]
    if absent:
        return Check("packages", False, f"not installed: {', '.join(absent)}", mend=f"pip install {' '.join(absent)}")
    return Check("packages", True, f"all {len(names)} installed")


def home() -> Check:
    """Whether runs can be written."""
    folder = settings().home
    place = next(parent for parent in (folder, *folder.parents) if parent.exists())
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        why = f"{folder}: cannot be written: {error.strerror}"
        return Check("FLOWCFD_HOME", False, why, mend="export FLOWCFD_HOME=<a folder of yours>")
    return Check("FLOWCFD_HOME", True, f"{folder}" + ("" if folder.exists() else " (made by the first run)"))


def openfoam(found: Installation) -> Iterator[Check]:
    """The installation that is used, its applications, its examples and MPI."""
    known = VERSIONS.get(found.version)
    remark = "" if known and known.run_by_us else "; never run by us, only v1912 was"
    others = [str(root) for root in install.candidates() if root != found.root]
    more = f"; also found: {', '.join(others)} (choose with FLOWCFD_OPENFOAM)" if others else ""
    yield Check("OpenFOAM", True, f"v{found.version} in {found.root}{remark}{more}")
    yield applications(found)
    examples = found.examples
    yield Check(
        "examples", examples is not None, str(examples or "not installed"), needed=False,
        mend="apt-get install openfoam-examples",
    )  # fmt: skip
    yield mpi(found)


def applications(found: Installation) -> Check:
    """Whether the applications of rendered cases are there and start."""
    try:
        absent = [name for name in APPLICATIONS if name not in found.applications()]
        if absent:
            return Check("applications", False, f"missing: {', '.join(absent)}", mend=install.MEND)
        command = [str(found.application("blockMesh")), "-help"]
    except SiteError as error:
        return Check("applications", False, str(error), mend=install.MEND)
    why = _fails(command, found)
    if why:
        return Check("applications", False, f"blockMesh does not start: {why}", mend=install.MEND)
    return Check("applications", True, f"{len(found.applications())} in {found.bin}, blockMesh starts")


def mpi(found: Installation) -> Check:
    """Whether two MPI ranks start."""
    mend = "apt-get install openmpi-bin"
    mpirun = shutil.which("mpirun", path=found.environment(case=Path.cwd()).get("PATH"))
    if mpirun is None:
        return Check("MPI", False, "there is no mpirun: runs on one core only", needed=False, mend=mend)
    why = _fails([mpirun, "-np", "2", "true"], found)
    if why:
        return Check("MPI", False, f"{mpirun} -np 2 true: {why}", needed=False, mend=mend)
    return Check("MPI", True, f"{mpirun} starts two ranks", needed=False)


def space() -> Check:
    """Free space where the runs are."""
    folder = settings().home
    place = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(place).free
    return Check(
        "space", free > LEAST_SPACE, f"{output.size(free)} free for {folder}", needed=False,
        mend="export FLOWCFD_HOME=<a folder on a larger disk>",
    )  # fmt: skip


def kernel() -> Check:
    """Whether Jupyter finds the kernel and it starts this interpreter; notebooks need it."""
    mend = "flowcfd kernel install --sys-prefix"
    found = spec.installed()
    if not found:
        return Check("kernel", False, "Jupyter knows no kernel 'openfoam'", needed=False, mend=mend)
    if not found[0].ours:
        where = f"{found[0].folder} starts {found[0].python}, not this interpreter"
        return Check("kernel", False, where, needed=False, mend=mend)
    if not spec.provisioner_known():
        why = "the provisioner flowcfd-openfoam is not registered"
        return Check("kernel", False, why, needed=False, mend="pip install -e . (or pip install flowcfd)")
    return Check("kernel", True, str(found[0].folder), needed=False)


def extension() -> Check:
    """Whether JupyterLab finds the extension that lets widgets write cells, and it is this version's."""
    mend = "flowcfd kernel install --sys-prefix"
    found = labextension.installed()
    if not found:
        return Check("Lab extension", False, "JupyterLab finds no flowcfd-lab", needed=False, mend=mend)
    if not labextension.same(found[0]):
        return Check("Lab extension", False, f"{found[0]} is of another version", needed=False, mend=mend)
    return Check("Lab extension", True, str(found[0]), needed=False)


def cores() -> Check:
    """Cores of this process, and how busy they are."""
    count, load = len(os.sched_getaffinity(0)), os.getloadavg()[0]
    busy = "; busy: MPI ranks will yield while they wait" if load > count else ""
    return Check("cores", True, f"{count}, load {load:.1f}{busy}", needed=False)


def _installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _fails(command: list[str], found: Installation) -> str:
    """Why a command fails, in a line; "" when it does not."""
    with tempfile.TemporaryDirectory() as folder:
        environment = found.environment(case=Path(folder), cores=2)
        try:
            done = subprocess.run(
                command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
    if done.returncode == 0:
        return ""
    words = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
    return f"exit code {done.returncode}" + (f": {words[0].strip()}" if words else "")


def _print(checks: list[Check], missing: int) -> None:
    marks = {(True, True): "ok", (True, False): "ok", (False, True): "MISSING", (False, False): "lacks"}
    width = max(len(check.name) for check in checks)
    for check in checks:
        output.text(f"{marks[check.good, check.needed]:8}{check.name:{width}}  {check.found}")
        if not check.good and check.mend:
            output.text(f"{'':8}{'':{width}}  mend it: {check.mend}")
    output.text(f"{missing} needed part(s) missing." if missing else "Everything that a run needs is here.")
