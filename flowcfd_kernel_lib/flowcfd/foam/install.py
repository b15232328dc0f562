"""Find OpenFOAM on this machine and say how its applications are started.

Four layouts are known: Debian's and Ubuntu's package (applications in /usr/bin, etc in /usr/share/openfoam), the
packages of openfoam.com (/usr/lib/openfoam/openfoam*), folders in /opt, and whatever the environment names. Debian's
needs a few variables only; its bashrc is broken and is not read. The others are asked through their own etc/bashrc,
once: the answer is kept under the cache folder. The worker imports this module, so it uses the standard library only.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from flowcfd.errors import SiteError
from flowcfd.foam import remember
from flowcfd.foam.versions import NEWEST, OLDEST
from flowcfd.settings import Settings
from flowcfd.settings import settings as current_settings

SOLVER_SWITCHES = ("-opt-switch", "fileModificationSkew=0", "-opt-switch", "stopAtWriteNowSignal=12")
"""Arguments that make a solver see `stopAt` at once and write its fields on SIGUSR2 (12)."""

WRITE_SWITCHES = ("-opt-switch", "writeNowSignal=10")
"""Arguments that make a serial solver write its fields and go on, on SIGUSR1 (10)."""

MEND = "apt-get install openfoam openfoam-examples openmpi-bin   (Debian 12, Ubuntu 22.04; as root)"

_SEARCHED = ("usr/share/openfoam", "usr/lib/openfoam/openfoam*", "opt/openfoam*", "opt/OpenFOAM/OpenFOAM-*")
_LISTS = ("PATH", "LD_LIBRARY_PATH", "MANPATH", "PYTHONPATH")
_OWN_TO_THE_SHELL = {"_", "SHLVL", "PWD", "OLDPWD"}
_MARK = "--- environment ---"


SECRETS = ("S3_ACCESS_KEY", "S3_SECRET_KEY", "DATABASE_URL")
"""Variables of FlowCFD's own that no application of a case is to see."""


CFMESH = frozenset({"cartesianMesh", "surfaceFeatureEdges"})
"""Applications of cfMesh, which Debian's package comes without."""


