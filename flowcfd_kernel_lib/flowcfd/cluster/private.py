"""A private Slurm on this machine: the real munged, slurmctld and slurmd of the Debian package, in one folder.

It needs no root and touches no file outside its folder; several virtual nodes share the machine, each with its own
port. All is stopped by pid. It is for demonstrations and tests: what holds here holds on a cluster, but the network.
"""

from __future__ import annotations

import json
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

from flowcfd.errors import CaseError, SiteError

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "scontrol", "sinfo")
MEND = "apt-get install slurm-wlm munge   (as root)"
PATIENCE = 60.0
"""So long [s] may the nodes take to be idle, and a daemon to end."""

_ABLE = frozenset({"IDLE", "ALLOCATED", "MIXED"})
_ASIDE = frozenset({"COMPLETING", "PLANNED"})
"""What may be said besides of a node that can compute."""
_OUT = frozenset({"DRAIN", "DOWN", "FAIL"})
_DUMB = frozenset({"NOT_RESPONDING", "UNKNOWN"})
"""Of such a node Slurm itself waits for a sign."""
_SBIN = ("/usr/sbin", "/sbin")
_RECORD = "cluster.json"


@dataclass(frozen=True)
class Private:
    """A private Slurm: its folder, and what it was made of. `memory` [MB] and `cores` are each node's."""

    folder: Path
    nodes: int
    cores: int
    memory: int
    ports: tuple[int, ...]

    @property
    def conf(self) -> Path:
        """Its slurm.conf: clients find it by SLURM_CONF."""
        return self.folder / "slurm.conf"

    @property
    def environment(self) -> dict[str, str]:
        """What a client needs in its environment."""
        return {"SLURM_CONF": str(self.conf)}

    @property
    def names(self) -> list[str]:
        """The nodes."""
        return [f"n{number}" for number in range(1, self.nodes + 1)]

    def pids(self) -> dict[str, int]:
        """The daemons that live, by name: munged, slurmctld, slurmd.n1, ..."""
        found = {}
        for file in sorted((self.folder / "run").glob("*.pid")):
            pid = _pid(file)
            if pid and _ours(pid, self.folder):
                found[file.stem] = pid
        return found

    def ask(self, *words: str) -> str:
        """What one of Slurm's programs (squeue, scontrol, ...) answers when it is called for this cluster."""
        return _client(self, words).stdout.strip()

    def states(self) -> dict[str, frozenset[str]]:
        """What the controller says of each node, as {"IDLE", "DRAIN"}; empty while it does not answer."""
        told = self.ask("scontrol", "show", "node", "--oneliner")
        found = re.findall(r"^NodeName=(\S+) .*? State=(\S+)", told, re.MULTILINE)
        return {name: frozenset(state.split("+")) for name, state in found if name in self.names}

    def idle(self) -> list[str]:
        """The nodes that can compute, busy or not: sinfo counts those as idle that do not answer or were drained."""
        return [name for name, state in sorted(self.states().items()) if state & _ABLE and state <= _ABLE | _ASIDE]

    def bring_back(self) -> list[str]:
        """Have those nodes used again that were taken out of service, by whomever, and that answer; which those are.

        Slurm drains a node on its own when it finds a job there that the controller has forgotten.
        """
        out = [name for name, state in sorted(self.states().items()) if state & _OUT and not state & _DUMB]
        for name in out:
            self.ask("scontrol", "update", f"NodeName={name}", "State=RESUME")
        return out


def up(folder: Path, *, nodes: int = 3, cores: int = 2, memory: int = 4000) -> Private:
    """Start a private Slurm in `folder`, or find the one that runs there; returns when all nodes can compute.

    `cores` and `memory` [MB] are each node's; together they may be more than the machine has. A cluster that was
    stopped goes on with the jobs it had, and nodes that were drained are used again. SiteError when Slurm is not
    installed or does not come up; then nothing is left running.
    """
    folder = folder.expanduser().absolute()
    _require(nodes, cores, memory)
    programs()
    _spread(folder)
    known = find(folder)
    made = known if known is not None else Private(folder, nodes, cores, memory, tuple(_free_ports(nodes + 1)))
    if known is not None and (known.nodes, known.cores, known.memory) != (nodes, cores, memory) and not known.pids():
        made = Private(folder, nodes, cores, memory, tuple(_free_ports(nodes + 1)))
    _write(made)
    try:
        for name, command in _daemons(made).items():
            if name not in made.pids():
                _start(made, name, command)
        _wait_for_nodes(made)
    except BaseException:
        down(folder, keep_jobs=True)
        raise
    return made


