"""Edits: only the bytes that must change, and what is added can be taken out without a trace."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowcfd.errors import DictionaryError
from flowcfd.foam import dictionary
from flowcfd.foam.dictionary import Dimensioned, Dimensions, Quoted, Uniform

CONTROL = """// a comment
FoamFile
{
    version     2.0;
    class       dictionary;
}
// * * * * * * * * * * * * * * * * * * * * * * * * * * * * * * * * * * * * * //

application     simpleFoam;   // which

endTime         2000;  /* of
many lines */

functions
{
    p1 { type probes; }
    #include "more"

    // the end
}

// ************************************************************************* //
"""


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (5, "5"),
        (2.0, "2"),
        (1e-5, "1e-05"),
        (0.1 + 0.2, "0.30000000000000004"),
        (True, "true"),
        ("latest", "latest"),
        (Quoted('a "b"'), '"a \\"b\\""'),
        ([1, 2.5, "x"], "(1 2.5 x)"),
        (((0, 0), (1, 0)), "((0 0) (1 0))"),
        (Uniform((1, 0, 0)), "uniform (1 0 0)"),
        (Dimensions(0, 2, -1), "[0 2 -1 0 0 0 0]"),
        (Dimensioned("nu", Dimensions(0, 2, -1), 1e-5), "nu [0 2 -1 0 0 0 0] 1e-05"),
        ("$other", "$other"),
        ("Gauss multi { h linear; }", "Gauss multi { h linear; }"),
    ],
)
def test_set_changes_the_bytes_of_the_value_only(value: Any, written: str) -> None:
    tree = dictionary.parse(CONTROL).set("endTime", value)
    assert tree.text() == CONTROL.replace("2000", written)


def test_set_of_the_same_value_changes_nothing() -> None:
    tree = dictionary.parse(CONTROL)
    assert tree.set("endTime", 2000).text() == CONTROL
    assert tree.set("functions.p1.type", "probes") == tree


def test_set_keeps_the_comments_around_a_value() -> None:
    text = "a /* before */ (1 // one\n 2) /* after */ ; // end\n"
    assert dictionary.parse(text).set("a", 3).text() == "a /* before */ 3 /* after */ ; // end\n"


def test_set_gives_an_empty_entry_a_value_and_a_dictionary_another_shape() -> None:
    assert dictionary.parse("a;").set("a", 1).text() == "a 1;"
    assert dictionary.parse("a 1;").set("a", {"b": 2}).text() == "a\n{\n    b               2;\n}"
    assert dictionary.parse("a { b 2; } // c\n").set("a", 1).text() == "a 1; // c\n"


def test_set_changes_the_entry_that_counts() -> None:
    assert dictionary.parse("a 1; a 2;").set("a", 3).text() == "a 1; a 3;"
    assert dictionary.parse("s { a 1; } s { b 1; }").set("s.a", 3).text() == "s { a 3; } s { b 1; }"


@pytest.mark.parametrize(
    "value", ["1; endTime 3", "(1", "1)", "1 // all", '"open', "1; }", float("nan"), float("inf"), object()]
)
def test_value_that_would_break_the_file_is_refused(value: Any) -> None:
    tree = dictionary.parse(CONTROL)
    with pytest.raises(DictionaryError):
        tree.set("endTime", value)
    with pytest.raises(DictionaryError):
        tree.add("another", {"x": value})


def test_refused_value_is_named_by_the_file_and_the_entry_that_it_was_for() -> None:
    tree = dictionary.parse(CONTROL, path="system/controlDict")
    with pytest.raises(DictionaryError) as caught:
        tree.set("endTime", "1; 2")
    expected = "balanced brackets and no ';' outside of braces"
    assert str(caught.value) == f"system/controlDict: endTime: '1; 2' is no value; expected {expected}"
    assert caught.value.expected == expected
    with pytest.raises(DictionaryError, match=r"^system/controlDict: functions\.p1\.type: nan cannot be written"):
        tree.section("functions").set("p1.type", float("nan"))
    with pytest.raises(DictionaryError, match=r"^system/controlDict: functions\.p2\.x: inf cannot be written"):
        tree.add("functions.p2.x", float("inf"))
    with pytest.raises(DictionaryError, match=r"^<text>: a: nan cannot be written"):
        dictionary.parse("a 1;").set("a", float("nan"))
    with pytest.raises(DictionaryError, match=r"""^system/controlDict: a"b: 'a"b' is no keyword"""):
        tree.add(('a"b',), 1)


