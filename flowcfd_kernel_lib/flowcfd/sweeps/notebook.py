"""A notebook as a sweep sees it: its parameters with their defaults, its kernel, and a digest of what it computes."""

from __future__ import annotations

import ast
import hashlib
import json
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from flowcfd.errors import CaseError, UnknownName

TAG: Final = "parameters"
HOW_TO_TAG: Final = (
    f"no cell is tagged {TAG!r}: in JupyterLab choose the cell that sets the parameters, open the Property Inspector "
    f"(the gears at the right) and add the tag {TAG!r}"
)


class Unknown:
    """The default of a parameter that is computed, not written down."""

    def __repr__(self) -> str:
        return "..."


UNKNOWN: Final = Unknown()


@dataclass(frozen=True)
class Notebook:
    """A notebook that can be swept."""

    path: Path
    text: str
    kernel: str
    parameters: Mapping[str, Any]
    """The names that its parameters cell sets, with the values where these are literals, else UNKNOWN."""
    sources: tuple[str, ...]
    """The code of its cells."""

    @property
    def digest(self) -> str:
        """SHA-256 of its code and kernel, in hexadecimal; its texts and outputs do not count."""
        return hashlib.sha256(json.dumps([self.kernel, list(self.sources)]).encode()).hexdigest()

    def key(self, values: Mapping[str, Any]) -> str:
        """What tells the execution with these values from all others: 16 hexadecimal digits."""
        content = json.dumps([self.digest, values], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:16]


def read(path: Path, *, kernel: str | None = None) -> Notebook:
    """The notebook in a file, with the kernel that it names, or another.

    Raises CaseError for a file that is no notebook of Python, and one without a cell tagged as parameters.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise CaseError(f"{path}: there is no such notebook") from None
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"{path}: cannot be read: {error}") from None
    raw = _parsed(path, text)
    metadata = raw.get("metadata", {})
    language = metadata.get("kernelspec", {}).get("language") or metadata.get("language_info", {}).get("name")
    if language not in (None, "python"):
        raise CaseError(f"{path}: is a notebook of {language}; sweeps know the parameters of Python only")
    name = kernel or metadata.get("kernelspec", {}).get("name")
    if not name:
        raise CaseError(f"{path}: names no kernel; say which one: kernel='python3'")
    cells = [cell for cell in raw["cells"] if cell["cell_type"] == "code"]
    tagged = [cell for cell in cells if TAG in cell["metadata"].get("tags", ())]
    if not tagged:
        raise CaseError(f"{path}: {HOW_TO_TAG}")
    parameters = _assigned(path, tagged[0]["source"])
    if not parameters:
        raise CaseError(f"{path}: the cell tagged {TAG!r} sets no names, such as speed = 10.0")
    return Notebook(path.absolute(), text, str(name), parameters, tuple(cell["source"] for cell in cells))


def require_kernel(name: str) -> None:
    """UnknownName where Jupyter knows no such kernel."""
    from jupyter_client.kernelspec import KernelSpecManager

    known = KernelSpecManager().find_kernel_specs()
    if name not in known:
        raise UnknownName("kernel", name, known, where="kernel")


def _parsed(path: Path, text: str) -> Mapping[str, Any]:
    import nbformat

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of cells without an id, which older notebooks have
            raw = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
            nbformat.validate(raw)
    except nbformat.ValidationError as error:
        raise CaseError(f"{path}: is no valid notebook: {str(error).splitlines()[0]}") from None
    except Exception as error:  # nbformat raises all sorts of things for what is no notebook
        raise CaseError(f"{path}: is no notebook: {type(error).__name__}: {str(error).splitlines()[0][:120]}") from None
    found: Mapping[str, Any] = raw
    return found


def _assigned(path: Path, source: str) -> dict[str, Any]:
    """The names that a cell assigns at its top level."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except SyntaxError as error:
        raise CaseError(f"{path}: the cell tagged {TAG!r} is no Python, line {error.lineno}: {error.msg}") from None
    found: dict[str, Any] = {}
    for statement in tree.body:
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                found |= _names(target, statement.value)
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            found[statement.target.id] = UNKNOWN if statement.value is None else _literal(statement.value)
    return found


def _names(target: ast.expr, value: ast.expr) -> dict[str, Any]:
    if isinstance(target, ast.Name):
        return {target.id: _literal(value)}
    if isinstance(target, ast.Tuple | ast.List):
        values = value.elts if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts) else None
        return {
            name: default
            for place, inner in enumerate(target.elts)
            for name, default in (_names(inner, values[place]) if values else _names(inner, ast.Name("_"))).items()
        }
    return {}


def _literal(value: ast.expr) -> Any:
    try:
        return ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return UNKNOWN
