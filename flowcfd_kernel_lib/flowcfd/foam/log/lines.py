r"""The lines of a solver's log that carry numbers: how each begins, and what it holds.

Both readers use this one table. `Tail` matches the expression of a line. `bulk` cuts all lines of a shape at their
blanks at once and takes the words numbered in `words`; lines cut into another number of words go through the
expression too. The header of every log holds `Time   : 23:57:44`, so an expression is matched at a line's beginning.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of line: its beginnings, its expression, and where its groups are when it is cut at blanks."""

    heads: tuple[bytes, ...]
    pattern: re.Pattern[bytes]
    columns: tuple[tuple[str, type], ...]
    """Name and type of each group of the expression; int for a count, float for a number, bytes for a name."""
    words: tuple[int, ...]
    """The word that each group is found in."""
    count: int
    """The number of words of a line of the usual form; 0 for lines that have none."""
    sure: bytes = b""
    """What stands exactly once in every line of the shape."""
    plain: bool = True
    """Whether a line of the usual form has no bracket."""


_NUMBER = rb"([-+]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|nan|inf))"

SOLVE = Shape(
    (),  # begins with the solver's name, so it is known by what it contains
    re.compile(
        rb"(\S+):  Solving for (\S+), Initial residual = " + _NUMBER + rb", Final residual = " + _NUMBER +
        rb", No Iterations (\d+|\(\d+(?: \d+)*\))$"
    ),
    (("solver", bytes), ("field", bytes), ("initial", float), ("final", float), ("iterations", int)),
    (0, 4, 8, 12, 15),
    16,
    b":  Solving for ",
)  # fmt: skip
TIME = Shape((b"Time = ",), re.compile(rb"Time = " + _NUMBER + rb"s?$"), (("time", float),), (2,), 3, b"Time = ")
EXECUTION = Shape(
    (b"ExecutionTime = ",),
    re.compile(rb"ExecutionTime = " + _NUMBER + rb" s  ClockTime = " + _NUMBER + rb" s$"),
    (("execution", float), ("clock", float)),
    (2, 7),
    9,
    b"ExecutionTime = ",
)
CONTINUITY = Shape(
    (b"time step continuity errors ",),
    re.compile(
        rb"time step continuity errors (:|\(\S+\):) sum local = " + _NUMBER + rb", global = " + _NUMBER +
        rb", cumulative = " + _NUMBER + rb"$"
    ),
    (("region", bytes), ("local", float), ("global", float), ("cumulative", float)),
    (4, 8, 11, 14),
    15,
    b"time step continuity errors ",
    plain=False,
)  # fmt: skip
COURANT = Shape(
    (b"Courant Number mean: ",),
    re.compile(rb"Courant Number mean: " + _NUMBER + rb" max: " + _NUMBER + rb"(?: .*)?$"),
    (("mean", float), ("max", float)),
    (3, 5),
    6,
    b"Courant Number mean: ",
)
COURANT_OF = Shape(  # with the region or the kind before it: fluid regions, phases, solids (Diffusion Number)
    (b"Region: ", b"Interface Courant", b"Acoustic Courant", b"Max Ur Courant", b"Diffusion Number"),
    re.compile(
        rb"(?:Region: (\S+) )?(?:(\w[\w ]*?) )?(Courant|Diffusion) Number mean: " + _NUMBER + rb" max: " + _NUMBER +
        rb"(?: .*)?$"
    ),
    (("region", bytes), ("prefix", bytes), ("sort", bytes), ("mean", float), ("max", float)),
    (),
    0,
)  # fmt: skip
COURANT_PAIR = Shape(
    (b"Mean and max Courant Numbers = ",),
    re.compile(rb"Mean and max Courant Numbers = " + _NUMBER + rb" " + _NUMBER + rb"$"),
    (("mean", float), ("max", float)),
    (6, 7),
    8,
    b"Mean and max Courant Numbers = ",
)
DELTA_T = Shape(
    (b"deltaT = ",), re.compile(rb"deltaT = " + _NUMBER + rb"$"), (("deltaT", float),), (2,), 3, b"deltaT = "
)
BOUNDING = Shape(
    (b"bounding ",),
    re.compile(rb"bounding (\S+), min: " + _NUMBER + rb" max: " + _NUMBER + rb" average: " + _NUMBER + rb"$"),
    (("field", bytes), ("min", float), ("max", float), ("average", float)),
    (1, 3, 5, 7),
    8,
    b"bounding ",
)
REGION = Shape(
    (b"Solving for fluid region ", b"Solving for solid region "),
    re.compile(rb"Solving for (?:fluid|solid) region (\S+)$"),
    (("region", bytes),),
    (4,),
    5,
    b" region ",
)
CREATED = b"Create time"
"""The line with which every application begins; in a log that was appended to it marks the next process."""
START = re.compile(rb"^Create .*mesh.* for time = " + _NUMBER + rb"s?$")
CONVERGED = re.compile(rb"^\w+ solution converged in (\d+) iterations$")
APPLICATION = re.compile(rb"^Exec   : (?:\S*/)?(\S+)")
END = b"End"


def region_of(word: str) -> bytes:
    """The region in a continuity line's fifth word: `(bottomWater):`, or `:` where there is only one."""
    return word.strip("():").encode("latin-1")


def courant_kind(prefix: bytes | None, sort: bytes) -> bytes:
    """The kind of a Courant line: "flow", "diffusion", or what stands before it in lower case ("interface")."""
    if prefix:
        return prefix.lower()
    return b"flow" if sort == b"Courant" else b"diffusion"


def iterations_of(word: bytes) -> int:
    """The iterations of a solve; a coupled one prints one count per component, `(5 5 5)`, and the most counts."""
    return int(word) if word[:1] != b"(" else max(map(int, word[1:-1].split()))
