"""What a stage died of, read from what it printed. Standard library only: the worker uses it.

The texts are those of OpenFOAM ESI 1912 (serial, and parallel with `[0] ` before each line) and of Open MPI. Errors
of function objects come on the standard output, all others on the standard error, so both have to be given.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True)
class Fault:
    """The cause of a stage's end."""

    kind: str
    """"input" (a dictionary or field file), "fatal" (another FATAL ERROR), "diverged" (floating point exception),
    "disk", "killed", "application" (absent or called wrongly), "mpi", "unknown"."""
    message: str
    """One line."""
    file: str = ""
    """The file it is about, relative to the case where it lies inside; empty when none was named."""
    line: int = 0
    """In `file`, from 1; 0 when none was named."""
    entry: str = ""
    """The dotted path of the entry or sub-dictionary in `file`."""
    mend: str = ""
    """What to do about it, where that is known."""

    @property
    def place(self) -> str:
        """`0/p:26 boundaryField.walls`; empty when no file was named."""
        where = self.file + (f":{self.line}" if self.line else "")
        return f"{where} {self.entry}".strip()

    def __str__(self) -> str:
        text = f"{self.place}: {self.message}" if self.place else self.message
        return f"{text}; {self.mend}" if self.mend else text


def cause(returncode: int | None, *texts: str, case: Path | None = None) -> Fault:
    """The Fault behind an exit code and what was printed (standard error first, then the log or its tail).

    `returncode` is Python's (-9) or a shell's (137); None when it is not known. Never raises: what cannot be
    recognised is of kind "unknown" and says how the process ended and its last line.
    """
    text = "\n".join(_PREFIX.sub("", part) for part in texts if part)
    if case is not None:
        text = text.replace(f'"{case}/', '"')
    for look in _LOOKS:
        if fault := look(text, case):
            return replace(fault, mend=fault.mend or _mend(fault))
    return _ending(returncode, text)


_PREFIX: Final = re.compile(r"^(?:\[\d+\] ?)+", re.MULTILINE)
_FATAL: Final = re.compile(
    r"^--> FOAM FATAL (?P<io>IO )?ERROR *:?[^\n]*\n(?P<body>.*?)"
    r"(?=^FOAM (?:parallel run )?(?:exiting|aborting)|^--> FOAM FATAL|\Z)",
    re.MULTILINE | re.DOTALL,
)
_PLACE: Final = re.compile(
    r"^file: (?P<path>.+?)(?:\.? at line (?P<at>\d+)| from line (?P<first>\d+) to line \d+)?\.?$", re.MULTILINE
)
_ORIGIN: Final = re.compile(r"^\s*From function |^file: ", re.MULTILINE)
_NAMED: Final = re.compile(r'(?:file|Cannot read \w+ from|in dictionary|IOstream) "(?P<path>[^"\n]*/[^"\n]+)"')
_NAMES: Final = re.compile(r"\n\s*\d+\s*\n?\(\n(.*?)\n\)", re.DOTALL)
_QUOTED_LINE: Final = re.compile(r"\bon line (\d+)")


def _fatal(text: str, case: Path | None) -> Fault | None:
    found = _FATAL.search(text)
    if found is None:
        return None
    body = found["body"]
    place = _PLACE.search(body)
    named = place or _NAMED.search(body)
    file, entry = _inside(named["path"], case) if named else ("", "")
    line = int(place["at"] or place["first"] or 0) if place else 0
    if inner := _QUOTED_LINE.search(body):
        line = int(inner[1])
    message = _message(body)
    if message.startswith("error in IOstream") and "Ostream& operator<<" in message.replace("Foam::", ""):
        return Fault("disk", f"could not write {file or 'a file'}: the disk is full or failed", file, 0)
    return Fault("input" if found["io"] or file else "fatal", message, file, line, entry)


def _message(body: str) -> str:
    """The words between header and place, in one line; the long list of valid names that some bring is kept short."""
    origin = _ORIGIN.search(body)
    words = body[: origin.start()] if origin else body
    words = _NAMES.sub(lambda names: " " + ", ".join(names[1].split()), words)
    message = re.sub(r"\s*\n\s*", " ", re.sub(r"\n\s*\n", "\n", words.strip()))
    return message if len(message) <= 600 else f"{message[:600].rsplit(' ', 1)[0]} ..."


def _inside(path: str, case: Path | None) -> tuple[str, str]:
    """File and entry of `<case>/0/p.boundaryField.walls`; a field's own name may hold dots (alpha.water)."""
    folder, _, name = path.rpartition("/")
    words = name.split(".")
    lengths = range(len(words), 0, -1)
    base = Path(case or "", folder)
    size = next((n for n in lengths if (base / ".".join(words[:n])).is_file()), 0)
    if not size:
        size = 2 if words[0] == "alpha" and len(words) > 1 else 1
    file = f"{folder}/{'.'.join(words[:size])}" if folder else ".".join(words[:size])
    if case is not None:
        for root in (str(case), str(case.resolve())):
            file = file.removeprefix(root.rstrip("/") + "/")
    return file, ".".join(words[size:])


