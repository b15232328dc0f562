"""The kinds of views that the render process can build, each from JSON that says what is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

from flowcfd.errors import UnknownName

if TYPE_CHECKING:
    from flowcfd.viewer.live import Live

Spec = dict[str, Any]
"""What a view shows, as JSON."""
Tell = Callable[[dict[str, Any]], None]
"""Says something to the page around the view, such as {"flowcfd": "changed", "spec": {...}}."""


class App(Protocol):
    """A view with its controls."""

    def spec(self) -> Spec:
        """What is shown now, whoever changed it."""
        ...

    def replace(self, spec: Spec) -> None:
        """Show something else in the same page. Raises FlowError, and then shows what it showed before."""
        ...


Build = Callable[[Any, "Live", Spec, Tell], App]
"""(trame server, live view, spec, tell) to the app; it makes the layout, with `live.widget()` where the picture is."""

KINDS: Mapping[str, str] = {
    "bare": "flowcfd.viewer.bare:build",
    "scene": "flowcfd.viewer.scene:build",
    "patches": "flowcfd.viewer.patches.app:build",
}
"""Kind to "module:function" of a Build; the module is imported when the first view of the kind is opened."""


def builder(kind: str) -> Build:
    """What builds views of a kind; raises UnknownName."""
    if kind not in KINDS:
        raise UnknownName("kind of view", kind, KINDS)
    module, name = KINDS[kind].split(":")
    return cast(Build, getattr(import_module(module), name))
