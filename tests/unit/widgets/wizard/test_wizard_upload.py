"""A file that comes through the page in pieces."""

from __future__ import annotations

from pathlib import Path

from flowcfd.widgets.wizard.upload import Upload


def made(most: int = 100) -> tuple[Upload, list[Path], list[str]]:
    taken: list[Path] = []
    refused: list[str] = []
    return Upload("Take", accept=".stl", largest=most, taken=taken.append, refused=refused.append), taken, refused


def test_pieces_become_the_file() -> None:
    upload, taken, refused = made()
    upload._heard(None, {"do": "begin", "key": "a", "name": "C:\\bodies\\cube.stl", "size": 6}, [])
    upload._heard(None, {"do": "piece", "key": "a", "at": 0}, [memoryview(b"solid")])
    upload._heard(None, {"do": "piece", "key": "old", "at": 5}, [memoryview(b"?")])
    upload._heard(None, {"do": "piece", "key": "a", "at": 4}, [memoryview(b"?")])
    assert not taken
    upload._heard(None, {"do": "piece", "key": "a", "at": 5}, [memoryview(b"\n")])
    (path,) = taken
    assert path.name == "cube.stl"
    assert path.read_bytes() == b"solid\n" and path.parent.stat().st_mode & 0o077 == 0
    assert not refused


def test_another_file_takes_the_place_of_one_that_is_under_way_and_an_empty_one_is_whole() -> None:
    upload, taken, _ = made()
    upload._heard(None, {"do": "begin", "key": "a", "name": "one.stl", "size": 6}, [])
    upload._heard(None, {"do": "begin", "key": "b", "name": "../../two.stl", "size": 0}, [])
    upload._heard(None, {"do": "piece", "key": "a", "at": 0}, [memoryview(b"solid\n")])
    assert [(path.name, path.read_bytes()) for path in taken] == [("two.stl", b"")]


def test_what_is_too_large_is_a_sentence_also_where_the_page_does_not_look() -> None:
    upload, taken, refused = made(1 << 20)
    upload._heard(None, {"do": "large", "name": "huge.stl", "size": 3 << 20}, [])
    upload._heard(None, {"do": "begin", "key": "a", "name": "huge.stl", "size": 3 << 20}, [])
    upload._heard(None, {"do": "piece", "key": "a", "at": 0}, [memoryview(b"solid")])
    said = "huge.stl: 3 MB, but 1 MB go through the page; copy it to this machine and give its path"
    assert refused == [said, said] and not taken
