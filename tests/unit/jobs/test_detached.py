"""Processes that outlive who starts them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from flowcfd.errors import SiteError
from flowcfd.jobs import detached, lock

LEAVES = """
import sys, time
from pathlib import Path
from flowcfd.jobs import detached
held = detached.leave(Path(sys.argv[1]), patience=0.0)
print("left" if held is not None else "another has it", flush=True)
"""


def test_who_starts_it_waits_until_the_lock_is_held_or_cannot_be(tmp_path: Path) -> None:
    command = [sys.executable, "-c", LEAVES, str(tmp_path / "lock")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)  # until the output is closed
    assert (done.returncode, done.stdout) == (0, "left\n")
    with lock.held(tmp_path / "lock"):
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "another has it\n")


def test_one_that_cannot_begin_is_told_with_its_last_words(home: Path) -> None:
    home.mkdir(exist_ok=True)
    with pytest.raises(SiteError, match=r"its driver did not begin: .*No module named flowcfd\.nowhere"):
        detached.begin("flowcfd.nowhere", home)
    with lock.held(home / detached.LOCK):
        detached.begin("flowcfd.nowhere", home)  # one is at work


def test_the_last_words_are_the_last_line_that_says_something(tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert detached.last_words(log) == "it left no message"
    log.write_text("first\n last \n\n")
    assert detached.last_words(log) == "last"


def test_a_warning_of_python_is_no_last_word(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("no room\n/a/b.py:254: UserWarning: 6 leaked objects\n  warnings.warn('6 leaked objects')\n")
    assert detached.last_words(log) == "no room"
