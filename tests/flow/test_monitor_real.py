"""The monitor on real runs, without a page: rows from the start, stop and resume, faults, meshing, threads that end."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import flowcfd as fc
from flowcfd import jobs
from flowcfd.errors import CaseError, UnknownName
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.widgets.monitor import Monitor, follow, watch

pytestmark = pytest.mark.flow
Cavity = Callable[..., CaseFiles]
Until = Callable[..., None]


@pytest.fixture(autouse=True)
def _no_thread_stays() -> object:
    yield
    left = [one.name for one in threading.enumerate() if one.name.startswith("flowcfd-monitor")]
    assert not left


def plain(end: str, **more: object) -> fc.Case:
    """A cavity with two probes and the force on its lid."""
    given: dict[str, object] = {
        "domain": fc.Cavity("0.1 m"),
        "mesh": fc.Blocks(cells=20),
        "physics": fc.Incompressible(fluid=fc.Fluid(nu=1e-3)),
        "boundaries": {"lid": fc.Wall(velocity=("1 m/s", 0, 0)), "walls": fc.Wall()},
        "solve": fc.Transient(end, "1 ms", write_every="0.1 s", solver="icoFoam"),
        "outputs": [fc.Probes([(0.05, 0.09, 0.005), (0.05, 0.02, 0.005)]), fc.Forces("lid", name="lid")],
    }
    return fc.Case(**(given | more))  # type: ignore[arg-type]


def ended(monitor: Monitor) -> Monitor:
    monitor.wait(90)
    assert not monitor.alive
    return monitor


def test_finished_runs_are_shown_whole_together_and_on_paper(
    home: Path, until: Until, monkeypatch: pytest.MonkeyPatch, notebook_of: Callable[..., Path]
) -> None:
    short, run = (jobs.run(plain(end, name=name)) for end, name in (("0.1 s", "short"), ("0.3 s", "whole")))
    monitor = ended(watch([short, run.path.name]))  # an overview until one is chosen
    assert [row["state"] for row in monitor.overview["rows"]] == ["Done", "Done"]
    assert len(monitor.overview["rows"][0]["curve"]) > 3
    assert monitor.run is None
    monitor.asked({"ask": "show", "run": str(run.path)})
    until(lambda: monitor.run is not None and monitor.told.get("state") == "Done")
    shown_whole(ended(monitor), run)
    monitor.close()
    in_parts(run, monkeypatch)
    headless(run, notebook_of)


def shown_whole(monitor: Monitor, run: jobs.Run) -> None:
    """Every row that the run has written, its verdict, and a picture."""
    res = fc.results(run)
    assert monitor.rows["Initial residuals"] == len(res.residuals) == 300
    assert monitor.rows["lid: forces"] == len(res.forces("lid"))
    assert monitor.rows["probes: U"] == len(res.probes())
    groups = monitor._follower.groups
    [forces] = [group for group in groups.values() if group.title == "lid: forces"]
    assert forces.columns == ["Fx", "Fy", "Fz"]
    assert forces.unit == "N"
    np.testing.assert_allclose(forces.history.rows[:, 1], res.forces("lid").Fx.to_numpy())
    np.testing.assert_allclose(groups["residuals"].history.rows[:, 1:], res.residuals.to_numpy())
    assert monitor.told["verdict"]["colour"] == res.verdict.colour
    assert monitor.told["x"] == "time [s]"
    assert monitor.picture.startswith(b"\x89PNG")


def in_parts(run: jobs.Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long log is read a part at a time, to its end."""
    monkeypatch.setattr(follow, "BLOCK", 1 << 12)
    monkeypatch.setattr("flowcfd.foam.log.tail.BLOCK", 1 << 12)
    follower, parts = follow.Follower(run), 0
    while not follower.caught_up or not parts:
        follower.poll()
        parts += 1
    assert parts > 3
    assert follower.groups["residuals"].history.count >= 299


