"""Folders in which OpenFOAM could not compute are refused before anything is written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from flowcfd import jobs
from flowcfd.cluster import profile
from flowcfd.cluster.private import Private
from flowcfd.errors import SiteError
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.settings import settings

pytestmark = pytest.mark.cluster


@pytest.mark.parametrize("name", ["my runs", "it's", 'so "called"', "tab\there"])
@pytest.mark.parametrize("on", ["local", "private"])
def test_a_home_with_blanks_or_quotes_is_refused(
    site: Private, tmp_path: Path, cavity: Callable[..., CaseFiles], monkeypatch: pytest.MonkeyPatch, name: str, on: str
) -> None:
    known = profile.read(profile.profiles()["private"])
    assert isinstance(known, profile.Profile)
    monkeypatch.setenv("FLOWCFD_HOME", str(tmp_path / name))
    settings.cache_clear()
    profile.write("private", known)
    files = cavity()
    for verb in (jobs.run, jobs.preview):
        with pytest.raises(SiteError, match=r"OpenFOAM takes no path with blanks or quotes; set FLOWCFD_HOME"):
            verb(files, on=on)
    assert sorted(each.name for each in (tmp_path / name).iterdir()) == ["profiles"]
    assert site.ask("squeue", "-h") == ""
