from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from flowcfd.kernel import process
from flowcfd.kernel.process import CommandFailed


def run(script: str, cwd: Path) -> str:
    said: list[str] = []
    process.run(script, cwd=cwd, env=os.environ, say=said.append)
    return "".join(said)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:  # gone, maybe between being opened and read
        return False


def wait_for(path: Path) -> str:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        if path.exists() and path.read_text().endswith("\n"):
            return path.read_text()
        time.sleep(0.01)
    raise AssertionError(f"{path} did not appear")


def gone(pid: int) -> bool:
    end = time.monotonic() + 10
    while time.monotonic() < end and alive(pid):
        time.sleep(0.02)
    return not alive(pid)


def test_both_streams_come_in_their_order_from_the_cases_directory(tmp_path: Path) -> None:
    assert run("pwd; echo out; echo err >&2; echo ünï", tmp_path) == f"{tmp_path}\nout\nerr\nünï\n"


def test_output_comes_while_the_script_runs(tmp_path: Path) -> None:
    seen: list[bool] = []
    process.run(
        "echo first; while [ ! -e go ]; do sleep 0.02; done; echo second",
        cwd=tmp_path,
        env=os.environ,
        say=lambda text: seen.append((tmp_path / "go").exists()) or (tmp_path / "go").touch(),
    )
    assert seen == [False, True]


def test_the_first_command_that_fails_ends_the_cell_and_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match=r"^ls nothing: exit code 2 in ") as caught:
        run("ls nothing\ntouch never", tmp_path)
    assert caught.value.code == 2
    assert not (tmp_path / "never").exists()


def test_a_failure_inside_a_pipe_counts(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="exit code 3"):
        run("(exit 3) | cat", tmp_path)


def test_bash_counts_lines_as_the_cell_does(tmp_path: Path) -> None:
    said: list[str] = []
    with pytest.raises(CommandFailed):
        process.run("true\nno_such_program", cwd=tmp_path, env=os.environ, say=said.append)
    assert "line 2: no_such_program" in "".join(said)


def test_a_program_left_in_the_background_does_not_hold_the_cell(tmp_path: Path) -> None:
    start = time.monotonic()
    run("sleep 30 & echo $! > pid", tmp_path)
    assert time.monotonic() - start < 10
    os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)


@pytest.mark.parametrize("stubborn", ["", "trap '' INT TERM; "], ids=["polite", "stubborn"])
def test_an_interrupt_ends_everything_that_was_started(
    tmp_path: Path, stubborn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_GRACE", ((signal.SIGINT, 0.3), (signal.SIGTERM, 0.3), (signal.SIGKILL, 5.0)))

    def interrupt() -> None:
        wait_for(tmp_path / "pid")
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(CommandFailed, match="interrupted") as caught:
        run(f"{stubborn}sleep 60 & echo $! > pid; wait", tmp_path)
    thread.join()
    assert caught.value.code == 130
    assert gone(int((tmp_path / "pid").read_text()))


def test_an_interrupt_while_a_process_is_started_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_GRACE", ((signal.SIGINT, 0.3), (signal.SIGTERM, 0.3), (signal.SIGKILL, 5.0)))
    start = subprocess.Popen

    def started(*arguments: object, **options: object) -> subprocess.Popen[bytes]:
        child = start(*arguments, **options)  # type: ignore[call-overload]
        wait_for(tmp_path / "pid")
        os.kill(os.getpid(), signal.SIGINT)
        return child

    monkeypatch.setattr(process.subprocess, "Popen", started)
    with pytest.raises(CommandFailed, match="interrupted"):
        run("sleep 60 & echo $! > pid; wait", tmp_path)
    assert gone(int((tmp_path / "pid").read_text()))


def test_the_end_of_the_kernel_ends_everything_that_was_started(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from flowcfd.kernel import process\n"
        "process.run('sleep 60 & echo $! > pid; wait', cwd=Path(sys.argv[1]), env=os.environ, say=print)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    kernel = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], env=environment)
    try:
        pid = int(wait_for(tmp_path / "pid"))
    finally:
        kernel.kill()
        kernel.wait()
    assert gone(pid)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (1, "exit code 1"),
        (136, "exit code 136 (killed by SIGFPE: a floating point exception)"),
        (-9, "exit code -9 (killed by SIGKILL: by the system when memory ran out, or by hand)"),
        (255, "exit code 255"),
    ],
)
def test_exit_codes_in_words(code: int, words: str) -> None:
    assert process.meaning(code) == words
