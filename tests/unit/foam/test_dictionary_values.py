"""Values by type, and where they stand."""

from __future__ import annotations

import pytest

from flowcfd.errors import DictionaryError
from flowcfd.foam import dictionary
from flowcfd.foam.dictionary import Dimensioned, Dimensions, Named, Nonuniform, Quoted, Stream, Uniform, Verbatim, Word


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1", 1),
        ("-3", -3),
        ("1.", 1.0),
        (".47", 0.47),
        ("-.2", -0.2),
        ("1e-05", 1e-5),
        ("2E3", 2000.0),
        ("word", Word("word")),
        ("1_000", Word("1_000")),
        ("0x1F", Word("0x1F")),
        ("nan", Word("nan")),
        ("hePsiThermo<pureMixture<const<a<b>>,c>>", Word("hePsiThermo<pureMixture<const<a<b>>,c>>")),
        ("f((((((((x)),y))))))", Word("f((((((((x)),y))))))")),
        ("constant/polyMesh", Word("constant/polyMesh")),
        ('"a \\"b\\" // c"', Quoted('a "b" // c')),
        ("#{ x; #}", Verbatim(" x; ")),
        ("(1 2.5 a)", (1, 2.5, "a")),
        ("((0 0) ())", ((0, 0), ())),
        ("3(1 2 3)", (1, 2, 3)),
        ("3 (1 2 3)", (1, 2, 3)),
        ("List<scalar> 3(1 2 3)", (1, 2, 3)),
        ("3{0}", (0, 0, 0)),
        ("2{(1 0 0)}", ((1, 0, 0), (1, 0, 0))),
        ("(3 (1 0 0))", (3, (1, 0, 0))),
        ("faces 4(0 1 2 3)", Stream(("faces", (0, 1, 2, 3)))),
        ("Gauss linear 1", Stream(("Gauss", "linear", 1))),
        ("uniform 0", Uniform(0)),
        ("uniform (1 0 0)", Uniform((1, 0, 0))),
        ("nonuniform List<scalar> 2(1 2)", Nonuniform("scalar", (1, 2))),
        ("nonuniform List<scalar>\n2\n(\n1\n2\n)\n", Nonuniform("scalar", (1, 2))),
        ("nonuniform 0()", Nonuniform("", ())),
        ("[0 2 -1 0 0 0 0]", Dimensions(length=2, time=-1)),
        ("[0 2 -1 0 0]", Dimensions(length=2, time=-1)),
        ("[]", Dimensions()),
        ("[0 0.5 0 0 0 0 0]", Dimensions(length=0.5)),
        ("[0 2 -1 0 0 0 0] 1e-05", Dimensioned("", Dimensions(length=2, time=-1), 1e-5)),
        ("nu [m^2/s] 1e-05", Dimensioned("nu", Dimensions(length=2, time=-1), 1e-5)),
        ("1 // one\n /* two */ 2", Stream((1, 2))),
        ("1 \\\n 2", Stream((1, 2))),
        ("", Stream()),
    ],
)
def test_value_is_typed(written: str, value: object) -> None:
    read = dictionary.parse(f"x {written};")["x"]
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("symbols", "exponents"),
    [
        ("kg m^-1 s^-2", (1, -1, -2, 0, 0, 0, 0)),
        ("Pa", (1, -1, -2, 0, 0, 0, 0)),
        ("J/kg/K", (0, 2, -2, -1, 0, 0, 0)),
        ("J/(kg K)", (0, 2, -2, -1, 0, 0, 0)),
        ("W/m^2 K^-4", (1, 0, -3, -4, 0, 0, 0)),
        ("m^0.5*s", (0, 0.5, 1, 0, 0, 0, 0)),
        ("N*m", (1, 2, -2, 0, 0, 0, 0)),
    ],
)
def test_dimensions_may_be_symbols(symbols: str, exponents: tuple[float, ...]) -> None:
    assert dictionary.parse(f"x [{symbols}];")["x"] == exponents


