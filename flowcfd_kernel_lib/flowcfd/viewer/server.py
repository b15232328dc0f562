"""The render process: `python -m flowcfd.viewer.server`, started by the kernel and ending with it.

The secret comes over stdin as the first line, the port goes out over stdout. One asyncio loop serves the kernel's
questions and all views, each on a port of its own; everything listens on 127.0.0.1 and asks for a secret.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from typing import Any

from flowcfd.errors import FlowError, UnknownName
from flowcfd.viewer import guard
from flowcfd.viewer.sharing import Shared
from flowcfd.viewer.views import HOST, Views


def main() -> None:
    """Serve until stdin ends."""
    token = sys.stdin.readline().strip()
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no answer
    os.environ.update(WSLINK_READY_MSG="", WSLINK_WS_COMPRESS="0")  # pictures are packed already
    os.environ["TRAME_WS_HEART_BEAT"] = "0"  # Jupyter's proxy takes a ping for work, and idle servers were never culled
    if not token:
        sys.exit("no secret came over stdin")
    asyncio.run(_serve(token, out))


async def _serve(token: str, out: Any) -> None:
    from aiohttp import web

    imported = asyncio.create_task(asyncio.to_thread(load))
    views = Views(asyncio.create_task(_drawn(imported)))
    app = web.Application(middlewares=[guard.bearer(token)], client_max_size=64 << 20)
    app.router.add_post("/ask", lambda request: _answer(views, imported, request))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0).start()
    print(json.dumps({"port": runner.addresses[0][1]}), file=out, flush=True)
    tidy = asyncio.create_task(views.keep_tidy())
    await _kernel_gone()
    tidy.cancel()
    views.close_all()
    os._exit(0)  # nothing to save, and a view that hangs must not keep it


def load() -> None:
    """Import what every view needs, while the kernel still reads what it will ask for."""
    import pyvista
    from trame.app import get_server  # noqa: F401
    from trame.ui import vuetify3 as ui  # noqa: F401
    from trame.widgets import vtk, vuetify3  # noqa: F401

    from flowcfd.viewer import delivery  # noqa: F401
    from flowcfd.viewer.kinds import builder

    builder("scene")
    pyvista.Plotter  # noqa: B018 - it is imported when it is first named


async def _drawn(imported: asyncio.Task[None]) -> None:
    await asyncio.wait([imported])
    await asyncio.to_thread(draw)


def draw() -> None:
    """Draw something: the first picture of a process takes long, and here it does so beside the reading."""
    from flowcfd.viewer.live import Live

    first = Live(None, Shared().read)
    first.plotter.add_mesh(_dot(), scalars="shown")  # with a scale: its letters take as long as the rest
    first.image()
    first.close()


def _dot() -> Any:
    import pyvista

    made = pyvista.Sphere(theta_resolution=8, phi_resolution=8)
    made.point_data["shown"] = made.points[:, 2]
    return made


async def _kernel_gone() -> None:
    """Returns when the kernel has closed its end of the pipe, or has died, whoever else holds that end."""
    await asyncio.wait(
        [asyncio.ensure_future(_closed()), asyncio.ensure_future(_orphaned())], return_when="FIRST_COMPLETED"
    )


async def _orphaned() -> None:
    parent = os.getppid()
    while os.getppid() == parent:
        await asyncio.sleep(5)


async def _closed() -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while await reader.read(4096):
        pass


async def _answer(views: Views, imported: asyncio.Task[None], request: Any) -> Any:
    from aiohttp import web

    question = await request.json()
    name, data = question["name"], question["data"]
    if name not in views.QUESTIONS:
        raise web.HTTPNotFound(text=str(UnknownName("question", str(name), views.QUESTIONS)))
    if name == "open":  # modules that two threads import at once are seen half made
        await asyncio.wait([imported])
    try:
        return web.json_response({"answer": await getattr(views, name)(**data)})
    except FlowError as error:
        return web.json_response({"error": {"kind": type(error).__name__, "words": str(error)}})


if __name__ == "__main__":
    main()
