"""The table of runs in a real kernel: it changes by itself while a cell is at work, and its buttons do as they say."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import nbclient
import nbformat
import pytest

from flowcfd import jobs
from flowcfd.foam.casefiles import CaseFiles

pytestmark = pytest.mark.flow
Build = Callable[..., CaseFiles]
Until = Callable[..., None]

SHOW = "import flowcfd as fc, json, time\nlive = fc.runs().live()\nlive.box"
WATCH = """
seen = [live.box.children[0].value]
fc.runs(state="Paused").resume()
deadline = time.time() + 90
while "1 Done" not in seen[-1] and time.time() < deadline:
    time.sleep(0.2)  # the cell is at work, the table is not its business
    if live.box.children[0].value != seen[-1]:
        seen.append(live.box.children[0].value)
print(json.dumps(seen))
"""
TELL = """
(endless,) = fc.runs(state="Running")
live.ticked = {endless.path}
cancel = next(button for button in live.box.children[1].children[:4] if button.description == "cancel")
cancel.click()
deadline = time.time() + 90
while live.alive and time.time() < deadline or live._note.value.endswith("..."):
    time.sleep(0.2)
print(json.dumps([endless.state, live._note.value, live.box.children[0].value, live.alive]))
"""
BOTH = "live.display()"
PLAIN = "fc.runs()"


def said(cell: nbformat.NotebookNode) -> object:
    (output,) = [output for output in cell.outputs if output.get("name") == "stdout"]
    return json.loads(output["text"])


def test_the_table_lives_while_a_cell_is_at_work_and_a_headless_notebook_keeps_a_plain_one(
    home: Path, cavity: Build, slow_cavity: Build, until: Until
) -> None:
    endless, ends = jobs.run(slow_cavity(steps=100_000)), jobs.run(slow_cavity(steps=801))
    until(lambda: endless.state == "Running")
    assert ends.pause().state == "Paused"  # until somebody looks
    book = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in (SHOW, WATCH, TELL, BOTH, PLAIN)]
    )
    nbclient.NotebookClient(book, timeout=240, kernel_name="python3").execute()
    shown, watched, told, both, plain = book.cells
    assert "application/vnd.jupyter.widget-view+json" in shown.outputs[0]["data"]
    seen = said(watched)
    assert isinstance(seen, list) and len(seen) >= 2
    assert "1 Done" not in seen[0] and "2 runs: 1 Done, 1 Running" in seen[-1]
    assert said(told) == ["Cancelled", "cancel: 1 of 1 runs", "<b>2 runs: 1 Done, 1 Cancelled</b>", False]
    assert endless.state == "Cancelled" and ends.state == "Done"
    (output,) = plain.outputs
    assert set(output["data"]) == {"text/plain", "text/html"}  # nobody is there who could use a widget
    assert "2 runs: 1 Done, 1 Cancelled" in output["data"]["text/html"]
    still, alive = (output["data"] for output in both.outputs)  # one for who opens the notebook when the kernel is gone
    assert "class='flowcfd-still-" in still["text/html"] and "the cell, run again, shows it live" in still["text/html"]
    assert set(alive) == {"text/plain", "application/vnd.jupyter.widget-view+json"}
