"""The wizard works in threads: none outlives its test."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _work_ends_with_its_test(home: Path) -> Iterator[None]:
    """What is still looked at or estimated would go on in the home of another test, or in the user's own."""
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        thread.join(120)
        assert not thread.is_alive(), thread
