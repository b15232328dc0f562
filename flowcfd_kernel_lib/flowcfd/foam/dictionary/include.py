"""Files that a dictionary includes: found and read only inside the case, or inside OpenFOAM's own etc."""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import Any

from flowcfd.errors import SiteError
from flowcfd.foam import install
from flowcfd.foam.dictionary.scope import Source

Root = Path | Mapping[str, Any]
_TAG = re.compile(r"<(case|constant|system|etc)>")
_TAGS = {"case": ".", "constant": "constant", "system": "system"}


class Missing(Exception):
    """No such file, or none that may be read; the text says which."""


def include(name: str, source: Source, root: Root) -> Source:
    """The file that `#include "name"` in `source` means; raises Missing."""
    tag = _TAG.match(name)
    if tag and tag[1] == "etc":
        return include_etc(name[tag.end() :].lstrip("/"))
    inner = name[tag.end() :].lstrip("/") if tag else name
    base = _TAGS[tag[1]] if tag else None
    if base is None and source.etc:
        return _from_disk(Path(source.path or "").parent / inner, _etc(), etc=True)
    if isinstance(root, Mapping):
        return _from_files(inner, base, source, root)
    folder = root / base if base is not None else Path(source.path or root / ".").parent
    return _from_disk(folder / inner, root)


def include_etc(name: str) -> Source:
    """The file of this name in OpenFOAM's etc; raises Missing."""
    etc = _etc()
    return _from_disk(etc / name, etc, etc=True)


def function_object(name: str, source: Source, root: Root) -> Source:
    """The template of `#includeFunc name`: in the case's system, else under etc/caseDicts/postProcessing."""
    try:
        return include(f"<system>/{name}", source, root)
    except Missing:
        folder = _etc() / "caseDicts/postProcessing"
    if "/" not in name:
        for found in sorted(found for found in folder.rglob(name) if found.is_file()):
            return _from_disk(found, folder, etc=True)
    raise Missing(f"{name!r}: no such function object in system or {folder}")


def case_root(path: str | None) -> Root:
    """The case that a file belongs to: what is above its system, constant or time folder, else its own folder.

    A text without a path has no files around it.
    """
    if path is None:
        return {}
    folder = Path(path).absolute().parent
    for above in (folder, *folder.parents):
        if above.name in ("system", "constant") or above.name.split(".")[0] == "0":
            return above.parent
    return folder


def _etc() -> Path:
    try:
        return install.find().root / "etc"
    except SiteError as error:
        raise Missing(f"OpenFOAM's etc is needed: {error}") from None


def _from_disk(file: Path, root: Path, *, etc: bool = False) -> Source:
    for found in (file, file.with_name(file.name + ".gz")):
        real = found.resolve()
        if not real.is_relative_to(root.resolve()):
            raise Missing(f"{str(file)!r} is outside {root}")
        if real.is_file():
            try:
                content = real.read_bytes()
                content = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
            except (OSError, EOFError) as error:
                raise Missing(f"{str(file)!r} cannot be read: {error}") from None
            return Source(content.decode("latin-1"), str(found), etc)
    raise Missing(f"{str(file)!r} does not exist")


def _from_files(name: str, base: str | None, source: Source, files: Mapping[str, Any]) -> Source:
    folder = PurePosixPath(base) if base is not None else PurePosixPath(source.path or "").parent
    path = normpath(str(folder / name))
    content = files.get(path)
    if not isinstance(content, str):
        raise Missing(f"{path!r} is not among the files of the case")
    return Source(content, path)
