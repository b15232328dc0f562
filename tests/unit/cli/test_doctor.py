from __future__ import annotations

import json
from pathlib import Path

import pytest

from flowcfd.cli import browser, doctor, main
from flowcfd.cli.looked import Check
from flowcfd.errors import SiteError
from flowcfd.foam.install import Installation
from flowcfd.settings import settings


def checks() -> dict[str, Check]:
    return {check.name: check for check in doctor.examine()}


@pytest.fixture
def no_openfoam(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing() -> Installation:
        raise SiteError("OpenFOAM is not installed. Install it: apt-get install openfoam")

    monkeypatch.setattr(doctor.install, "find", nothing)
    monkeypatch.setattr(browser, "DRAW", "")  # a picture takes seconds, and has a test of its own


def test_without_openfoam_doctor_ends_with_3_and_says_what_mends_it(
    no_openfoam: None, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor"]) == 3
    said = capsys.readouterr().out
    assert "MISSING OpenFOAM" in said and "mend it: apt-get install openfoam" in said
    assert "needed part(s) missing" in said
    assert not home.exists()


def test_its_document_tells_the_same(no_openfoam: None, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) == 3
    told = json.loads(capsys.readouterr().out)
    assert told["healthy"] is False
    assert {"name", "good", "found", "needed", "mend"} == set(told["checks"][0])


def test_a_home_that_cannot_be_written_is_missing(
    no_openfoam: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("FLOWCFD_HOME", str(tmp_path / "file/home"))
    settings.cache_clear()
    found = checks()["FLOWCFD_HOME"]
    settings.cache_clear()
    assert not found.good and found.needed and found.mend


def test_a_kernel_of_another_interpreter_is_not_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.spec, "installed", list)
    assert doctor.kernel().mend == "flowcfd kernel install --sys-prefix"
    other = doctor.spec.Installed(tmp_path, "/other/python")
    monkeypatch.setattr(doctor.spec, "installed", lambda: [other])
    assert not doctor.kernel().good and "/other/python" in doctor.kernel().found


def test_an_extension_of_another_version_is_not_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.labextension, "installed", list)
    assert doctor.extension().mend == "flowcfd kernel install --sys-prefix"
    folder = doctor.labextension.install(doctor.labextension.place(prefix=tmp_path))
    monkeypatch.setattr(doctor.labextension, "installed", lambda: [folder])
    assert doctor.extension().good
    (folder / "static/container.js").unlink()
    assert not doctor.extension().good and "another version" in doctor.extension().found


def test_the_parts_for_the_browser_are_named_and_none_is_needed_for_a_run() -> None:
    found = list(browser.browser())
    assert [one.name for one in found] == ["view proxy", "widgets", "scripts", "live views", "drawing"]
    assert [one.found for one in found if not one.good] == []
    assert not any(one.needed for one in found)
    assert "jupyter-server-proxy" in found[0].found


def test_a_proxy_that_is_absent_or_not_enabled_is_told_with_its_mend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import jupyter_core.paths

    monkeypatch.setattr(jupyter_core.paths, "jupyter_config_path", lambda: [str(tmp_path)])
    assert not browser.proxy().good
    assert browser.proxy().mend == "jupyter server extension enable jupyter_server_proxy --sys-prefix"
    (tmp_path / "jupyter_server_config.d").mkdir()
    (tmp_path / "jupyter_server_config.d/own.json").write_text(
        '{"ServerApp": {"jpserver_extensions": {"jupyter_server_proxy": true}}}'
    )
    assert browser.proxy().good
    (tmp_path / "jupyter_server_config.json").write_text(
        '{"ServerApp": {"jpserver_extensions": {"jupyter_server_proxy": false}}}'
    )
    assert not browser.proxy().good  # the user's own word stands above that of packages
    monkeypatch.setattr(browser, "_version", lambda _: "")
    assert browser.proxy().mend == "pip install jupyter-server-proxy"


def test_widgets_scripts_and_views_that_are_absent_are_told_with_their_mends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "STATIC", ("absent.js",))
    assert not browser.scripts().good and "absent.js" in browser.scripts().found and browser.scripts().mend
    monkeypatch.setattr(browser, "WIDGETS", {"no-such-extension": "no-such-package"})
    assert browser.widgets().mend == "pip install --force-reinstall no-such-package"
    monkeypatch.setattr(browser, "VIEWS", ("trame", "no-such-package"))
    assert browser.views().mend == "pip install no-such-package"


def test_a_machine_that_cannot_draw_is_told_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "DRAW", "raise OSError('libGL.so.1: cannot open shared object file')")
    assert "libGL.so.1" in browser.drawing().found and browser.drawing().mend.startswith("apt-get install")
    monkeypatch.setattr(browser, "DRAW", "import os; os.kill(os.getpid(), 11)")
    assert "exit code -11" in browser.drawing().found


def test_little_space_and_missing_examples_only_warn(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "LEAST_SPACE", 1e30)
    assert (doctor.space().good, doctor.space().needed) == (False, False)


def test_missing_applications_are_named(tmp_path: Path) -> None:
    root = tmp_path / "usr/share/openfoam"
    listed = tmp_path / "var/lib/dpkg/info/openfoam.list"
    listed.parent.mkdir(parents=True)
    listed.write_text("/usr/bin/blockMesh\n/usr/bin/icoFoam\n")
    found = doctor.applications(Installation(root, "1912", tmp_path))
    assert not found.good and "simpleFoam" in found.found and "icoFoam" not in found.found
