import hashlib
import os
from pathlib import Path

import pytest

from flowcfd.errors import CaseError, UnknownName
from flowcfd.foam.casefiles import Blob, CaseFiles

CONTROL = "// a case\napplication     icoFoam;\nendTime         0.5; // s\n"


@pytest.fixture
def casefiles():
    return CaseFiles({"system/controlDict": CONTROL, "0/U": "internalField uniform (0 0 0);\n"}, ("icoFoam",), "cavity")


@pytest.mark.parametrize("path", ["../0/U", "/etc/passwd", "", "a/../../b", "0//U", "./0/U", "0/\0U"])
def test_a_path_that_leaves_the_case_or_is_not_plain_is_refused(path):
    with pytest.raises(CaseError, match="plain relative path inside the case"):
        CaseFiles({path: ""})


def test_a_path_that_is_file_and_folder_at_once_is_refused():
    with pytest.raises(CaseError, match="'system' is a file and, in 'system/controlDict', a folder"):
        CaseFiles({"system": "", "system/controlDict": ""})


def test_it_shows_its_folders_and_not_its_contents(casefiles):
    assert repr(casefiles) == f"<CaseFiles {casefiles.name}: {len(casefiles.files)} files, {casefiles.digest[:12]}>"
    shown = CaseFiles(
        {"0/U": "<secret>", "0/p": "", "system/<b>": ""}, steps=("blockMesh",), name="cavity"
    )._repr_html_()
    assert "0/</th>" in shown and "U, p</td>" in shown and "&lt;b&gt;" in shown and "blockMesh" in shown
    assert "secret" not in shown


def test_the_digest_depends_on_contents_paths_and_steps_but_not_on_order_or_name(casefiles):
    same = CaseFiles(dict(reversed(casefiles.files.items())), casefiles.steps, "another")
    assert same.digest == casefiles.digest
    assert same == casefiles
    assert hash(same) == hash(casefiles)
    for other in (
        casefiles.with_files({"0/U": "internalField uniform (1 0 0);\n"}),
        casefiles.with_files({"0/p": ""}),
        CaseFiles(casefiles.files, ("blockMesh", "icoFoam")),
    ):
        assert other.digest != casefiles.digest


def test_an_edit_changes_only_the_bytes_of_the_value_and_leaves_the_original_alone(casefiles):
    edited = casefiles.edit("system/controlDict", endTime=2)
    assert edited.text("system/controlDict") == CONTROL.replace("0.5", "2")
    assert casefiles.text("system/controlDict") == CONTROL


def test_an_edit_adds_what_is_missing_and_deletes_on_none(casefiles):
    added = casefiles.edit("system/controlDict", writeInterval=20)
    assert "writeInterval" in added.text("system/controlDict")
    assert added.edit("system/controlDict", writeInterval=None).text("system/controlDict") == CONTROL


def test_the_diff_names_files_lines_and_steps(casefiles):
    other = CaseFiles(
        {**casefiles.edit("system/controlDict", endTime=2).files, "0/p": "internalField uniform 0;\n"}, ("pimpleFoam",)
    )
    diff = casefiles.diff(other)
    assert "-endTime         0.5; // s" in diff
    assert "+endTime         2; // s" in diff
    assert "--- /dev/null\n+++ b/0/p" in diff
    assert "-icoFoam\n+pimpleFoam" in diff
    assert casefiles.diff(casefiles) == ""


def test_an_absent_file_is_named_with_those_that_exist(casefiles):
    with pytest.raises(
        UnknownName, match=r"unknown file '0/u'; did you mean '0/U'\? there are: 0/U, system/controlDict"
    ):
        casefiles.text("0/u")


def test_every_byte_survives_writing(tmp_path):
    text = bytes(range(1, 256)).decode("latin-1")
    CaseFiles({"constant/odd": text}).write(tmp_path)
    assert (tmp_path / "constant/odd").read_bytes() == text.encode("latin-1")


def test_a_blob_that_changed_since_it_was_adopted_is_refused(tmp_path):
    source = tmp_path / "body.stl"
    source.write_bytes(b"solid")
    blob = Blob(source, hashlib.sha256(b"solid").hexdigest(), 5)
    casefiles = CaseFiles({"constant/triSurface/body.stl": blob})
    casefiles.write(tmp_path / "once")
    assert (tmp_path / "once/constant/triSurface/body.stl").read_bytes() == b"solid"
    source.write_bytes(b"other")
    with pytest.raises(CaseError, match="changed since the case was adopted"):
        casefiles.write(tmp_path / "twice")


def test_a_durable_case_is_on_the_disk_with_its_folders(tmp_path, casefiles, monkeypatch):
    synced = set()
    real = os.fsync
    monkeypatch.setattr(
        os,
        "fsync",
        lambda descriptor: (synced.add(str(Path(f"/proc/self/fd/{descriptor}").readlink())), real(descriptor)),
    )
    casefiles.write(tmp_path / "case", durable=True)
    everything = {str(path) for path in (tmp_path / "case").rglob("*")} | {str(tmp_path / "case")}
    assert synced == everything