def headless(run: jobs.Run, notebook_of: Callable[..., Path]) -> None:
    """In a kernel that nobody looks at the cell leaves a picture of the end."""
    import nbformat
    import papermill

    book = notebook_of(f"import flowcfd as fc\nfc.watch({str(run.path)!r}).wait(60)", tagged=False)
    out = book.with_name("out.ipynb")
    papermill.execute_notebook(str(book), str(out), kernel_name="python3", progress_bar=False)
    cell = nbformat.read(out, as_version=4).cells[1]
    [output] = [one for one in cell.outputs if "data" in one]
    assert "Done" in output["data"]["text/plain"]
    assert base64.b64decode(output["data"]["image/png"]).startswith(b"\x89PNG")


def test_what_comes_before_show_and_after_is_in_the_state_that_a_new_page_gets(home: Path, until: Until) -> None:
    monitor = watch(jobs.run(plain("60 s")))
    until(lambda: monitor.rows.get("Initial residuals", 0) > 50)
    state = monitor.get_state()["start_rows"]
    [residuals] = [group for group in state["groups"] if group["key"] == "residuals"]
    rows = np.frombuffer(residuals["data"]).reshape(-1, 1 + len(residuals["columns"]))
    assert len(rows) == residuals["count"] > 50
    np.testing.assert_allclose(np.diff(rows[:, 0]), 1e-3, rtol=1e-6)
    other = watch(monitor.run)
    other.close()  # ends its thread and not the run
    other.wait(30)
    assert not other.alive
    assert monitor.run.state == "Running"
    monitor.asked({"ask": "stop"})
    until(lambda: monitor.told["state"] == "Stopped")
    ended(monitor)
    stopped = monitor.rows["Initial residuals"]
    assert monitor.told["actions"] == ["resume", "cancel"]
    assert 0 < monitor.told["fraction"] < 1

    again = watch(monitor.run.path.name)  # as after a restart of the kernel
    ended(again)
    assert again.rows == monitor.rows

    monitor.asked({"ask": "resume"})
    until(lambda: monitor.told["state"] == "Running" and monitor.rows["Initial residuals"] > stopped + 20)
    until(lambda: again.told["state"] == "Running" and again.rows["Initial residuals"] > stopped)  # asked by another
    again.close()
    again.wait(30)
    monitor.asked({"ask": "cancel"})
    until(lambda: monitor.told["state"] == "Cancelled")
    ended(monitor)
    assert "flowcfd-doze" in [one.name for one in threading.enumerate()]
    times = monitor._follower.groups["residuals"].history.rows[:, 0]
    np.testing.assert_allclose(np.diff(times), 1e-3, rtol=1e-5)  # none twice, none left out where it was resumed
    monitor.close()
    until(lambda: "flowcfd-doze" not in [one.name for one in threading.enumerate()])


def test_a_run_that_diverges_says_why_and_what_helps(home: Path) -> None:
    fast = {"lid": fc.Wall(velocity=("500 m/s", 0, 0)), "walls": fc.Wall()}
    case = plain("5 s", boundaries=fast, physics=fc.Incompressible(fluid=fc.Fluid(nu=1e-6)))
    monitor = ended(watch(jobs.run(case)))
    assert monitor.told["state"] == "Failed"
    assert monitor.told["fault"]["cause"]
    assert monitor.told["fault"]["mend"]
    assert "retry" in monitor.told["actions"]
    monitor.close()


def test_a_study_is_watched_by_its_name_with_points_as_labels(home: Path) -> None:
    case = plain("0.05 s", outputs=())
    study = fc.Study(case, {"physics.fluid.nu": [1e-3, 2e-3]}, design="list", name="thick")
    study.run()
    monitor = ended(watch("thick"))
    assert [row["label"] for row in monitor.overview["rows"]] == ["0: nu 0.001", "1: nu 0.002"]
    assert {row["state"] for row in monitor.overview["rows"]} == {"Done"}
    monitor.close()


def test_what_is_no_run_is_said_in_one_line(home: Path) -> None:
    with pytest.raises(UnknownName, match="run"):
        watch("nothing")
    with pytest.raises(CaseError, match=r"fc\.run"):
        watch(3)  # type: ignore[arg-type]
