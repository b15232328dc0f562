"""`flowcfd gci`: the grid convergence index of numbers that are known already."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence

from flowcfd.cli import output
from flowcfd.errors import CaseError
from flowcfd.studies.gci import gci as index


def gci(options: Namespace) -> int:
    """Order, extrapolated value, index and the number with its uncertainty."""
    values, cells = numbers(options.values, "--values"), numbers(options.cells, "--cells")
    found = index(values, [_whole(count) for count in cells], options.dimension, formal_order=options.formal_order)
    if options.json:
        output.document({**found.to_json(), "answer": found.answer.to_json(), "text": str(found.answer)})
        return 0
    share = "" if found.gci is None else f", GCI {100 * found.gci:.3f} %"
    output.text(f"{found.answer}  ({found.kind}{share})")
    if found.order is not None:
        output.text(f"order {found.order:.3f}{' (assumed)' if found.kind == 'two grids' else ''}")
    if found.extrapolated is not None:
        output.text(f"extrapolated {found.extrapolated:.6g}")
    for note in found.notes:
        output.text(f"note: {note}")
    return 0


def numbers(words: Sequence[str], where: str) -> list[float]:
    """Numbers between blanks or commas; CaseError for what is none."""
    found = []
    for word in ",".join(words).replace(" ", ",").split(","):
        if not word:
            continue
        try:
            found.append(float(word))
        except ValueError:
            raise CaseError(f"{where}: must be numbers (got {word[:60]!r})") from None
    return found


def _whole(count: float) -> int:
    if count != count or count in (float("inf"), float("-inf")) or count != int(count):
        raise CaseError(f"--cells: must be whole numbers (got {count:g})")
    return int(count)
