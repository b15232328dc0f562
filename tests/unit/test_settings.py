from __future__ import annotations

from pathlib import Path

import pytest

from flowcfd.errors import SiteError
from flowcfd.settings import read


def test_nothing_said_means_the_home_folder() -> None:
    settings = read({})
    assert settings.home == Path.home() / "flowcfd"
    assert (settings.runs, settings.cache) == (settings.home / "runs", settings.home / "cache")
    assert (settings.openfoam, settings.shared_cores) == (None, None)


def test_the_home_is_absolute_and_knows_the_tilde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert read({"FLOWCFD_HOME": "here"}).home == tmp_path / "here"
    assert read({"FLOWCFD_HOME": "~/there"}).home == Path.home() / "there"
    assert read({"FLOWCFD_HOME": ""}).home == Path.home() / "flowcfd"


def test_our_own_variable_goes_before_openfoams() -> None:
    both = {"FLOWCFD_OPENFOAM": "/opt/a", "WM_PROJECT_DIR": "/opt/b"}
    assert read(both).openfoam == Path("/opt/a")
    assert read({"WM_PROJECT_DIR": "/opt/b"}).openfoam == Path("/opt/b")


@pytest.mark.parametrize(("text", "value"), [("1", True), ("0", False), ("", None)])
def test_shared_cores_are_a_switch(text: str, value: bool | None) -> None:
    assert read({"FLOWCFD_SHARED_CORES": text}).shared_cores is value


def test_another_value_of_the_switch_is_refused() -> None:
    with pytest.raises(SiteError, match=r"^FLOWCFD_SHARED_CORES: must be 0 or 1 \(got 'yes'\)$"):
        read({"FLOWCFD_SHARED_CORES": "yes"})


def test_a_project_is_a_plain_name() -> None:
    assert (read({}).project, read({"FLOWCFD_PROJECT": "wing-7"}).project) == ("", "wing-7")
    with pytest.raises(SiteError, match=r"^FLOWCFD_PROJECT: must be 1 to 64 of .* \(got 'a b'\)$"):
        read({"FLOWCFD_PROJECT": "a b"})


def test_the_address_of_a_database_may_hold_a_password_and_is_not_shown() -> None:
    settings = read({"DATABASE_URL": "postgresql://me:secret@host/db"})
    assert settings.database.endswith("/db") and "secret" not in repr(settings)
