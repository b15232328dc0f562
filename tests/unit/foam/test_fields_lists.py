"""List files: points, faces, owner, labels, boundaryData."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from flowcfd.errors import DictionaryError
from flowcfd.foam.fields import Arch, Faces, read_list, write_list

FACES = Faces(np.array([0, 4, 7, 7, 12]), np.array([0, 1, 2, 3, 9, 8, 7, 1, 3, 5, 7, 11]))


@pytest.mark.parametrize("count", [0, 1, 5, 40_000])
@pytest.mark.parametrize("format", ["ascii", "binary"])
@pytest.mark.parametrize("compress", [False, True])
def test_lists_come_back_as_they_were(tmp_path: Path, count: int, format: str, compress: bool) -> None:
    random = np.random.default_rng(3)
    for values in (
        random.standard_normal((count, 3)),
        random.standard_normal(count),
        random.integers(0, 2**31 - 1, count),
    ):
        write_list(tmp_path / "list", values, format=format, compress=compress)  # type: ignore[arg-type]
        back = read_list(tmp_path / "list")
        assert isinstance(back, np.ndarray) and back.shape == values.shape
        assert np.array_equal(back, values)


def test_lists_are_large_labels_where_the_arch_says_so(tmp_path: Path) -> None:
    labels = np.array([2**40, 1])
    back = read_list(write_list(tmp_path / "owner", labels, format="binary", arch=Arch(label=64)))
    assert isinstance(back, np.ndarray) and back.dtype == np.int64 and back.tolist() == labels.tolist()


@pytest.mark.parametrize("format", ["ascii", "binary"])
def test_faces_of_different_sizes_come_back(tmp_path: Path, format: str) -> None:
    path = write_list(tmp_path / "faces", FACES, format=format)  # type: ignore[arg-type]
    back = read_list(path)
    assert isinstance(back, Faces)
    assert [face.tolist() for face in back] == [[0, 1, 2, 3], [9, 8, 7], [], [1, 3, 5, 7, 11]]
    assert back.sizes.tolist() == [4, 3, 0, 5] and back[-1].tolist() == [1, 3, 5, 7, 11]
    assert (b"faceCompactList" in path.read_bytes()) == (format == "binary")
    with pytest.raises(IndexError, match="face 4 of 4"):
        back[4]


def test_many_faces_come_back(tmp_path: Path) -> None:
    sizes = np.random.default_rng(4).integers(3, 7, 30_000)
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    faces = Faces(offsets, np.arange(offsets[-1]) % 977)
    back = read_list(write_list(tmp_path / "faces", faces))
    assert isinstance(back, Faces)
    assert np.array_equal(back.offsets, offsets) and np.array_equal(back.labels, faces.labels)


def test_no_faces_come_back(tmp_path: Path) -> None:
    none = Faces(np.zeros(1, np.int64), np.empty(0, np.int64))
    for format in ("ascii", "binary"):
        assert len(read_list(write_list(tmp_path / "faces", none, format=format))) == 0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("(\n(0 1 2)\n(3 4 5)\n)\n", (2, 3)),
        ("2\n(\n(0 1 2)\n(3 4 5)\n)\n", (2, 3)),
        ("// first\n2 // two\n(\n// x\n(0 1 2) // a\n(3 4 5)\n\n)\n\n// **** //\n", (2, 3)),
        ("2((0 1 2 3 4 5) (0 1 2 3 4 5))", (2, 6)),
        ("3\n(\n1\n// maxz\n2\n3\n)\n// *** //\n", (3,)),
        ("(1 2 3)", (3,)),
        ("4{0}", (4,)),
    ],
)
def test_boundary_data_without_a_head_shows_its_element(tmp_path: Path, text: str, shape: tuple[int, ...]) -> None:
    (tmp_path / "data").write_text(text)
    found = read_list(tmp_path / "data")
    assert isinstance(found, np.ndarray) and found.shape == shape and found.dtype == np.float64


def test_the_element_of_a_file_without_a_head_can_be_told(tmp_path: Path) -> None:
    (tmp_path / "labels").write_text("3(1 2 3)")
    found = read_list(tmp_path / "labels", "label")
    assert isinstance(found, np.ndarray) and found.dtype == np.int64


def test_the_average_before_boundary_data_is_passed_over(tmp_path: Path) -> None:
    head = "FoamFile { version 2.0; format ascii; class vectorAverageField; object values; }\n"
    (tmp_path / "U").write_text(head + "// Average\n(0 0 0)\n\n// Data\n2((1 2 3)(4 5 6))\n")
    found = read_list(tmp_path / "U")
    assert isinstance(found, np.ndarray) and found.tolist() == [[1, 2, 3], [4, 5, 6]]


@pytest.mark.parametrize(
    ("cls", "text", "said"),
    [
        ("labelList", "3(1 2 x)", "3:7: 'x' is no number"),
        ("labelList", "3(1 2 2.5)", "'2.5' is no number"),
        ("labelList", "3(1 2)", "list has 2 entries; expected 3"),
        ("vectorField", "(0 0 0)", "no vector"),
        ("faceList", "2(3(0 1 2) 4(0 1 2))", "another number of labels"),
        ("faceList", "3(3(0 1 2) 3(0 1 2))", "list has 2 entries; expected 3"),
        ("faceList", "1(3(0 y 2))", "'y' is no number"),
        ("faceList", "", "no list of faces"),
        ("faceCompactList", "3(0 3 6)\n5(1 2 3 4 5)", "offsets end at 6; expected 5"),
        ("polyBoundaryMesh", "0()", "class 'polyBoundaryMesh' is no list of numbers"),
        ("", "hello", "no list; expected a size and '('"),
        ("", "2((1 2)(3 4))", "entry of 2 numbers; expected 3 (vector)"),
    ],
)
def test_what_is_no_list_is_named_with_its_place(tmp_path: Path, cls: str, text: str, said: str) -> None:
    head = f"FoamFile {{ version 2.0; format ascii; class {cls}; object x; }}\n\n" if cls else ""
    (tmp_path / "x").write_text(head + text)
    with pytest.raises(DictionaryError) as caught:
        read_list(tmp_path / "x")
    assert said in str(caught.value)
