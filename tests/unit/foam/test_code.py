import gzip
import hashlib

import pytest

from flowcfd.foam.casefiles import Blob, CaseFiles
from flowcfd.foam.code import directives, escapes


def lines(text, path="system/controlDict"):
    return [str(place) for place in directives(CaseFiles({path: text}))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a 1;\nb #calc "1+2";', "system/controlDict:2: #calc compiles and runs code"),
        ("v #codeStream { code #{ #}; };", "system/controlDict:1: #codeStream compiles and runs code"),
        ("f { type coded; }", "system/controlDict:1: coded compiles and runs code"),
        ("i { type codedFixedValue; }", "system/controlDict:1: codedFixedValue compiles and runs code"),
        ("x systemCall; f { type $x; }", "system/controlDict:1: systemCall runs a program"),
        ('f { type "systemCall"; }', 'system/controlDict:1: "systemCall" runs a program'),
        ('libs ("./evil.so");', 'system/controlDict:1: libs ("./evil.so") loads a library from a path'),
        ('libs 1("/evil.so");', 'system/controlDict:1: libs 1("/evil.so") loads a library from a path'),
        (
            'functionObjectLibs ("a.so" "b/c.so");',
            'system/controlDict:1: functionObjectLibs ("a.so" "b/c.so") loads a library from a path',
        ),
        ('x ("lib/evil.so");', 'system/controlDict:1: "lib/evil.so" loads a library from a path'),
        ("x 1; libs $x;", "system/controlDict:1: libs $x loads libraries that a macro names"),
        ('a "//"; b #calc "1";', "system/controlDict:1: #calc compiles and runs code"),
    ],
)
def test_code_is_found_with_file_and_line(text, expected):
    assert lines(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "// #calc\n/* systemCall\n#codeStream */ a 1;",
        'a "see #calc";',
        "libs (forces);",
        "a #eval{ 1 + 2 };",
        "my-coded 1; mycoded 2; decoded 3; coded.x 4;",
        "type mapped;",
    ],
)
def test_what_only_looks_like_code_is_no_alarm(text):
    assert lines(text) == []


def test_code_in_big_and_compressed_files_is_found(tmp_path):
    for name, raw in (("big", b"a 1;\nb #calc 1;"), ("packed.gz", gzip.compress(b"b #calc 1;"))):
        source = tmp_path / name
        source.write_bytes(raw)
        blob = Blob(source, hashlib.sha256(raw).hexdigest(), len(raw))
        assert [place.path for place in directives(CaseFiles({f"constant/{name}": blob}))] == [f"constant/{name}"]


@pytest.mark.parametrize(
    ("path", "name", "leaves"),
    [
        ("0/U", "include/initial", False),
        ("0/U", "../constant/values", False),
        ("0/U", "../../other/values", True),
        ("0/U", "/etc/passwd", True),
        ("0/U", "~/values", True),
        ("0/U", "$HOME/values", True),
        ("0/U", "$FOAM_CASE/constant/values", False),
        ("0/U", "<constant>/values", False),
        ("0/U", "<constant>/../../values", True),
        ("0/U", "<etc>/caseDicts/x", False),
        ("system/a/b/c", "../../../values", False),
        ("0/U", "a/$OTHER/values", True),
        ("0/U", "<etc>/../../values", True),
    ],
)
def test_an_include_from_outside_of_the_case_is_found(path, name, leaves):
    found = escapes(CaseFiles({path: f'a 1;\n#include "{name}"\n'}))
    assert bool(found) is leaves
    if leaves:
        assert str(found[0]).startswith(f"{path}:2: #include")


@pytest.mark.parametrize(
    ("include", "leaves"),
    [
        ("#includeFunc residuals", False),
        ("#includeFunc mag(U)", False),
        ('#includeFunc "../../residuals"', True),
        ('#includeEtc "caseDicts/setConstraintTypes"', False),
        ('#includeEtc "../../etc/passwd"', True),
        ('#includeIfPresent "/etc/passwd"', True),
    ],
)
def test_other_ways_to_include_are_held_as_well(include, leaves):
    assert bool(escapes(CaseFiles({"system/controlDict": f"{include}\n"}))) is leaves
