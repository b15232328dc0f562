"""How pictures come to the page: one when something changed, never two waiting, coarse while it moves.

It takes the place of trame's own delivery, whose last sharp picture comes half a second late, and which encodes with
threads that a busy machine has not. The page's part, vtk-remote-view, stays as it is.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

import wslink
from wslink.websocket import LinkProtocol

if TYPE_CHECKING:
    from flowcfd.viewer.live import Live

REST = 0.25
"""So long nothing must move before the picture is drawn in full [s]."""
TOGETHER = 0.03
"""Who asks for a picture at rest within so long gets the same [s]."""
FASTEST = 1 / 30
"""The least time between pictures [s]."""
Method = TypeVar("Method", bound=Callable[..., Any])


def register(name: str) -> Callable[[Method], Method]:
    """Let the page call a method by this name."""
    return cast(Callable[[Method], Method], wslink.register(name))


class Delivery(LinkProtocol):  # type: ignore[misc]
    """The pictures of one view."""

    def __init__(self, live: Live) -> None:
        super().__init__()
        self._live = live
        self._number = 0
        self._timer: asyncio.TimerHandle | None = None
        self._resting: asyncio.TimerHandle | None = None
        self._watched = False
        self._last = 0.0

    # ---- what the page calls

    @register("viewport.image.push.observer.add")
    def add(self, view_id: str) -> dict[str, Any]:
        """A page is there, and shall have a picture."""
        if not self._watched:
            self._watched = True
            app = self.getSharedObject("app")
            app.AddObserver("UpdateEvent", lambda *_: self.ask())
            app.AddObserver("StartInteractionEvent", lambda *_: self.begin())
            app.AddObserver("EndInteractionEvent", lambda *_: self.end())
        self.ask()
        return {"success": True, "viewId": self._live.name}

    @register("viewport.image.push.observer.remove")
    def remove(self, view_id: str) -> dict[str, Any]:
        """A page is gone."""
        return {"result": "success"}

    @register("viewport.image.push")
    def push(self, options: Any = None) -> None:
        """Send the picture as it is now."""
        self.ask()

    @register("viewport.image.push.original.size")
    def size(self, view_id: str, width: float, height: float) -> dict[str, Any]:
        """The picture's place in the page has this size [pixels]."""
        if width > 10 and height > 10:
            self._live.resize(round(width), round(height))
            self.ask()
        return {"result": "success"}

    @register("viewport.image.push.quality")
    def quality(self, view_id: str, quality: int, ratio: float = 1) -> dict[str, Any]:
        """We know better."""
        return {"result": "success"}

    @register("viewport.image.push.quality.get")
    def quality_now(self, view_id: str) -> dict[str, Any]:
        """We know better."""
        return {"quality": 100, "ratio": 1}

    @register("viewport.image.push.enabled")
    def enable(self, view_id: str, enabled: bool) -> dict[str, Any]:
        """Always."""
        return {"result": "success"}

    @register("viewport.image.push.invalidate.cache")
    def invalidate(self, view_id: str) -> dict[str, Any]:
        """Nothing is kept."""
        self.ask()
        return {"result": "success"}

    @register("viewport.image.animation.start")
    def start(self, view_id: str = "-1") -> None:
        """It begins to move."""
        self.begin()

    @register("viewport.image.animation.stop")
    def stop(self, view_id: str = "-1") -> None:
        """It comes to rest."""
        self.end()

    @register("viewport.image.animation.fps.max")
    def fastest(self, fps: int = 30) -> None:
        """As fast as it can."""

    # ---- moving and resting

    def begin(self) -> None:
        """Coarse pictures from when it moves."""
        if self._resting is not None:
            self._resting.cancel()
            self._resting = None
        if not self._live.moving:
            self._live.hold()

    def end(self) -> None:
        """A full picture, unless it goes on at once."""
        if self._resting is not None:
            self._resting.cancel()
        self._resting = asyncio.get_running_loop().call_later(REST, self._rest)

    def _rest(self) -> None:
        self._resting = None
        self._live.rest()
        self.ask()
        for heard in self._live.on_rest:
            heard()

    def ask(self) -> None:
        """A picture soon: those who ask before it is drawn get the same."""
        if self._timer is None:
            wait = max(0.0, self._last + FASTEST - time.monotonic()) if self._live.moving else TOGETHER
            self._timer = asyncio.get_running_loop().call_later(wait, self._send)

    def _send(self) -> None:
        self._timer = None
        if self._live.closed:
            return
        self._live.stir()
        if self._live.moving and self._behind():  # the page or the way to it is slow: the newest picture, when it can
            self._timer = asyncio.get_running_loop().call_later(FASTEST, self._send)
            return
        self._last = time.monotonic()
        self._number += 1
        image, (width, height) = self._live.image()
        self.publish(
            "viewport.image.push.subscription",
            {
                "id": self._live.name, "global_id": self._live.name, "image": self.addAttachment(image),
                "format": "jpeg", "size": [width, height], "memsize": len(image), "mtime": self._number,
                "stale": False, "localTime": 0, "workTime": round(1000 * (time.monotonic() - self._last)),
            },
        )  # fmt: skip

    def _behind(self) -> bool:
        """Whether a picture before this one is still on its way out."""
        monitor = self._live.server.context.network_monitor
        return bool(getattr(monitor, "pending", 0) > 2)
