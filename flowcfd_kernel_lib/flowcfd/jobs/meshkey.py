"""What a mesh depends on: the digest by which runs with equal meshes find each other's.

Everything in a case counts but what is known not to be read: fields, properties, and how far the solver goes. Which
files blockMesh, surfaceFeatureExtract, snappyHexMesh, createPatch and checkMesh open was seen with strace. Where it is
not sure (an include of what would not count, a path out of the case) the whole case counts, or there is no digest.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from posixpath import normpath

from flowcfd.foam import dictionary
from flowcfd.foam.casefiles import Blob, CaseFiles
from flowcfd.foam.dictionary import Tree
from flowcfd.jobs import stages
from flowcfd.jobs.stages import Command

CONTROL = "system/controlDict"

_RUN_CONTROL = frozenset({
    "functions", "application", "endTime", "deltaT", "stopAt", "writeControl", "writeInterval", "purgeWrite", "maxCo",
    "maxAlphaCo", "maxDi", "maxDeltaT", "adjustTimeStep", "runTimeModifiable", "graphFormat",
})  # fmt: skip
"""Entries of controlDict that no mesher heeds: none of them runs function objects."""

_UNREAD = re.compile(
    r"""[0-9.eE+-]+/ | 0\.orig/                                                        # start fields
      | constant/([^/]+/)?(\w*[pP]roperties|momentumTransport|g|hRef|fvOptions)$ | constant/boundaryData/
      | system/(fvOptions|decomposeParDict|setFieldsDict|mapFieldsDict|sampleDict|changeDictionaryDict)$""",
    re.VERBOSE,
)
_NUMERICS = re.compile(r"system/fv(Schemes|Solution)$")
_WITHOUT_NUMERICS = frozenset({"blockMesh", "surfaceFeatureExtract"})
"""These make no finite volume mesh, so they do not read the schemes."""

_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_INCLUDE = re.compile(r'#(s?include\w*)\s+(?:"([^"\n]*)"|([^\s";]+))')
_CODE = re.compile(r"#(calc|eval|codeStream)\b")
_OUTSIDE = re.compile(r'(?:^|[\s"(;{])(?:/|~|\.\./|[^\s"]*/\.\./|\$\{?[A-Z]\w*\}?/)')
_TEXTS = re.compile(r"(system/|constant/polyMesh/blockMeshDict$|constant/[^/]*Dict$)")


def key(files: CaseFiles, commands: Sequence[Command], version: str) -> str:
    """The digest of the mesh that the first of these commands make by that OpenFOAM; empty where none is sure.

    Equal digests mean equal meshes. How many commands count is `stages.meshing`.
    """
    commands = commands[: stages.meshing(commands)]
    if not commands or CONTROL not in files or isinstance(files.files[CONTROL], Blob):
        return ""
    counted = frozenset(path for path in files if not _skipped(path, files, commands))
    outer, control = _control(files)
    texts = {path: _plain(outer if path == CONTROL else text) for path, text in _texts(files, counted)}
    if any(_OUTSIDE.search(_INCLUDE.sub("", text)) for text in texts.values()):
        return ""
    if not all(_knows(path, text, counted) for path, text in texts.items()):
        counted, control = frozenset(files), files.text(CONTROL)
    sha = hashlib.sha256(f"mesh 1 OpenFOAM {version}\n".encode())
    sha.update("\n".join(_told(command) for command in commands).encode())
    for path in sorted(counted):
        content = control if path == CONTROL else files.files[path]
        sha.update(f"\n{path}\0{_digest(content)}".encode())
    return sha.hexdigest()


def _told(command: Command) -> str:
    """A command; the mesh of snappyHexMesh is not quite the same on other ranks."""
    return f"{command.text} on {command.ranks} ranks" if command.parallel else command.text


def _skipped(path: str, files: CaseFiles, commands: Sequence[Command]) -> bool:
    """Whether the commands do not read this file."""
    applications = {command.application for command in commands}
    if _NUMERICS.match(path):
        return applications <= _WITHOUT_NUMERICS
    if not _UNREAD.match(path):
        return False
    return "topoSet" not in applications or "field" not in _text(files, "system/topoSetDict").lower()


def _control(files: CaseFiles) -> tuple[str, str]:
    """The controlDict without function objects, and what of it a mesher may heed."""
    tree = dictionary.parse(files.text(CONTROL), path=CONTROL)
    kept = [name for name in tree.keys() if name not in _RUN_CONTROL]  # noqa: SIM118 - a method of Tree
    values = {name: tree.get(name) for name in kept}
    told = [f"{name} {each.text() if isinstance(each, Tree) else repr(each)}" for name, each in values.items()]
    return (tree.delete("functions") if "functions" in tree else tree).text(), "\n".join(told)


def _texts(files: CaseFiles, counted: frozenset[str]) -> Iterator[tuple[str, str]]:
    """The dictionaries among the files that count."""
    for path in sorted(counted):
        content = files.files[path]
        if isinstance(content, str) and _TEXTS.match(path):
            yield path, content


def _plain(text: str) -> str:
    return _COMMENT.sub(" ", text)


def _knows(path: str, text: str, counted: frozenset[str]) -> bool:
    """Whether all that this dictionary takes from elsewhere counts, or is OpenFOAM's own."""
    if _CODE.search(text):
        return False
    for how, quoted, bare in _INCLUDE.findall(text):
        name = quoted or bare
        if how == "includeEtc" or name.startswith("<etc>/"):
            continue
        if "$" in name or "<" in name or normpath(PurePosixPath(path).parent / name) not in counted:
            return False
    return True


def _text(files: CaseFiles, path: str) -> str:
    """The text of a file; that of one kept by reference, or of none, may hold anything."""
    content = files.files.get(path)
    return content if isinstance(content, str) else "field"


def _digest(content: str | Blob) -> str:
    return content.sha256 if isinstance(content, Blob) else hashlib.sha256(content.encode("latin-1")).hexdigest()
