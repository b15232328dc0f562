"""Which entry counts: OpenFOAM's precedence, seen with foamDictionary 1912 where it can show it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from flowcfd.errors import DictionaryError
from flowcfd.foam import dictionary
from flowcfd.foam.dictionary import Tree


def expanded(text: str, **options: Any) -> dict[str, Any]:
    return dictionary.parse(text, **options).expanded().to_dict()


def test_literal_key_goes_before_any_pattern() -> None:
    tree = dictionary.parse('s { U 1; "(U|k).*" 2; ".*" 3; }')
    assert tree["s.U"] == 1


def test_of_several_patterns_the_last_defined_wins() -> None:
    tree = dictionary.parse('s { "(p|U).*" { x 1; } "(U|k)" { x 2; } }')
    assert tree["s.U.x"] == 2
    assert tree["s.k.x"] == 2
    assert tree["s.pFinal.x"] == 1


def test_pattern_that_is_replaced_moves_to_the_front_one_that_is_merged_stays() -> None:
    assert dictionary.parse('"U.*" 1; ".x" 2; "U.*" 3;')["Ux"] == 3
    merged = dictionary.parse('"U.*" { a 1; } ".x" { a 2; } "U.*" { b 3; }')
    assert merged["Ux.a"] == 2
    assert merged["Uy"].to_dict() == {"a": 1, "b": 3}


def test_pattern_matches_the_whole_name_only() -> None:
    tree = dictionary.parse('"(U|k)" 1;')
    assert "kappa" not in tree
    assert tree.get("kappa") is None


@pytest.mark.parametrize("path", ["s.(U|k).*", ("s", "(U|k).*"), 's."(U|k).*"'])
def test_pattern_itself_is_a_path(path: str | tuple[str, ...]) -> None:
    tree = dictionary.parse('s { "(U|k).*" 7; }')
    assert path in tree
    assert tree[path] == 7
    assert tree.keys("s") == ["(U|k).*"]


def test_pattern_does_not_swallow_the_rest_of_a_path() -> None:
    tree = dictionary.parse('s { p { x 1; } "alpha.*" { x 2; } ".*" { x 3; } }')
    assert tree.get("s.p.y") is None
    assert tree.get("s.U.y") is None
    assert tree["s.U.x"] == 3
    assert tree[("s", "alpha.water", "x")] == 3
    assert dictionary.parse('s { "alpha.water.*" { x 2; } }')["s.alpha.water1.x"] == 2


def test_entry_that_only_a_pattern_gives_is_not_written() -> None:
    tree = dictionary.parse('s { ".*" 7; }')
    assert tree["s.p"] == 7
    assert "s.p" not in tree


def test_later_duplicate_wins_and_dictionaries_merge() -> None:
    tree = dictionary.parse("a 1; a 2; s { x 1; y 1; } s { y 2; z 2; }")
    assert tree["a"] == 2
    assert tree["s"].to_dict() == {"x": 1, "y": 2, "z": 2}
    assert dictionary.parse("s { x 1; } s 5; s { y 1; }")["s"].to_dict() == {"y": 1}
    assert dictionary.parse("s { x 1; } s 5;")["s"] == 5


def test_dots_may_belong_to_a_keyword_and_the_longest_goes_first() -> None:
    tree = dictionary.parse(
        "alpha.water { type a; } alpha { water { type b; air 1; } } a.b.c 1; a { b.c 2; b { c 3; d 4; } }"
    )
    assert tree["alpha.water.type"] == "a"
    assert tree[("alpha", "water", "type")] == "b"
    assert tree["alpha.water.air"] == 1
    assert tree["a.b.c"] == 1
    assert tree["a.b.d"] == 4
    schemes = dictionary.parse("divSchemes { div(phi,alpha.water) 1; div(phi,U) 2; }")
    assert schemes["divSchemes.div(phi,alpha.water)"] == 1
    assert schemes["divSchemes.div(phi,U)"] == 2


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("a 1; b $a;", {"a": 1, "b": 1}),
        ("a 1; b ${a};", {"a": 1, "b": 1}),
        ("a 1; b $a; a 2;", {"a": 2, "b": 1}),
        ("m x; x 5; b ${${m}};", {"m": "x", "x": 5, "b": 5}),
        ("m x; x 5; b ${$m};", {"m": "x", "x": 5, "b": 5}),
        ("s { a 1; t { b ${..a}; c $..a; d $../a; } }", {"s": {"a": 1, "t": {"b": 1, "c": 1, "d": 1}}}),
        ("s { a 1; } t { b $:s.a; c ${/s/a}; d $..s.a; e ${^s.a}; }", {"s": {"a": 1}, "t": dict.fromkeys("bcde", 1)}),
        ("s { y { q 1; } t { z $..y.q; } }", {"s": {"y": {"q": 1}, "t": {"z": 1}}}),
        ("u 3; s { t { a $...u; b $u; } }", {"u": 3, "s": {"t": {"a": 3, "b": 3}}}),
        ("a { b { c 1; d ${.c}; e $c; } }", {"a": {"b": {"c": 1, "d": 1, "e": 1}}}),
        ("a.b 3; x $a.b; t { z $..a.b; }", {"a.b": 3, "x": 3, "t": {"z": 3}}),
        ("a-b 1; c $a-b; f(x) 2; d ($f(x) 3);", {"a-b": 1, "c": 1, "f(x)": 2, "d": (2, 3)}),
        ("x (1 2); a ($x 4); b uniform $x;", {"x": (1, 2), "a": ((1, 2), 4), "b": dictionary.Uniform((1, 2))}),
        ("a 1; b y$a;", {"a": 1, "b": "y$a"}),
        ('a 1; b "$a";', {"a": 1, "b": "$a"}),
        ("a 3; s { a 1; } b { a 2; c ${:a}; d $..a; }", {"a": 3, "s": {"a": 1}, "b": {"a": 2, "c": 3, "d": 3}}),
        ("_v { z 1; } s { $_v q 2; }", {"_v": {"z": 1}, "s": {"z": 1, "q": 2}}),
        ("_v { z 1; } s { ${_v}; z 2; }", {"_v": {"z": 1}, "s": {"z": 2}}),
        ("_v { z 1; } s { z 2; $_v; }", {"_v": {"z": 1}, "s": {"z": 1}}),
        ("_h { z 1; } m h; s { ${_${m}}; }", {"_h": {"z": 1}, "m": "h", "s": {"z": 1}}),
        ('"(U|k).*" { z 5; } b { $kEps; }', {"(U|k).*": {"z": 5}, "b": {"z": 5}}),
        ('a { x 1; "y.*" 2; } g { $a; x 3; }', {"a": {"x": 1, "y.*": 2}, "g": {"x": 3, "y.*": 2}}),
        ("$nothing; a 1;", {"a": 1}),
        ("a 1; q 2; #remove q\nb 3;", {"a": 1, "b": 3}),
        ('ax 1; ay 2; b 3; c 4; #remove "a.*"\n#remove (b zz)\n', {"c": 4}),
        ("#inputMode protect\na 1; a 2; s { x 1; } s { y 2; }", {"a": 1, "s": {"x": 1}}),
        ("#inputMode warn\na 1; a 2;", {"a": 1}),
        ("#inputMode overwrite\ns { x 1; } s { y 2; }", {"s": {"y": 2}}),
        ("#inputMode overwrite\n#inputMode merge\ns { x 1; } s { y 2; }", {"s": {"x": 1, "y": 2}}),
        ("#overwrite\ns { x 1; } s { y 2; }\n#default\ns { z 3; }", {"s": {"y": 2, "z": 3}}),
        ("#inputMode protect\nf { x 1; } g { x 5; $f; }", {"f": {"x": 1}, "g": {"x": 5}}),
    ],
)
def test_macros_and_modes_are_read_as_openfoam_reads_them(text: str, result: dict[str, Any]) -> None:
    assert expanded(text) == result


def test_duplicates_in_error_mode_are_refused_with_their_place() -> None:
    with pytest.raises(DictionaryError, match=r"<text>:3:1: entry 'a' is there already"):
        dictionary.parse("#inputMode error\na 1;\na 2;").expanded()


def test_macro_that_is_not_defined_is_named_with_its_place() -> None:
    tree = dictionary.parse("a 1;\nb ($a $c);\n", path="0/U")
    assert tree["a"] == 1
    with pytest.raises(DictionaryError, match=r"0/U:2:1: '\$c' is not defined here"):
        tree["b"]


def test_environment_is_asked_only_when_it_is_given() -> None:
    tree = dictionary.parse("a $NP;")
    assert tree.resolve("a", environment={"NP": "4"}) == 4
    with pytest.raises(DictionaryError, match=r"'\$NP' is not defined"):
        tree.resolve("a")


def test_macros_that_double_themselves_are_stopped() -> None:
    lines = ["a0 (x x x x x x x x);"] + [f"a{n} ($a{n - 1} $a{n - 1} $a{n - 1} $a{n - 1});" for n in range(1, 30)]
    with pytest.raises(DictionaryError, match="macros grow beyond"):
        dictionary.parse("\n".join(lines)).expanded()
    blocks = ["d0 { x 1; }"] + [f"d{n} {{ a {{ $d{n - 1}; }} b {{ $d{n - 1}; }} }}" for n in range(1, 40)]
    with pytest.raises(DictionaryError, match="macros grow beyond"):
        dictionary.parse("\n".join(blocks)).expanded()


CODE = """r 1;
a #calc "$r + 1";
b #eval{ 2*$r };
c #codeStream { code #{ os << 1; #}; };
#if $r
d 1;
#else
d 2;
#endif
e 3;
"""


@pytest.mark.parametrize(
    ("name", "says"), [("a", "'#calc'"), ("b", "'#eval'"), ("c", "'#codeStream'"), ("d", "depends on #if")]
)
def test_code_is_kept_and_never_run(name: str, says: str) -> None:
    tree = dictionary.parse(CODE, path="system/x")
    with pytest.raises(DictionaryError, match=says) as caught:
        tree[name]
    assert caught.value.path == "system/x"
    assert caught.value.line == {"a": 2, "b": 3, "c": 4, "d": 8}[name]
    assert tree["e"] == 3
    assert tree.raw("a") == '#calc "$r + 1"'


def test_directives_are_reported_in_order_with_their_places() -> None:
    found = dictionary.parse(CODE).directives()
    assert [(one.kind, one.line, one.column) for one in found] == [
        ("calc", 2, 3),
        ("eval", 3, 3),
        ("codeStream", 4, 3),
        ("if", 5, 1),
        ("else", 7, 1),
        ("endif", 9, 1),
    ]
    assert [one.text for one in found[:4]] == [
        '#calc "$r + 1"',
        "#eval{ 2*$r }",
        "#codeStream { code #{ os << 1; #}; }",
        "#if $r",
    ]
    assert [one.kind for one in dictionary.parse('s { t { #include "x"\n } } // #calc\n').directives()] == ["include"]


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A case with files that include each other, and one beside it that is out of bounds."""
    files = {
        "secret": "s 1;",
        "case/system/controlDict": '#include "inc"\nendTime $end; #includeIfPresent "nothing"\n#sinclude "nothing"\n',
        "case/system/inc": 'FoamFile { class dictionary; }\nend 7; t { #include "<constant>/deep"\n }',
        "case/constant/deep": "x 1; t { y 2; }",
        "case/system/outside": 'a 1;\n#include "../../secret"\n',
        "case/system/link": '#include "linked"\n',
        "case/system/missing": 'a 1;\n  #include "nothing"\n',
        "case/system/loop": '#include "loop"\n',
        "case/system/broken": 'a 1; #include "unclosed"\n',
        "case/system/unclosed": "b { c 1;\n",
        "case/system/value": 'points #include "list";\nname inc; #include "$name"\n',
        "case/system/list": "((0 0 0) (1 0 0));\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "case/system/linked").symlink_to(tmp_path / "secret")
    return tmp_path / "case"


def read(case: Path, name: str) -> Tree:
    return dictionary.read(case / "system" / name)


def test_includes_are_followed(case: Path) -> None:
    tree = read(case, "controlDict")
    assert tree["endTime"] == 7
    assert tree.expanded().to_dict() == {"end": 7, "t": {"x": 1, "t": {"y": 2}}, "endTime": 7}
    assert read(case, "value")["points"] == ((0, 0, 0), (1, 0, 0))
    assert read(case, "value")["end"] == 7


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("outside", r"outside:2:1: #include: .*secret' is outside"),
        ("link", r"link:1:1: #include: .*linked' is outside"),
        ("missing", r"missing:2:3: #include: .*nothing' does not exist"),
        ("loop", r"loop:1:1: .*loop includes itself"),
        ("broken", r"unclosed:1:3: '\{' of 'b' is never closed"),
    ],
)
def test_include_that_cannot_be_followed_is_named_with_its_place(case: Path, name: str, says: str) -> None:
    tree = read(case, name)
    with pytest.raises(DictionaryError, match=says):
        tree.expanded()
    with pytest.raises(DictionaryError, match=says):
        tree["what the include may hold"]
    assert tree.get("what the include may hold", 4) == 4
    assert tree.get("a", 1) == 1


