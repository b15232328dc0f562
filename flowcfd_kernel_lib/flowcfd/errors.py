"""Every error that FlowCFD raises for a user's mistake, a failed run or a missing piece of the site.

A message is one line that says what is wrong, where, and what is allowed. `exit_code` is what the command line
returns: 1 for a computation that failed, 2 for a mistake of the user, 3 for a defect of the site.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

MOST_NAMES = 40
"""How many names a message lists; the error's `known` has them all."""


def listed(names: Sequence[str]) -> str:
    """The names as a message lists them: the first MOST_NAMES, and how many more there are."""
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return (", ".join(names[:MOST_NAMES]) or "none") + more


class FlowError(Exception):
    """The root of all errors of FlowCFD."""

    exit_code = 1


class CaseError(FlowError):
    """The description of a case is wrong; one line per problem."""

    exit_code = 2

    def __init__(self, problems: str | Sequence[str]) -> None:
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(self.problems))


class UnknownName(CaseError):
    """A name that does not exist; the message lists those that do, the nearest first."""

    def __init__(self, what: str, name: str, known: Iterable[str], *, where: str = "") -> None:
        self.what, self.name, self.known = what, name, tuple(sorted(known))
        from difflib import get_close_matches  # slow to import, and needed for this only

        near = get_close_matches(str(name), self.known, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        super().__init__(
            f"{where + ': ' if where else ''}unknown {what} {name!r}; {hint}there are: {listed(self.known)}"
        )


class UnitError(CaseError):
    """A text that is no quantity, or one of the wrong dimension."""


class DictionaryError(CaseError):
    """A dictionary-like file that cannot be read; `line` and `column` count from 1."""

    def __init__(
        self, message: str, *, path: str | Path | None = None, line: int = 0, column: int = 0, expected: str = ""
    ) -> None:
        self.path, self.line, self.column, self.expected = path, line, column, expected
        place = f"{path if path is not None else '<text>'}" + (f":{line}:{column}" if line else "")
        super().__init__(f"{place}: {message}" + (f"; expected {expected}" if expected else ""))


class CheckFailed(CaseError):
    """CaseFiles that must not be run as they are; each problem names file and line."""


class GeometryError(FlowError):
    """A geometry that cannot be used."""

    exit_code = 2


class RunError(FlowError):
    """Something about the run in `path`."""

    def __init__(self, message: str, *, path: str | Path | None = None) -> None:
        self.path = None if path is None else Path(path)
        super().__init__(message if path is None else f"{message} [{path}]")


class StageFailed(RunError):
    """A stage ended with an error; carries what is known of the cause."""

    def __init__(
        self, stage: str, cause: str, *, path: str | Path, log: str | Path | None = None, tail: Sequence[str] = ()
    ) -> None:
        self.stage, self.cause, self.log, self.tail = stage, cause, log, tuple(tail)
        text = f"stage {stage!r} failed: {cause} [{log if log else path}]"
        super().__init__("\n".join([text, *(f"  | {line}" for line in self.tail if line.strip())]))
        self.path = Path(path)


class Diverged(RunError):
    """The numbers left the range of what can be computed; the field that went first and when, where that is known."""

    def __init__(
        self, message: str, *, path: str | Path | None = None, field: str = "", time: float | None = None
    ) -> None:
        self.field, self.time = field, time
        super().__init__(message, path=path)


class Lost(RunError):
    """The worker is gone and did not say why."""


class Cancelled(RunError):
    """The run was cancelled."""


class Stopped(RunError):
    """The run was stopped before its end; its fields are written and it can be resumed."""


class ResultError(FlowError):
    """Something that a run does not have."""

    exit_code = 2


class NotYet(ResultError):
    """A result that the run has not written so far."""


class NoSuchField(ResultError):
    """A field that the run does not have; the message lists those it has."""


class SiteError(FlowError):
    """The machine lacks something; the message says what and the command that mends it."""

    exit_code = 3


class NotEnoughSpace(SiteError):
    """The disk has not the space that a run needs at least."""
