"""Whether the measures of a running job have settled: reads what is new, judges it, and says it in a sentence.

Loaded only for a job that asks for it (`Job.until`); the standard library and light modules only.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flowcfd.foam.samples import Source, samples
from flowcfd.series import Settling, even, mean_settled, settled
from flowcfd.uncertain import Uncertain

TYPE_CHECKING = False  # typing is not needed for more, and slow to import
if TYPE_CHECKING:
    from typing import Any

SHARE = 20.0
"""The judgement rests for so many times as long as it took: a long series takes no more than 5 % of a core."""

SHARP = 1e-5
"""An uncertainty below this share of the value is not written: six digits of the value say it."""


@dataclass(frozen=True)
class Outlook:
    """What is to be said of all measures together."""

    ok: bool
    text: str
    details: tuple[dict[str, Any], ...]


class Settle:
    """Judges a job's measures as they come; `until` is Job.until, `end` the time at which the solver ends anyway."""

    def __init__(self, case: Path, until: Mapping[str, Any], end: float | None) -> None:
        self.until, self.end = until, end
        self._measures = [_Measure(case, until, one) for one in until["measures"]]
        self._next = 0.0

    def look(self) -> Outlook | None:
        """The outlook, when there is something new and it is time for it."""
        began = time.monotonic()
        if began < self._next or not self._poll():
            return None
        found = self.outlook()
        now = time.monotonic()
        self._next = now + SHARE * (now - began)
        return found

    def finish(self) -> Outlook:
        """The outlook with all that was written."""
        self._poll()
        return self.outlook()

    def outlook(self) -> Outlook:
        """What is to be said of what was read."""
        found = [(measure, measure.judged()) for measure in self._measures]
        ok = all(settling.ok for _, settling in found)
        told = "; ".join(measure.told(settling) for measure, settling in found)
        if ok:
            told += f", at {self._now()}"
        return Outlook(ok, told, tuple(measure.as_json(settling) for measure, settling in found))

    def _poll(self) -> bool:
        return any([measure.samples.poll() for measure in self._measures])  # noqa: C419  all of them, not the first

    def _now(self) -> str:
        times = [measure.samples.times[-1] for measure in self._measures if measure.samples.times]
        now = max(times, default=0.0)
        if self.until["steady"]:
            return f"iteration {now:.0f}" + (f" of {self.end:.0f}" if self.end else "")
        return f"time {now:g} s" + (f" of {self.end:g} s" if self.end else "")


class _Measure:
    def __init__(self, case: Path, until: Mapping[str, Any], one: Mapping[str, Any]) -> None:
        self.name, self.unit = one["name"], one["unit"]
        self.within, self.relative = one["within"], one["relative"]
        self.one, self.until = one, until
        self.by_mean = until["mean"] or not until["steady"]
        self.samples = samples(case, Source.from_json(one["source"]))

    def judged(self) -> Settling:
        return judged(self.samples.times, self.samples.values, self.one, self.until)

    def told(self, settling: Settling) -> str:
        """The sentence about this measure."""
        band = f"{100 * self.within:.3g} %" if self.relative else f"{self.within:.3g} {self.unit}".strip()
        if not settling.ok:
            return f"{self.name} did not settle within {band}: {settling.why}"
        sharp = settling.uncertainty < SHARP * abs(settling.mean)
        value = Uncertain(settling.mean, None if sharp else settling.uncertainty, unit=self.unit)
        known = f"{self.name} = {value}"
        if not self.by_mean or (not settling.dropped and "does not vary" in settling.why):
            return f"{known} settled within {band} over the last {self._span()}"
        half = f"half the {100 * self.until['confidence']:g} % interval of its mean"
        rough = f", oscillates by ±{settling.band:.2g}" if self.until["steady"] else ""
        start = f"after an initial transient of {settling.dropped}" if settling.dropped else "from the start"
        kept = settling.samples - settling.dropped
        return f"{known} settled within {band} ({half}, over {kept} samples {start}{rough})"

    def as_json(self, settling: Settling) -> dict[str, Any]:
        return {
            "measure": self.name,
            "ok": settling.ok,
            "why": settling.why,
            "mean": _finite(settling.mean),
            "uncertainty": _finite(settling.uncertainty),
            "samples": settling.samples,
        }

    def _span(self) -> str:
        return _span(self.until)


def judged(
    times: Sequence[float], values: Sequence[float], one: Mapping[str, Any], until: Mapping[str, Any]
) -> Settling:
    """Whether a measure has settled as a run asks it: `one` of the measures of `until`, by its values over time.

    The one definition: the worker ends a run by it, and the monitor draws by it.
    """
    first = next((n for n, time in enumerate(times) if time > until["after"]), len(times))
    times, values = (times[first:], values[first:]) if first else (times, values)
    within, relative, over, span = one["within"], one["relative"], one["samples"], _span(until)
    if not (until["mean"] or not until["steady"]):
        return settled(values, within=within, relative=relative, over=over, span=span)
    values = values if until["steady"] else even(times, values)
    return mean_settled(values, within=within, relative=relative, over=over, confidence=until["confidence"], span=span)


def _span(until: Mapping[str, Any]) -> str:
    return f"{until['over']} {'iterations' if until['steady'] else 'steps'}"


def _finite(value: float) -> float | None:
    return value if abs(value) < float("inf") else None
