"""Scenes at the end of a cell: alive in a notebook, as a page or as a picture elsewhere."""

from __future__ import annotations

from html import escape
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flowcfd.errors import FlowError
from flowcfd.jobs.live import has_front_end
from flowcfd.scene import Scene
from flowcfd.viewer.way import way


def show(scene: Scene) -> None:
    """Display a scene as `viewer.way` says; what cannot be drawn is a sentence, never a traceback."""
    from IPython.display import display

    try:
        seen = way() if has_front_end() or way() == "html" else "picture"  # nobody turns what a headless kernel shows
        if seen == "live":
            import_module("flowcfd.widgets.viewer").Viewer(scene)._ipython_display_()
            return
        bundle = {"text/plain": repr(scene), **{"html": _page}.get(seen, _picture)(scene)}
    except FlowError as error:  # such as of the settings
        bundle = {"text/plain": str(error), "text/html": f"<p>{escape(str(error))}</p>"}
    display(bundle, raw=True)  # type: ignore[no-untyped-call]


def _page(scene: Scene) -> dict[str, Any]:
    """A page of its own in the notebook, which needs nothing behind it."""
    try:
        with TemporaryDirectory(prefix="flowcfd-page-") as folder:
            page = scene.save(Path(folder, "scene.html")).read_text()
    except FlowError:
        return _picture(scene)
    return {
        "text/html": f'<iframe title="{escape(scene.code, quote=True)}" sandbox="allow-scripts" '
        f'style="width:100%;height:560px;border:0" srcdoc="{escape(page, quote=True)}"></iframe>'
    }


def _picture(scene: Scene) -> dict[str, Any]:
    return {"text/html": scene._repr_html_()}
