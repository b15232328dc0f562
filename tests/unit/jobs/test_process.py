"""Processes are known by more than their pid."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import replace

import pytest

from flowcfd.jobs import process
from flowcfd.jobs.process import MARK, Identity


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """A shell with a child, marked as of run `u7`."""
    child = subprocess.Popen(["sh", "-c", "sleep 30 & wait"], env={**os.environ, MARK: "u7"}, process_group=0)
    yield child
    child.poll()
    process.end("u7", patience=1.0)
    child.wait()


def test_a_pid_used_again_is_another_process() -> None:
    me = Identity.of(os.getpid())
    assert me is not None and process.alive(me) is True
    assert process.alive(replace(me, start=me.start - 1)) is False
    assert Identity.of(2**22 + 1) is None


def test_a_process_of_an_earlier_boot_is_dead_and_of_another_host_unknown() -> None:
    me = Identity.of(os.getpid())
    assert me is not None
    host, boot, space = me.place.split("/")
    assert process.alive(replace(me, place=f"{host}/another-boot/{space}")) is False
    assert process.alive(replace(me, place=f"another-host/{boot}/{space}")) is None
    assert process.alive(replace(me, place=f"{host}/{boot}/1")) is None


def test_an_ended_child_that_nobody_waited_for_is_dead(sleeper: subprocess.Popen[bytes], until) -> None:
    identity = Identity.of(sleeper.pid)
    assert identity is not None and process.alive(identity)
    sleeper.kill()
    until(lambda: not process.alive(identity))


def test_all_processes_of_a_run_are_found_counted_and_ended(sleeper: subprocess.Popen[bytes], until) -> None:
    until(lambda: len(process.tree(sleeper.pid)) == 2)
    assert set(process.marked("u7")) == set(process.tree(sleeper.pid))
    assert process.marked("u") == []
    assert process.memory(process.tree(sleeper.pid)) > process.memory([sleeper.pid]) > 100_000
    process.end("u7")
    assert process.marked("u7") == []


def test_a_process_that_ignores_being_asked_is_killed(until) -> None:
    child = subprocess.Popen(
        ["sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.05; done"],
        env={**os.environ, MARK: "u8"},
        stdout=subprocess.PIPE,
    )
    assert child.stdout is not None and child.stdout.readline() == b"ready\n"
    process.end("u8", patience=0.3)
    assert child.wait(10) == -signal.SIGKILL
    child.stdout.close()
