"""Marks of written cells: one for each widget, the same when its cell is run again."""

from __future__ import annotations

from queue import Empty
from typing import Any

from jupyter_client.manager import start_new_kernel

CODE = """
from flowcfd.widgets.mark import mark
print(mark("view"), mark("view"), mark("wizard"))
"""


def said(client: Any, code: str, cell: str) -> list[str]:
    """What a cell with an id prints, run as JupyterLab does."""
    message = client.session.msg("execute_request", {"code": code, "silent": False, "store_history": True})
    message["metadata"] = {"cellId": cell}
    client.shell_channel.send(message)
    words = ""
    while True:
        try:
            heard = client.get_iopub_msg(timeout=90)
        except Empty:
            raise AssertionError(f"the kernel said only {words!r}") from None
        if heard["parent_header"].get("msg_id") != message["header"]["msg_id"]:
            continue
        assert heard["msg_type"] != "error", heard["content"]
        words += str(heard["content"].get("text", ""))
        if heard["content"].get("execution_state") == "idle":
            return words.split()


def test_two_views_of_a_cell_write_two_cells_and_find_them_again() -> None:
    manager, client = start_new_kernel(kernel_name="python3", startup_timeout=90)
    try:
        first = said(client, CODE, "a1")
        assert first == ["view-a1", "view-a1-2", "wizard-a1"]
        assert said(client, CODE, "a1") == first
        assert said(client, CODE, "b2") == ["view-b2", "view-b2-2", "wizard-b2"]
        assert len({*said(client, CODE, ""), *said(client, CODE, "")}) == 6
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
