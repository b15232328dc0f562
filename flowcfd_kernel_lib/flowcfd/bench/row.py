"""One line of the benchmark table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Our figure beside a peer's, and the goal it is held to.

    `goal` bounds the ratio ours/peer, or `ours` itself where `absolute`; it is an upper bound unless `more_is_better`.
    A missing peer leaves `peer` None, and `note` says why.
    """

    name: str
    ours: float
    unit: str
    peer_name: str = ""
    peer: float | None = None
    goal: float | None = None
    more_is_better: bool = False
    absolute: bool = False
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """ours/peer, dimensionless; None without a peer."""
        return self.ours / self.peer if self.peer else None

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None where there is no goal or nothing to compare with."""
        figure = self.ours if self.absolute else self.ratio
        if figure is None or self.goal is None:
            return None
        return figure >= self.goal if self.more_is_better else figure <= self.goal

    def as_dict(self) -> dict[str, str | float | bool | None]:
        """All of it as JSON scalars, ratio and verdict included."""
        return {
            "name": self.name,
            "ours": self.ours,
            "unit": self.unit,
            "peer_name": self.peer_name,
            "peer": self.peer,
            "ratio": self.ratio,
            "goal": self.goal,
            "more_is_better": self.more_is_better,
            "absolute": self.absolute,
            "met": self.met,
            "note": self.note,
        }
