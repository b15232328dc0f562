"""Fixtures for all tests: a home of their own, and the tutorials of the installed OpenFOAM."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from flowcfd.errors import SiteError
from flowcfd.settings import settings


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty FLOWCFD_HOME for one test."""
    folder = tmp_path / "home"
    monkeypatch.setenv("FLOWCFD_HOME", str(folder))
    settings.cache_clear()
    yield folder
    settings.cache_clear()


@pytest.fixture(scope="session")
def tutorials() -> Path:
    """The folder of OpenFOAM's tutorials; skips where they are not installed."""
    from flowcfd.foam import install

    try:
        examples = install.find().examples
    except SiteError as error:
        pytest.skip(str(error))
    if examples is None:
        pytest.skip("OpenFOAM's tutorials are not installed (apt-get install openfoam-examples)")
    return examples
