"""Starts the kernel in OpenFOAM's environment, so that `!blockMesh` and every child process find it too."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import List, Unicode

from flowcfd.errors import FlowError
from flowcfd.foam import install
from flowcfd.settings import read


class OpenFOAMProvisioner(LocalProvisioner):
    """A local kernel in the environment of the OpenFOAM that `flowcfd.foam.install` finds.

    The kernel starts without OpenFOAM too: what needs it says so when it is used.
    """

    launcher = List(
        Unicode(), help='A command put in front of the kernel\'s, for example ["nice", "-n", "5"].', config=True
    )

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """The kernel's command and environment, before it is started."""
        launch: dict[str, Any] = await super().pre_launch(**kwargs)
        base = launch.get("env") or dict(os.environ)
        directory = Path(launch.get("cwd") or Path.cwd())
        try:
            # Reading a bashrc runs a shell: not in the event loop of the server that starts the kernel.
            base = await asyncio.to_thread(kernel_environment, base, directory)
        except FlowError as error:
            self.log.warning("the kernel starts without OpenFOAM: %s", error)
        launch["env"] = of_interpreter(base, Path(launch["cmd"][0]).parent)
        launch["cmd"] = [*self.launcher, *launch["cmd"]]
        return launch


def of_interpreter(environment: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The environment with the folder of the kernel's interpreter first on PATH, so that `!flowcfd` is its own.

    Another virtual environment, which was active where the server was started, is told nobody: IPython would warn of it
    and put its packages before the kernel's own.
    """
    own = dict(environment)
    if "VIRTUAL_ENV" in own and Path(own["VIRTUAL_ENV"]).resolve() != folder.parent.resolve():
        del own["VIRTUAL_ENV"]
    path = own.get("PATH", os.defpath)
    if str(folder) not in path.split(":") and (folder / "flowcfd").exists():
        own["PATH"] = f"{folder}:{path}"
    return own


def kernel_environment(base: Mapping[str, str], directory: Path) -> dict[str, str]:
    """The environment of a kernel that works in `directory`; raises SiteError when there is no OpenFOAM.

    `base` is the environment that the server means for the kernel; its FLOWCFD_OPENFOAM counts, not the server's.
    """
    installation = install.find(read(base))
    return installation.environment(case=directory, cores=1, base=base)
