"""A second way from the page to a monitor, for clicks while a cell is at work.

A widget's messages wait until the cell has ended. A comm that is opened in a subshell of the kernel (a thread of its
own, ipykernel 7) is heard at once: the page asks for a subshell, and opens a comm of TARGET there.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import comm

if TYPE_CHECKING:
    from flowcfd.widgets.monitor.widget import Monitor

TARGET = "flowcfd.monitor"
_monitors: WeakValueDictionary[str, Monitor] = WeakValueDictionary()


def door(monitor: Monitor) -> str:
    """Let this monitor hear what is asked that way; the name by which it is called."""
    key = uuid.uuid4().hex
    _monitors[key] = monitor
    comm.get_comm_manager().register_target(TARGET, _knock)
    return key


def _knock(opened: Any, message: dict[str, Any]) -> None:
    data = message["content"]["data"]
    if (monitor := _monitors.get(str(data.get("model")))) is not None:
        monitor.asked(data)
    opened.close()
