"""What an exit code alone can tell."""

from __future__ import annotations

import signal
from collections.abc import Iterator

from flowcfd.foam.faults.entries import catalogue
from flowcfd.foam.faults.fault import Fault

_ABSENT = 127
"""What a shell returns for a command that it does not find."""


def fault(returncode: int | None, text: str) -> Fault:
    """What can be said of an end that gave no known text."""
    known = catalogue()
    last = next(_last_lines(text), "")
    if returncode is None:
        how = "ended, nobody saw how"
    elif number := _number(returncode):
        named = {signal.SIGFPE: "floating-point", signal.SIGKILL: "killed", signal.SIGSEGV: "segmentation-fault"}
        recipe = known[named.get(signal.Signals(number), "ended-by-signal") if _standard(number) else "ended-by-signal"]
        return recipe.fault({"signal": signal_name(number), "last": last})
    elif returncode == _ABSENT:
        return known["no-such-executable"].fault({})
    else:
        how = f"ended with exit code {returncode}"
    return Fault("unknown", f"{how}; its last line: {last}" if last else f"{how} and printed nothing", said=last)


def signal_name(number: int) -> str:
    """`signal 9 (SIGKILL)`."""
    return f"signal {number} ({signal.Signals(number).name})" if _standard(number) else f"signal {number}"


def _standard(number: int) -> bool:
    return number in signal.Signals.__members__.values()


def _number(returncode: int) -> int:
    """The signal behind an exit code, 0 for none."""
    number = -returncode if returncode < 0 else returncode - 128
    return number if 0 < number < signal.NSIG else 0


def _last_lines(text: str) -> Iterator[str]:
    return (line.strip() for line in reversed(text.splitlines()) if line.strip(" -\t"))