def down(folder: Path, *, keep_jobs: bool = False) -> bool:
    """Stop the private Slurm in `folder` and, unless `keep_jobs`, cancel its jobs; whether there was one at work."""
    found = find(folder.expanduser().absolute())
    if found is None or not found.pids():
        return False
    if not keep_jobs and "slurmctld" in found.pids():
        _client(found, ["scancel", "--full", "-u", str(os.getuid())])
        _until(lambda: not _client(found, ["squeue", "-h"]).stdout.strip(), 15.0)
    for name in sorted(found.pids(), key=lambda name: (name == "munged", name == "slurmctld")):  # the nodes first
        stop(found, name)
    return True


def stop(cluster: Private, name: str, *, how: signal.Signals = signal.SIGTERM) -> None:
    """End one daemon (munged, slurmctld, slurmd.n1) by its pid and wait until it is gone."""
    pid = cluster.pids().get(name)
    if pid is None:
        return
    os.kill(pid, how)
    if not _until(lambda: not _ours(pid, cluster.folder), 10.0):
        os.kill(pid, signal.SIGKILL)
        _until(lambda: not _ours(pid, cluster.folder), 10.0)


def restart(cluster: Private, name: str) -> None:
    """Start one daemon that was ended; the controller goes on with the jobs that it had."""
    if name not in cluster.pids():
        _start(cluster, name, _daemons(cluster)[name])


def whole(cluster: Private) -> bool:
    """Whether all nodes can compute; those that were taken out of service are brought back on the way."""
    if len(cluster.idle()) == cluster.nodes:
        return True
    cluster.bring_back()
    return False


