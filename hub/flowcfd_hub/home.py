"""A new user's home: for its owner only, with the example notebooks, which come once."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

STAMP = ".flowcfd-examples"
"""Says that the examples were given; whoever deletes them does not get them again."""


def new_home(notebooks: Path) -> Callable[[Any], None]:
    """The hook that is called before a user's server starts."""

    def hook(spawner: Any) -> None:
        prepare(Path(spawner.home_dir), notebooks)

    return hook


def prepare(home: Path, notebooks: Path) -> None:
    """Make the home and give it the notebooks, unless it had them already."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    home.chmod(0o700)
    if (home / STAMP).exists() or not notebooks.is_dir():
        return
    target = home / "notebooks"
    target.mkdir(exist_ok=True)
    for notebook in sorted(notebooks.glob("*.ipynb")):
        if not (target / notebook.name).exists():
            shutil.copyfile(notebook, target / notebook.name)
    (home / STAMP).touch()
