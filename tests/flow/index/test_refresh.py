"""The index says what the directories say, whatever happens to them, and opens only what may have changed."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from flowcfd.index import found as look
from flowcfd.index.database import Database
from flowcfd.index.rebuild import content, rebuild
from flowcfd.index.refresh import refresh

pytestmark = pytest.mark.flow

Make = Callable[[int], list[Path]]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The folders that were read."""
    names: list[str] = []
    read = look.read

    def noted(runs: Path, changed: dict[str, int], clock: float) -> list[look.Found]:
        names.extend(changed)
        return read(runs, changed, clock)

    monkeypatch.setattr(look, "read", noted)
    return names


def states(database: Database) -> dict[str, str]:
    return {str(run): row["state"] for run, row in content(database)["runs"].items()}


def end(run: Path, state: str) -> None:
    """Another end of the same attempt, written as the worker does."""
    raw = json.loads((run / "end.json").read_text())
    (run / "part").write_text(json.dumps({**raw, "state": state}))
    (run / "part").replace(run / "end.json")


def study(home: Path, name: str, runs: Sequence[Path]) -> None:
    folder = home / "studies" / name
    folder.mkdir(parents=True, exist_ok=True)
    raw = {"schema": 1, "name": name, "case": {}, "points": [{"x": n} for n in range(len(runs) + 1)]}
    (folder / "study.json").write_text(json.dumps(raw))
    lines = [json.dumps({"point": number, "run": run.name}) for number, run in enumerate(runs)]
    (folder / "points.jsonl").write_text("\n".join([*lines, '{"point": 0, "ru']))


def test_only_what_is_new_or_has_changed_is_opened(
    database: Database, runs: Make, opened: list[str], later: None
) -> None:
    made = runs(6)
    assert refresh(database.ready()).changed == 6
    assert states(database) == {run.name: json.loads((run / "end.json").read_text())["state"] for run in made}
    opened.clear()
    assert refresh(database).changed == 0 and not opened
    end(made[0], "Failed")
    shutil.rmtree(made[1])
    (extra,) = runs(1)
    assert refresh(database).vanished == 1
    assert sorted(opened) == sorted([made[0].name, extra.name])
    assert states(database)[made[0].name] == "Failed" and made[1].name not in states(database)


def test_what_changed_just_now_is_looked_at_again(database: Database, runs: Make, opened: list[str]) -> None:
    (run,) = runs(1)
    refresh(database.ready())
    opened.clear()
    end(run, "Failed")  # within the same tick of the clock it would show the same time
    os.utime(run)
    refresh(database)
    assert opened == [run.name] and states(database) == {run.name: "Failed"}


def test_a_run_without_a_last_word_is_always_asked(
    database: Database, runs: Make, opened: list[str], later: None
) -> None:
    lost, asked, requeued, done = runs(4)
    (lost / "end.json").unlink()
    (asked / "request.json").write_text(json.dumps({"id": "new", "kind": "start", "by": "me", "attempt": 2}))
    raw = json.loads((requeued / "end.json").read_text())
    (requeued / "end.json").write_text(json.dumps({**raw, "state": "Stopped", "outside": True}))
    refresh(database.ready())
    opened.clear()
    live = refresh(database).live
    assert sorted(opened) == sorted(run.name for run in (lost, asked, requeued))
    assert live[lost.name].state == "Lost" and done.name not in live


def test_a_folder_that_is_no_run_or_cannot_be_read_hinders_nothing(database: Database, runs: Make, home: Path) -> None:
    broken, _ = runs(2)
    (broken / "job.json").write_text("{")
    (home / "runs" / "stray").mkdir()
    (home / "runs" / ".new-1").mkdir()
    (home / "runs" / "file").write_text("")
    (home / "runs" / "link").symlink_to("nowhere")
    refresh(database.ready())
    assert states(database)[broken.name] == "Unreadable" and len(states(database)) == 2
    (broken / "job.json").unlink()
    refresh(database)
    assert len(states(database)) == 1


@pytest.mark.parametrize("seed", range(2))
def test_after_a_random_life_a_rebuilt_index_is_equal(
    database: Database, runs: Make, home: Path, seed: int, request: pytest.FixtureRequest
) -> None:
    chance = random.Random(seed)
    if chance.random() < 0.5:
        request.getfixturevalue("later")
    alive = runs(12)
    for _ in range(40):
        run = chance.choice(alive)
        match chance.randrange(8):
            case 0:
                alive += runs(1)
            case 1 if len(alive) > 3:
                alive.remove(run)
                shutil.rmtree(run)
            case 2 | 3:
                end(run, chance.choice(["Done", "Failed", "Stopped", "Cancelled"])) if run.exists() else None
            case 4:
                (run / "request.json").write_text(json.dumps({"id": "new", "kind": "start", "by": "me", "attempt": 2}))
            case 5:
                with (run / "events.jsonl").open("a") as events:
                    events.write(json.dumps({"time": 9e9, "event": "attempt", "attempt": 2}) + "\n")
                os.utime(run)
            case 6:
                study(home, chance.choice(["a-1", "b-2"]), chance.sample(alive, 2))
            case _:
                refresh(database.ready())
    refresh(database.ready())
    before = content(database)
    done = rebuild(database)
    assert done.differences == () and content(database) == before
    assert done.runs == len(alive)


def test_four_processes_at_once_lose_nothing(
    database: Database, runs: Make, home: Path, request: pytest.FixtureRequest
) -> None:
    runs(40)
    program = """
import sys
from flowcfd.index.database import place
from flowcfd.index.refresh import refresh
for _ in range(3):
    refresh(place().ready(), fully=True)
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    children = [
        subprocess.Popen([sys.executable, "-c", program], env=environment, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for child in children:
        _, said = child.communicate(timeout=180)
        assert child.returncode == 0, said
    assert len(states(database)) == 40
    assert rebuild(database).differences == ()


def test_two_homes_in_one_database_do_not_see_each_other(
    database: Database, runs: Make, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flowcfd.settings import settings

    runs(3)
    refresh(database.ready())
    monkeypatch.setenv("FLOWCFD_HOME", str(tmp_path / "another"))
    settings.cache_clear()
    refresh(database)
    assert states(database) == {}
    monkeypatch.setenv("FLOWCFD_HOME", str(home))
    settings.cache_clear()
    assert refresh(database).vanished == 0 and len(states(database)) == 3


def test_a_study_is_known_with_its_points_and_runs(database: Database, runs: Make, home: Path) -> None:
    made = runs(2)
    study(home, "wing-1", made)
    refresh(database.ready())
    known = content(database)
    ((_, row),) = known["studies"].items()
    assert (row["study"], row["points"]) == ("wing-1", 3)
    assert [point["run"] for point in known["points"].values()] == [run.name for run in made]
    shutil.rmtree(home / "studies")
    refresh(database)
    assert not content(database)["studies"] and not content(database)["points"]
