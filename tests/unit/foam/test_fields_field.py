"""Field files: what is read, what is kept, what is written, and what is said about a broken one."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from flowcfd.errors import DictionaryError
from flowcfd.foam.fields import Arch, read, write
from flowcfd.foam.fields.field import create

HEAD = "FoamFile\n{{\n    version     2.0;\n    format      {};\n{}    class       {};\n    object      {};\n}}\n"


def text_of(body: str, *, cls: str = "volScalarField", name: str = "p", form: str = "ascii", arch: str = "") -> bytes:
    return (HEAD.format(form, f"    arch        {arch};\n" if arch else "", cls, name) + body).encode("latin-1")


def field_file(folder: Path, body: str, *, cls: str = "volScalarField", name: str = "p") -> Path:
    path = folder / name
    path.write_bytes(text_of(body, cls=cls, name=name))
    return path


SCALAR = """// a comment; with "quotes
dimensions      [0 2 -2 0 0 0 0];

internalField   nonuniform List<scalar>\x20
4
(
1
2.5
-3e-05
1e+300
)
;

boundaryField
{
    inlet // where it comes in
    {
        type            fixedValue;
        value           nonuniform List<scalar> 2(7 8);
        gradient        nonuniform List<scalar> 3{0.5};
    }
    "(wall|top).*"
    {
        type            zeroGradient;
    }
    outlet
    {
        type            calculated;
        value           $internalField;
        phi             phi;
    }
    empty
    {
        type            calculated;
        value           nonuniform 0();
    }
}
"""


def test_a_scalar_field_is_an_array_with_its_dimensions_and_patches(tmp_path: Path) -> None:
    field = read(field_file(tmp_path, SCALAR))
    assert (field.cls, field.name, field.format, field.uniform) == ("volScalarField", "p", "ascii", False)
    assert tuple(field.dimensions) == (0, 2, -2, 0, 0, 0, 0)
    assert field.internal.tolist() == [1, 2.5, -3e-05, 1e300]
    assert list(field.boundary) == ["inlet", "(wall|top).*", "outlet", "empty"]
    assert field.boundary["inlet"]["type"] == "fixedValue"
    assert field.boundary["inlet"]["value"].tolist() == [7, 8]
    assert field.boundary["inlet"]["gradient"].tolist() == [0.5, 0.5, 0.5]
    assert field.boundary["empty"]["value"].shape == (0,)


def test_a_macro_leads_to_the_list_it_names(tmp_path: Path) -> None:
    field = read(field_file(tmp_path, SCALAR))
    assert field.value("boundaryField.outlet.value").tolist() == field.internal.tolist()


def test_a_patch_is_found_by_its_pattern(tmp_path: Path) -> None:
    assert read(field_file(tmp_path, SCALAR)).value(("boundaryField", "wallLeft", "type")) == "zeroGradient"


def test_reading_and_writing_keeps_every_byte_that_is_no_number(tmp_path: Path) -> None:
    path = field_file(tmp_path, SCALAR.replace("2(7 8)", "\n2\n(\n7\n8\n)").replace("3{0.5}", "\n1\n(\n0.5\n)"))
    before = path.read_bytes()
    write(path, read(path))
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("cls", "value"),
    [
        ("volScalarField", np.float64(3)),
        ("volVectorField", np.array([1.0, 2, 3])),
        ("volSymmTensorField", np.arange(6.0)),
        ("volTensorField", np.arange(9.0)),
        ("volSphericalTensorField", np.array([2.0])),
        ("surfaceScalarField", np.float64(0.25)),
        ("pointVectorField", np.array([0.0, 1, 0])),
        ("volScalarField::Internal", np.float64(4)),
    ],
)
def test_uniform_fields_of_every_class(tmp_path: Path, cls: str, value: np.ndarray) -> None:
    written = write(
        tmp_path / "f", create(cls, "f", dimensions=(0, 1, -1), internal=value, boundary={"in": {"value": value}})
    )
    field = read(written)
    assert field.uniform and field.internal.shape == value.shape
    assert np.array_equal(field.internal, value)
    assert np.array_equal(field.boundary["in"]["value"], value)
    assert field.values(5).shape == (5, *value.shape)


@pytest.mark.parametrize("arch", [Arch(), Arch(64, 64), Arch(32, 32), Arch(32, 64, little=False)], ids=str)
@pytest.mark.parametrize("width", [(), (3,), (6,), (9,)])
def test_binary_lists_survive_in_every_arch(tmp_path: Path, arch: Arch, width: tuple[int, ...]) -> None:
    cls = {(): "volScalarField", (3,): "volVectorField", (6,): "volSymmTensorField", (9,): "volTensorField"}[width]
    values = np.random.default_rng(0).standard_normal((50, *width)).astype(np.float32).astype(np.float64)
    field = create(
        cls, "f", dimensions=(), internal=values, boundary={"in": {"type": "fixedValue", "value": values[:7]}}
    )
    back = read(write(tmp_path / "f", field, format="binary", arch=arch))
    assert back.format == "binary" and back.internal.dtype.itemsize * 8 == arch.scalar
    assert np.array_equal(back.internal, values)
    assert np.array_equal(back.boundary["in"]["value"], values[:7])


@pytest.mark.parametrize("count", [10, 60_000])
@pytest.mark.parametrize("format", ["ascii", "binary"])
@pytest.mark.parametrize("compress", [False, True])
def test_numbers_come_back_exactly(tmp_path: Path, count: int, format: str, compress: bool) -> None:
    random = np.random.default_rng(1)
    values = random.standard_normal((count, 3)) * 10.0 ** random.integers(-300, 300, (count, 3))
    values[:4, 0] = [np.nan, np.inf, -np.inf, -0.0]
    field = create("volVectorField", "U", dimensions=(0, 1, -1), internal=values, boundary={})
    written = write(tmp_path / "U", field, format=format, compress=compress)  # type: ignore[arg-type]
    assert written.name == ("U.gz" if compress else "U")
    back = read(tmp_path / "U").internal
    assert np.array_equal(back, values, equal_nan=True) and np.signbit(back[3, 0])


@pytest.mark.parametrize("count", [10, 60_000])
def test_digits_can_be_chosen(tmp_path: Path, count: int) -> None:
    field = create("volScalarField", "p", dimensions=(), internal=np.full(count, 1 / 3), boundary={})
    assert np.array_equal(read(write(tmp_path / "p", field, precision=6)).internal, np.full(count, 0.333333))
    assert np.array_equal(read(write(tmp_path / "p", field, precision=17)).internal, np.full(count, 1 / 3))


def test_both_formats_hold_the_same_text_around_the_lists(tmp_path: Path) -> None:
    field = read(field_file(tmp_path, SCALAR))
    raw = write(tmp_path / "raw", field, format="binary")
    again = write(tmp_path / "again", read(raw), format="ascii")
    assert again.read_text() == write(tmp_path / "direct", field).read_text()
    assert b'arch "LSB;label=32;scalar=64";' in b" ".join(raw.read_bytes().split())


def test_a_compressed_field_replaces_the_plain_one_and_back(tmp_path: Path) -> None:
    field = read(field_file(tmp_path, SCALAR))
    write(tmp_path / "p", field, compress=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["p.gz"]
    write(tmp_path / "p", read(tmp_path / "p"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["p"]


def test_replace_sets_arrays_uniform_values_and_words(tmp_path: Path) -> None:
    field = read(field_file(tmp_path, SCALAR))
    changed = (
        field.replace("internalField", np.arange(3.0))
        .replace("boundaryField.inlet.value", np.float64(4).reshape(()))
        .replace("boundaryField.outlet.type", "zeroGradient")
        .replace("boundaryField.outlet.gradient", np.ones(2))
    )
    back = read(write(tmp_path / "q", changed))
    assert back.internal.tolist() == [0, 1, 2]
    assert back.boundary["inlet"]["value"] == 4 and back.boundary["outlet"]["type"] == "zeroGradient"
    assert back.boundary["outlet"]["gradient"].tolist() == [1, 1]
    assert field.internal.tolist() == [1, 2.5, -3e-05, 1e300], "the field itself never changes"


def test_an_array_that_is_no_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\(4, 5\)"):
        read(field_file(tmp_path, SCALAR)).replace("internalField", np.zeros((4, 5)))


def test_binary_lists_are_views_unless_a_copy_is_wanted(tmp_path: Path) -> None:
    field = create("volScalarField", "p", dimensions=(), internal=np.arange(5.0), boundary={})
    path = write(tmp_path / "p", field, format="binary")
    assert not read(path).internal.flags.owndata and not read(path).internal.flags.writeable
    copied = read(path, memmap=False).internal
    assert copied.flags.owndata and copied.tolist() == [0, 1, 2, 3, 4]


def test_code_and_comments_that_speak_of_lists_are_left_alone(tmp_path: Path) -> None:
    body = (
        "dimensions [0 0 0 0 0 0 0];\n// nonuniform List<scalar> 2(1 2)\nx #{ nonuniform List<scalar> 9(1 #};\n"
        'y "nonuniform 3(";\ninternalField uniform 1;\nboundaryField {}\n'
    )
    path = field_file(tmp_path, body)
    assert read(path).tree.text() == path.read_text() and read(path).internal == 1


def test_directives_in_the_boundary_are_kept(tmp_path: Path) -> None:
    body = (
        "dimensions [0 0 0 0 0 0 0];\ninternalField uniform 1;\nboundaryField\n{\n"
        '    #includeEtc "caseDicts/setConstraintTypes"\n    in { type zeroGradient; }\n}\n'
    )
    path = field_file(tmp_path, body)
    assert "#includeEtc" in write(tmp_path / "q", read(path)).read_text()


LISTS = "dimensions [0 0 0 0 0 0 0];\ninternalField nonuniform List<{}> {};\nboundaryField {{}}\n"


@pytest.mark.parametrize(
    ("kind", "text", "values"),
    [
        ("scalar", "3(1 2 3)", [1, 2, 3]),
        ("scalar", "(1 2 3)", [1, 2, 3]),
        ("scalar", "\n3\n(\n 1\n\t2 // two\n /* three */ 3)\n", [1, 2, 3]),
        ("scalar", "3{1.5}", [1.5, 1.5, 1.5]),
        ("scalar", "0()", []),
        ("scalar", "0", []),
        ("scalar", "3(nan inf -inf)", [np.nan, np.inf, -np.inf]),
        ("vector", "2((1 2 3) (4 5 6))", [[1, 2, 3], [4, 5, 6]]),
        ("vector", "2((1 2 3)(4 5 6))", [[1, 2, 3], [4, 5, 6]]),
        ("vector", "2( ( 1  2\n3 ) (4\t5 6 ) )", [[1, 2, 3], [4, 5, 6]]),
        ("vector", "2{(1 2 3)}", [[1, 2, 3], [1, 2, 3]]),
        ("symmTensor", "1((1 2 3 4 5 6))", [[1, 2, 3, 4, 5, 6]]),
        ("label", "3(1 -2 3)", [1, -2, 3]),
    ],
)
def test_every_layout_of_a_list_is_read(tmp_path: Path, kind: str, text: str, values: list[float]) -> None:
    cls = {"scalar": "volScalarField", "label": "volScalarField"}.get(kind, f"vol{kind[0].upper()}{kind[1:]}Field")
    found = read(field_file(tmp_path, LISTS.format(kind, text), cls=cls)).internal
    assert np.array_equal(found, np.array(values, found.dtype).reshape(found.shape), equal_nan=kind == "scalar")
    assert len(found) == len(values)


@pytest.mark.parametrize("layout", ["plain", "indented", "crlf", "several a line", "comment"])
def test_long_lists_are_read_in_every_layout(tmp_path: Path, layout: str) -> None:
    values = np.random.default_rng(2).standard_normal((20_000, 3))
    lines = [f"({x!r} {y!r} {z!r})" for x, y, z in values.tolist()]
    text = {
        "plain": "\n".join(lines),
        "indented": "\n".join(f"    {line}" for line in lines),
        "crlf": "\r\n".join(lines),
        "several a line": " ".join(lines),
        "comment": "\n".join([*lines[:50], "// half way", *lines[50:]]),
    }[layout]
    body = LISTS.format("vector", f"\n20000\n(\n{text}\n)\n")
    assert np.array_equal(read(field_file(tmp_path, body, cls="volVectorField")).internal, values)


@pytest.mark.parametrize(
    ("kind", "text", "line", "column", "said"),
    [
        ("scalar", "4(1 2 3)", 9, 41, "list has 3 entries; expected 4"),
        ("scalar", "3(1 x 3)", 9, 43, "'x' is no number"),
        ("vector", "2((1 2 3) (4 5))", 9, 49, "no vector; expected (x y z)"),
        ("vector", "2((1 2 3) 7)", 9, 49, "no vector"),
        ("scalar", "x", 9, 39, "no list of scalars; expected its size and '('"),
        ("scalar", "3{1", 9, 41, "'1;' is no number"),
        ("quaternion", "3(1)", 0, 0, "unknown list element 'quaternion'"),
    ],
)
def test_a_broken_list_is_named_with_line_and_column(
    tmp_path: Path, kind: str, text: str, line: int, column: int, said: str
) -> None:
    cls = "volVectorField" if kind == "vector" else "volScalarField"
    path = field_file(tmp_path, LISTS.format(kind, text), cls=cls)
    place = f"{path}:{line}:{column}: " if line else str(path)
    with pytest.raises(Exception) as caught:
        read(path)
    assert said in str(caught.value) and place in str(caught.value)


def test_a_bad_number_deep_in_a_long_list_is_named_by_its_own_line(tmp_path: Path) -> None:
    lines = ["(1 2 3)"] * 50_000
    lines[40_000] = "(1 2 3..4)"
    path = field_file(
        tmp_path, LISTS.format("vector", "\n50000\n(\n" + "\n".join(lines) + "\n)\n"), cls="volVectorField"
    )
    with pytest.raises(DictionaryError, match=r"'3\.\.4' is no number") as caught:
        read(path)
    assert (caught.value.line, caught.value.column) == (12 + 40_000, 6)


def test_a_list_that_is_cut_off_says_so(tmp_path: Path) -> None:
    path = field_file(tmp_path, SCALAR)
    path.write_bytes(path.read_bytes().partition(b"-3e-05")[0])
    with pytest.raises(DictionaryError, match="list of scalars is not closed"):
        read(path)


def test_a_binary_list_that_is_cut_off_says_how_much_is_there(tmp_path: Path) -> None:
    field = create("volVectorField", "U", dimensions=(), internal=np.ones((100, 3)), boundary={})
    path = write(tmp_path / "U", field, format="binary")
    path.write_bytes(path.read_bytes()[:1500])
    with pytest.raises(DictionaryError, match=r"cut off: \d\d of 100 vectors.*expected 2400 bytes"):
        read(path)


def test_a_binary_list_of_another_arch_than_it_says_is_refused(tmp_path: Path) -> None:
    field = create("volVectorField", "U", dimensions=(), internal=np.ones((100, 3)), boundary={})
    path = write(tmp_path / "U", field, format="binary")
    path.write_bytes(path.read_bytes().replace(b"scalar=64", b"scalar=32"))
    with pytest.raises(DictionaryError, match="does not end where its size and arch LSB;label=32;scalar=32 say"):
        read(path)


def test_an_error_behind_a_long_list_has_its_place_in_the_file(tmp_path: Path) -> None:
    body = LISTS.format("scalar", "\n1000\n(\n" + "1\n" * 1000 + ")\n").replace("{}", "{ in { type x; }")
    path = field_file(tmp_path, body)
    with pytest.raises(DictionaryError) as caught:
        read(path)
    assert caught.value.line >= 1000


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty (0 bytes); expected a FoamFile head"),
        (b"hello", "is no field: no FoamFile head"),
        (text_of("x 1;", cls="dictionary"), "is no field: class 'dictionary'; expected a class such as volVectorField"),
    ],
)
def test_what_is_no_field_is_refused_by_name(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "p").write_bytes(content)
    with pytest.raises(DictionaryError) as caught:
        read(tmp_path / "p")
    assert said in str(caught.value) and str(tmp_path / "p") in str(caught.value)


def test_an_absent_file_names_both_names_that_were_looked_for(tmp_path: Path) -> None:
    with pytest.raises(DictionaryError, match=r"no such file; expected U or U\.gz"):
        read(tmp_path / "U")


def test_a_damaged_gz_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "U.gz").write_bytes(gzip.compress(text_of(SCALAR))[:-20])
    with pytest.raises(DictionaryError, match=r"U\.gz: is no complete gzip file"):
        read(tmp_path / "U")
    (tmp_path / "V.gz").write_bytes(b"plain")
    with pytest.raises(DictionaryError, match=r"V\.gz"):
        read(tmp_path / "V")


def test_values_of_another_number_of_cells_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DictionaryError, match="p has 4 values; expected 5"):
        read(field_file(tmp_path, SCALAR)).values(5)


def test_a_failed_write_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = field_file(tmp_path, SCALAR)
    before = path.read_bytes()

    def fail(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="No space"):
        write(path, create("volScalarField", "p", dimensions=(), internal=1.0, boundary={}))
    assert path.read_bytes() == before and [file.name for file in tmp_path.iterdir()] == ["p"]


@pytest.mark.parametrize("text", ["999999999999999(1 2 3)", "\n999999999999\n(\n" + "1\n" * 200_000 + ")\n"])
def test_a_size_beyond_all_memory_is_only_a_wrong_size(tmp_path: Path, text: str) -> None:
    with pytest.raises(DictionaryError, match=r"list has \d+ entries; expected 999999999999"):
        read(field_file(tmp_path, LISTS.format("scalar", text)))


def test_a_repeated_value_takes_no_memory(tmp_path: Path) -> None:
    found = read(field_file(tmp_path, LISTS.format("vector", "9999999999999{(1 2 3)}"), cls="volVectorField")).internal
    assert found.shape == (9999999999999, 3) and found[-1].tolist() == [1, 2, 3]
