"""The hub's configuration: hub.yaml beside this file, or the one that FLOWCFD_HUB_CONFIG names."""

import os
import sys
from pathlib import Path

here = Path(__file__).resolve().parent
sys.path.insert(0, str(here))

from flowcfd_hub import ConfigError, apply, read  # noqa: E402

c = get_config()  # type: ignore[name-defined]  # noqa: F821  (given by traitlets)
try:
    apply(c, read(Path(os.environ.get("FLOWCFD_HUB_CONFIG") or here / "hub.yaml")))
except ConfigError as error:
    sys.exit(f"hub: {error}")
