"""A bundle is the same bytes each time, and gives back what went in."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from flowcfd.archive.bundle import LEAST_PART, MOST_PARTS, Bundle, File, part_size, size, unpack
from flowcfd.errors import RunError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "run"
    (made / "case/0").mkdir(parents=True)
    (made / "case/0/U").write_bytes(os.urandom(3_000_000))
    (made / "case/empty").write_text("")
    (made / "case/ünïcode name").write_text("ü")
    (made / "case" / ("long" * 40)).write_text("a long name")
    (made / "case/link").symlink_to("0/U")
    script = made / "case/Allrun"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    for name in ("lock", "worker.lock", "reserve"):
        (made / name).write_text("of the moment")
    return made


def packed(folder: Path) -> tuple[bytes, Bundle]:
    bundle = Bundle(folder)
    return b"".join(bundle.parts(1_000_000)), bundle


def unpacked(content: bytes, bundle: Bundle, to: Path) -> Path:
    to.mkdir()
    for _ in unpack(io.BytesIO(content), to, {file.path: file for file in bundle.files}):
        pass
    return to


def test_all_files_come_back_with_their_bytes_rights_and_links(folder: Path, tmp_path: Path) -> None:
    back = unpacked(*packed(folder), tmp_path / "back")
    for path in folder.rglob("*"):
        there = back / path.relative_to(folder)
        if path.name in ("lock", "worker.lock", "reserve"):
            assert not there.exists()
        elif path.is_file():
            assert there.read_bytes() == path.read_bytes()
    assert os.access(back / "case/Allrun", os.X_OK)
    assert (back / "case/link").readlink() == Path("0/U")


def test_the_same_folder_gives_the_same_bytes(folder: Path) -> None:
    (first, bundle), (second, _) = packed(folder), packed(folder)
    assert first == second
    assert bundle.size == len(first)
    assert size(folder) == sum(file.size for file in bundle.files)


def test_tar_and_zstd_of_the_system_read_it(folder: Path) -> None:
    import tarfile

    import pyarrow as pa

    content, bundle = packed(folder)
    raw = pa.CompressedInputStream(pa.BufferReader(content), "zstd").read()
    with tarfile.open(fileobj=io.BytesIO(raw)) as tar:
        assert {info.name for info in tar if info.isreg()} == {file.path for file in bundle.files}


def test_a_file_never_lies_in_memory_whole(folder: Path) -> None:
    parts = list(Bundle(folder).parts(100_000))
    assert {len(part) for part in parts[:-1]} == {100_000}
    assert len(parts) > 25


def test_a_link_out_of_the_folder_becomes_what_it_stands_for(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "mesh").write_text("points")
    (folder / "case/points").symlink_to(tmp_path / "mesh")
    back = unpacked(*packed(folder), tmp_path / "back")
    assert not (back / "case/points").is_symlink()
    assert (back / "case/points").read_text() == "points"


def test_a_link_to_a_folder_outside_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (folder / "case/elsewhere").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RunError, match="a link to a folder outside"):
        packed(folder)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda content, files: (content, {**files, "case/0/U": File("case/0/U", 3_000_000, "0" * 64)}), "changed"),
        (lambda content, files: (content, {**files, "gone": File("gone", 1, "0" * 64)}), "lacks 1 files"),
        (lambda content, files: (content, {}), "the manifest does not"),
        (lambda content, files: (content[: len(content) // 2], files), "cannot be unpacked"),
        (lambda content, files: (content[:5000] + b"x" * 100 + content[5100:], files), "cannot be unpacked|changed"),
    ],
)
def test_a_bundle_that_is_not_what_was_archived_is_refused(
    folder: Path, tmp_path: Path, spoil: Callable[..., tuple[bytes, dict[str, File]]], says: str
) -> None:
    content, bundle = packed(folder)
    content, wanted = spoil(content, {file.path: file for file in bundle.files})
    (tmp_path / "back").mkdir()
    with pytest.raises(RunError, match=says):
        list(unpack(io.BytesIO(content), tmp_path / "back", wanted))


def test_a_bundle_that_would_write_elsewhere_is_refused(tmp_path: Path) -> None:
    import tarfile

    import pyarrow as pa

    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as tar:
        info = tarfile.TarInfo("../outside")
        info.size = 3
        tar.addfile(info, io.BytesIO(b"bad"))
    content = pa.compress(raw.getvalue(), "zstd", asbytes=True)
    (tmp_path / "back").mkdir()
    with pytest.raises(RunError, match="cannot be unpacked"):
        list(unpack(io.BytesIO(content), tmp_path / "back", {"../outside": File("../outside", 3, "0" * 64)}))
    assert not (tmp_path / "outside").exists()


def test_parts_are_so_large_that_ten_thousand_suffice() -> None:
    assert part_size(0) == LEAST_PART
    terabyte = 10**12
    assert terabyte / part_size(terabyte) <= MOST_PARTS
