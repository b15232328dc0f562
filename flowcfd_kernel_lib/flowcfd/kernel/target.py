"""What `%%dict` edits: the files of a directory, or of a value that a variable holds."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flowcfd.errors import CaseError, UnknownName
from flowcfd.foam.casefiles import CaseFiles, checked
from flowcfd.settings import settings

LARGEST = 1_000_000
"""Files over this size [bytes] are no dictionaries that one edits in a notebook."""


@dataclass(frozen=True)
class Target:
    """The files of one case: their names, their texts (latin-1), and how one is replaced."""

    name: str
    files: Callable[[], list[str]]
    read: Callable[[str], str]
    store: Callable[[str, str], None]

    def text(self, file: str, *, new: bool = False) -> str | None:
        """The text of a file; None for one that is not there, where `new` allows it, else UnknownName."""
        if checked(file) in self.files():
            return self.read(file)
        if new:
            return None
        raise UnknownName("file", file, self.files(), where=self.name)


def find(word: str, namespace: MutableMapping[str, Any]) -> Target:
    """The case that `word` names: a variable (CaseFiles, Case or a path) or a directory; raises CaseError."""
    value = namespace.get(word, word)
    if isinstance(value, CaseFiles):
        return _of_files(word, value, namespace)
    if isinstance(value, str | Path):
        return _of_directory(word, Path(value).expanduser().absolute())
    if callable(getattr(value, "replace", None)) and hasattr(value, "boundaries"):
        return _of_case(word, value, namespace)
    raise CaseError(
        f"{word}: is a {type(value).__name__}; give a directory, CaseFiles or a Case. The files of a run belong to it: "
        "edit a copy, `copy = fc.adopt(run.case)`"
    )


def _of_files(word: str, value: CaseFiles, namespace: MutableMapping[str, Any]) -> Target:
    def store(file: str, text: str) -> None:
        namespace[word] = value.with_files({file: text})

    return Target(word, lambda: list(value), value.text, store)


def _of_case(word: str, value: Any, namespace: MutableMapping[str, Any]) -> Target:
    """A typed case: the edited file goes into its overlay, which is merged last."""
    from flowcfd.foam.render import render

    rendered: CaseFiles = render(value)

    def store(file: str, text: str) -> None:
        namespace[word] = value.replace({f"files[{file}]": text})

    return Target(word, lambda: list(rendered), rendered.text, store)


def _of_directory(word: str, root: Path) -> Target:
    if not root.is_dir():
        raise CaseError(f"{word}: must be a variable or a directory that exists")
    if root.resolve().is_relative_to(settings().runs.resolve()):
        raise CaseError(
            f"{word}: lies in the run directory {settings().runs}; edit a copy, `copy = fc.adopt({word!r})`"
        )

    def read(file: str) -> str:
        if (root / file).stat().st_size > LARGEST:
            raise CaseError(f"{file}: larger than {LARGEST} bytes, too large to be edited here")
        return (root / file).read_bytes().decode("latin-1")

    def store(file: str, text: str) -> None:
        place = root / file
        place.parent.mkdir(parents=True, exist_ok=True)
        part = place.with_name(f".{place.name}.{os.getpid()}.part")
        try:
            part.write_bytes(text.encode("latin-1"))
            if place.exists():
                part.chmod(place.stat().st_mode & 0o777)
            part.replace(place)
        finally:
            part.unlink(missing_ok=True)

    return Target(word, lambda: _names(root), read, store)


def _names(root: Path) -> list[str]:
    """The dictionaries of a case directory: system, constant and the time directory that it starts from."""
    names = []
    for top in ("system", "constant", "0", "0.orig"):
        for folder, folders, files in os.walk(root / top):
            folders[:] = sorted(name for name in folders if name not in ("polyMesh", "triSurface"))
            inside = Path(folder).relative_to(root)
            names += [str(inside / name) for name in sorted(files) if not name.startswith(".")]
    return names


def variables(namespace: Mapping[str, Any]) -> list[str]:
    """The variables of a notebook that `find` accepts, for completion."""
    return sorted(
        name
        for name, value in namespace.items()
        if not name.startswith("_")
        and (isinstance(value, CaseFiles | Path) or (hasattr(value, "boundaries") and hasattr(value, "replace")))
    )