def find(folder: Path) -> Private | None:
    """The private Slurm that was made in `folder`, at work or not."""
    try:
        raw = json.loads((folder / _RECORD).read_text())
        return Private(folder, **{**raw, "ports": tuple(raw["ports"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def programs() -> dict[str, Path]:
    """Where Slurm's programs are; SiteError, which says what installs them, when one is missing."""
    path = os.pathsep.join([os.environ.get("PATH", ""), *_SBIN])
    found = {name: shutil.which(name, path=path) for name in PROGRAMS}
    missing = [name for name, place in found.items() if place is None]
    if missing:
        raise SiteError(f"Slurm is not installed ({', '.join(missing)} missing); install it: {MEND}")
    return {name: Path(place) for name, place in found.items() if place is not None}


def _require(nodes: int, cores: int, memory: int) -> None:
    for name, value, most in (("nodes", nodes, 64), ("cores", cores, 256), ("memory", memory, 4_000_000)):
        if not 1 <= value <= most:
            raise CaseError(f"{name}: must be 1 to {most} (got {value})")


def _spread(folder: Path) -> None:
    """Make the folders; SiteError when that cannot be, or when Slurm could not read its own configuration there."""
    if any(letter.isspace() or letter in "#\"'" for letter in str(folder)):
        raise SiteError(
            f"{folder}: Slurm's configuration takes no path with blanks, quotes or #; choose another folder"
        )
    if len(str(folder / "munge.sock")) > 100:
        raise SiteError(f"{folder}: too long a path for a socket; choose another folder")
    try:
        for name in ("run", "log", "state"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / "munge").mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise SiteError(f"{folder}: {error.strerror or error}") from error


def _write(cluster: Private) -> None:
    key = cluster.folder / "munge/key"
    if not key.exists():
        descriptor = os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(1024))
    for name in cluster.names:
        (cluster.folder / f"tmp.{name}").mkdir(exist_ok=True)
        (cluster.folder / f"spool.{name}").mkdir(exist_ok=True)
    cluster.conf.write_text(_configuration(cluster))
    raw = asdict(cluster)
    del raw["folder"]
    (cluster.folder / _RECORD).write_text(json.dumps(raw, indent=1) + "\n")


def _daemons(cluster: Private) -> Mapping[str, Sequence[str]]:
    """The command of each daemon, in the order in which they are started."""
    folder, conf, found = cluster.folder, str(cluster.conf), programs()
    munge = folder / "munge"
    return {
        # --force: it refuses a socket below a folder that all may write to, such as /tmp
        "munged": [str(found["munged"]), "--force", f"--socket={folder}/munge.sock", f"--key-file={munge}/key",
                   f"--log-file={folder}/log/munged.log", f"--pid-file={folder}/run/munged.pid",
                   f"--seed-file={munge}/seed", "--num-threads=2"],
        "slurmctld": [str(found["slurmctld"]), "-f", conf],
        **{f"slurmd.{name}": [str(found["slurmd"]), "-f", conf, "-N", name] for name in cluster.names},
    }  # fmt: skip


def _start(cluster: Private, name: str, command: Sequence[str]) -> None:
    """Start one daemon, which leaves us by itself; its pid file tells that it lives."""
    environment = {**os.environ, **cluster.environment}
    done = subprocess.run(
        command, cwd=cluster.folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=PATIENCE, check=False, start_new_session=True,
    )  # fmt: skip
    if done.returncode or not _until(lambda: name in cluster.pids(), 10.0):
        raise SiteError(f"{command[0]} did not start: {_last(cluster, name, done.stderr)}")


def _wait_for_nodes(cluster: Private) -> None:
    if not _until(lambda: whole(cluster), PATIENCE):
        raise SiteError(
            f"the private Slurm did not come up: {len(cluster.idle())} of {cluster.nodes} nodes; "
            f"{_last(cluster, 'slurmctld')}"
        )


def _last(cluster: Private, name: str, said: str = "") -> str:
    """The last thing that a daemon said."""
    log = cluster.folder / "log" / f"{name}.log"
    lines = [*(log.read_text(errors="replace").splitlines() if log.exists() else []), *said.splitlines()]
    return next((line.strip() for line in reversed(lines) if line.strip()), f"it left no message (see {log.parent})")


def _client(cluster: Private, words: Sequence[str]) -> subprocess.CompletedProcess[str]:
    program = str(programs()[words[0]])
    environment = {**os.environ, **cluster.environment}
    return subprocess.run(
        [program, *words[1:]], env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
    )


def _pid(file: Path) -> int:
    try:
        return int(file.read_text())
    except (OSError, ValueError):
        return 0


def _ours(pid: int, folder: Path) -> bool:
    """Whether this process lives and is a daemon of the cluster in `folder`: pids are used again."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return str(folder).encode() in command and state not in "ZX"


def _until(true: Callable[[], object], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _user() -> str:
    """The name of the user whose number this process has, whatever the environment says; a number may have none."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def _free_ports(count: int) -> Iterator[int]:
    """So many ports of the loopback interface that nobody listens on now."""
    with ExitStack() as stack:
        for _ in range(count):
            listener = stack.enter_context(socket.socket())
            listener.bind(("127.0.0.1", 0))
            yield listener.getsockname()[1]


def _configuration(cluster: Private) -> str:
    """The slurm.conf; why a line is needed stands beside it."""
    folder, user, host = cluster.folder, _user(), socket.gethostname().split(".")[0]
    controller, *daemons = cluster.ports
    nodes = "\n".join(
        f"NodeName={name} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} CPUs={cluster.cores}"
        f" RealMemory={cluster.memory} State=UNKNOWN"
        for name, port in zip(cluster.names, daemons, strict=True)
    )
    return f"""\
# A private Slurm of one machine, written by `flowcfd cluster up`.
ClusterName=private
SlurmctldHost={host}(127.0.0.1)
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
# Credentials that expire soon: a job that is put back into the queue would wait 120 s.
AuthInfo=socket={folder}/munge.sock,cred_expire=5
CredType=cred/munge
SlurmctldPort={controller}
SlurmctldPidFile={folder}/run/slurmctld.pid
SlurmdPidFile={folder}/run/slurmd.%n.pid
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool.%n
SlurmctldLogFile={folder}/log/slurmctld.log
SlurmdLogFile={folder}/log/slurmd.%n.log
# No control groups and no pinning: it works in a container and for an ordinary user.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
# A temporary folder for each virtual node: steps over several of them would meet in one.
TmpFS={folder}/tmp.%n
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=2,bf_interval=5,sched_min_interval=0
PriorityType=priority/basic
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=5
JobCompType=jobcomp/filetxt
JobCompLoc={folder}/log/jobcomp.txt
AccountingStorageType=accounting_storage/none
# A node that comes back is used again.
ReturnToService=2
SlurmctldTimeout=30
SlurmdTimeout=20
InactiveLimit=0
KillWait=10
MinJobAge=300
Waittime=0
JobRequeue=1
MailProg=/bin/true
RebootProgram=/bin/true
PropagateResourceLimits=NONE
{nodes}
PartitionName=cpu Nodes=ALL Default=YES MaxTime=7-00:00:00 DefaultTime=60 State=UP OverSubscribe=NO
PartitionName=short Nodes=ALL MaxTime=10 State=UP OverSubscribe=NO
"""
