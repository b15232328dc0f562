"""What is read, byte for byte, and what is refused, with its place: OpenFOAM 1912's own verdicts."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowcfd.errors import DictionaryError
from flowcfd.foam import dictionary

# Each of these was read by foamDictionary 1912; most of them break other Python readers.
READ = [
    "",
    "// nothing\n",
    "a 1; b ${a};",
    "s { a 1; t { c ${..a}; } }",
    "m x; x 5; b ${${m}};",
    "_v {z 1;} s { ${_v}; q 2; }",
    "_v {z 1;} s { $_v q 2; }",
    "_h {z 1;} m h; s { ${_${m}}; q 2; }",
    "m 1; a ${m}_x;",
    "a #eval{ 1+2 };",
    "r 1; a #eval{ -1.0*$r };",
    "r 1; a #eval\n{\n 1 + $r\n};",
    'vertices #codeStream { codeInclude #{ #include "x" #}; code #{ os << "}"; #}; };',
    "a 1;\n#if $a\nb 2;\n#else\nb 3;\n#endif\n",
    "a 1;\n#ifeq $a 1\nb 2;\n#endif\n",
    "s {\n#if 1\n a 1;\n#endif\n}",
    '#if #calc "1<2"\na 1;\n#endif\n',
    "s { div(phi,Yi_h) Gauss multivariateSelection { h limitedLinear 1; }; }",
    "s { div(phi,Yi_h) Gauss multivariateSelection { h limitedLinear 1; } b 2; }",
    's { #include "meshQualityDict"; a 1; }',
    "f { #includeFunc mag(U) ; }",
    "thermoType hePsiThermo<pureMixture<const<hConst<perfectGas<specie>>,sensibleEnthalpy>>>;",
    "div((nuEff*dev2(T(grad(U))))) Gauss linear;",
    "very((((((((deep)))))))) word((((((((too)))))))) ;",
    "y { z 1; } o ( box { point (0 0 0); } cyl { point (0 0 0); $y; } );",
    "s { a 1; } s { b 2; }",
    "a x,y; b x@y; c 0x1F;",
    "a 1 \\\n 2;",
    "\xef\xbb\xbfa 1;",
    "a 1; b -$a; c (-$a 0 0);",
    "s { c 1; } t { d $..s.c; e $:s.c; f $/s/c; }",
    'a #calc "1+2"; b #calc #{ "}"; #};',
    '"(U|k).*" 1; #remove (a "b.*")\n#remove c\n',
    "#inputMode merge\na 3{1}; b List<scalar> 3(1 2 3); c [m^2/s]; d 0();",
    "s {}; ; t { a 1; }; u{a 1;}",
    "a 1;//x",
    "a 1; /* b { */ c 2;",
    'a "b; // } \\" c"; d "x\\\ny";',
    "a 1;\r\nb\t2;\r\n",
    "a .47; b -.2; c [J/kg/K]; d uniform (1 0 0); e;",
    "a (1 /* ) */ 2 // )\n);",
    "a ( 1 ; 2 );",
    'type "x"; \xe9 1; // \xfc\n',
    "2\n(\ninlet { type patch; }\nwalls { type wall; }\n)\n",
    "FoamFile { class vectorField; }\n2((0 0 0) (1 0 0))",
]

# Text, line, column, a part of the message: OpenFOAM refuses all of these too.
REFUSED = [
    ("a 1;\n}", 2, 1, "unexpected '}'"),
    ("s\n{\n  a 1\n}\n", 4, 1, "expected ';' before it"),
    ("a 1;\nb 2", 2, 1, "expected ';'"),
    ("s\n{\n  a 1;\n", 2, 1, "never closed"),
    ("a (1 2;\nb 2;", 1, 3, "expected ')'"),
    ("a 1 2);", 1, 6, "unexpected ')'"),
    ("s { a (1 2; }", 1, 13, "closes what line 1, column 7 opened"),
    ('a "x\ny";', 1, 3, "on the same line"),
    ("div(phi, U) Gauss;", 1, 1, "before a blank"),
    ("a 1;\n{ b 1; }", 2, 1, "without a keyword"),
    ("s { { a 1; } }", 1, 5, "without a keyword"),
    ("a 1;\n5 6;", 2, 1, "unexpected '5'"),
    ("a 1; -b yes;", 1, 6, "unexpected '-'"),
    ("a 'b';", 1, 3, "unexpected"),
    ("#foo 1\na 1;", 1, 1, "unknown directive '#foo'"),
    ("a 1; /* abc", 1, 6, "comment"),
    ("a 1 /* abc", 1, 5, "comment"),
    ("a #{ abc;", 1, 3, "'#}'"),
    ("#if 1\na 1;", 1, 1, "#endif"),
    ("#else\n", 1, 1, "#if"),
    ("a 1;\n#endif\n", 2, 1, "#if"),
    ("#if\na 1;\n#endif", 1, 1, "condition"),
    ("s {\n#if 1\n}\n#endif", 3, 1, "#endif"),
    ("a $;", 1, 3, "'$'"),
    ("#include", 1, 1, "argument"),
    ("a #eval{ 1 + (2;", 1, 8, "'{' is never closed"),
]


@pytest.mark.parametrize("text", READ)
def test_text_is_kept_byte_for_byte(text: str) -> None:
    assert dictionary.parse(text).text() == text


@pytest.mark.parametrize(("text", "line", "column", "says"), REFUSED)
def test_what_openfoam_refuses_is_refused_with_its_place(text: str, line: int, column: int, says: str) -> None:
    with pytest.raises(DictionaryError) as caught:
        dictionary.parse(text, path="system/x")
    error = caught.value
    assert (error.line, error.column) == (line, column)
    assert str(error).startswith(f"system/x:{line}:{column}: ")
    assert says in str(error)
    assert error.expected


def test_file_that_is_missing_or_broken_is_named(tmp_path: Path) -> None:
    with pytest.raises(DictionaryError, match="nothing: cannot be read"):
        dictionary.read(tmp_path / "nothing")
    broken = tmp_path / "U.gz"
    broken.write_bytes(b"\x1f\x8bjunk")
    with pytest.raises(DictionaryError, match=r"U\.gz: cannot be read"):
        dictionary.read(broken)


def test_binary_list_is_jumped_over(tmp_path: Path) -> None:
    head = b'FoamFile { format binary; arch "LSB;label=32;scalar=64"; class volVectorField; }\n'
    data = bytes(range(24)) * 2  # holds brackets, braces, quotes and semicolons as any data may
    junk = b"};)(\"'#{/*" + bytes(14)
    text = head + b"internalField nonuniform List<vector> 3(" + data + junk + b");\nboundaryField { w { type x; } }\n"
    file = tmp_path / "U"
    file.write_bytes(text)
    tree = dictionary.read(file)
    assert tree["boundaryField.w.type"] == "x"
    assert tree.text().encode("latin-1") == text


def test_binary_list_that_is_cut_off_is_refused() -> None:
    text = "FoamFile { format binary; class scalarField; }\n4(\x00\x00\x00)"
    with pytest.raises(DictionaryError, match="the binary list does not end"):
        dictionary.parse(text)


@given(st.text(alphabet="ab1 .;{}()[]<>\"'#$/\\*\n\r\t-,|\xe9\u20ac", max_size=60))
@settings(max_examples=600, deadline=None)
def test_any_text_is_kept_or_refused(text: str) -> None:
    try:
        tree = dictionary.parse(text)
    except DictionaryError as error:
        assert error.line >= 1
        assert error.column >= 1
        return
    assert tree.text() == text
    for name in tree:
        try:
            tree[(name,)]
        except DictionaryError:
            continue


WORDS = st.sampled_from(["a", "bb", "x.y", '"(U|k).*"', "div(phi,U)"])
VALUES = st.sampled_from(
    ["1", "-2.5e3", "word", '"a } text"', "(1 2 3)", "((0 0) (1 (2)))", "[0 1]", "uniform 0", "$a", "#{ } #}", "3{1}"]
)
TRIVIA = st.sampled_from([" ", "\n", " /* ; } */ ", " // {\n", "\r\n    "])


@st.composite
def dictionaries(draw: st.DrawFn, depth: int = 3) -> str:
    """A valid dictionary with comments in unkind places."""
    pieces = []
    for _ in range(draw(st.integers(0, 3))):
        pieces += [draw(TRIVIA), draw(WORDS), draw(TRIVIA)]
        if depth and draw(st.booleans()):
            pieces += ["{", draw(dictionaries(depth - 1)), "}"]
        else:
            pieces += [draw(VALUES), draw(TRIVIA), ";"]
    return "".join([*pieces, draw(TRIVIA)])


@given(dictionaries())
@settings(max_examples=150, deadline=None)
def test_every_valid_dictionary_is_read(text: str) -> None:
    assert dictionary.parse(text).text() == text


def calls(work: Callable[[], Any]) -> int:
    """How many function calls a piece of work makes: a measure of its cost that no busy machine can change."""
    count = 0

    def tick(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(tick)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


GROWING: dict[str, Callable[[int], str]] = {
    "multi-graded blocks": lambda n: (
        "blocks (" + "hex (0 1 2 3 4 5 6 7) (9 2 3) simpleGrading (1 ((2 3 4) (4 5 6)) 1) // c\n" * n + ");"
    ),
    "table": lambda n: "table (" + "".join(f"({i} (1 0 0))\n" for i in range(n)) + ");",
    "vertices of macros": lambda n: "vertices (" + "($x0 $y0 $z0)\n" * n + ");",
    "nested lists": lambda n: "a " + "(" * n + ")" * n + ";",
    "nested lists with comments": lambda n: "a " + "( /* */ " * n + ")" * n + ";",
    "nested lists with words": lambda n: "a " + "(b " * n + ")" * n + ";",
    "nested dictionaries": lambda n: "a { " * n + "}" * n,
    "dictionaries in lists": lambda n: "a ( b { " * n + "} );" * n,
    "flat entries": lambda n: "k v;\n" * n,
    "conditions": lambda n: "#if 1\na 1;\n#endif\n" * n,
    "brackets in one word": lambda n: "a f" + "(x" * n + ")" * n + ";",
    "numbers with comments": lambda n: "a (" + "1 2 3 4 // five\n" * n + ");",
}


@pytest.mark.parametrize("shape", GROWING)
def test_cost_grows_with_length_and_depth_no_faster_than_the_text(shape: str) -> None:
    make = GROWING[shape]
    small, large = make(250), make(1000)
    assert dictionary.parse(large).text() == large
    assert calls(lambda: dictionary.parse(large)) <= 5 * calls(lambda: dictionary.parse(small)) + 50


def test_a_long_numeric_list_is_not_tokenised() -> None:
    short, long = ("field nonuniform List<vector> 9\n(\n" + "(0.1 -2e5 3)\n" * n + ");" for n in (2000, 20000))
    assert calls(lambda: dictionary.parse(long)) == calls(lambda: dictionary.parse(short))
    commented = "a ( /* not flat */ 9 (" + "(0.1 -2e5 3)\n" * 20000 + ") b { c 1; } );"
    assert calls(lambda: dictionary.parse(commented)) < 200


def test_depth_meets_no_recursion_limit() -> None:
    depth = 5000
    tree = dictionary.parse("a { " * depth + "x 1;" + "}" * depth)
    assert tree[("a",) * depth + ("x",)] == 1
    value = dictionary.parse("a " + "(" * depth + "1" + ")" * depth + ";")["a"]
    for _ in range(depth):
        (value,) = value
    assert value == 1
