"""All dictionary-like files of Debian's openfoam-examples: read, kept byte for byte, with the values of OpenFOAM."""

from __future__ import annotations

import gzip
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from flowcfd.errors import DictionaryError
from flowcfd.foam import dictionary, install
from flowcfd.foam.dictionary import Dimensioned, Named, Nonuniform, Tree, Uniform

pytestmark = pytest.mark.flow

HEADER = b"FoamFile"
BROKEN = {  # OpenFOAM's own tests of its parser: foamDictionary refuses all but the last, which it ends reading early
    f"IO/dictionary/{name}.dict"
    for name in (
        "fatal-ending1",
        "fatal-ending2",
        "fatal-ending3",
        "fatal-ending4",
        "fatal-premature-ending1",
        "fatal-premature-ending2",
        "fatal-primitive-ending1",
        "fatal-primitive-ending2",
        "fatal-primitive-ending3",
        "missed-ending3",
    )
}
NEEDS_CODE = ("never executed", "depends on #if")


@dataclass(frozen=True)
class Example:
    """One file of the examples."""

    path: Path
    name: str
    text: str

    @property
    def template(self) -> bool:
        """Whether it is input of m4, which writes the dictionary."""
        return ".m4" in Path(self.name).suffixes

    @property
    def case(self) -> Path:
        """The case it belongs to, where its includes are looked for."""
        for above in self.path.parents:
            if (above / "system").is_dir():
                return above
        return self.path.parent


@cache
def examples(root: Path) -> tuple[Example, ...]:
    """All files with a FoamFile header, unpacked."""
    return tuple(_examples(root))


def _examples(root: Path) -> Iterator[Example]:
    for path in sorted(root.rglob("*")):
        if not path.is_file():
            continue
        content = path.read_bytes()
        content = gzip.decompress(content) if path.suffix == ".gz" else content
        if HEADER in content[:3000]:
            yield Example(path, str(path.relative_to(root)), content.decode("latin-1"))


def test_all_files_are_read_and_kept_byte_for_byte(tutorials: Path) -> None:
    found = examples(tutorials)
    refused = {}
    for example in found:
        try:
            tree = dictionary.parse(example.text, path=example.name)
        except DictionaryError as error:
            refused[example.name] = str(error)
            assert error.line, error
        else:
            assert tree.text() == example.text
    templates = {example.name for example in found if example.template}
    assert set(refused) <= templates | BROKEN, [refused[name] for name in refused.keys() - templates - BROKEN]
    assert set(refused) >= BROKEN
    assert len(found) > 6000
    print(f"{len(found)} files, {len(found) - len(refused)} read, {len(templates)} m4 templates, {len(BROKEN)} broken")


def test_add_followed_by_delete_is_the_identity_everywhere(tutorials: Path) -> None:
    edits = 0
    for example in examples(tutorials)[::15]:
        if example.template or example.name in BROKEN or len(example.text) > 20_000:
            continue
        tree = dictionary.parse(example.text)
        if "FoamFile" not in tree or any(entry.kind == "list" for entry in tree.level.items):
            continue
        blocks = [(name,) for name, entries in tree.level.names.items() if entries[-1].kind == "block"]
        for above in [(), *blocks[:3]]:
            for value in (1, {"inner": {"value": (1, 2)}}):
                added = tree.add((*above, "flowcfdTest"), value)
                assert added.delete((*above, "flowcfdTest")).text() == example.text, (example.name, above)
                edits += 1
    assert edits > 1500


def test_values_are_those_of_foam_dictionary(tutorials: Path) -> None:
    compared, unsure, differing = 0, 0, []
    for example in _sample(tutorials):
        printed = _foam_dictionary(example)
        if printed is None:
            continue
        theirs = _leaves(dictionary.parse(printed))
        ours = _leaves(dictionary.parse(example.text, path=example.path).expanded())
        unsure += sum(value is CODE for value in ours.values())
        names = [name for name in ours.keys() | theirs.keys() if ours.get(name) is not CODE]
        wrong = [name for name in names if not _equal(ours.get(name), theirs.get(name))]
        differing.extend((example.name, name, ours.get(name), theirs.get(name)) for name in wrong)
        compared += len(ours)
    assert not differing
    assert compared > 2000
    print(f"{compared} values equal; {unsure} need code and are reported as such")


CODE = object()


def _sample(root: Path) -> list[Example]:
    """A fixed sample, of files with macros and includes above all."""
    fit = [one for one in examples(root) if not one.template and one.name not in BROKEN and len(one.text) < 20_000]
    lively = [one for one in fit if _lively(one.text)]
    return lively[::24] + [one for one in fit if not _lively(one.text)][::250]


def _lively(text: str) -> bool:
    return "$" in text or "\n#" in text or " #include" in text


def _foam_dictionary(example: Example) -> str | None:
    """What foamDictionary makes of a file; None where it stops (undefined macro, code run as root)."""
    found = install.find()
    done = subprocess.run(
        [found.application("foamDictionary"), str(example.path).removesuffix(".gz"), "-expand", "-precision", "15"],
        cwd=example.case,
        env={**os.environ, **found.environment(case=example.case)},
        capture_output=True,
        timeout=60,
        check=False,
    )
    return None if done.returncode else done.stdout.decode("latin-1")


def _leaves(tree: Tree, above: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    found: dict[tuple[str, ...], Any] = {}
    for name in tree:
        try:
            value = tree[(name,)]
        except DictionaryError as error:
            assert any(reason in str(error) for reason in NEEDS_CODE), error
            found[(*above, name)] = CODE
            continue
        if isinstance(value, Tree):
            found[(*above, name)] = "a dictionary"
            found |= _leaves(value, (*above, name))
        else:
            found[(*above, name)] = _plain(value)
    return found


def _plain(value: Any) -> Any:
    """The value as nested tuples of float and str, without the counts that foamDictionary adds to lists."""
    if isinstance(value, Tree):
        return tuple(sorted(_leaves(value).items(), key=str))
    if isinstance(value, Named):
        return (str(value.name), _plain(value.entries))
    if isinstance(value, Dimensioned):
        return (str(value.name), _plain(value.dimensions), _plain(value.value))
    if isinstance(value, Uniform):
        return ("uniform", _plain(value.value))
    if isinstance(value, Nonuniform):
        return ("nonuniform", _plain(value.values))
    if isinstance(value, tuple):
        counts = [isinstance(after, tuple) and one == len(after) for one, after in pairwise((*value, None))]
        return tuple(_plain(item) for item, count in zip(value, counts, strict=True) if not count)
    return float(value) if isinstance(value, int | float) else str(value)


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= 1e-14 * max(abs(one), abs(other))
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_equal, one, other))
    return bool(one == other)
