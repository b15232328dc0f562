"""A case is code: places where it would compile or run programs, load libraries, or read files from outside."""

from __future__ import annotations

import gzip
import mmap
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath

from flowcfd.foam.casefiles import Blob, CaseFiles

_SCAN = re.compile(
    rb"""//[^\n]* | /\*.*?\*/ | \#\{.*?\#\}                       # comments and verbatim text hide nothing
      | (?P<directive> \#(?:codeStream|calc)\b )
      | (?P<include> \#(?P<how>sinclude|include\w*)\s+ (?:"(?P<quoted>[^"\n]*)"|(?P<bare>[^\s";]+)) )
      | (?P<library> \b(?:libs|functionObjectLibs)\s*\d*\s*(?:\(\s* (?P<libraries>[^)]*) \) | (?P<macro>\$[^\s;]+)) )
      | "(?P<string>(?:\\.|[^"\\\n])*)"
      | (?P<word> (?<![\w.:$-]) (?:coded[A-Za-z]*|systemCall) (?![\w.:-]) )
    """,
    re.VERBOSE | re.DOTALL,
)
_NAMES_CODE = re.compile(rb"\s*(?P<word>coded[A-Za-z]*|systemCall)\s*\Z")
_NAMES_LIBRARY = re.compile(rb".*/.*\.so(?:\.\d+)*\s*\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Directive:
    """One place in a case that would do more than compute."""

    path: str
    line: int
    text: str
    cause: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text} {self.cause}"


def both(casefiles: CaseFiles) -> tuple[list[Directive], list[Directive]]:
    """The directives and the escapes, for the cost of one."""
    found = _places(casefiles)
    return [one for one in found if one.cause != _OUTSIDE], [one for one in found if one.cause == _OUTSIDE]


def directives(casefiles: CaseFiles) -> list[Directive]:
    """All such places, in the order of the files: `#codeStream`, `#calc`, `coded*`, `systemCall`, libraries by path."""
    return both(casefiles)[0]


def escapes(casefiles: CaseFiles) -> list[Directive]:
    """Includes that name a file outside of the case."""
    return both(casefiles)[1]


_COMPILES = "compiles and runs code"
_EXECUTES = "runs a program"
_LOADS = "loads a library from a path"
_HIDES = "loads libraries that a macro names"
_OUTSIDE = "reads a file outside of the case; copy it into the case"


def _places(casefiles: CaseFiles) -> list[Directive]:
    found = []
    for path, content in casefiles.files.items():
        with _raw(content) as raw:
            for match in _SCAN.finditer(raw):
                cause = _cause(path, match)
                if cause:
                    line = raw[: match.start()].count(b"\n") + 1
                    found.append(Directive(path, line, " ".join(match[0].decode("latin-1").split()), cause))
    return found


@contextmanager
def _raw(content: str | Blob) -> Iterator[bytes | mmap.mmap]:
    """The bytes of a file as OpenFOAM reads them; big files are mapped, not loaded."""
    if not isinstance(content, Blob):
        yield content.encode("latin-1")
        return
    with content.source.open("rb") as file:
        if file.read(2) == b"\x1f\x8b":
            file.seek(0)
            yield _unpacked(file.read())
        elif content.size:
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
                yield mapped
        else:
            yield b""


def _unpacked(raw: bytes) -> bytes:
    try:
        return gzip.decompress(raw)
    except (OSError, EOFError):
        return raw


def _cause(path: str, match: re.Match[bytes]) -> str:
    if match["directive"]:
        return _COMPILES
    if match["library"]:
        if match["macro"]:
            return _HIDES
        return _LOADS if b"/" in match["libraries"] else ""
    if match["include"]:
        name = (match["quoted"] if match["quoted"] is not None else match["bare"]).decode("latin-1")
        return _OUTSIDE if _leaves(PurePosixPath(path).parent, name, match["how"]) else ""
    word = match["word"]
    if match["string"] is not None:  # OpenFOAM takes a string where it wants a word
        if _NAMES_LIBRARY.match(match["string"]):  # a list of libraries may take it from here by a macro
            return _LOADS
        inside = _NAMES_CODE.match(match["string"])
        word = inside["word"] if inside else None
    if not word:
        return ""
    return _EXECUTES if word == b"systemCall" else _COMPILES


def _leaves(folder: PurePosixPath, name: str, how: bytes) -> bool:
    """Whether an include in a file of `folder` names or may name a file of neither case nor OpenFOAM."""
    if how in (b"includeEtc", b"includeFunc"):  # looked up by name, in OpenFOAM's etc and in system
        return name.startswith(("/", "~", "$")) or ".." in PurePosixPath(name.partition("(")[0]).parts
    for start in _IN_OPENFOAM:
        if name.startswith(start):
            return ".." in PurePosixPath(name).parts or "$" in name.removeprefix(start)
    for start, inside in _IN_CASE.items():
        if name.startswith(start):
            folder, name = PurePosixPath(inside), name.removeprefix(start)
    if name.startswith(("/", "~", "<")) or "$" in name:
        return True
    depth = len(folder.parts)
    for part in PurePosixPath(name).parts:
        depth += -1 if part == ".." else 1
        if depth < 0:
            return True
    return False


_IN_OPENFOAM = ("<etc>/", "$WM_PROJECT_DIR/", "${WM_PROJECT_DIR}/", "$FOAM_ETC/", "${FOAM_ETC}/")
_IN_CASE = {
    "$FOAM_CASE/": "",
    "${FOAM_CASE}/": "",
    "<case>/": "",
    "<system>/": "system",
    "<constant>/": "constant",
}
