"""The views of the render process: opened, asked, replaced and closed by the kernel."""

from __future__ import annotations

import asyncio
import base64
import os
import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from flowcfd.errors import ResultError
from flowcfd.viewer import guard
from flowcfd.viewer.kinds import App, Spec, builder
from flowcfd.viewer.live import Live
from flowcfd.viewer.sharing import Shared

PAGE = Path(__file__).parent / "page"
HOST = "127.0.0.1"
MOST = 12
"""So many views are kept; beyond that those that no page shows are closed, the oldest first."""
UNUSED = 60.0
"""So long no page shows a view before it frees what can be made again [s]."""


@dataclass
class View:
    """One view: its trame server on a port of its own, its plotter, and its app."""

    server: Any
    live: Live
    app: App
    token: str
    seen: float = field(default_factory=time.monotonic)
    """When a page showed it last."""

    @property
    def address(self) -> dict[str, Any]:
        """Where its page is, and the secret that opens it."""
        return {"port": self.server.port, "token": self.token}

    @property
    def watched(self) -> bool:
        """Whether a page shows it now."""
        return any(handler.connections for handler in self.server._server._ws_handlers)

    async def close(self) -> None:
        """Free its port and its memory."""
        await self.server.stop()
        self.live.close()


class Views:
    """All views of a kernel by name; none is drawn before `drawn` is done, but reading goes on beside it."""

    QUESTIONS: ClassVar = ("open", "spec", "replace", "seen", "page", "close", "status")

    def __init__(self, drawn: asyncio.Task[None] | None = None) -> None:
        self._drawn = drawn
        self._views: dict[str, View] = {}
        self._shared = Shared()

    async def open(self, kind: str, spec: Spec, view: str = "") -> dict[str, Any]:
        """Open a view and serve its page; `view` is its name when it comes back. Raises FlowError."""
        name = view or secrets.token_hex(8)
        if name not in self._views:
            self._views[name] = await _open(kind, spec, self._shared, self._drawn)
            await self.tidy()
        found = self._views[name]
        said = str(getattr(found.server.state, "sentence", "") or "")
        return {"view": name, **found.address, "picture": found.live.picture(), "said": said}

    async def spec(self, view: str) -> dict[str, Any]:
        """What a view shows."""
        return {"spec": self._view(view).app.spec()}

    async def replace(self, view: str, spec: Spec, picture: bool = False) -> dict[str, Any]:
        """Show something else in a view, and give its picture. Raises FlowError."""
        found = self._view(view)
        found.app.replace(spec)
        return {"picture": found.live.picture()} if picture else {}

    async def seen(self, view: str, after: int = -1, rests: float = 0.0) -> dict[str, Any]:
        """The last full picture of a view with its number, as JPEG; empty where there is no later one that rests."""
        number, picture = self._view(view).live.seen(after, rests=rests)
        return {"number": number, "picture": base64.b64encode(picture).decode()}

    async def page(self, view: str) -> dict[str, Any]:
        """What a view shows as a page that needs nothing from elsewhere, at most 5 MB. Raises FlowError."""
        return {"html": self._view(view).live.page()}

    async def close(self, view: str) -> dict[str, Any]:
        """Close a view and free what it held."""
        closed = self._views.pop(view, None)
        if closed is not None:
            await closed.close()
        return {}

    async def status(self) -> dict[str, Any]:
        """What the process holds; memory in bytes."""
        status = Path("/proc/self/status").read_text().split()
        resident, peak = (1024 * int(status[status.index(f"{name}:") + 1]) for name in ("VmRSS", "VmHWM"))
        return {"views": list(self._views), "memory": resident, "peak": peak, "pid": os.getpid()}

    async def tidy(self, now: float | None = None) -> None:
        """Free what no page shows: levels of detail soon, whole views when there are many."""
        now = time.monotonic() if now is None else now
        for view in self._views.values():
            if view.watched:
                view.seen = now
            elif now - view.seen > UNUSED:
                view.live.forget()
        unseen = sorted((view.seen, name) for name, view in self._views.items() if not view.watched)
        for _, name in unseen[: max(0, len(self._views) - MOST)]:
            await self.close(name)

    async def keep_tidy(self) -> None:
        """Tidy for ever."""
        while True:
            await asyncio.sleep(UNUSED / 2)
            await self.tidy()

    def close_all(self) -> None:
        """At the end."""
        for one in self._views.values():
            one.live.close()

    def _view(self, name: str) -> View:
        if name not in self._views:
            raise ResultError("this view was closed, because many others were opened")
        return self._views[name]


async def _open(kind: str, spec: Spec, shared: Shared, drawn: asyncio.Task[None] | None) -> View:
    from trame.app import get_server

    await asyncio.to_thread(shared.preload, spec)  # the other views go on meanwhile
    if drawn is not None:
        await asyncio.wait([drawn])
    server = get_server(f"view-{secrets.token_hex(8)}", client_type="vue3")
    server.enable_module({"serve": {"__flowcfd": str(PAGE)}, "scripts": ["__flowcfd/told.js"]})
    server.state.flowcfd_told = None
    token = guard.secret()
    live = Live(server, shared.read)

    def tell(message: dict[str, Any]) -> None:
        with server.state:
            server.state.flowcfd_told = {"message": message, "number": secrets.token_hex(4)}

    try:
        app = builder(kind)(server, live, spec, tell)
    except BaseException:
        live.close()
        raise
    server.controller.on_server_bind.add(lambda bound: bound.app.middlewares.append(guard.page(token)))
    server.start(
        port=0, host=HOST, exec_mode="task", thread=True, open_browser=False, show_connection_info=False,
        disable_logging=True, timeout=0,
    )  # fmt: skip
    await asyncio.wait_for(server.ready, 60)
    return View(server, live, app, token)
