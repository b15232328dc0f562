"""The kernel's specification: where it comes from, how it is installed for an interpreter."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from flowcfd.errors import SiteError

NAME = "openfoam"
_GROUP = "jupyter_client.kernel_provisioners"
_SHARED = Path("share/jupyter/kernels") / NAME


@dataclass(frozen=True, slots=True)
class Installed:
    """A kernel specification on this machine: its folder and the interpreter that it starts."""

    folder: Path
    python: str

    @property
    def ours(self) -> bool:
        """Whether it starts the interpreter that is running now."""
        # Not resolved: the python of a virtual environment is a link to one outside it.
        return self.python == "python" or Path(self.python).absolute() == Path(sys.executable).absolute()


def source() -> Path:
    """The folder that holds kernel.json and the logos: of the source tree, else of the installed package."""
    tree = Path(__file__).resolve().parents[3] / "kernels" / NAME
    for folder in (tree, Path(sys.prefix) / _SHARED):
        if (folder / "kernel.json").is_file():
            return folder
    raise SiteError(
        f"kernel.json is in neither {tree} nor {Path(sys.prefix) / _SHARED}; install again: pip install flowcfd"
    )


def install(kernels: Path, *, python: str = sys.executable) -> Path:
    """Write the kernel into the folder `kernels` (it gets a sub-folder), for the interpreter `python`.

    An older one there is replaced. Returns the new folder; raises SiteError when it cannot be written.
    """
    origin, target = source(), kernels / NAME
    content: dict[str, Any] = json.loads((origin / "kernel.json").read_text())
    content["argv"][0] = python
    part = kernels / f".{NAME}.{os.getpid()}.part"
    try:
        part.mkdir(parents=True)
        for logo in origin.glob("logo-*"):
            shutil.copyfile(logo, part / logo.name)
        (part / "kernel.json").write_text(json.dumps(content, indent=1) + "\n")
        # The parts of a specification are few and small; a reader in between sees none, never half of one.
        if target.exists():
            shutil.rmtree(target)
        part.replace(target)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        raise SiteError(
            f"{target}: cannot be written: {error.strerror}; choose another place: --user or --prefix"
        ) from None
    return target


def kernels_folder(*, user: bool = False, prefix: Path | None = None) -> Path:
    """The folder for kernels: this interpreter's environment, the user's own, or under `prefix`."""
    if user:
        from jupyter_core.paths import jupyter_data_dir

        return Path(jupyter_data_dir()) / "kernels"
    return (prefix or Path(sys.prefix)) / _SHARED.parent


def installed() -> list[Installed]:
    """Where Jupyter finds the kernel, the one it uses first; empty when it is nowhere."""
    from jupyter_core.paths import jupyter_path

    folders = [Path(place) / NAME for place in jupyter_path("kernels")]
    specifications = [folder / "kernel.json" for folder in folders]
    return [Installed(file.parent, _python(file)) for file in specifications if file.is_file()]


def provisioner_known() -> bool:
    """Whether Jupyter can find the kernel's provisioner, that is whether FlowCFD is installed as a package."""
    return any(entry.name == "flowcfd-openfoam" for entry in metadata.entry_points(group=_GROUP))


def _python(kernel_json: Path) -> str:
    try:
        return str(json.loads(kernel_json.read_text())["argv"][0])
    except (OSError, ValueError, KeyError, IndexError, TypeError):
        return ""
