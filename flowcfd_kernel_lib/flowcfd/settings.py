"""What the environment says about this process, read once; nothing else in FlowCFD reads `os.environ` for settings."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from flowcfd.errors import SiteError

VIEWS = ("live", "html", "picture")
_PROJECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\Z")


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one process."""

    home: Path
    """Where runs and caches live (FLOWCFD_HOME, default ~/flowcfd)."""
    openfoam: Path | None
    """OpenFOAM's project directory, when the user names one (FLOWCFD_OPENFOAM, then WM_PROJECT_DIR)."""
    shared_cores: bool | None
    """Whether MPI ranks share their cores with others (FLOWCFD_SHARED_CORES=1|0); None: decided per run."""
    s3: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What is said of the archive (S3_ENDPOINT, S3_BUCKET, S3_ACCESS_KEY, S3_SECRET_KEY, ...); it holds a secret."""
    retry_after: float = 8.0
    """Time [s] before a run is tried again for the first time after an error of the site (FLOWCFD_RETRY_AFTER)."""
    project: str = ""
    """What the cost of new runs is counted to (FLOWCFD_PROJECT)."""
    database: str = field(default="", repr=False)
    """Where the index of runs is kept (DATABASE_URL; it may hold a password); empty: in a file of the home."""
    share_meshes: bool = True
    """Whether a run copies an equal mesh that another run has made (FLOWCFD_SHARE_MESHES=1|0)."""
    view: str = ""
    """How a scene is shown in a notebook (FLOWCFD_VIEW=live|html|picture); empty: as well as the place allows."""
    notebook: bool = False
    """Whether a Jupyter server started this process (it sets JPY_SESSION_NAME)."""

    @property
    def runs(self) -> Path:
        """The folder that holds one folder per run."""
        return self.home / "runs"

    @property
    def cache(self) -> Path:
        """A folder whose content can be deleted at any time."""
        return self.home / "cache"


def read(environ: Mapping[str, str]) -> Settings:
    """Settings from environment variables."""
    openfoam = environ.get("FLOWCFD_OPENFOAM") or environ.get("WM_PROJECT_DIR")
    shared = environ.get("FLOWCFD_SHARED_CORES") or None
    if shared not in (None, "0", "1"):
        raise SiteError(f"FLOWCFD_SHARED_CORES: must be 0 or 1 (got {shared!r})")
    meshes = environ.get("FLOWCFD_SHARE_MESHES") or "1"
    if meshes not in ("0", "1"):
        raise SiteError(f"FLOWCFD_SHARE_MESHES: must be 0 or 1 (got {meshes!r})")
    view = environ.get("FLOWCFD_VIEW") or ""
    if view not in ("", *VIEWS):
        raise SiteError(f"FLOWCFD_VIEW: must be one of {', '.join(VIEWS)} (got {view!r})")
    again = environ.get("FLOWCFD_RETRY_AFTER") or "8"
    if not re.fullmatch(r"\d{1,6}(\.\d*)?|\.\d+", again):
        raise SiteError(f"FLOWCFD_RETRY_AFTER: must be a number of seconds (got {again!r})")
    project = environ.get("FLOWCFD_PROJECT") or ""
    if project and not _PROJECT.match(project):
        raise SiteError(
            f"FLOWCFD_PROJECT: must be 1 to 64 of A-Z a-z 0-9 _ . - and begin with one of A-Z a-z 0-9 (got {project!r})"
        )
    return Settings(
        home=Path(environ.get("FLOWCFD_HOME") or Path.home() / "flowcfd").expanduser().absolute(),
        openfoam=Path(openfoam) if openfoam else None,
        shared_cores=None if shared is None else shared == "1",
        retry_after=float(again),
        s3={name: value for name, value in environ.items() if name.startswith("S3_") and value},
        project=project,
        database=environ.get("DATABASE_URL") or "",
        share_meshes=meshes == "1",
        view=view,
        notebook="JPY_SESSION_NAME" in environ,
    )


@cache
def settings() -> Settings:
    """The settings of this process; `settings.cache_clear()` is for tests only."""
    return read(os.environ)
