"""One thing that `flowcfd doctor` looks at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. `needed`: without it nothing runs; `mend`: the command that helps."""

    name: str
    good: bool
    found: str
    needed: bool = True
    mend: str = ""
