"""A scene at the end of a cell, where no live view can be: a page or a picture, as FLOWCFD_VIEW says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from IPython.utils.capture import capture_output

from flowcfd.bench.box import Box, write_field, write_mesh
from flowcfd.errors import SiteError
from flowcfd.kernel import scenes
from flowcfd.scene import Scene, view
from flowcfd.settings import read, settings
from flowcfd.viewer.way import way

Shown = Callable[[Scene, str], dict[str, str]]
CONTROL = """FoamFile { version 2.0; format ascii; class dictionary; object controlDict; }
application simpleFoam; startFrom startTime; startTime 0; stopAt endTime; endTime 1; deltaT 1; writeControl timeStep;
"""


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FLOWCFD_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.delenv("FLOWCFD_VIEW", raising=False)
    settings.cache_clear()


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """A box of 30 x 30 cells with U at time 1."""
    box = Box((30, 30, 1))
    write_mesh(tmp_path, box)
    write_field(tmp_path, "1", "U", np.sin(3 * box.centres()))
    (tmp_path / "system").mkdir(exist_ok=True)
    (tmp_path / "system/controlDict").write_text(CONTROL)
    return view(tmp_path)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch, new_shell: Callable[..., object]) -> Shown:
    """The bundle of a scene that is displayed with FLOWCFD_VIEW as said."""

    def show(scene: Scene, said: str) -> dict[str, str]:
        monkeypatch.setenv("FLOWCFD_VIEW", said)
        settings.cache_clear()
        new_shell(known=True)
        with capture_output() as captured:
            scenes.show(scene)
        bundle: dict[str, str] = captured.outputs[0].data
        return bundle

    return show


def test_a_page_stands_alone_in_the_notebook(scene: Scene, shown: Shown) -> None:
    bundle = shown(scene, "html")
    page = bundle["text/html"]
    assert page.startswith("<iframe") and 'sandbox="allow-scripts"' in page and "http-equiv" not in page[:200]
    assert len(page) < 5_000_000 and bundle["text/plain"] == repr(scene)


def test_a_picture_needs_no_scripts(scene: Scene, shown: Shown) -> None:
    assert "data:image/png" in shown(scene, "picture")["text/html"]


@pytest.mark.parametrize("said", ["html", "picture"])
def test_what_cannot_be_drawn_is_a_sentence(scene: Scene, shown: Shown, said: str) -> None:
    page = shown(scene.color("T"), said)["text/html"]
    assert "no field &#x27;T&#x27;; there are: U" in page and "fields: U" in page


def test_it_lives_where_a_jupyter_server_and_its_proxy_are(monkeypatch: pytest.MonkeyPatch) -> None:
    assert way() == "picture"
    monkeypatch.setenv("JPY_SESSION_NAME", "/a/notebook.ipynb")
    settings.cache_clear()
    assert way() == "live"
    with pytest.raises(SiteError, match=r"^FLOWCFD_VIEW: must be one of live, html, picture \(got 'film'\)$"):
        read({"FLOWCFD_VIEW": "film"})


def test_a_way_that_there_is_not_is_a_sentence(scene: Scene, shown: Shown) -> None:
    bundle = shown(scene, "nonsense")
    assert "FLOWCFD_VIEW: must be one of live, html, picture" in bundle["text/html"]