_FRAME: Final = re.compile(r"#\d+\s+(Foam::(?!error::|sigFpe::)[^#\n]*?)(?= at \?\?| in /|\[\d+\]|#|$)", re.MULTILINE)


_TIME: Final = re.compile(r"^Time = (\S+)$", re.MULTILINE)
_SOLVED: Final = re.compile(r":  Solving for (\S+),")


def _float(text: str, case: Path | None) -> Fault | None:
    """A floating point exception has no FATAL text; the header of every healthy log names it, its handler does not."""
    handler = text.find("Foam::sigFpe::sigHandler")
    if handler < 0:
        return None
    frames = _FRAME.findall(text[handler:])
    where = f" in {_short(frames[0])}" if frames else ""
    return Fault(
        "diverged", f"floating point exception{where}{_when(text)}: a number left the range that can be computed"
    )


def _when(text: str) -> str:
    """Where the solver was: the time, and the field that was solved last."""
    time, field = _TIME.findall(text), _SOLVED.findall(text)
    return (f" at time {time[-1]}" if time else "") + (f" after {field[-1]} was solved" if time and field else "")


def _short(frame: str) -> str:
    """`Foam::PCG::scalarSolve` of a demangled frame: no return type, template arguments or parameters."""
    bare = frame
    while (cut := re.sub(r"<[^<>]*>|\([^()]*\)", "", bare)) != bare:
        bare = cut
    names = re.findall(r"Foam::[\w:~]+", bare)
    return str(names[-1]) if names else frame.strip()


def _full(text: str, case: Path | None) -> Fault | None:
    return Fault("disk", "no space left on device") if "No space left on device" in text else None


_RANK: Final = re.compile(r"mpirun noticed that process rank (\d+) .*?exited on\s+signal (\d+)", re.DOTALL)
_ABSENT: Final = re.compile(r"mpirun was unable to (?:find|launch) the specified.*?Executable: (\S+)", re.DOTALL)
_SLOTS: Final = re.compile(r"There are not enough slots available in the system to satisfy the (\d+)")
_OPTION: Final = re.compile(r"^(Invalid option: .*|Wrong number of arguments.*|.*: (?:command )?not found)$", re.M)
_LIBRARY: Final = re.compile(r"^.*error while loading shared libraries: .*$", re.MULTILINE)


def _launch(text: str, case: Path | None) -> Fault | None:
    if found := _ABSENT.search(text):
        return Fault("application", f"there is no executable {found[1]!r}")
    if found := _SLOTS.search(text):
        return Fault("mpi", f"not enough slots for {found[1]} ranks", mend="use fewer cores")
    if found := _OPTION.search(text) or _LIBRARY.search(text):
        return Fault("application", found[0].strip())
    if found := _RANK.search(text):
        return Fault("killed", f"MPI rank {found[1]} was ended by {_signal(int(found[2]))}")
    return None


_LOOKS: Final[tuple[Callable[[str, Path | None], Fault | None], ...]] = (_fatal, _float, _full, _launch)


def _ending(returncode: int | None, text: str) -> Fault:
    """What can be said of an end that gave no known text."""
    if returncode is None:
        how = "ended, nobody saw how"
    elif number := _number(returncode):
        if number == signal.SIGFPE:
            return Fault("diverged", "floating point exception: a number left the range that can be computed")
        return Fault("killed", f"ended by {_signal(number)}")
    elif returncode == 127:
        return Fault("application", "there is no such executable (exit code 127)")
    else:
        how = f"ended with exit code {returncode}"
    last = next(_last_lines(text), "")
    return Fault("unknown", f"{how}; its last line: {last}" if last else f"{how} and printed nothing")


def _number(returncode: int) -> int:
    """The signal behind an exit code, 0 for none."""
    number = -returncode if returncode < 0 else returncode - 128
    return number if 0 < number < signal.NSIG else 0


def _signal(number: int) -> str:
    try:
        return f"signal {number} ({signal.Signals(number).name})"
    except ValueError:
        return f"signal {number}"


def _last_lines(text: str) -> Iterator[str]:
    return (line.strip() for line in reversed(text.splitlines()) if line.strip(" -\t"))


_MENDS: Final = (
    (r"Attempted to use <\w+> without the", "use `method hierarchical`: this OpenFOAM ships no such decomposer"),
    (r"Unknown decompositionMethod", "use `method hierarchical`"),
    (r"Could not find mandatory etc entry", "set WM_PROJECT_DIR; `flowcfd doctor` shows where OpenFOAM is"),
    (r"should not be executed by someone with administrator rights", "replace #calc and #codeStream by plain values"),
    (r"Unknown variable 'WM_OPTIONS'", "replace #calc and #codeStream by plain values"),
    (r"number of processor directories", "remove processor* and decompose for this number of ranks"),
    (r"already decomposed", "remove processor* or decompose with -force"),
    (r"Cannot find patchField entry for (\w+)", r"add an entry for patch \1"),
    (r"Cannot find file \"points\" in directory \"polyMesh\"", "make the mesh first (blockMesh)"),
)


def _mend(fault: Fault) -> str:
    for pattern, mend in _MENDS:
        if found := re.search(pattern, fault.message):
            return found.expand(mend)
    return "free some space, then resume" if fault.kind == "disk" else ""
