"""A home of their own for the tests of live views: levels of detail are kept there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from flowcfd.settings import settings


@pytest.fixture(scope="module", autouse=True)
def home_of_views(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLOWCFD_HOME", str(tmp_path_factory.mktemp("home")))
        settings.cache_clear()
        yield
    settings.cache_clear()
