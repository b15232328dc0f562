"""The partitions of a cluster: what each can give. A site may tell nothing of them; then Slurm alone decides."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from flowcfd.errors import CaseError, SiteError, UnknownName
from flowcfd.jobs.executors.slurm.client import Client, Silent

FRESH = 60.0
"""So long [s] an answer of sinfo stands."""


_ABLE = frozenset({"idle", "allocated", "mixed", "completing"})
"""States of nodes at work, as `sinfo -o %T` names them; a sign after one (`idle*`) says that it is not."""


@dataclass(frozen=True)
class Partition:
    """A partition: its limit of time [s] (None: none), its nodes, and the cores and memory [MB] of the largest one."""

    name: str
    default: bool
    limit: float | None
    nodes: int
    cores: int
    memory: int

    @classmethod
    def read(cls, line: str) -> Partition | None:
        """A line of `sinfo -o "%P|%l|%D|%c|%m"`."""
        words = line.split("|")
        if len(words) != 5:
            return None
        name, limit, *numbers = words
        nodes, cores, memory = (int(re.sub(r"\D.*", "", word) or 0) for word in numbers)
        return cls(name.rstrip("*"), name.endswith("*"), seconds(limit), nodes, max(1, cores), memory)

    def joined(self, other: Partition | None) -> Partition:
        """Both sorts of nodes of one partition."""
        if other is None:
            return self
        largest = max(self, other, key=lambda each: each.cores)
        return replace(largest, nodes=self.nodes + other.nodes)

    def __str__(self) -> str:
        time_ = "no limit of time" if self.limit is None else f"at most {hours(self.limit)}"
        return f"{self.name} ({time_}, {self.nodes} nodes of {self.cores} cores and {self.memory} MB)"


@dataclass
class Partitions:
    """Those of one cluster, as sinfo tells them."""

    client: Client
    _known: Mapping[str, Partition] = field(default_factory=dict, repr=False)
    _asked: float = field(default=-1e9, repr=False)

    def all(self) -> Mapping[str, Partition]:
        """The partitions, by name; none where sinfo is not there, not allowed or says nothing. Raises Silent."""
        if time.monotonic() - self._asked > FRESH:
            self._known, self._asked = self._told(), time.monotonic()
        return self._known

    def chosen(self, name: str | None) -> list[Partition]:
        """Those that a job may go to: the named ones ("a,b"), else the default; none where nothing is known of it.

        Raises UnknownName, which lists those there are.
        """
        known = self.all()
        if name is None or not known:
            return [each for each in known.values() if each.default]
        for each in name.split(","):
            if each not in known:
                raise UnknownName("partition", each, known, where="resources.partition")
        return [known[each] for each in name.split(",")]

    def require(self, name: str | None, walltime: float) -> None:
        """CaseError when no job of so long a time [s] may go there."""
        places = self.chosen(name)
        if places and all(place.limit is not None and walltime > place.limit for place in places):
            allowed = " or ".join(map(str, places))
            raise CaseError(f"resources.walltime: must be at most that of partition {allowed} (got {hours(walltime)})")

    def lame(self, name: str | None) -> bool:
        """Whether nodes that a job may go to are out of service now, or nothing is known of them: that may change."""
        places = {place.name for place in self.chosen(name)}
        done = self.client.answer(["sinfo", "-h", "-a", "-e", "-o", "%P|%T"])
        states = [line.partition("|") for line in done.stdout.splitlines() if "|" in line]
        return not states or any(
            state not in _ABLE for place, _, state in states if not places or place.rstrip("*") in places
        )

    def hold(self, name: str | None, cores: int, nodes: int | None) -> bool:
        """Whether one of the partitions has so many cores and nodes, in service or not; True where nothing is known."""
        places = self.chosen(name)
        return not places or any(cores <= each.nodes * each.cores and (nodes or 1) <= each.nodes for each in places)

    def nodes(self, name: str | None, cores: int) -> int | None:
        """The fewest nodes that so many cores fit on, wherever the job goes; None where that is not known."""
        places = self.chosen(name)
        return math.ceil(cores / min(place.cores for place in places)) if places else None

    def offers(self) -> str:
        """What there is, as the end of a message; empty where nothing is known."""
        try:
            known = self.all()
        except SiteError:
            return ""
        return f"; there are: {'; '.join(map(str, known.values()))}" if known else ""

    def _told(self) -> dict[str, Partition]:
        """A partition with several sorts of nodes has a line for each (-e), a hidden one as well (-a)."""
        try:
            done = self.client.answer(["sinfo", "-h", "-a", "-e", "-o", "%P|%l|%D|%c|%m"])
        except Silent:
            raise
        except SiteError:  # no sinfo here; whether there is a sbatch, sbatch says
            return {}
        found: dict[str, Partition] = {}
        for line in done.stdout.splitlines() if done.returncode == 0 else []:
            if (each := Partition.read(line)) is not None:
                found[each.name] = each.joined(found.get(each.name))
        return found


def seconds(limit: str) -> float | None:
    """A time of Slurm, `days-hours:minutes:seconds`; None for `infinite`."""
    found = re.fullmatch(r"(?:(\d+)-)?(?:(?:(\d+):)?(\d+):)?(\d+)", limit.strip())
    if found is None:
        return None
    days, whole, minutes, rest = (int(part or 0) for part in found.groups())
    return 86400.0 * days + 3600 * whole + 60 * minutes + rest


def hours(time_: float) -> str:
    """A time [s] for people."""
    return f"{time_ / 3600:g} h" if time_ < math.inf else "no limit"
