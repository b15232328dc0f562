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


def test_a_finished_run_is_shown_with_every_row_and_its_verdict(home: Path) -> None:
    run = jobs.run(plain("0.5 s"))
    run.wait(60)
    res = fc.results(run)
    monitor = ended(watch(run))
    assert monitor.rows["Initial residuals"] == len(res.residuals) == 500
    assert monitor.rows["lid: forces"] == len(res.forces("lid"))
    assert monitor.rows["probes: U"] == len(res.probes())
    groups = monitor._follower.groups
    [forces] = [group for group in groups.values() if group.title == "lid: forces"]
    assert forces.columns == ["Fx", "Fy", "Fz"]
    assert forces.unit == "N"
    np.testing.assert_allclose(forces.history.rows[:, 1], res.forces("lid").Fx.to_numpy())
    np.testing.assert_allclose(groups["residuals"].history.rows[:, 1:], res.residuals.to_numpy())
    assert monitor.told["state"] == "Done"
    assert monitor.told["verdict"]["colour"] == res.verdict.colour
    assert monitor.told["x"] == "time [s]"
    assert [band["column"] for band in monitor.bands if band["ok"]]
    assert monitor.picture.startswith(b"\x89PNG")
    monitor.close()


def test_what_comes_before_show_and_after_is_in_the_state_that_a_new_page_gets(home: Path, until: Until) -> None:
    monitor = watch(jobs.run(plain("60 s")))
    until(lambda: monitor.rows.get("Initial residuals", 0) > 50)
    state = monitor.get_state()["start_rows"]
    [residuals] = [group for group in state["groups"] if group["key"] == "residuals"]
    rows = np.frombuffer(residuals["data"]).reshape(-1, 1 + len(residuals["columns"]))
    assert len(rows) == residuals["count"] > 50
    np.testing.assert_allclose(np.diff(rows[:, 0]), 1e-3, rtol=1e-6)
    monitor.asked({"ask": "stop"})
    until(lambda: monitor.told["state"] == "Stopped")
    ended(monitor)
    stopped = monitor.rows["Initial residuals"]
    assert monitor.told["actions"] == ["resume", "cancel"]
    assert 0 < monitor.told["fraction"] < 1

    again = watch(monitor.run.path.name)  # as after a restart of the kernel
    ended(again)
    assert again.rows == monitor.rows
    again.close()

    monitor.asked({"ask": "resume"})
    until(lambda: monitor.told["state"] == "Running" and monitor.rows["Initial residuals"] > stopped + 20)
    monitor.asked({"ask": "cancel"})
    until(lambda: monitor.told["state"] == "Cancelled")
    ended(monitor)
    times = monitor._follower.groups["residuals"].history.rows[:, 0]
    np.testing.assert_allclose(np.diff(times), 1e-3, rtol=1e-5)  # none twice, none left out where it was resumed
    monitor.close()


def test_a_run_that_diverges_says_why_and_what_helps(home: Path) -> None:
    fast = {"lid": fc.Wall(velocity=("500 m/s", 0, 0)), "walls": fc.Wall()}
    case = plain("5 s", boundaries=fast, physics=fc.Incompressible(fluid=fc.Fluid(nu=1e-6)))
    monitor = ended(watch(jobs.run(case)))
    assert monitor.told["state"] == "Failed"
    assert monitor.told["fault"]["cause"]
    assert monitor.told["fault"]["mend"]
    assert "retry" in monitor.told["actions"]
    monitor.close()


def test_closing_ends_the_thread_and_not_the_run(home: Path, until: Until) -> None:
    monitor = watch(jobs.run(plain("60 s")))
    until(lambda: monitor.rows.get("Initial residuals", 0) > 0)
    thread = monitor._thread
    run = monitor.run
    monitor.close()
    thread.join(30)
    assert not thread.is_alive()
    assert run.state == "Running"
    run.cancel()


def test_a_log_in_parts_is_followed_to_its_end(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = jobs.run(plain("1 s"))
    run.wait(60)
    log = run.log("icoFoam")
    log.write_bytes(log.read_bytes() + b"x" * (3 << 20) + b"\n")
    follower = follow.Follower(run)
    parts = 0
    while not follower.caught_up or not parts:
        follower.poll()
        parts += 1
    assert parts > 1
    assert follower.groups["residuals"].history.count >= 999


def test_several_runs_are_an_overview_and_one_is_chosen(home: Path, until: Until) -> None:
    first, second = (jobs.run(plain(end, name=name)) for end, name in (("0.2 s", "short"), ("0.3 s", "other")))
    monitor = watch([first, second.path.name])
    ended(monitor)
    assert [row["state"] for row in monitor.overview["rows"]] == ["Done", "Done"]
    assert len(monitor.overview["rows"][0]["curve"]) > 3
    assert monitor.run is None
    monitor.asked({"ask": "show", "run": str(second.path)})
    until(lambda: monitor.run is not None and monitor.told.get("state") == "Done")
    ended(monitor)
    assert monitor.rows["Initial residuals"] == 300
    monitor.close()


def test_a_study_is_watched_by_its_name_with_points_as_labels(home: Path) -> None:
    case = plain("0.1 s", outputs=())
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


def test_a_headless_kernel_leaves_a_picture_of_the_end(home: Path, notebook_of: Callable[..., Path]) -> None:
    import nbformat
    import papermill

    run = jobs.run(plain("0.5 s", name="watched"))
    book = notebook_of(
        f"import flowcfd as fc\nfc.watch({str(run.path)!r})", f"fc.results({str(run.path)!r});", tagged=False
    )
    out = book.with_name("out.ipynb")
    papermill.execute_notebook(str(book), str(out), kernel_name="python3", progress_bar=False)
    cell = nbformat.read(out, as_version=4).cells[1]
    [output] = [one for one in cell.outputs if "data" in one]
    assert "Done" in output["data"]["text/plain"]
    assert base64.b64decode(output["data"]["image/png"]).startswith(b"\x89PNG")
