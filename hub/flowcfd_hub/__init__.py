"""The hub of FlowCFD in the manner of The Littlest JupyterHub: one YAML file, and pure functions that apply it.

It knows the rest of FlowCFD by HTTP and files only and imports nothing of it.
"""

from __future__ import annotations

from flowcfd_hub.applied import apply, greeting
from flowcfd_hub.config import ConfigError, HubConfig, read

__all__ = ["ConfigError", "HubConfig", "apply", "greeting", "read"]
