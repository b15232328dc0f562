"""Upload: a file from the user's machine, which comes through the page in pieces."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

HERE = Path(__file__).parent


class Upload(anywidget.AnyWidget):
    """A button that takes a file of at most `largest` bytes; `taken` gets its path here, `refused` a sentence.

    The file lies in a folder of its own that this user only can read. A server takes no message beyond 10 MB, and the
    connection would break without a word: so the page sends pieces, and does not send what is too large.
    """

    _esm = HERE / "upload.js"

    label = traitlets.Unicode().tag(sync=True)
    accept = traitlets.Unicode().tag(sync=True)
    largest = traitlets.Int().tag(sync=True)
    """[bytes]"""

    def __init__(
        self,
        label: str,
        *,
        accept: str,
        largest: int,
        taken: Callable[[Path], object],
        refused: Callable[[str], object],
    ) -> None:
        self._taken, self._refused = taken, refused
        self._key, self._name, self._size = "", "", 0
        self._pieces: list[bytes] = []
        super().__init__(label=label, accept=accept, largest=largest)
        self.on_msg(self._heard)

    def _heard(self, _: object, message: dict[str, Any], buffers: list[Any]) -> None:
        """A file begins, or goes on; what is not the next piece of it is left out."""
        act, name, size = message.get("do"), str(message.get("name", "")), int(message.get("size") or 0)
        if act == "large" or (act == "begin" and size > self.largest):
            most = f"{self.largest >> 20} MB go through the page"
            self._refused(f"{name}: {size / 2**20:.0f} MB, but {most}; copy it to this machine and give its path")
        elif act == "begin":
            self._key, self._name, self._size, self._pieces = str(message.get("key")), name, size, []
            self._end()
        elif act == "piece" and buffers and message.get("key") == self._key and message.get("at") == self._far:
            self._pieces.append(bytes(buffers[0]))
            self._end()

    @property
    def _far(self) -> int:
        return sum(map(len, self._pieces))

    def _end(self) -> None:
        """When all of it is there it is kept, and its path is told."""
        if self._far < self._size:
            return
        content, self._pieces, self._key = b"".join(self._pieces)[: self._size], [], ""
        try:
            path = kept_upload(self._name, content)
        except OSError as error:
            self._refused(f"{self._name}: cannot be kept here ({error.strerror})")
            return
        self._taken(path)


def kept_upload(name: str, content: bytes) -> Path:
    """A file that came through the page, kept where this user only can read it."""
    folder = Path(tempfile.mkdtemp(prefix="flowcfd-upload-"))
    path = folder / (Path(name.replace("\\", "/")).name or "body")
    path.write_bytes(content)
    return path
