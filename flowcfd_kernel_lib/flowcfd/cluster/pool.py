"""Pool: a profile of cores that Dask holds for many short runs, on this machine or in pilot jobs of Slurm."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from flowcfd.case.quantities import Duration, problem
from flowcfd.cluster.profile import Profile


def _interface(name: str) -> str:
    if not name or any(letter.isspace() or letter in "'\"$`;&|" for letter in name):
        raise problem(f"must be the name of a network interface such as 'eth0' (got {name!r})")
    return name


class Pool(Profile):
    """What a pool of Dask is like: where its pilots are, how many, and how large. The rest as in a profile of Slurm.

    A pilot is one Dask worker on one node: of `cluster` "local" the only one, on this machine; of "slurm" a job.
    """

    executor: Literal["dask"] = Field("dask", description="the kind of scheduler")  # type: ignore[assignment]
    cluster: Literal["local", "slurm"] = Field("local", description="where the pilots are: this machine, or Slurm")
    cores: int | None = Field(
        None, ge=1, le=4096, description="cores of each pilot; of a local one all of the machine when not given"
    )
    pilots: int = Field(1, ge=1, le=1000, description="the most pilots at a time")
    idle: Duration = Field(600.0, description="so long without work ends a pilot, and then the pool")
    interface: Annotated[str, AfterValidator(_interface)] | None = Field(
        None, description="network interface by which pilots in Slurm reach this machine, where the usual one does not"
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.cluster == "slurm" and self.cores is None:
            raise problem("cores: must be given for pilots in Slurm, such as cores: 16")
        if self.cluster == "local" and self.pilots != 1:
            raise problem(f"pilots: a local pool has one (got {self.pilots})")
        if (self.resources.nodes or 1) != 1:
            raise problem(f"resources.nodes: a pilot is on one node (got {self.resources.nodes})")
        return self
