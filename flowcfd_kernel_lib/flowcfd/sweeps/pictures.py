"""Pictures that notebooks kept, beside one another."""

from __future__ import annotations

import html
from base64 import b64decode
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any


class Pictures(Mapping[int, bytes]):
    """The pictures of one name by the numbers of their points, as PNG; a notebook shows them with their parameters."""

    def __init__(self, name: str, found: Mapping[int, tuple[Mapping[str, Any], str]]) -> None:
        self.name, self._found = name, found

    def __getitem__(self, point: int) -> bytes:
        return b64decode(self._found[point][1])

    def __iter__(self) -> Iterator[int]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def __repr__(self) -> str:
        return f"<Pictures {self.name}: points {', '.join(map(str, self._found))}>"

    def save(self, folder: str | Path) -> list[Path]:
        """Write each into the folder as `<name>-<point>.png`."""
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        files = []
        for point, picture in self.items():
            files.append(place / f"{self.name}-{point}.png")
            files[-1].write_bytes(picture)
        return files

    def _repr_html_(self) -> str:
        figures = "".join(
            f"<figure style='margin: 4px; width: 16em'><img style='width: 100%' "
            f"src='data:image/png;base64,{data}'><figcaption style='font-size: small'>"
            f"{point}: {html.escape(_caption(values))}</figcaption></figure>"
            for point, (values, data) in self._found.items()
        )
        return f"<div style='display: flex; flex-wrap: wrap'>{figures}</div>"


def _caption(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value:.4g}" if isinstance(value, float) else f"{name} {value}"
                     for name, value in values.items())  # fmt: skip
