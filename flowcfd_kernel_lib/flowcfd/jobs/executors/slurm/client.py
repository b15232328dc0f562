"""Slurm's own programs, as they are called: without what the caller's environment would change, and with patience."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from flowcfd.errors import SiteError

PATIENCE = (0.2, 0.5, 1.0, 2.0, 4.0)
"""Pauses [s] between the attempts to reach a controller that does not answer."""
SILENCE = 5.0
"""So long [s] a controller that did not answer is not asked again for a mere look: there may be many runs to see."""
TIMEOUT = 30.0

_OPTIONS = ("SLURM_", "SBATCH_", "SQUEUE_", "SINFO_", "SCANCEL_", "SCONTROL_")
"""Variables that are options to the programs: of the job in which a notebook runs, or of a user's own listings."""
_SPEAKS = re.compile(r"^(?:sbatch|squeue|scancel|scontrol|sinfo): (?:error: )?", re.MULTILINE)
_SILENT = ("Unable to contact", "Socket timed out", "Connection refused", "Zero Bytes were transmitted")


class Silent(SiteError):
    """The controller does not answer."""


def _never() -> bool:
    return False


@dataclass
class Client:
    """The programs of the cluster whose slurm.conf is `conf` (None: the one that they find by themselves)."""

    name: str
    conf: Path | None = None
    _failed: float = field(default=-1e9, repr=False)
    _last: str = field(default="", repr=False)

    def answer(
        self, words: Sequence[str], *, text: str | None = None, look: bool = False, enough: Callable[[], bool] = _never
    ) -> subprocess.CompletedProcess[str]:
        """Call a program, again after a pause where the controller does not answer, unless `enough` was done by then.

        `look`: nothing hangs on it, so it is asked with less patience. Raises Silent when there is no answer.
        """
        if look and time.monotonic() - self._failed < SILENCE:
            raise Silent(self._last)
        for pause in (*PATIENCE[: 1 if look else None], None):
            done = self._call(words, text)
            if done.returncode == 0 or not _silent(done.stderr):
                self._failed = -1e9
                return done
            if pause is not None:
                time.sleep(pause)
                if enough():
                    return done
        self._failed, self._last = time.monotonic(), f"Slurm does not answer: {said(done.stderr)}"
        raise Silent(self._last)

    def _call(self, words: Sequence[str], text: str | None) -> subprocess.CompletedProcess[str]:
        program = shutil.which(words[0])
        if program is None:
            raise SiteError(
                f"there is no {words[0]} on this machine: it is no client of a Slurm cluster (profile {self.name!r})"
            )
        environment = {name: value for name, value in os.environ.items() if not name.startswith(_OPTIONS)}
        conf = os.environ.get("SLURM_CONF") if self.conf is None else str(self.conf)
        if conf is not None:
            environment["SLURM_CONF"] = conf
        try:
            return subprocess.run(
                [program, *words[1:]], env=environment, input=text, capture_output=True, text=True, errors="replace",
                timeout=TIMEOUT, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(list(words), 1, "", f"Unable to contact: no answer in {TIMEOUT:g} s")


def said(text: str) -> str:
    """What a program complains of, in one line."""
    lines = [line.strip() for line in _SPEAKS.sub("", text).splitlines() if line.strip()]
    plain = [line.removeprefix("Batch job submission failed: ") for line in lines if not line.startswith("warning:")]
    return "; ".join(dict.fromkeys(plain or lines)) or "no reason given"


def _silent(answer: str) -> bool:
    return any(words in answer for words in _SILENT)
