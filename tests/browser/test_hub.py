"""The real hub: two people log in, work in the OpenFOAM kernel, stay apart; idle servers end and runs go on."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import shot, until
from tests.browser.hubs import Hub, hub, hub_page, processes_of, running  # noqa: F401

import flowcfd as fc
from flowcfd.foam.casefiles import CaseFiles

pytestmark = pytest.mark.browser

DASHBOARD = """\
import flowcfd as fc
run = fc.run(fc.adopt("cavity"))
run.wait()
page = fc.dashboard(run, height=620)
page
"""


def test_two_people_work_in_it_and_stay_apart(hub: Hub, hub_page, cavity) -> None:  # noqa: F811
    ada, bob = hub_page(), hub_page()
    hub.try_login(ada, "ada", "a wrong password")
    expect(ada.get_by_text("Invalid username or password")).to_be_visible()
    shot(ada, "hub-login")
    hub.login(ada, "ada")
    ada.get_by_text("OpenFOAM (Python 3)").first.wait_for()
    shot(ada, "hub-lab")
    assert hub.home("ada").stat().st_mode & 0o777 == 0o700
    assert {path.name for path in (hub.home("ada") / "notebooks").iterdir()} >= {"01_cavity.ipynb"}
    cavity().write(hub.home("ada") / "cavity")
    book = hub.open(
        ada, "ada", "%%foam cavity\nblockMesh", DASHBOARD, "import os; print(page.where['port'], os.environ)"
    )
    book.run()
    assert "Writing polyMesh" in book.text(0), book.text(0)
    assert f"'FLOWCFD_HOME': '{hub.home('ada')}/flowcfd'" in book.text(2)
    assert "labconfig" in book.text(2)
    # What a process of her kernel serves on the loopback reaches her page, and the socket of its page too.
    framed = book.output(1).frame_locator("iframe")
    framed.get_by_text("1 row: 1 done").wait_for()
    framed.locator(".tabulator-row").get_by_text("cavity").wait_for()
    shot(ada, "hub-dashboard")
    behind = f"{hub.server('ada')}proxy/{book.text(2).split()[0]}/"
    assert "<h1>cavity</h1>" in ada.request.get(behind).text()
    refuses_others(hub, bob, behind)


def refuses_others(hub: Hub, bob: Page, behind: str) -> None:  # noqa: F811
    """Neither a stranger nor another user reaches what is ada's."""
    server = hub.server("ada")
    assert "/hub/login" in bob.request.get(behind).url
    hub.try_login(bob, "bob", "of these tests only")
    bob.wait_for_url("**/user/bob/**", wait_until="commit")
    for address in (behind, f"{server}lab", f"{server}files/here.ipynb"):
        answer = bob.request.get(address)
        assert answer.status == 403, f"{address}: {answer.status}"
    assert bob.request.get(f"{server}api/contents").status == 403
    # Without the token of the page no request of another site changes anything (XSRF).
    assert bob.request.post(f"{hub.address}/hub/api/users/bob/tokens", data={}).status == 403
    assert bob.request.delete(f"{hub.address}/hub/api/users/ada/server").status in (403, 404)


def test_an_idle_server_ends_and_its_run_goes_on(place: Path, environment, hub_page, slow_cavity) -> None:  # noqa: F811
    files: CaseFiles = slow_cavity(steps=20000)
    with running(place / "culled", environment, culling={"idle": "8 s", "every": 1}) as hub:  # noqa: F811
        page = hub_page()
        hub.login(page, "eve")
        files.write(hub.home("eve") / "case")
        book = hub.open(page, "eve", "import flowcfd as fc", "run = fc.run(fc.adopt('case')); print(run.path)")
        book.run()
        run = fc.open(Path(book.text(1).strip().splitlines()[-1]))
        page.context.close()  # whoever looks at Lab uses it
        until(lambda: "Culling server eve" in hub.log.read_text(), say=lambda: hub.log.read_text()[-3000:])
        until(lambda: not processes_of(str(hub.home("eve") / "flowcfd")) - workers(run))
        steps = len(fc.results(run, wait=False).residuals)
        until(lambda: len(fc.results(run, wait=False).residuals) > steps)
        assert run.state == "Running"
    assert run.state == "Running"  # nor does it belong to the hub
    run.cancel()
    until(lambda: run.state == "Cancelled")
    until(lambda: not processes_of(str(place / "culled")))  # the worker writes its end before it goes


def workers(run: fc.Run) -> set[int]:
    """The processes of a run: its worker and what that started."""
    return processes_of(f"FLOWCFD_RUN={run.record.uid}") | processes_of(str(run.path))