@pytest.mark.parametrize("written", ["[0 1]", "[furlong]", "[m^]", "[m^s]", "[m", "[mm]", "[2]"])
def test_what_are_no_dimensions_is_refused_with_its_place(written: str) -> None:
    with pytest.raises(DictionaryError) as caught:
        dictionary.parse(f"a 1;\n  x {written};", path="nut")["x"]
    assert (caught.value.line, caught.value.column) == (2, 5)


def test_dictionaries_in_a_list_come_with_the_word_that_leads_them() -> None:
    tree = dictionary.parse("boundary ( inlet { type patch; faces ((0 1 2 3)); } { x 1; } );")
    first, second = tree["boundary"]
    assert isinstance(first, Named)
    assert (first.name, first.entries["type"]) == ("inlet", "patch")
    assert (second.name, second.entries["x"]) == ("", 1)
    assert tree["boundary.inlet.faces"] == ((0, 1, 2, 3),)
    assert tree[("boundary", 1, "x")] == 1


def test_patches_of_a_mesh_are_addressed_by_name() -> None:
    tree = dictionary.parse(
        "FoamFile { class polyBoundaryMesh; }\n2\n(\ninlet { nFaces 30; }\nwalls { nFaces 7; inGroups 1(wall); }\n)\n"
    )
    assert tree.keys() == ["FoamFile", "inlet", "walls"]
    assert tree["walls.nFaces"] == 7
    assert tree["walls.inGroups"] == ("wall",)


def test_blocks_inside_a_value_have_a_path() -> None:
    tree = dictionary.parse("divSchemes { div(phi,Yi_h) Gauss multivariateSelection { h limitedLinear 1; }; }")
    assert tree[("divSchemes", "div(phi,Yi_h)", "multivariateSelection", "h")] == ("limitedLinear", 1)


def test_a_repeat_count_cannot_fill_the_memory() -> None:
    for count in ("1000000000000", "2.5", "-1"):
        with pytest.raises(DictionaryError, match=f"a list of {count} values"):
            dictionary.parse(f"x {count}{{0}};")["x"]


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("on", True),
        ("yes", True),
        ("true", True),
        ("y", True),
        ("1", True),
        ("off", False),
        ("none", False),
        ("0", False),
    ],
)
def test_switch_reads_openfoams_words(word: str, state: bool) -> None:
    assert dictionary.parse(f"x {word};").switch("x", not state) is state


def test_switch_has_a_default_and_refuses_other_words() -> None:
    tree = dictionary.parse("x maybe;")
    assert tree.switch("y", True) is True
    with pytest.raises(DictionaryError, match="x: maybe is no switch"):
        tree.switch("x", True)


def test_position_and_raw_text_are_of_what_is_written() -> None:
    tree = dictionary.parse("a 1;\ns\n{\n    b  $a /* c */ ;\n}\n")
    assert tree.position("s.b") == (4, 5)
    assert tree.raw("s.b") == "$a"


def test_section_has_its_own_text_and_paths() -> None:
    section = dictionary.parse("s { a 1; t { b 2; } }").section("s")
    assert section.text() == " a 1; t { b 2; } "
    assert section["t.b"] == 2
    assert section.to_dict() == {"a": 1, "t": {"b": 2}}
    assert list(section) == ["a", "t"]


def test_unknown_entry_lists_those_that_exist() -> None:
    tree = dictionary.parse("solvers { p { tolerance 1; } U { tolerance 2; } }", path="system/fvSolution")
    with pytest.raises(DictionaryError) as caught:
        tree["solvers.p.tolerence"]
    assert str(caught.value) == (
        "system/fvSolution: no entry 'tolerence' in 'solvers.p'; did you mean 'tolerance'? there are: tolerance"
    )
    with pytest.raises(DictionaryError, match=r"'solvers\.p\.tolerance' is no dictionary"):
        tree["solvers.p.tolerance.x"]
    assert tree.get("solvers.q.x") is None
    assert tree.get("solvers.q.x", 3) == 3
