"""Dictionaries beside foamlib: the mean time per example file, and the shape on which other parsers blow up."""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flowcfd.bench.measure import cost, peer_json, peer_python
from flowcfd.bench.row import Row
from flowcfd.errors import DictionaryError, SiteError
from flowcfd.foam import dictionary, install

LIMIT = 5.0  # [s] of CPU that the peer gets per file; a file that takes longer counts as this
SMALL = 20_000  # bytes; larger files hold fields and meshes, which have a benchmark of their own
PEER = """
import json, signal, sys, time
from foamlib import FoamFile

class Long(Exception):
    pass

def stop(*_):
    raise Long

def load(path):
    file = FoamFile(path)
    list(file)
    return file.as_dict()

limit, names = float(sys.argv[1]), open(sys.argv[2]).read().splitlines()
signal.signal(signal.SIGPROF, stop)
load(names[0])  # what is imported and compiled on first use
times, failed, long = [], 0, 0
for name in names:
    start = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, limit)
    try:
        load(name)
    except Long:
        long += 1
    except Exception:
        failed += 1
    signal.setitimer(signal.ITIMER_PROF, 0)
    times.append(min(time.process_time() - start, limit))
print(json.dumps({"mean": sum(times) / len(times), "failed": failed, "long": long}))
"""


def run(*, quick: bool = False) -> list[Row]:
    """Rows for the examples of the installed OpenFOAM, and for synthetic blocks."""
    with tempfile.TemporaryDirectory() as folder:
        rows = [_blocks(Path(folder), 5 if quick else 20), _forty_blocks()]
        try:
            examples = install.find().examples
        except SiteError as error:
            return [*rows, _absent(str(error))]
        if examples is None:
            return [*rows, _absent("OpenFOAM's examples are not installed (apt-get install openfoam-examples)")]
        files = _files(examples)
        return [*_mean(files, Path(folder), 16 if quick else 4, 1 if quick else 3), _share(files), *rows]


def _absent(why: str) -> Row:
    return Row(name="read an example file, mean", ours=0.0, unit="ms", note=f"not measured: {why}")


def _files(examples: Path) -> dict[Path, int]:
    """All example files with a FoamFile header, with their sizes; without m4 templates and OpenFOAM's broken ones."""
    found = {}
    for path in sorted(examples.rglob("*")):
        if path.is_file() and ".m4" not in path.suffixes and not path.name.startswith(("fatal-", "missed-")):
            content = _content(path)
            if b"FoamFile" in content[:3000]:
                found[path] = len(content)
    return found


def _content(path: Path) -> bytes:
    content = path.read_bytes()
    return gzip.decompress(content) if path.suffix == ".gz" else content


def _mean(files: dict[Path, int], folder: Path, step: int, repeats: int) -> list[Row]:
    """Mean time per small file, the tree alone and with all values read, over every `step`-th of them.

    The peer's mean lives from a few files on which it takes seconds: a small sample would miss them.
    """
    sample = [path for path, size in files.items() if size <= SMALL][::step]
    (folder / "names").write_text("\n".join(map(str, sample)))
    ours: list[tuple[float, float]] = []
    peers: list[dict[str, Any]] = []
    for _ in range(repeats):
        ours.append((cost(lambda: _each(sample, _read)), cost(lambda: _each(sample, _read_all))))
        if peer := peer_json("foamlib", PEER, [str(LIMIT), str(folder / "names")]):
            peers.append(peer)
    theirs = min(peer["mean"] for peer in peers) * 1e3 if peers else None
    failures = "foamlib failed on {failed}, ran out of time on {long}"
    note = f"{len(sample)} files, {failures.format(**peers[0]) if peers else 'no foamlib'}"
    means = [min(times) / len(sample) * 1e3 for times in zip(*ours, strict=True)]
    names = ("read an example file, mean", "read an example file with all values, mean")
    return [
        Row(name=name, ours=mean, unit="ms", peer_name="foamlib", peer=theirs, goal=goal, note=note)
        for name, mean, goal in zip(names, means, (1 / 20, None), strict=True)
    ]


def _share(files: dict[Path, int]) -> Row:
    """The share of all example files that is read and comes out byte for byte."""
    kept = 0
    for path in files:
        text = _content(path).decode("latin-1")
        try:
            kept += dictionary.parse(text).text() == text
        except DictionaryError:
            continue
    share = kept / len(files)
    note = f"{kept} of {len(files)} files"
    return Row(
        name="example files read, byte for byte",
        ours=share,
        unit="",
        goal=0.999,
        more_is_better=True,
        absolute=True,
        note=note,
    )


def _blocks(folder: Path, count: int) -> Row:
    """Multi-graded blocks beside foamlib, whose time grows with their square."""
    file = folder / "blockMeshDict"
    file.write_text(_graded(count))
    (folder / "blocks").write_text(str(file))
    ours = min(cost(lambda: _each([file] * 100, _read_all)) for _ in range(3)) / 100 * 1e3
    peer = peer_json("foamlib", PEER, ["60", str(folder / "blocks")]) if peer_python("foamlib") else None
    return Row(
        name=f"{count} multi-graded blocks",
        ours=ours,
        unit="ms",
        peer_name="foamlib",
        peer=peer["mean"] * 1e3 if peer else None,
        goal=1 / 2000 if count >= 20 else None,
        note="" if peer else "no foamlib",
    )


def _forty_blocks() -> Row:
    text = _graded(40)
    ours = min(cost(lambda: [dictionary.parse(text).to_dict() for _ in range(20)]) for _ in range(3)) / 20 * 1e3
    return Row(name="40 multi-graded blocks", ours=ours, unit="ms", goal=20.0, absolute=True, note="all values read")


def _graded(count: int) -> str:
    block = "    hex (0 1 2 3 4 5 6 7) (10 2 3) simpleGrading (1 ((2 3 4) (4 5 6)) 1)\n"
    head = "FoamFile { version 2.0; format ascii; class dictionary; object blockMeshDict; }\n"
    return f"{head}blocks\n(\n{block * count});\n"


def _each(files: list[Path], work: Callable[[Path], object]) -> None:
    for file in files:
        work(file)


def _read(file: Path) -> list[str]:
    return dictionary.read(file).keys()


def _read_all(file: Path) -> object:
    try:
        return dictionary.read(file).to_dict()
    except DictionaryError:  # a value that needs code, or a macro of a file that this one is meant for
        return None
