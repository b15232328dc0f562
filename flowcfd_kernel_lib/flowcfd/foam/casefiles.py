"""CaseFiles: an OpenFOAM case as an inert, hashable value, a mapping from path to text (big files by path and hash)."""

from __future__ import annotations

import difflib
import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from flowcfd.errors import CaseError, UnknownName
from flowcfd.foam import dictionary


@dataclass(frozen=True, slots=True)
class Blob:
    """A file that is kept where it is and known by its content: geometry, meshes, big or binary fields."""

    source: Path
    sha256: str
    size: int


@dataclass(frozen=True, repr=False)
class CaseFiles:
    """The files of one OpenFOAM case and the applications to run on them.

    `files` maps a path inside the case to its text (latin-1, so that every byte survives) or to a Blob. `steps` are
    the command lines of OpenFOAM applications in their order ("blockMesh", "potentialFoam -writephi", "simpleFoam");
    when empty they follow from the files (`flowcfd.foam.steps`).
    """

    files: Mapping[str, str | Blob]
    steps: tuple[str, ...] = ()
    name: str = field(default="case", compare=False)

    def __post_init__(self) -> None:
        for path in self.files:
            above = map(str, PurePosixPath(checked(path)).parents)
            folder = next((name for name in above if name in self.files), None)
            if folder is not None:
                raise CaseError(f"files: {folder!r} is a file and, in {path!r}, a folder")
        object.__setattr__(self, "files", MappingProxyType(dict(sorted(self.files.items()))))

    def __iter__(self) -> Iterator[str]:
        return iter(self.files)

    def __contains__(self, path: object) -> bool:
        return path in self.files

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"<CaseFiles {self.name}: {len(self.files)} files, {self.digest[:12]}>"

    def _repr_html_(self) -> str:
        left = " style='text-align:left'"
        rows = [(folder, ", ".join(names)) for folder, names in self._folders().items()]
        rows += [("steps", ", then ".join(self.steps))] if self.steps else []
        body = "".join(f"<tr><th{left}>{escape(name)}</th><td{left}>{escape(text)}</td></tr>" for name, text in rows)
        return f"<b>CaseFiles {escape(self.name)}</b><table>{body}</table>"

    def _folders(self) -> dict[str, list[str]]:
        """The names of the files by the folder that they lie in."""
        folders: dict[str, list[str]] = {}
        for path in map(PurePosixPath, self.files):
            folders.setdefault(f"{path.parent}/", []).append(path.name)
        return folders

    def text(self, path: str) -> str:
        """The text of one file; raises UnknownName for a path that is not there, CaseError for a binary file."""
        try:
            content = self.files[path]
        except KeyError:
            raise UnknownName("file", path, self.files, where=self.name) from None
        if isinstance(content, Blob):
            raise CaseError(f"{path}: kept by reference ({content.size} bytes), it has no text here")
        return content

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all paths and contents and the steps, in hexadecimal; equal cases have equal digests."""
        sha = hashlib.sha256()
        for path, content in self.files.items():
            inner = content.sha256 if isinstance(content, Blob) else _sha256(content.encode("latin-1"))
            sha.update(f"{path}\0{inner}\n".encode())
        sha.update("\n".join(self.steps).encode())
        return sha.hexdigest()

    def diff(self, other: CaseFiles) -> str:
        """What must change in `self` to become `other`, as a unified diff; empty when they are equal."""
        parts: list[str] = []
        for path in sorted({*self.files, *other.files}):
            before, after = self.files.get(path), other.files.get(path)
            if before != after:
                names = (
                    f"a/{path}" if before is not None else "/dev/null",
                    f"b/{path}" if after is not None else "/dev/null",
                )
                parts.extend(difflib.unified_diff(_lines(before), _lines(after), *names, lineterm=""))
        if self.steps != other.steps:
            parts.extend(difflib.unified_diff(self.steps, other.steps, "a/(steps)", "b/(steps)", lineterm=""))
        return "".join(f"{line}\n" for line in parts)

    def edit(self, path: str, **values: object) -> CaseFiles:
        """Equal files but for some entries of the dictionary at `path`: `edit("system/controlDict", endTime=50)`."""
        return self.edited(path, values)

    def edited(self, path: str, values: Mapping[str, object]) -> CaseFiles:
        """As `edit`, with any entry path as key: `{"boundaryField.inlet.value": "uniform (2 0 0)"}`.

        An entry that exists is set, one that does not is added; the value None deletes it. All other bytes stay.
        """
        tree = dictionary.parse(self.text(path), path=path)
        for key, value in values.items():
            if value is None:
                tree = tree.delete(key)
            elif key in tree:
                tree = tree.set(key, value)
            else:
                tree = tree.add(key, value)
        return self.with_files({path: tree.text()})

    def with_files(self, files: Mapping[str, str | Blob | None]) -> CaseFiles:
        """Equal files with some added or replaced, or removed where the content is None."""
        merged = {**self.files, **files}
        return replace(self, files={path: content for path, content in merged.items() if content is not None})

    def write(self, directory: Path, *, durable: bool = False) -> None:
        """Write all files under `directory`; a Blob is copied and its hash verified (CaseError when it changed).

        `durable`: all of it is on the disk when this returns, so that a power cut cannot take it back.
        """
        folders = {directory}
        for path, content in self.files.items():
            target = directory / path
            target.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, Blob):
                shutil.copyfile(content.source, target)
                if sha256(target) != content.sha256:
                    raise CaseError(f"{path}: {content.source} changed since the case was adopted")
            else:
                target.write_bytes(content.encode("latin-1"))
            if durable:
                _sync(target)
                folders.update(above for above in target.parents if above.is_relative_to(directory))
        if durable:
            for folder in folders:
                _sync(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def checked(path: str) -> str:
    """The path, when it stays inside the case; else CaseError."""
    pure = PurePosixPath(path)
    if not path or pure.is_absolute() or ".." in pure.parts or str(pure) != path or "\0" in path:
        raise CaseError(f"files: {path!r} must be a plain relative path inside the case")
    return path


def sha256(path: Path) -> str:
    """The SHA-256 of a file's content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _lines(content: str | Blob | None) -> list[str]:
    if content is None:
        return []
    if isinstance(content, Blob):
        return [f"(binary, {content.size} bytes, sha256 {content.sha256})"]
    return content.splitlines()
