"""Working: something that takes its time, done in a thread so that the kernel stays free."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets

from flowcfd import telling
from flowcfd.errors import FlowError


class Working:
    """One piece of work at a time: a newer one makes an older one's answer void. `widget` says what is being done."""

    def __init__(self) -> None:
        self.widget = ipywidgets.HTML("")
        self.widget.layout.display = "none"
        self._thread: threading.Thread | None = None
        self._turn = 0

    @property
    def busy(self) -> bool:
        """Whether it is at work."""
        return self._thread is not None and self._thread.is_alive()

    def start(
        self,
        words: str,
        work: Callable[[], Any],
        done: Callable[[Any], object],
        failed: Callable[[str], object] | None = None,
    ) -> None:
        """Do `work`, then `done` with what it gives; `failed` with a sentence when it could not be done."""
        self._turn += 1
        turn = self._turn
        self._say(words)
        here = contextvars.copy_context()  # what is shown from a thread answers to the message that is heeded now
        given = (self._work, turn, words, work, done, failed or self.fail)
        self._thread = threading.Thread(target=here.run, args=given, name=words, daemon=True)
        self._thread.start()

    def wait(self, seconds: float | None = None) -> None:
        """Until it is done, or for so many seconds [s]."""
        if self._thread is not None:
            self._thread.join(seconds)

    def fail(self, sentence: str) -> None:
        """Say what went wrong."""
        self._show(f"<div class='fc-said fc-bad' role='alert'>{escape(sentence)}</div>")

    def clear(self) -> None:
        """Say nothing any more."""
        self._show("")

    def _work(
        self,
        turn: int,
        words: str,
        work: Callable[[], Any],
        done: Callable[[Any], object],
        failed: Callable[[str], object],
    ) -> None:
        me = threading.current_thread()

        def teller(_: object, told: str, fraction: float | None, over: bool) -> None:
            if threading.current_thread() is me and not over:
                self._say(f"{words}: {told}", fraction)

        telling.TELLERS.append(teller)
        try:
            found = work()
        except Exception as error:  # the outermost frame of a thread: nobody else could say it
            if turn == self._turn:
                self.clear()
                failed(_sentence(error))
            return
        finally:
            telling.TELLERS.remove(teller)
        if turn != self._turn:
            return
        self.clear()
        try:
            done(found)
        except Exception as error:  # as above
            failed(_sentence(error))

    def _say(self, words: str, fraction: float | None = None) -> None:
        value = "" if fraction is None else f" value='{fraction:.3f}'"
        bar = f"<progress{value} max='1' aria-label='{escape(words)}'></progress>"
        self._show(f"<div class='fc-said' role='status'>{bar} {escape(words)}</div>")

    def _show(self, text: str) -> None:
        self.widget.value = text
        self.widget.layout.display = None if text else "none"


def _sentence(error: Exception) -> str:
    """What went wrong; of what nobody foresaw its kind too."""
    words = " ".join(str(error).split())
    return words if isinstance(error, FlowError | OSError) and words else f"{type(error).__name__}: {words}"
