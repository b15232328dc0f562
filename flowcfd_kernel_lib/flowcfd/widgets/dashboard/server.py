"""`python -m flowcfd.widgets.dashboard.server`: the page's own server, on the loopback, for who has the secret.

The first line of stdin is what it shows and the secret; it says its port on stdout and ends when stdin does.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from asyncio.subprocess import PIPE
from html import escape
from pathlib import Path
from typing import Any

from flowcfd.widgets.dashboard import drawing, gate
from flowcfd.widgets.dashboard.gathered import Gathered, Gatherer
from flowcfd.widgets.dashboard.subject import Subject

INTERVAL, QUIET = 1.5, 10.0
"""The least time between two looks at what is being computed, and at what stands still [s]."""


class Store:
    """What was gathered last, for all pages; `version` rises when it changes."""

    def __init__(self, subject: Subject) -> None:
        self.now = Gathered(subject.title)
        self.single = len(subject.runs) == 1
        """Whether there will never be anything to compare."""
        self.version = 0
        self._gather = Gatherer(subject)

    def watch(self) -> None:
        """Look again and again, in a thread."""
        while True:
            began = time.monotonic()
            found = self._gather(self._take)
            self._take(found)
            took = time.monotonic() - began
            time.sleep(max(INTERVAL if found.active else QUIET, 4 * took))

    def _take(self, found: Gathered) -> None:
        if found != self.now or not self.version:
            self.now, self.version = found, self.version + 1


class Pictures:
    """Draws in a process of its own: VTK's death is not the page's. It ends with this one, for it reads our pipe."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    async def of(self, run: str, suffix: str) -> tuple[str, str]:
        """The file, or the sentence why there is none."""
        async with self._turn:
            if self._process is None or self._process.returncode is not None:
                self._process = await asyncio.create_subprocess_exec(
                    sys.executable, "-P", "-m", drawing.__name__, stdin=PIPE, stdout=PIPE
                )
            assert self._process.stdin is not None and self._process.stdout is not None
            try:
                self._process.stdin.write(f"{json.dumps([run, suffix])}\n".encode())
                await self._process.stdin.drain()
                path, why = json.loads(await self._process.stdout.readline())
            except (OSError, ValueError):
                self._process = None
                return "", "the process that draws was lost, perhaps for want of memory; choose the point again"
        return str(path), str(why)


def patterns(store: Store, pictures: Pictures) -> list[Any]:
    """The addresses beside the page: pictures and turning views of the points."""
    from tornado.web import RequestHandler

    class Look(RequestHandler):
        async def get(self, number: str, suffix: str) -> None:
            rows = store.now.rows
            row = rows[int(number)] if int(number) < len(rows) else None
            kind = suffix or ".png"
            path, why = await pictures.of(row.run, kind) if row is not None and row.run else ("", "it has no run yet")
            if why:
                self.set_header("Content-Type", "text/html; charset=utf-8")
                self.finish(SENTENCE.format(words=escape(why)))
                return
            self.set_header("Content-Type", "image/png" if suffix == ".png" else "text/html; charset=utf-8")
            shown = PICTURE.format(number=number, name=escape(row.name, quote=True)) if row and not suffix else ""
            self.finish(shown or Path(path).read_bytes())

    return [(r"/look/(\d{1,6})(\.png|\.html|)", Look)]


SENTENCE = (
    "<!doctype html><html lang=en><title>No picture</title>"
    "<body style='background:#fff;font:14px system-ui;color:#5b6673;display:grid;"
    "place-items:center;height:90vh;margin:0 24px;text-align:center'><p role=status>{words}</p></body>"
)

PICTURE = (
    "<!doctype html><html lang=en><title>{name}</title><body style='margin:0;background:#fff;overflow:hidden'>"
    "<img src='{number}.png' alt='{name}' style='display:block;width:100vw;height:100vh;object-fit:contain'></body>"
)


def main() -> None:
    """Serve until stdin ends."""
    said = json.loads(sys.stdin.readline())
    from flowcfd.widgets.dashboard.page import serve

    store = Store(Subject.from_json(said["subject"]))
    server = serve(store, patterns(store, Pictures()), port=int(said["port"]))
    gate.closed(server._tornado, said["token"], server.port)
    threading.Thread(target=store.watch, daemon=True, name="flowcfd-gather").start()
    threading.Thread(target=_until_left, daemon=True).start()
    server.start()
    print(json.dumps({"port": server.port}), flush=True)
    server.io_loop.start()


def _until_left() -> None:
    """End with who started it, however that ended."""
    import os

    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
