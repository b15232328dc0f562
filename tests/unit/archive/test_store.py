"""Where the archive is and who we are to it: from the environment, or a file that only its owner may read."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowcfd.archive import Access, store
from flowcfd.archive.s3 import access
from flowcfd.errors import CaseError, SiteError, UnknownName
from flowcfd.settings import settings

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
