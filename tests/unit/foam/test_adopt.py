import gzip
import os

import pytest

from flowcfd.errors import CaseError
from flowcfd.foam.adopt import LARGEST_TEXT, adopt
from flowcfd.foam.casefiles import Blob
from flowcfd.foam.steps import steps

HEAD = "FoamFile { version 2.0; format ascii; class dictionary; object d; }\n"


def put(root, files):
    for path, content in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode("latin-1"))
    return root


@pytest.fixture
def case(tmp_path):
    return put(
        tmp_path / "duct",
        {
            "system/controlDict": HEAD + "application icoFoam;\nstartTime 0;\n",
            "system/blockMeshDict": HEAD,
            "0/U": HEAD,
            "constant/transportProperties": HEAD,
        },
    )


def test_all_files_of_the_case_are_taken_and_named_after_the_directory(case):
    adopted = adopt(case)
    assert list(adopted) == ["0/U", "constant/transportProperties", "system/blockMeshDict", "system/controlDict"]
    assert adopted.name == "duct"
    assert adopt(str(case)).digest == adopted.digest


def test_output_of_earlier_runs_is_left_out(case):
    before = adopt(case).digest
    put(
        case,
        {
            "0.5/U": HEAD,
            "100/U": HEAD,
            "processor0/0/U": HEAD,
            "postProcessing/forces/0/force.dat": "",
            "log.icoFoam": "",
            ".git/config": "",
        },
    )
    assert adopt(case).digest == before


def test_the_time_that_the_case_starts_from_is_kept(case):
    put(case, {"10/U": HEAD, "20/U": HEAD, "system/controlDict": HEAD + "application icoFoam; startFrom latestTime;"})
    adopted = adopt(case)
    assert "20/U" in adopted
    assert "10/U" not in adopted


@pytest.mark.parametrize("word", ["latestTime", "firstTime", "startTime; startTime 20"])
@pytest.mark.parametrize(("start", "there"), [(0.0, {"0/U"}), (10.0, {"0/U", "10/U"}), (20.0, {"0/U", "20/U"})])
def test_a_case_that_has_run_since_is_had_as_it_was_at_its_start(case, word, start, there):
    control = HEAD + f"application icoFoam; startFrom {word};"
    put(case, {"10/U": HEAD, "20/U": HEAD, "system/controlDict": control})
    assert {path for path in adopt(case, start=start) if path.endswith("/U")} == there


def test_the_first_time_is_kept_where_the_case_starts_from_it(case):
    (case / "0").rename(case / "5")
    put(case, {"10/U": HEAD, "system/controlDict": HEAD + "application icoFoam; startFrom firstTime;"})
    assert [path for path in adopt(case) if path.endswith("/U")] == ["5/U"]


def test_initial_fields_in_0_orig_become_0(case):
    (case / "0").rename(case / "0.orig")
    assert "0/U" in adopt(case)
    assert "0.orig/U" not in adopt(case)


def test_compressed_dictionaries_are_unpacked_and_compressed_geometry_is_kept_by_reference(case):
    put(
        case,
        {
            "system/fvSchemes.gz": gzip.compress((HEAD + "a 1;").encode()),
            "constant/triSurface/body.obj.gz": gzip.compress(b"v 0 0 0\n"),
        },
    )
    adopted = adopt(case)
    assert adopted.text("system/fvSchemes") == HEAD + "a 1;"
    assert isinstance(adopted.files["constant/triSurface/body.obj.gz"], Blob)


def test_big_and_binary_files_are_kept_by_reference(case):
    put(case, {"constant/big": b"x" * (LARGEST_TEXT + 1), "constant/binary": b"a\0b"})
    adopted = adopt(case)
    assert isinstance(adopted.files["constant/big"], Blob)
    assert isinstance(adopted.files["constant/binary"], Blob)


def test_a_link_that_leads_round_in_a_circle_is_followed_once(case):
    (case / "constant" / "loop").symlink_to(case, target_is_directory=True)
    assert "0/U" in adopt(case)


def test_a_link_to_nothing_is_named(case):
    (case / "constant" / "gone").symlink_to(case / "nothing")
    with pytest.raises(CaseError, match="gone: a link to nothing"):
        adopt(case)


@pytest.mark.skipif(os.getuid() == 0, reason="root can read everything")
def test_an_unreadable_file_is_named(case):
    (case / "0" / "U").chmod(0)
    with pytest.raises(CaseError, match="U: cannot be read"):
        adopt(case)


def test_a_directory_that_is_no_case_is_refused(tmp_path):
    with pytest.raises(CaseError, match=r"not an OpenFOAM case, system/controlDict is missing"):
        adopt(tmp_path)
    with pytest.raises(CaseError, match="no such directory"):
        adopt(tmp_path / "nothing")


def test_steps_follow_from_the_files(case):
    put(case, {"system/setFieldsDict": HEAD, "system/snappyHexMeshDict": HEAD})
    assert steps(adopt(case)) == ("blockMesh", "snappyHexMesh -overwrite", "setFields", "icoFoam")


def test_a_mesh_that_is_there_is_not_made_again(case):
    put(case, {"constant/polyMesh/points": HEAD, "system/setFieldsDict": HEAD})
    assert steps(adopt(case)) == ("setFields", "icoFoam")


def test_named_steps_win(case):
    assert steps(adopt(case, steps=["blockMesh", "potentialFoam  -writephi", "icoFoam"])) == (
        "blockMesh",
        "potentialFoam -writephi",
        "icoFoam",
    )


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("-rf x", "must begin with the name"),
        ("../evil", "must begin with the name"),
        ("", "must begin with the name"),
        ("icoFoam 'a", "No closing quotation"),
        ("icoFoam -case /etc", "leave -case and -parallel out"),
    ],
)
def test_a_step_that_is_no_application_is_refused(case, step, message):
    put(case, {})
    with pytest.raises(CaseError, match=message):
        steps(adopt(case, steps=[step, "icoFoam"]))


def test_what_cannot_be_guessed_is_asked_for(case):
    put(case, {"constant/regionProperties": HEAD})
    with pytest.raises(CaseError, match="several regions needs its steps"):
        steps(adopt(case))
    (case / "constant/regionProperties").unlink()
    (case / "system/blockMeshDict").unlink()
    with pytest.raises(CaseError, match="no mesh and no blockMeshDict"):
        steps(adopt(case))
    put(case, {"system/controlDict": HEAD, "system/blockMeshDict": HEAD})
    with pytest.raises(CaseError, match="application must name a solver"):
        steps(adopt(case))