@dataclass(frozen=True)
class Installation:
    """One OpenFOAM. `root` is its project directory (WM_PROJECT_DIR), `version` is "1912", `api` is 1912."""

    root: Path
    version: str
    prefix: Path = field(default=Path("/"), repr=False)
    cache: Path | None = field(default=None, repr=False)

    @property
    def api(self) -> int:
        """The release as a number, such as 1912."""
        return int(self.version)

    @property
    def packaged(self) -> bool:
        """Whether this is the distribution's own package, whose applications lie in /usr/bin."""
        return _is_packaged(self.root)

    @property
    def etc(self) -> Path:
        """The folder of OpenFOAM's own dictionaries."""
        return self.root / "etc"

    @cached_property
    def variables(self) -> Mapping[str, str]:
        """What this installation adds to the environment; lists such as PATH hold only the added part."""
        if not self.packaged:
            return self._sourced()
        variables = {
            "WM_PROJECT": "OpenFOAM",
            "WM_PROJECT_VERSION": f"v{self.version}",
            "WM_PROJECT_DIR": str(self.root),
        }
        if self.examples is not None:
            variables["FOAM_TUTORIALS"] = str(self.examples)
        return variables

    @property
    def bin(self) -> Path:
        """The folder of the applications."""
        return self.prefix / "usr/bin" if self.packaged else Path(self.variables["FOAM_APPBIN"])

    @property
    def libs(self) -> Path | None:
        """The folder of the libraries; None where the system's loader knows it."""
        libs = self.variables.get("FOAM_LIBBIN")
        return Path(libs) if libs else None

    @property
    def examples(self) -> Path | None:
        """The folder of the tutorials, if they are installed."""
        packaged = self.prefix / "usr/share/doc/openfoam-examples/examples"
        folder = packaged if self.packaged else self.root / "tutorials"
        return folder if folder.is_dir() else None

    def applications(self) -> list[str]:
        """The names of all applications, sorted."""
        return sorted(self._applications)

    def application(self, name: str) -> Path:
        """The executable of this name; raises SiteError, which names the nearest."""
        if name not in self._applications:
            from difflib import get_close_matches  # slow to import, and needed for this only

            near = get_close_matches(name, self._applications, n=3)
            hint = f"; near are: {', '.join(near)}" if near else f"; {len(self._applications)} others are there"
            if name in CFMESH:
                hint = "; it belongs to cfMesh, which has to be installed besides (mesh=Snappy(...) does without)"
            raise SiteError(f"OpenFOAM {self.version} has no application {name!r} ({self.bin}){hint}")
        return self._applications[name]

    def environment(
        self, *, case: Path, cores: int = 1, shared: bool | None = None, base: Mapping[str, str] | None = None
    ) -> dict[str, str]:
        """The complete environment in which an application runs in the directory `case` on `cores` MPI ranks.

        `shared` says whether the ranks share their cores with other work (then they must yield while they wait);
        None: the setting FLOWCFD_SHARED_CORES, then the load of the machine. `base` is this process's environment
        unless given. Variables of another OpenFOAM in it are dropped, and our secrets: a case may hold code.
        """
        inherited = os.environ if base is None else base
        dropped = {name for name in inherited if name.startswith(("WM_", "FOAM_")) or name in SECRETS}
        env = {name: value for name, value in inherited.items() if name not in dropped}
        for name, value in self.variables.items():
            env[name] = f"{value}:{env[name]}" if name in _LISTS and env.get(name) else value
        return {**env, **mpi_variables(cores, shared), "PWD": str(case)}

    @cached_property
    def _applications(self) -> dict[str, Path]:
        """Where each application is; an entry of the user's own folder wins."""
        found = {path.name: path for path in self._executables()}
        own = self.variables.get("FOAM_USER_APPBIN")
        return found | {path.name: path for path in _executables_in(Path(own))} if own else found

    def _executables(self) -> list[Path]:
        # /usr/bin holds everybody's programs; the package's own list says which are OpenFOAM's.
        listed = self.prefix / "var/lib/dpkg/info/openfoam.list"
        if self.packaged and listed.is_file():
            names = [line.rpartition("/")[2] for line in listed.read_text().splitlines() if "/usr/bin/" in line]
            folder = self.bin
            return [folder / name for name in names]
        return _executables_in(self.bin)

    def _sourced(self) -> dict[str, str]:
        bashrc = self.etc / "bashrc"
        name = f"environment-{self.version}"
        variables = remember.by_file(self.cache, name, bashrc, lambda: source(bashrc))
        if "FOAM_APPBIN" not in variables or not Path(variables["FOAM_APPBIN"]).is_dir():
            raise SiteError(
                f"{bashrc}: gives no folder of applications (FOAM_APPBIN={variables.get('FOAM_APPBIN', '')!r}); "
                f"is this OpenFOAM built? See it with: bash -c '. {bashrc}; echo $FOAM_APPBIN'"
            )
        return variables


def find(settings: Settings | None = None, *, prefix: Path = Path("/")) -> Installation:
    """The OpenFOAM to use: the one that the environment names, else the distribution's, else the newest found.

    Raises SiteError with the command that mends it. `prefix` is the root of the file system to search.
    """
    settings = settings or current_settings()
    if settings.openfoam is not None:
        return _named(settings.openfoam, settings, prefix)
    refused: list[str] = []
    for root in candidates(prefix):
        try:
            return _accepted(root, settings, prefix)
        except SiteError as error:
            refused.append(str(error))
    reasons = "".join(f"; {reason}" for reason in refused)
    raise SiteError(f"OpenFOAM is not installed{reasons}. Install it: {MEND}; or name it in FLOWCFD_OPENFOAM")


def candidates(prefix: Path = Path("/")) -> Iterator[Path]:
    """Every project directory found in the usual places, the distribution's first, then by version, newest first."""
    for pattern in _SEARCHED:
        for root in sorted(prefix.glob(pattern), key=_number, reverse=True):
            if (root / "etc/controlDict").is_file():
                yield root


def version_of(root: Path, prefix: Path = Path("/")) -> str:
    """The version as its own files say, without the "v": "1912"; "9" for one of openfoam.org.

    When neither api-info nor bashrc nor the banner of controlDict knows, an application is asked; "" if none knows.
    """
    for file, pattern in (
        ("META-INFO/api-info", r"^api=(\d+)"),
        ("etc/bashrc", r"^(?:export )?WM_PROJECT_VERSION=v?([\w.]+)"),
        ("etc/controlDict", r"Version:\s+v?([\w.]+)"),
    ):
        found = re.search(pattern, _head(root / file), re.MULTILINE)
        if found:
            return found[1]
    return _asked(prefix / "usr/bin/blockMesh") if _is_packaged(root) else ""


