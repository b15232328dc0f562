"""The catalogue of failures as data."""

from __future__ import annotations

import re
import string
import tomllib
from pathlib import Path

import pytest

from flowcfd.foam import faults
from flowcfd.foam.faults import cause, entries
from flowcfd.foam.faults.entries import Entry

CATALOGUE = list(faults.catalogue().values())
ALWAYS = {"file", "entry", "object", "said"}
"""What the templates of a FATAL ERROR may name besides the groups of its pattern."""
NUMBERS = {"what", "where", "when", "reason", "grown", "then", "before", "less", "field", "time", "courant"}
"""What those of a floating point exception may."""


def named(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_it_is_large_and_names_nothing_twice() -> None:
    raw = tomllib.loads(Path(entries.__file__).with_name("catalogue.toml").read_text())["fault"]
    assert len({entry["name"] for entry in raw}) == len(raw) > 100


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.name)
def test_an_entry_is_complete_and_its_templates_can_be_filled(entry: Entry) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", entry.name)
    assert entry.on in ("fatal", "text", "stack", "warning", "state") and bool(entry.pattern) == (entry.on != "state")
    assert entry.example and entry.cause and not entry.cause.endswith(".")
    groups = set(re.compile(entry.pattern).groupindex)
    known = groups | {"fatal": ALWAYS, "stack": NUMBERS}.get(entry.on, set())
    known |= NUMBERS if entry.kind == "diverged" else set()
    if entry.on != "state":
        assert named(entry.cause) | named(entry.mend) | named(entry.file) | named(entry.exists) <= known
    assert entry.on != "fatal" or entry.mend or "name" in groups, "neither a mend nor a name to look up"


def unknown(names: list[str]) -> str:
    listed = "\n".join(names)
    return (
        "--> FOAM FATAL IO ERROR: \nUnknown RASModel type kEpsilo\n\nValid RASModel types :\n\n"
        f"{len(names)}\n(\n{listed}\n)\n\n\nfile: constant/turbulenceProperties.RAS at line 5.\n\nFOAM exiting\n"
    )


def test_an_unknown_name_gets_the_nearest_first_and_long_lists_stay_short() -> None:
    fault = cause(1, unknown([f"model{number}" for number in range(500)] + ["kEpsilon"]))
    assert fault.valid[0] == "kEpsilon" and len(fault.valid) == 501
    assert fault.mend.startswith("did you mean kEpsilon? the nearest of 501 are: kEpsilon, ") and len(str(fault)) < 300


def test_a_short_list_is_told_in_full_and_nothing_is_guessed_that_is_not_near() -> None:
    assert cause(1, unknown(["kE", "xyz"])).mend == "there are: kE, xyz"


def test_an_entry_for_another_fork_needs_its_file(tmp_path: Path) -> None:
    text = f'--> FOAM FATAL ERROR: \ncannot find file "{tmp_path}/constant/turbulenceProperties"\n\nFOAM exiting\n'
    assert cause(1, text, case=tmp_path).name == "file-missing"
    (tmp_path / "constant").mkdir()
    (tmp_path / "constant" / "momentumTransport").touch()
    assert cause(1, text, case=tmp_path).name == "foundation-turbulence-properties"


def test_braces_in_what_was_caught_are_no_templates() -> None:
    text = '--> FOAM FATAL IO ERROR: \nIllegal dictionary entry or environment variable name "{x}{}"\nFOAM exiting\n'
    assert cause(1, text).message == "${x}{} is not defined"


def test_a_failure_that_is_not_in_it_keeps_the_words_of_the_application() -> None:
    fault = cause(1, "--> FOAM FATAL ERROR: \nSomething nobody has met\n\nFOAM exiting\n")
    assert (fault.name, fault.kind, fault.message) == ("", "fatal", "Something nobody has met")
