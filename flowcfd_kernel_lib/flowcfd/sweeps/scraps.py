"""What an executed notebook kept: values and pictures, by `fc.keep`, by scrapbook, or by the old papermill."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_SCRAP = "application/scrapbook.scrap."
_RECORD = "application/papermill.record+json"


def values(notebook: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The kept values by name, the last of equal names: {"value"} with "unit" and "uncertainty" where they are known.

    `notebook` is the JSON of a notebook of format 4.
    """
    found: dict[str, dict[str, Any]] = {}
    for output in _outputs(notebook):
        metadata = output.get("metadata", {})
        for kind, payload in output.get("data", {}).items():
            if kind.startswith(_SCRAP) and payload.get("encoder") in ("json", "text"):
                found[str(payload["name"])] = {"value": payload["data"], **metadata.get("flowcfd", {})}
            elif kind == _RECORD:
                found |= {str(name): {"value": value} for name, value in payload.items()}
    return found


def pictures(notebook: Mapping[str, Any]) -> dict[str, str]:
    """The kept pictures by name, as PNG in base64."""
    found = {}
    for output in _outputs(notebook):
        about = output.get("metadata", {}).get("scrapbook", {})
        picture = output.get("data", {}).get("image/png")
        if about.get("display") and picture:
            found[str(about["name"])] = "".join(picture)
    return found


def _outputs(notebook: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    return (output for cell in notebook.get("cells", ()) for output in cell.get("outputs", ()))
