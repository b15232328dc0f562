"""The plainest view: a Scene that turns, without controls."""

from __future__ import annotations

from typing import Any

from flowcfd.viewer.kinds import Spec, Tell
from flowcfd.viewer.live import Live


class Bare:
    """A scene and nothing around it."""

    def __init__(self, live: Live, spec: Spec) -> None:
        self._live, self._spec = live, spec
        live.show(live.read(spec))

    def spec(self) -> Spec:
        """The scene as JSON."""
        return self._spec

    def replace(self, spec: Spec) -> None:
        """Show another scene."""
        self._live.show(self._live.read(spec))
        self._spec = spec


def build(server: Any, live: Live, spec: Spec, tell: Tell) -> Bare:
    """A page that is filled by the picture."""
    from trame.ui.html import DivLayout

    app = Bare(live, spec)
    with DivLayout(server) as layout:
        layout.root.style = "width:100vw;height:100vh;overflow:hidden"
        live.widget()
    return app
