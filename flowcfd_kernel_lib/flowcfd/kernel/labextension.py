"""What JupyterLab needs of FlowCFD in an environment: the extension that writes cells, and settings for our widgets."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from flowcfd.errors import SiteError

NAME = "flowcfd-lab"
SETTINGS = Path(__file__).parent / "labconfig/default_setting_overrides.json"
"""The settings of JupyterLab that `flowcfd lab` uses; installed, they hold for a plain `jupyter lab` too."""
_SHARED = Path("share/jupyter/labextensions")
_OVERRIDES = Path("labconfig/default_setting_overrides.d/flowcfd.json")


@dataclass(frozen=True, slots=True)
class Place:
    """Where Jupyter looks for data and for settings."""

    data: Path
    config: Path


def place(*, user: bool = False, prefix: Path | None = None) -> Place:
    """The folders of this interpreter's environment, the user's own, or those under `prefix`."""
    if user:
        from jupyter_core.paths import jupyter_config_dir, jupyter_data_dir

        return Place(Path(jupyter_data_dir()), Path(jupyter_config_dir()))
    root = prefix or Path(sys.prefix)
    return Place(root / "share/jupyter", root / "etc/jupyter")


def source() -> Path:
    """The folder of the extension: of the source tree, else of the installed package."""
    for folder in (tree() / NAME, Path(sys.prefix) / _SHARED / NAME):
        if (folder / "package.json").is_file():
            return folder
    raise SiteError(f"the JupyterLab extension {NAME} is not there; install again: pip install flowcfd")


def tree() -> Path:
    """Where the extension lies in a source tree."""
    return Path(__file__).resolve().parents[3] / "extensions"


def install(where: Place) -> Path:
    """Write the extension and the settings below `where`; what was there of ours is replaced.

    Returns the extension's folder; raises SiteError when it cannot be written.
    """
    target = where.data / "labextensions" / NAME
    try:
        if source() != target:
            _copy(source(), target)
        overrides = where.config / _OVERRIDES
        overrides.parent.mkdir(parents=True, exist_ok=True)
        overrides.write_text(SETTINGS.read_text())
    except OSError as error:
        raise SiteError(
            f"{target}: cannot be written: {error.strerror}; choose another place: --user or --prefix"
        ) from None
    return target


def _copy(origin: Path, target: Path) -> None:
    part = target.parent / f".{NAME}.{os.getpid()}.part"
    try:
        shutil.copytree(origin, part)
        if target.exists():
            shutil.rmtree(target)
        part.replace(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def installed() -> list[Path]:
    """Where JupyterLab finds the extension, the one it uses first; empty when it is nowhere."""
    return found(NAME)


def found(name: str) -> list[Path]:
    """The same for an extension of any name."""
    from jupyter_core.paths import jupyter_path

    folders = [Path(folder) / name for folder in jupyter_path("labextensions")]
    return [folder for folder in folders if (folder / "package.json").is_file()]


def same(folder: Path) -> bool:
    """Whether an installed extension is the one of this version of FlowCFD."""
    names = ["package.json", *(f"static/{file.name}" for file in (source() / "static").iterdir())]
    try:
        json.loads((folder / "package.json").read_text())
        return all((folder / name).read_bytes() == (source() / name).read_bytes() for name in names)
    except (OSError, ValueError):
        return False
