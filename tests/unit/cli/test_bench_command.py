from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from flowcfd import telling
from flowcfd.bench.row import Row
from flowcfd.cli import bench, main

GOOD = Row(name="good", ours=1.0, unit="s", peer_name="other", peer=10.0, goal=0.2)
LATE = Row(name="late", ours=5.0, unit="s", peer_name="other", peer=10.0, goal=0.2)
ALONE = Row(name="alone", ours=5.0, unit="s", peer_name="foamlib", goal=0.2, note="foamlib is not installed")
FAST = Row(name="fast", ours=50.0, unit="MB/s", goal=110.0, more_is_better=True, absolute=True)


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> list[Row]:
    found = [GOOD, ALONE]
    monkeypatch.setattr(bench, "import_module", lambda name: SimpleNamespace(run=lambda *, quick: found))
    return found


def test_one_table_with_verdicts_and_the_reason_for_a_missing_peer(
    rows: list[Row], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", "logs"]) == 0
    said = capsys.readouterr().out
    assert "foamlib is not installed" in said and "<= 0.2x" in said and "yes" in said


def test_a_goal_missed_by_more_than_half_fails_only_when_asserted(rows: list[Row]) -> None:
    rows.append(LATE)
    assert main(["bench", "logs", "--json"]) == 0
    assert main(["bench", "logs", "--json", "--assert-half"]) == 1


def test_its_document_holds_every_row(rows: list[Row], capsys: pytest.CaptureFixture[str]) -> None:
    main(["bench", "logs", "fields", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in told["rows"]] == ["good", "alone", "good", "alone"]
    assert told["rows"][0]["met"] is True and told["missed"] == []


def test_missing_by_half_goes_by_the_direction_of_the_goal() -> None:
    assert [bench.misses_half(row) for row in (GOOD, LATE, ALONE, FAST)] == [False, True, False, True]


def test_what_a_subject_says_of_itself_is_a_line_of_a_log(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*, quick: bool) -> list[Row]:
        for words in ("logs: one, 3 of 4", "logs: one, 3 of 4", "CAD: read"):
            telling.tell(run, words, 0.5)
        return [GOOD]

    monkeypatch.setattr(bench, "import_module", lambda name: SimpleNamespace(run=run))
    assert main(["bench", "logs", "--json"]) == 0
    assert capsys.readouterr().err == "flowcfd: logs: one, 3 of 4\n"
    assert not telling.TELLERS
