"""Fresh dictionaries from Python mappings."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowcfd.errors import DictionaryError
from flowcfd.foam import dictionary
from flowcfd.foam.dictionary import Dimensions, Named, Nonuniform, Quoted, Uniform, Word


def test_file_is_laid_out_as_openfoams_own() -> None:
    written = dictionary.dumps(
        {
            "application": "simpleFoam",
            "writeFormat": None,
            "solvers": {"p": {"tolerance": 1e-6, "log": True}, "(U|k)": {"nSweeps": 2}},
            "div(phi,U)": "bounded Gauss linear",
            "vertices": [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)],
            "boundary": [Named("inlet", {"type": "patch", "faces": [(0, 1, 2, 3)]}), Named("", {"x": 1})],
            "#include": Quoted("more"),
        },
        header=("dictionary", "fvSolution", "system"),
    )
    line = "// " + "* " * 37 + "//\n"
    assert written == (
        "FoamFile\n{\n    version     2.0;\n    format      ascii;\n    class       dictionary;\n"
        '    location    "system";\n'
        f"    object      fvSolution;\n}}\n{line}\n"
        "application     simpleFoam;\n"
        "writeFormat;\n"
        "\n"
        "solvers\n{\n"
        "    p\n    {\n        tolerance       1e-06;\n        log             true;\n    }\n"
        '    "(U|k)"\n    {\n        nSweeps         2;\n    }\n'
        "}\n"
        "\n"
        "div(phi,U)      bounded Gauss linear;\n"
        "vertices\n(\n    (0 0 0)\n    (1 0 0)\n    (1 1 0)\n    (0 1 0)\n);\n"
        "boundary\n(\n"
        "    inlet\n    {\n        type            patch;\n        faces           ((0 1 2 3));\n    }\n"
        "    {\n        x               1;\n    }\n"
        ");\n"
        '#include "more"\n'
    )


def test_header_without_a_location_has_none() -> None:
    tree = dictionary.parse(dictionary.dumps({}, header=("volVectorField", "U", "")))
    assert tree["FoamFile"].to_dict() == {"version": 2.0, "format": "ascii", "class": "volVectorField", "object": "U"}


def test_numpy_values_are_written_without_numpy_types() -> None:
    numpy = pytest.importorskip("numpy")
    values = {
        "a": numpy.float64(0.5),
        "b": numpy.int32(3),
        "c": numpy.array([[0.0, 1.5], [2.0, 3.0]]),
        "d": numpy.bool_(True),
    }
    assert dictionary.parse(dictionary.dumps(values)).to_dict() == {
        "a": 0.5,
        "b": 3,
        "c": ((0, 1.5), (2, 3)),
        "d": "true",
    }


@pytest.mark.parametrize(
    ("key", "value"),
    [("a", "1; b 2"), ("a", {"b": "}"}), ('a"b', 1), ("", 1), ("a\nb", 1), ("a", float("nan")), ("a", [object()])],
)
def test_what_openfoam_could_not_read_is_not_written(key: str, value: Any) -> None:
    with pytest.raises(DictionaryError):
        dictionary.dumps({key: value})


KEYS = st.sampled_from(["a", "alpha.water", "div(phi,U)", "(U|k).*", ".*", "with blank", "x1", "0start", "-"])
SCALARS = st.one_of(
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([Word("linear"), Word("div(phi,U)"), Quoted("a text; } // with {"), Quoted('say "so"')]),
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=5).map(tuple), max_leaves=12)
WHOLE = st.one_of(
    VALUES,
    VALUES.map(Uniform),
    st.lists(st.floats(-1, 1), min_size=1, max_size=4).map(lambda values: Nonuniform("scalar", tuple(values))),
    st.tuples(*[st.integers(-3, 3)] * 7).map(lambda exponents: Dimensions(*exponents)),
)
MAPPINGS = st.recursive(
    st.dictionaries(KEYS, WHOLE, max_size=4),
    lambda inner: st.dictionaries(KEYS, inner | WHOLE, max_size=3),
    max_leaves=8,
)


@given(MAPPINGS)
@settings(max_examples=100, deadline=None)
def test_what_is_written_is_read_again(mapping: dict[str, Any]) -> None:
    written = dictionary.dumps(mapping, header=("dictionary", "x", "system"))
    read = dictionary.parse(written).to_dict()
    del read["FoamFile"]
    assert read == mapping
