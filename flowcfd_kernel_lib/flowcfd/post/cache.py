"""Grids, fields and arrays that cost much to read, kept under the settings' cache folder in forms that open at once.

An entry's name is the hash of what it was made from (path, size and modification time of each file), so a changed
file is another entry and nothing is ever stale. Entries are written and renamed; one that cannot be read is made anew;
when the folder grows beyond its limit the entries used longest ago go. A full or read-only disk only costs time.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import replace
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import pyvista
from numpy.typing import NDArray
from vtkmodules.vtkCommonCore import vtkCommand
from vtkmodules.vtkIOHDF import vtkHDFReader, vtkHDFWriter

from flowcfd.errors import DictionaryError
from flowcfd.foam.dictionary import parse
from flowcfd.foam.fields import Field, read, write
from flowcfd.foam.fields.source import open_source
from flowcfd.settings import settings

LIMIT = 8 << 30
"""The most that the folder may hold [byte]."""

FORMAT = 1
"""Part of every key: another number when what is kept for equal files changes."""

_LONG = 1 << 20
"""Field files below this size [byte] are read faster than looked up."""

Arrays = Mapping[str, NDArray[np.generic]]


_folder: ContextVar[Path | None] = ContextVar("cache folder", default=None)


def folder() -> Path:
    """Where the entries are."""
    return _folder.get() or settings().cache / "fields"


@contextmanager
def in_folder(place: Path) -> Iterator[None]:
    """Keep entries in another folder for a while (benchmarks)."""
    token = _folder.set(place)
    try:
        yield
    finally:
        _folder.reset(token)


def key(what: str, files: Iterable[Path]) -> str:
    """The name of what is made from these files as they are now."""
    sha = hashlib.sha256(f"{FORMAT} {what}\n".encode())
    for file in files:
        status = file.stat()
        sha.update(f"{file.resolve()}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return sha.hexdigest()[:32]


def grid(name: str, build: Callable[[], pyvista.UnstructuredGrid]) -> pyvista.UnstructuredGrid:
    """The grid of this key, from its vtkhdf file or built and kept."""
    file = folder() / f"{name}.vtkhdf"
    kept = _read_grid(file)
    if kept is not None:
        return kept
    built = build()
    _keep(file, lambda part: _write_grid(part, built))
    return built


def arrays(name: str, build: Callable[[], Arrays]) -> Arrays:
    """The named arrays of this key, from its npz file or built and kept."""
    file = folder() / f"{name}.npz"
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as kept:
            found = {item: kept[item] for item in kept.files}
        os.utime(file)
        return found
    except (OSError, ValueError, EOFError, BadZipFile, KeyError):
        built = build()
    _keep(file, lambda part: _write_arrays(part, built))
    return built


def field(file: Path) -> Field:
    """A field file; a long one in ascii or packed is kept in binary. Raises DictionaryError as `read` does."""
    source = open_source(file, head_only=True)
    if file.stat().st_size < _LONG or (source.binary and file.suffix != ".gz"):
        return read(file)
    kept = folder() / f"{key('field', [file])}.foam"
    try:
        found = read(kept)
        os.utime(kept)
    except (OSError, DictionaryError):
        found = read(file)
        _keep(kept, lambda part: write(part, found, format="binary").is_file())
        return found
    tree = parse(found.tree.text(), path=file)  # includes are looked for beside the file itself
    return replace(found, tree=tree, path=file)


def trim(limit: int = LIMIT, *, spare: Path | None = None) -> None:
    """Remove the entries used longest ago until the folder holds at most `limit` bytes; `spare` stays."""
    entries = []
    for file in folder().iterdir():
        with suppress(FileNotFoundError):  # another process trims too
            status = file.stat()
            entries.append((status.st_mtime_ns, status.st_size, file))
    total = sum(size for _, size, _ in entries)
    for _, size, file in sorted(entries):
        if total <= limit:
            return
        if file != spare:
            file.unlink(missing_ok=True)
            total -= size


def _keep(file: Path, write: Callable[[Path], bool]) -> None:
    part = file.with_name(f".{file.stem}.{secrets.token_hex(4)}.part{file.suffix}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if write(part):
            part.replace(file)
            trim(spare=file)
    except OSError:  # no space, no right to write: the caller has what it asked for, the next one builds again
        pass
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _write_arrays(part: Path, built: Arrays) -> bool:
    np.savez(part, allow_pickle=False, **built)
    return True


def _write_grid(part: Path, built: pyvista.UnstructuredGrid) -> bool:
    """Into a vtkhdf file; False when it failed, or would for want of space, which HDF5 tells in a thousand lines."""
    cells = (built.GetCells(), built.GetPolyhedronFaces(), built.GetPolyhedronFaceLocations())
    size = built.points.nbytes + 8 * sum(
        each.GetNumberOfConnectivityIds() + each.GetNumberOfCells() for each in cells if each
    )
    if shutil.disk_usage(part.parent).free < 2 * size + (8 << 20):
        return False
    problems: list[object] = []
    writer = vtkHDFWriter()
    writer.AddObserver(vtkCommand.ErrorEvent, lambda *event: problems.append(event))  # also keeps VTK from printing it
    writer.SetFileName(str(part))
    writer.SetInputData(built)
    writer.SetCompressionLevel(0)
    writer.SetChunkSize(min(max(built.n_cells, 1000), 100_000))  # a file holds whole chunks, however small the mesh
    writer.Write()
    return not problems and part.is_file()


def _read_grid(file: Path) -> pyvista.UnstructuredGrid | None:
    """The grid in a file, None when there is none that can be read."""
    if not file.is_file():
        return None
    problems: list[object] = []
    reader = vtkHDFReader()
    reader.AddObserver(vtkCommand.ErrorEvent, lambda *event: problems.append(event))
    if not reader.CanReadFile(str(file)):
        return None
    reader.SetFileName(str(file))
    reader.Update()
    found = pyvista.wrap(reader.GetOutput())
    if problems or not isinstance(found, pyvista.UnstructuredGrid) or not found.n_cells:
        return None
    with suppress(OSError):
        os.utime(file)
    return found
