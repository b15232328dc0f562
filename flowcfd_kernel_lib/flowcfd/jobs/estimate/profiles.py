"""What the profile of an executor says of cost and size; of one without a profile nothing is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowcfd.jobs import slots

if TYPE_CHECKING:
    from flowcfd.cluster.pool import Pool
    from flowcfd.cluster.profile import Profile


def price(on: str) -> float | None:
    """The price of one core for one hour."""
    found: float | None = getattr(_profile(on), "price", None)
    return found


def most_cores(on: str) -> int | None:
    """The most cores that a job may have; of this machine those it has."""
    if on == "local":
        return slots.machine()
    profile = _profile(on)
    of_job: int | None = getattr(profile, "most_cores", None)
    of_pilot: int | None = getattr(profile, "cores", None)  # a run has to fit into one pilot of a pool
    return min((each for each in (of_job, of_pilot) if each is not None), default=None)


def _profile(on: str) -> Profile | Pool | None:
    from flowcfd.cluster import profile  # brings pydantic, which an adopted case on this machine does without

    path = profile.profiles().get(on)
    return None if path is None else profile.read(path)
