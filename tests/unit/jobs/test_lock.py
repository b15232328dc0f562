"""Locks are freed with their holder, and asking disturbs nobody."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from flowcfd.jobs import lock

HOLD = """
import sys
from pathlib import Path
from flowcfd.jobs import lock
lock.acquire(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_lock_has_one_holder_and_dies_with_it(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with subprocess.Popen([sys.executable, "-c", HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        assert lock.taken(path) and lock.acquire(path, patience=0) is None
        holder.kill()
    descriptor = lock.acquire(path, patience=0)
    assert descriptor is not None
    os.close(descriptor)


def test_a_lock_moves_with_its_folder(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    descriptor = lock.acquire(tmp_path / "new" / "lock")
    (tmp_path / "new").rename(tmp_path / "run")
    assert lock.taken(tmp_path / "run" / "lock")
    assert descriptor is not None
    os.close(descriptor)
    assert not lock.taken(tmp_path / "run" / "lock")


def test_a_lock_that_does_not_exist_is_not_taken(tmp_path: Path) -> None:
    assert not lock.taken(tmp_path / "lock") and not (tmp_path / "lock").exists()


def test_held_frees_at_the_end(tmp_path: Path) -> None:
    with lock.held(tmp_path / "lock"):
        assert lock.taken(tmp_path / "lock")
    assert not lock.taken(tmp_path / "lock")
