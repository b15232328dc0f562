"""The hub's configuration: hub.yaml beside this file, or the one that FLOWCFD_HUB_CONFIG names."""

import os
import sys
from pathlib import Path

here = Path(__file__).resolve().parent
sys.path.insert(0, str(here))

from flowcfd_hub import ConfigError, apply, greeting, read  # noqa: E402

c = get_config()  # type: ignore[name-defined]  # noqa: F821  (given by traitlets)
try:
    made = apply(c, read(Path(os.environ.get("FLOWCFD_HUB_CONFIG") or here / "hub.yaml")))
    print(greeting(made), file=sys.stderr)
except ConfigError as error:
    print(f"hub: {error}", file=sys.stderr)
    sys.exit(2)