def test_includes_may_come_from_files_that_are_not_on_disk() -> None:
    files: Mapping[str, str] = {"system/a": 'x $y;\n#include "<constant>/b"\n', "constant/b": "z 2;"}
    tree = dictionary.parse('y 1; #include "a"\n', path="system/controlDict", root=files)
    assert tree.expanded().to_dict() == {"y": 1, "x": 1, "z": 2}
    with pytest.raises(DictionaryError, match="not among the files of the case"):
        dictionary.parse('#include "../../etc/passwd"\n', path="system/controlDict", root=files).expanded()
    with pytest.raises(DictionaryError, match="not among the files"):
        dictionary.parse('#include "/etc/passwd"\n').expanded()


def test_openfoams_own_files_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    etc = tmp_path / "etc/caseDicts/postProcessing/fields"
    etc.mkdir(parents=True)
    (etc / "mag").write_text('#includeEtc "caseDicts/postProcessing/fields/mag.cfg"\nfield <name>;\n')
    (etc / "mag.cfg").write_text('type mag;\n#include "more"\n')
    (etc / "more").write_text("log yes;\n")
    monkeypatch.setattr("flowcfd.foam.dictionary.include._etc", lambda: tmp_path / "etc")
    found = dictionary.parse("functions { #includeFunc mag(U,T=3)\n }").expanded()
    assert found[("functions", "mag(U,T=3)")].to_dict() == {
        "type": "mag",
        "log": "yes",
        "field": "U",
        "fields": ("U",),
        "T": 3,
    }
    with pytest.raises(DictionaryError, match="no such function object"):
        dictionary.parse("#includeFunc nothing\n").expanded()
    with pytest.raises(DictionaryError, match="outside"):
        dictionary.parse('#includeEtc "../x"\n').expanded()