def source(bashrc: Path) -> dict[str, str]:
    """The variables that sourcing `bashrc` sets in a nearly empty environment."""
    home = {name: os.environ[name] for name in ("HOME", "USER") if name in os.environ}
    base = {"PATH": "/usr/local/bin:/usr/bin:/bin", **home}
    # No positional arguments: OpenFOAM's bashrc sources each of its arguments, so it would source itself for ever.
    script = f"source {shlex.quote(str(bashrc))} >/dev/null 2>&1; printf '%s' {shlex.quote(_MARK)}; env -0"
    command = ["bash", "--noprofile", "--norc", "-c", script]
    try:
        done = subprocess.run(command, env=base, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        raise SiteError(f"{bashrc}: sourcing it takes more than 60 s") from None
    text = done.stdout.decode(errors="surrogateescape").rpartition(_MARK)[2]
    pairs = dict(pair.split("=", 1) for pair in text.split("\0") if "=" in pair)
    changed = {n: v for n, v in pairs.items() if base.get(n) != v and n not in _OWN_TO_THE_SHELL}
    return changed | {name: _added(changed[name], base.get(name, "")) for name in _LISTS if name in changed}


def mpi_variables(cores: int, shared: bool | None) -> dict[str, str]:
    """What Open MPI needs to start `cores` ranks on one machine, whoever the user and however busy the machine."""
    variables = {"OMPI_MCA_rmaps_base_oversubscribe": "1"}
    if os.geteuid() == 0:
        variables |= {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
    if crowded(cores) if shared is None else shared:
        # Ranks that wait in a busy loop on shared cores stop each other: up to ten minutes for a second of work.
        variables |= {"OMPI_MCA_mpi_yield_when_idle": "1", "OMPI_MCA_hwloc_base_binding_policy": "none"}
    return variables


def crowded(cores: int) -> bool:
    """Whether `cores` ranks would have to share: by the setting, else by the machine's cores and its load now."""
    setting = current_settings().shared_cores
    if setting is not None:
        return setting
    free = len(os.sched_getaffinity(0)) - os.getloadavg()[0]
    return cores > 1 and cores > free + 0.5


def _named(root: Path, settings: Settings, prefix: Path) -> Installation:
    if not (root / "etc/controlDict").is_file():
        raise SiteError(
            f"FLOWCFD_OPENFOAM or WM_PROJECT_DIR names {root}, which is no OpenFOAM (it has no etc/controlDict); "
            "unset it or give the project directory, such as /usr/share/openfoam"
        )
    return _accepted(root, settings, prefix, newer=True)


def _accepted(root: Path, settings: Settings, prefix: Path, *, newer: bool = False) -> Installation:
    """The installation in `root`, if FlowCFD can drive it; one newer than the table only when the user names it."""
    version = version_of(root, prefix)
    if not re.fullmatch(r"\d{4}", version):
        raise SiteError(
            f"{root}: OpenFOAM {version or 'of unknown version'} is not of www.openfoam.com; "
            f"FlowCFD drives v{OLDEST} to v{NEWEST} of that one"
        )
    if int(version) < OLDEST or (int(version) > NEWEST and not newer):
        hint = f"; to try it nevertheless: export FLOWCFD_OPENFOAM={root}" if int(version) > NEWEST else ""
        raise SiteError(f"{root}: OpenFOAM v{version} is not among v{OLDEST} to v{NEWEST}{hint}")
    installation = Installation(root, version, prefix, settings.cache)
    if installation.packaged and not (installation.bin / "blockMesh").exists():
        raise SiteError(f"{root}: there is no {installation.bin / 'blockMesh'}; mend it: {MEND}")
    return installation


def _is_packaged(root: Path) -> bool:
    return root.name == "openfoam" and root.parent.name == "share" and not (root / "platforms").is_dir()


def _number(root: Path) -> int:
    digits = re.findall(r"\d+", root.name)
    return int(digits[-1]) if digits else 0


def _head(file: Path) -> str:
    """The first 8 kB of a text file; empty when it cannot be read."""
    try:
        with file.open("rb") as stream:
            return stream.read(8192).decode("latin-1")
    except OSError:
        return ""


def _asked(application: Path) -> str:
    try:
        done = subprocess.run([application, "-help"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.search(r"Using: OpenFOAM-\S* *\((\d+)\)", done.stdout)
    return found[1] if found else ""


def _executables_in(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [path for path in folder.iterdir() if path.is_file() and os.access(path, os.X_OK)]


def _added(value: str, before: str) -> str:
    """The entries of a list of folders that were not in it before."""
    known = before.split(":")
    return ":".join(entry for entry in value.split(":") if entry and entry not in known)
