"""What a job asks of a cluster, apart from its cores."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from flowcfd.case.quantities import Quantity, problem
from flowcfd.case.spec import Spec

_OURS = frozenset(
    {
        "array",
        "batch",
        "chdir",
        "comment",
        "cpus-per-task",
        "dependency",
        "error",
        "hold",
        "input",
        "job-name",
        "mem",
        "nodes",
        "ntasks",
        "ntasks-per-node",
        "open-mode",
        "output",
        "parsable",
        "partition",
        "account",
        "qos",
        "constraint",
        "exclusive",
        "requeue",
        "no-requeue",
        "signal",
        "time",
        "wait",
        "wrap",
    }
)
"""Directives that a field of Resources or the run protocol itself gives."""

_SHORT = {
    "A": "account",
    "C": "constraint",
    "D": "chdir",
    "H": "hold",
    "J": "job-name",
    "N": "nodes",
    "W": "wait",
    "a": "array",
    "c": "cpus-per-task",
    "d": "dependency",
    "e": "error",
    "i": "input",
    "n": "ntasks",
    "o": "output",
    "p": "partition",
    "q": "qos",
    "t": "time",
}


def _word(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_.,:&|*\[\]()@=+-]+", text):
        raise problem(f"must be one word as Slurm takes it (got {text!r})")
    return text


def _directive(text: str) -> str:
    found = re.fullmatch(r"(--[a-z][a-z0-9-]*|-[A-Za-z])([= ][^\n\r]+)?", text)
    if found is None:
        raise problem(f"must be an option of sbatch such as '--mail-type=END' (got {text!r})")
    name = found[1].lstrip("-")
    if _SHORT.get(name, name) in _OURS:
        raise problem(f"{found[1]} is set by FlowCFD or by a field of Resources; use that")
    return text


def _joined(option: str) -> str:
    """An option as one word: `--name value` is none to sbatch, `--name=value` and `-xvalue` are."""
    name, blank, value = option.partition(" ")
    if not blank or "=" in name:
        return option
    return f"{name}={value.strip()}" if name.startswith("--") else f"{name}{value.strip()}"


@dataclass(frozen=True, slots=True)
class _Limit(Quantity):
    """A time, or "none" for no limit."""

    def value(self, given: object) -> Any:
        """The time [s] or "none"; raises the problem in words."""
        return "none" if given == "none" else Quantity.value(self, given)


Limit = Annotated[float | Literal["none"], _Limit("s", gt=0)]
Word = Annotated[str, AfterValidator(_word)]
Directive = Annotated[str, AfterValidator(_directive)]
Bytes = Annotated[float, Quantity("byte", gt=0)]


class Resources(Spec):
    """What a job asks of a cluster: nodes, memory, time, where and on whose account.

    What is not given is the profile's. A run that reaches its `walltime` writes its fields and goes on in the next turn
    of its job, at most `max_restarts` times.
    """

    nodes: int | None = Field(None, ge=1, description="number of nodes that the cores are spread over")
    memory: Bytes | None = Field(None, description="memory of each node")
    walltime: Limit | None = Field(
        None, description="longest time of one turn, or 'none' for no limit; 24 h when the profile says nothing"
    )
    partition: Word | None = Field(None, description="partition (queue)")
    account: Word | None = Field(None, description="account that is charged")
    qos: Word | None = Field(None, description="quality of service")
    constraint: Word | None = Field(None, description="features that the nodes must have")
    exclusive: bool | None = Field(None, description="whole nodes")
    extra: tuple[Directive, ...] = Field((), description="further options of sbatch, such as '--mail-type=END'")
    max_restarts: int | None = Field(None, ge=0, le=1000, description="turns after the first; 10 when not given")

    def over(self, other: Resources) -> Resources:
        """These, and where they say nothing the other's."""
        given = {name: value for name, value in self if value is not None and value != ()}
        return other.model_copy(update=given) if given else other

    @property
    def seconds(self) -> float:
        """The walltime [s], infinite for none."""
        if self.walltime == "none":
            return math.inf
        return 24 * 3600.0 if self.walltime is None else self.walltime

    @property
    def restarts(self) -> int:
        """The most turns after the first."""
        return 10 if self.max_restarts is None else self.max_restarts

    def directives(self, cores: int) -> list[str]:
        """The options of sbatch for a job of so many cores."""
        limit = "UNLIMITED" if self.walltime == "none" else max(1, math.ceil(self.seconds / 60))
        wanted = [f"--ntasks={cores}", f"--time={limit}"]
        if self.nodes is not None:
            wanted.append(f"--nodes={self.nodes}")
        if self.memory is not None:
            wanted.append(f"--mem={max(1, round(self.memory / 2**20))}M")
        for name in ("partition", "account", "qos", "constraint"):
            value = getattr(self, name)
            if value is not None:
                wanted.append(f"--{name}={value}")
        return [*wanted, *(["--exclusive"] if self.exclusive else []), *map(_joined, self.extra)]
