"""What the OpenFOAM kernel costs at its start beside plain ipykernel."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from flowcfd.bench.measure import least
from flowcfd.bench.row import Row
from flowcfd.kernel import spec

PLAIN = {
    "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
    "display_name": "plain",
    "language": "python",
}


def run(*, quick: bool = False) -> list[Row]:
    """CPU time [s] from starting a kernel until it is ready and shut down, the server's share included."""
    with tempfile.TemporaryDirectory() as folder:
        kernels = Path(folder)
        spec.install(kernels)
        (kernels / "plain").mkdir()
        (kernels / "plain/kernel.json").write_text(json.dumps(PLAIN))
        works = [_start(kernels, name) for name in (spec.NAME, "plain")]
        least(*works, repeats=1)  # imports, and Python's byte code
        ours, plain = least(*works, repeats=3 if quick else 7)
    return [Row(name="kernel start", ours=ours, unit="s CPU", peer_name="ipykernel", peer=plain, goal=1.1)]


def _start(kernels: Path, name: str) -> Callable[[], None]:
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import KernelManager

    def start() -> None:
        manager = KernelManager(
            kernel_name=name,
            kernel_spec_manager=KernelSpecManager(kernel_dirs=[str(kernels)], ensure_native_kernel=False),
        )
        manager.start_kernel()
        client = manager.client()
        client.start_channels()
        client.wait_for_ready(timeout=120)
        client.stop_channels()
        manager.shutdown_kernel()

    return start
