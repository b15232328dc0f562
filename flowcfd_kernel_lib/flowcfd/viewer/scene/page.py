"""The page of a scene: toolbar above, picture, drawer beside it, times below."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from flowcfd.viewer.scene import panels, toolbar

if TYPE_CHECKING:
    from flowcfd.viewer.live import Live
    from flowcfd.viewer.scene.app import SceneApp

_SHARED = {"primary": "#0b6bcb", "error": "#c0392b", "success": "#1a7f4b", "warning": "#9a6700"}
CONFIG = {
    "theme": {
        "defaultTheme": "light",
        "themes": {
            "light": {
                "dark": False,
                "colors": {**_SHARED, "background": "#ffffff", "surface": "#ffffff", "on-surface": "#1d2733",
                           "on-background": "#1d2733", "muted": "#5b6673", "line": "#d8dee6"},
                "variables": {"medium-emphasis-opacity": 0.85, "high-emphasis-opacity": 1},
            },
            "dark": {
                "dark": True,
                "colors": {**_SHARED, "primary": "#6cb2f5", "background": "#14181d", "surface": "#1b2128",
                           "on-surface": "#e6e9ed", "on-background": "#e6e9ed", "muted": "#a7b1bc", "line": "#39424d"},
                "variables": {"medium-emphasis-opacity": 0.85, "high-emphasis-opacity": 1},
            },
        },
    },
}  # fmt: skip
"""Vuetify's colours, those of all of FlowCFD."""


def layout(server: Any, live: Live, app: SceneApp) -> None:
    """Make the page of an app."""
    from trame.ui.vuetify3 import VAppLayout
    from trame.widgets import vuetify3 as v3

    theme = "shown.dark ? 'dark' : 'light'"
    with _written_once(), VAppLayout(server, vuetify_config=CONFIG, theme=(theme,)), v3.VLayout(style="height:100vh"):
        toolbar.bar(app)
        panels.drawer(app)
        toolbar.times(app)
        with v3.VMain():
            _picture(live, app)
        _told()


@contextmanager
def _written_once() -> Iterator[None]:
    """An element of trame writes all that is in it when it is closed, for namespaces, which we have none of.

    So each is written as often as it is deep, which took half of the time that a page takes to make.
    """
    core: Any = import_module("trame_client.widgets.core")

    def leave(element: Any, *_: object) -> None:
        core.HTML_CTX.exit(element)

    before = core.AbstractElement.__exit__
    core.AbstractElement.__exit__ = leave
    try:
        yield
    finally:
        core.AbstractElement.__exit__ = before


def _picture(live: Live, app: SceneApp) -> None:
    from trame.widgets import html

    with html.Div(
        style="position:relative;width:100%;height:100%", raw_attrs=['role="region"', 'aria-label="Picture"']
    ):
        with html.Div(classes="flowcfd-picture"):
            live.widget()
        where = "[mode, $event.offsetX / $event.target.clientWidth, $event.offsetY / $event.target.clientHeight]"
        html.Div(classes="flowcfd-over", v_if="mode", click=(app.point, where), data_mode=("mode",))
        html.Div(
            "{{ mode === 'probe' ? 'Click on the picture to read the value' : "
            "first ? 'Click on the other end of the line' : 'Click on one end of the line' }}",
            classes="flowcfd-hint", v_if="mode", raw_attrs=['role="status"'],
        )  # fmt: skip


def _told() -> None:
    from trame.widgets import html
    from trame.widgets import vuetify3 as v3

    with v3.VSnackbar(v_model=("said",), timeout=9000, location="bottom", color="error", multi_line=True):
        html.Span("{{ sentence }}", raw_attrs=['role="alert"'])
        with v3.Template(v_slot_actions=True):
            v3.VBtn("Close", variant="text", click="said = false")
