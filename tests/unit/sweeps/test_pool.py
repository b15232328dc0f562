"""Where the notebooks of a sweep are executed."""

from __future__ import annotations

import pytest

from flowcfd.errors import CaseError
from flowcfd.sweeps import pool


def test_more_cores_than_this_machine_takes_are_refused() -> None:
    pool.require("local", 1, None)
    with pytest.raises(CaseError, match=r"cores: the executor 'local' takes at most \d+ on this machine"):
        pool.require("local", 100_000, None)