def test_edit_of_what_depends_on_a_condition_is_refused() -> None:
    tree = dictionary.parse("#if 1\na 1;\n#else\na 2;\n#endif\n")
    with pytest.raises(DictionaryError, match="<text>:2:1: 'a' depends on #if"):
        tree.set("a", 3)
    with pytest.raises(DictionaryError, match="'a' depends on #if"):
        tree.delete("a")
    with pytest.raises(DictionaryError, match=r"<text>:2:1: the dictionary of 's\.b' depends on #if"):
        dictionary.parse("#if 1\ns { a 1; }\n#endif\n").add("s.b", 2)


def test_edit_of_what_is_not_there_is_refused() -> None:
    tree = dictionary.parse(CONTROL)
    with pytest.raises(DictionaryError, match="no entry 'endtime'; did you mean 'endTime'"):
        tree.set("endtime", 3)
    with pytest.raises(DictionaryError, match="no entry 'x' in 'functions'"):
        tree.delete("functions.x")
    with pytest.raises(DictionaryError, match=r":10:1: entry 'endTime' exists|:11:1: entry 'endTime' exists"):
        tree.add("endTime", 3)
    with pytest.raises(DictionaryError, match="'endTime' is no dictionary"):
        tree.add("endTime.x", 3)


def test_expanded_dictionary_is_not_edited() -> None:
    tree = dictionary.parse("a 1; s { b $a; }")
    with pytest.raises(DictionaryError, match="an expanded dictionary is not edited"):
        tree.expanded().set("a", 2)


def test_add_follows_the_style_of_its_neighbours() -> None:
    tree = dictionary.parse(CONTROL)
    assert tree.add("deltaT", 1).text() == CONTROL.replace(
        "    // the end\n}\n", "    // the end\n}\n\ndeltaT          1;\n"
    )
    assert tree.add("functions.log", "yes").text() == CONTROL.replace(
        '    #include "more"\n', '    #include "more"\n    log             yes;\n'
    )
    assert dictionary.parse("s\n{\n\ta\t1;\n}\n").add("s.bb", 2).text() == "s\n{\n\ta\t1;\n\tbb 2;\n}\n"
    assert dictionary.parse("s\n{\n  aaaa   1;\n}\n").add("s.b", 2).text() == "s\n{\n  aaaa   1;\n  b      2;\n}\n"
    assert dictionary.parse("s\n{\n}\n").add("s.b", 2).text() == "s\n{\n    b               2;\n}\n"
    assert dictionary.parse("s { a 1; }").add("s.b", 2).text() == "s { a 1; b 2; }"
    assert dictionary.parse("s {}").add("s.b", 2).text() == "s { b               2;}"
    assert dictionary.parse("a 1;\r\n").add("b", {"c": 2}).text() == "a 1;\r\nb\r\n{\r\n    c               2;\r\n}\r\n"


def test_first_entry_goes_below_the_line_under_the_header() -> None:
    head = CONTROL[: CONTROL.index("application")]
    assert dictionary.parse(head + "// ** //\n").add("a", 1).text() == head + "a               1;\n// ** //\n"


def test_expression_is_quoted_when_it_becomes_a_keyword() -> None:
    tree = dictionary.parse("s { a 1; }")
    assert tree.add("s.(U|k).*", 2).text() == 's { a 1; "(U|k).*" 2; }'
    assert tree.add(("s", "div(phi,U)"), 2).text() == "s { a 1; div(phi,U) 2; }"
    with pytest.raises(DictionaryError, match="is no keyword"):
        tree.add(("s", 'a"b'), 2)


