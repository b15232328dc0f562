"""Where the archive is and who we are to it: from the environment, or a file that only its owner may read."""

from __future__ import annotations

import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from flowcfd.archive import Access, store
from flowcfd.archive.entry import Entry, known
from flowcfd.archive.keep import _of_others, _Upload
from flowcfd.archive.s3 import Store, access
from flowcfd.errors import CaseError, SiteError, UnknownName
from flowcfd.settings import settings
from flowcfd.studies import point

FULL = {"S3_BUCKET": "cfd", "S3_ACCESS_KEY": "key", "S3_SECRET_KEY": "hidden", "S3_ENDPOINT": "https://s3.example.org"}


def test_the_environment_says_all() -> None:
    assert access(FULL, Path("none")) == Access("cfd", "key", "hidden", "https://s3.example.org")


def test_the_secret_is_never_shown() -> None:
    assert "hidden" not in repr(access(FULL, Path("none")))


def test_a_file_that_its_owner_alone_may_read_says_the_rest(tmp_path: Path) -> None:
    file = tmp_path / "s3.yaml"
    file.write_text("S3_BUCKET: other\nS3_SECRET_KEY: hidden\nS3_REGION: eu-west-1\n")
    file.chmod(0o600)
    assert access({"S3_BUCKET": "cfd", "S3_ACCESS_KEY": "key"}, file) == Access(
        "cfd", "key", "hidden", region="eu-west-1"
    )


@pytest.mark.parametrize(
    ("text", "mode", "says"),
    [
        ("S3_BUCKET: cfd\n", 0o644, "is open to others.*chmod 600"),
        ("S3_BUKET: cfd\n", 0o600, "unknown key 'S3_BUKET'; did you mean 'S3_BUCKET'"),
        ("- a\n", 0o600, "must hold keys and values"),
        ("a: [\n", 0o600, "is no YAML"),
        ("S3_BUCKET: cfd\n", 0o600, "no archive is set up: S3_ACCESS_KEY, S3_SECRET_KEY missing; set S3_ENDPOINT"),
        ("S3_BUCKET: cfd\nS3_ACCESS_KEY: a\nS3_SECRET_KEY: b\nS3_ENDPOINT: s3.example.org\n", 0o600, "such as https"),
    ],
)
def test_what_cannot_be_used_is_told(tmp_path: Path, text: str, mode: int, says: str) -> None:
    file = tmp_path / "s3.yaml"
    file.write_text(text)
    file.chmod(mode)
    with pytest.raises((SiteError, UnknownName), match=says):
        access({}, file)


def test_each_user_has_a_folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**FULL, "S3_PREFIX": "/team/"}.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    assert store(user="alice").folder == "team/alice/"
    assert store(user="alice").place == "s3://cfd/team/alice/ at https://s3.example.org"
    with pytest.raises(CaseError, match="user: must be 1 to 64"):
        store(user="../bob")


class Answering:
    """A store that gives every manifest the same content."""

    def __init__(self, content: dict[str, object]) -> None:
        self.content = content

    def get_object(self, **asked: object) -> dict[str, object]:
        return {"Body": BytesIO(json.dumps(self.content).encode())}


@pytest.mark.parametrize("name", ["../../.ssh", "runs/a", "..", ".hidden", "other-1", ""])
def test_a_manifest_that_names_another_folder_than_its_own_is_none(name: str) -> None:
    entry = Entry("wing-1", "run", "u", "Done", "alice", 0.0, 0.0, "1", 1, 1, "0", (), {})
    there = Store(access(FULL, Path("none")), "alice")
    for wanted, content in (("wing-1", entry), (name, replace(entry, name=name))):
        there.__dict__["client"] = Answering(json.loads(content.to_json()))
        found = known(there, "run", "wing-1")
        assert (found == entry) if wanted == "wing-1" else (found is None)
    assert known(there, "run", name) is None or name == "other-1"


def test_parts_of_an_older_try_that_was_longer_are_left_out() -> None:
    done: list[dict[str, object]] = []

    class Taking:
        def complete_multipart_upload(self, **asked: object) -> None:
            done.append(asked)

        def head_object(self, **asked: object) -> dict[str, int]:
            return {"ContentLength": 5}

    there = Store(access(FULL, Path("none")), "alice")
    there.__dict__["client"] = Taking()
    _Upload(there, "key", "id", {1: "a", 2: "b", 3: "older"}).finish(2, 5)
    assert done[0]["MultipartUpload"] == {"Parts": [{"PartNumber": 1, "ETag": '"a"'}, {"PartNumber": 2, "ETag": '"b"'}]}


def test_runs_of_two_studies_are_known_as_such(home: Path) -> None:
    for study, runs in (("one", ("a", "b")), ("other", ("b", "c")), (".gone-third", ("a",))):
        folder = home / "studies" / study
        folder.mkdir(parents=True)
        (folder / "study.json").write_text("{}")
        for number, run in enumerate(runs):
            point.tell(folder, {"point": number, "run": run})
        point.tell(folder, {"point": 9, "refused": "no"})
    assert _of_others(home / "studies" / "one") == {"b", "c"}
