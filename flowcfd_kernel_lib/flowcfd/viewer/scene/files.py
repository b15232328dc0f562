"""Files that the page downloads: a scene in the forms that it can be saved in."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

from flowcfd.errors import UnknownName
from flowcfd.scene import Scene

FORMS = {
    ".png": "Picture (PNG)", ".svg": "Figure (SVG)", ".pdf": "Figure (PDF)", ".html": "Page that turns (HTML)",
    ".gltf": "3-D model (glTF)", ".vtm": "VTK (zip)",
}  # fmt: skip


def name(scene: Scene, suffix: str) -> str:
    """What the file is called."""
    stem = Path(scene.of).name
    return f"{stem}-vtk.zip" if suffix == ".vtm" else f"{stem}{suffix}"


def content(scene: Scene, suffix: str) -> bytes:
    """What is in the file; a VTK scene is several files, so they come as a zip. Raises what saving does."""
    if suffix not in FORMS:
        raise UnknownName("form", suffix, FORMS, where="export")
    with tempfile.TemporaryDirectory(prefix="flowcfd-export-") as folder:
        path = scene.save(Path(folder, f"scene{suffix}"))
        return _zipped(Path(folder)) if suffix == ".vtm" else path.read_bytes()


def _zipped(folder: Path) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        for file in sorted(one for one in folder.rglob("*") if one.is_file()):
            out.write(file, file.relative_to(folder))
    return made.getvalue()