def test_missing_dictionaries_on_the_way_are_added() -> None:
    tree = dictionary.parse("a 1;\n")
    added = tree.add("s.t.x", 2)
    assert added["s"].to_dict() == {"t": {"x": 2}}
    assert added.delete("s") == tree


def test_delete_takes_the_line_but_leaves_comments() -> None:
    assert dictionary.parse("a 1;\nb 2;\nc 3;\n").delete("b").text() == "a 1;\nc 3;\n"
    assert dictionary.parse("a 1;\n\nb 2;\n\nc 3;\n").delete("b").text() == "a 1;\n\nc 3;\n"
    assert dictionary.parse("a 1;\nb 2; // why\nc 3;\n").delete("b").text() == "a 1;\n // why\nc 3;\n"
    assert dictionary.parse("s { a 1; b 2; }").delete("s.a").text() == "s { b 2; }"
    assert dictionary.parse("a 1; s { b 2; } a 3; s { c 4; }").delete("s").text() == "a 1; a 3;"


def test_patch_of_a_list_is_added_and_taken_out_with_its_count() -> None:
    head = "FoamFile\n{\n    class polyBoundaryMesh;\n}\n2\n(\n"
    text = head + "    inlet\n    {\n        type patch;\n    }\n    walls { type wall; }\n)\n"
    tree = dictionary.parse(text)
    added = tree.add("outlet", {"type": "patch"})
    assert added.keys() == ["FoamFile", "inlet", "walls", "outlet"]
    assert "\n3\n(\n" in added.text()
    assert added.delete("outlet").text() == text
    blocks = "boundary\n(\n    inlet { type patch; }\n);\n"
    tree = dictionary.parse(blocks)
    added = tree.add(("boundary", "outlet"), {"type": "patch"})
    assert added["boundary.outlet.type"] == "patch"
    assert added.delete("boundary.outlet").text() == blocks
    assert tree.set("boundary.inlet", {"type": "wall"})["boundary.inlet.type"] == "wall"
    with pytest.raises(DictionaryError, match="'inlet' is a dictionary in a list; expected a mapping"):
        tree.set("boundary.inlet", 1)


@pytest.mark.parametrize("text", ["FoamFile { class vectorField; }\n2((0 0 0) (1 0 0))\n", "(1 2 3)"])
def test_list_of_values_takes_no_entries(text: str) -> None:
    with pytest.raises(DictionaryError, match="cannot be added"):
        dictionary.parse(text).add("a", 1)


def test_section_is_edited_inside_its_file() -> None:
    section = dictionary.parse("a 1; s { b 2; }").section("s").set("b", 3).add("c", 4)
    assert section.to_dict() == {"b": 3, "c": 4}
    assert section.whole is not None
    assert section.whole.text() == "a 1; s { b 3; c 4; }"


LINES = st.sampled_from(
    ["a 1;", "bb  2;", "  c 3;", "s\n{\n}", "t { x 1; }", "u { }", "v\n{\n\ty 1;\n}", "$a;", "$a", '#include "x"']
)
ENDS = st.sampled_from(
    ["", " ", "\n", "\n\n", "\r\n", " // c\n", " /* c */", " /* c\n */\n", ";\n", " ; ", "\n\n\n", "\t\n", "\r"]
)


@st.composite
def layouts(draw: st.DrawFn) -> str:
    """Entries between blanks, comments and line ends of all sorts."""
    pieces = [draw(ENDS).replace(";", "")]
    for _ in range(draw(st.integers(0, 4))):
        line = draw(LINES)
        pieces += [line, draw(ENDS) or " "]
    return "".join(pieces)


@given(layouts(), st.sampled_from([1, "word", [1, 2], {"k": 1}, {"k": {"l": (1, 2)}}, {}, None]))
@settings(max_examples=400, deadline=None)
def test_add_followed_by_delete_is_the_identity(text: str, value: Any) -> None:
    tree = dictionary.parse(text)
    for path in (("new",), ("s", "new"), ("t", "new"), ("u", "new"), ("v", "new")):
        if len(path) == 2 and path[:1] not in tree:
            continue
        added = tree.add(path, value)
        assert path in added
        assert added.delete(path).text() == text
