"""The text of rendered files: the same bytes for the same entries, without a version or a date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flowcfd.foam import dictionary

COMMENT = "// Rendered by FlowCFD; change the Case rather than this file.\n"


def text(path: str, entries: Mapping[str, object], *, cls: str = "dictionary") -> str:
    """A dictionary file; `path` is its place in the case, such as "system/controlDict"."""
    location, _, name = path.rpartition("/")
    return COMMENT + dictionary.dumps(entries, header=(cls, name, location))


def field_text(name: str, dimensions: str, internal: str, boundary: Mapping[str, Mapping[str, object]]) -> str:
    """A field file with a uniform interior."""
    entries = {"dimensions": dimensions, "internalField": internal, "boundaryField": boundary}
    return text(f"0/{name}", entries, cls="volVectorField" if name == "U" else "volScalarField")


def list_text(values: Sequence[tuple[float, float, float]] | Sequence[float]) -> str:
    """A bare list of vectors or numbers, one a line."""
    lines = [
        f"{one:.10g}" if isinstance(one, float) else f"({' '.join(f'{part:.10g}' for part in one)})" for one in values
    ]
    return "\n".join([str(len(lines)), "(", *lines, ")", ""])
