"""Field and list files exchanged with the real OpenFOAM, both ways."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from flowcfd.foam.fields import Faces, read, read_list, write, write_list
from flowcfd.foam.fields.element import element_of_class
from flowcfd.foam.fields.field import create

pytestmark = pytest.mark.flow
Application = Callable[..., str]
MESH = ("points", "faces", "owner", "neighbour")


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory, tutorials: Path, application: Application) -> Path:
    """The lid-driven cavity of the tutorials, 400 cells, solved to 0.5 s, ascii."""
    case = tmp_path_factory.mktemp("cavity") / "case"
    shutil.copytree(tutorials / "incompressible/icoFoam/cavity/cavity", case)
    application(case, "blockMesh")
    application(case, "icoFoam")
    return case


@pytest.fixture
def cavity(solved: Path, tmp_path: Path) -> Path:
    """A copy of it to work in."""
    return shutil.copytree(solved, tmp_path / "case")


def set_control(case: Path, **entries: object) -> None:
    control = case / "system" / "controlDict"
    kept = [line for line in control.read_text().splitlines() if not line.startswith(tuple(entries))]
    control.write_text("\n".join([*kept, *(f"{key} {value};" for key, value in entries.items())]) + "\n")


def same(openfoams: np.ndarray, ours: np.ndarray, *, through_text: bool) -> bool:
    """Equal; one unit in the last place is OpenFOAM's own, which rounds text twice (long double, then double)."""
    return openfoams.shape == ours.shape and bool(
        (np.abs(openfoams - ours) <= (np.spacing(np.abs(ours)) if through_text else 0)).all()
    )


def convert(case: Path, application: Application, form: str, precision: int = 17) -> None:
    """Let OpenFOAM read and write everything."""
    set_control(case, writeFormat=form, writePrecision=precision)
    application(case, "foamFormatConvert", "-constant")


def test_what_openfoam_wrote_comes_back_byte_for_byte(solved: Path, tmp_path: Path) -> None:
    for name in ("U", "p", "phi"):
        written = write(tmp_path / name, read(solved / "0.5" / name), precision=6)
        assert written.read_bytes() == (solved / "0.5" / name).read_bytes()


def test_ascii_and_openfoams_own_binary_hold_the_same(solved: Path, cavity: Path, application: Application) -> None:
    convert(cavity, application, "binary")
    for name in ("U", "p", "phi"):
        raw, text = read(cavity / "0.5" / name), read(solved / "0.5" / name)
        assert (raw.format, text.format) == ("binary", "ascii")
        assert same(raw.internal, text.internal, through_text=True)
        assert np.mean(raw.internal == text.internal) > 0.99
        assert list(raw.boundary) == list(text.boundary)
    for name in MESH:
        raw_list, text_list = (read_list(case / "constant/polyMesh" / name) for case in (cavity, solved))
        if isinstance(raw_list, Faces) and isinstance(text_list, Faces):
            assert np.array_equal(raw_list.offsets, text_list.offsets)
            raw_list, text_list = raw_list.labels, text_list.labels
        assert same(raw_list, text_list, through_text=True), name


@pytest.mark.parametrize("compress", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize("form", ["ascii", "binary"])
def test_the_solver_goes_on_from_files_of_ours_as_from_its_own(
    solved: Path, cavity: Path, application: Application, form: str, compress: bool
) -> None:
    for name in ("U", "p", "phi"):
        write(cavity / "0.5" / name, read(solved / "0.5" / name), format=form, compress=compress)  # type: ignore[arg-type]
    for name in MESH:
        path = cavity / "constant/polyMesh" / name
        cls = {"points": "vectorField", "faces": None}.get(name, "labelList")
        write_list(path, read_list(path), cls=cls, format=form, compress=compress)  # type: ignore[arg-type]
    reference = shutil.copytree(solved, cavity.parent / "reference")
    for case in (reference, cavity):
        set_control(case, startFrom="latestTime", endTime=0.52, writeInterval=4, writePrecision=12)
        application(case, "icoFoam")
    assert np.array_equal(read(cavity / "0.52" / "U").internal, read(reference / "0.52" / "U").internal)


@pytest.mark.parametrize("kind", ["Scalar", "Vector", "SphericalTensor", "SymmTensor", "Tensor"])
@pytest.mark.parametrize("form", ["ascii", "binary"])
def test_every_kind_of_field_is_read_by_openfoam_to_the_last_digit(
    cavity: Path, application: Application, form: str, kind: str
) -> None:
    random = np.random.default_rng(5)
    width = element_of_class(f"vol{kind}Field")
    assert width is not None
    cells, faces = random.standard_normal((400, *width.shape)), random.standard_normal((20, *width.shape))
    field = create(
        f"vol{kind}Field",
        "X",
        dimensions=(0, 1, -1),
        internal=cells,
        boundary={
            "movingWall": {"type": "fixedValue", "value": faces},
            "fixedWalls": {"type": "fixedGradient", "gradient": np.repeat(faces, 3, axis=0)},
            "frontAndBack": {"type": "empty"},
        },
    )
    for path in (cavity / "0.5").glob("[Up]*"):
        path.unlink()
    write(cavity / "0.5" / "X", field, format=form)  # type: ignore[arg-type]
    convert(cavity, application, "ascii" if form == "binary" else "binary")
    back = read(cavity / "0.5" / "X")
    assert back.format != form
    text = form == "ascii"
    assert same(back.internal, cells, through_text=text)
    assert same(back.boundary["movingWall"]["value"], faces, through_text=text)
    assert same(back.boundary["fixedWalls"]["gradient"], np.repeat(faces, 3, axis=0), through_text=text)


def test_foam_dictionary_reads_what_we_wrote(cavity: Path, application: Application) -> None:
    field = read(cavity / "0.5" / "p").replace("internalField", np.arange(400) / 8)
    write(cavity / "0.5" / "p", field)
    said = application(cavity, "foamDictionary", "0.5/p", "-entry", "internalField", "-value")
    numbers = said.partition("(")[2].partition(")")[0].split()
    assert [float(number) for number in numbers] == (np.arange(400) / 8).tolist()


def test_decomposed_fields_are_read(cavity: Path, application: Application) -> None:
    (cavity / "system" / "decomposeParDict").write_text(
        "FoamFile { version 2.0; format ascii; class dictionary; object decomposeParDict; }\n"
        "numberOfSubdomains 3; method simple; coeffs { n (3 1 1); }\n"
    )
    for form in ("ascii", "binary"):
        set_control(cavity, writeFormat=form)
        application(cavity, "decomposePar", "-force", "-time", "0.5")
        whole = read(cavity / "0.5" / "U").internal
        for folder in sorted(cavity.glob("processor*")):
            cells = read_list(folder / "constant/polyMesh/cellProcAddressing")
            part = read(folder / "0.5" / "U")
            assert np.array_equal(part.internal, whole[cells])
            assert read(folder / "0.5" / "phi").boundary["frontAndBack"]["value"].shape == (0,)


def field_class(path: Path) -> bool:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        head = file.read(2000).decode("latin-1")
    words = head.partition("class")[2].partition(";")[0].split() if "FoamFile" in head else []
    return len(words) == 1 and element_of_class(words[0]) is not None


def test_every_field_file_of_the_tutorials_is_read_and_kept(tutorials: Path, tmp_path: Path) -> None:
    files = [
        path
        for path in tutorials.rglob("*")
        if path.parent.name in ("0", "0.orig", "0.org") and path.is_file() and field_class(path)
    ]
    assert len(files) > 500
    for path in files:
        field = read(path)
        if not field.lists:
            assert write(tmp_path / "copy", field).read_bytes() == (
                gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            ), path


def test_boundary_data_of_the_tutorials_is_read(tutorials: Path) -> None:
    files = [path for path in tutorials.rglob("*") if "boundaryData" in path.parts and path.is_file()]
    assert len(files) > 10
    for path in files:
        found = read_list(path)
        points = read_list(next(parent for parent in path.parents if (parent / "points").is_file()) / "points")
        assert isinstance(found, np.ndarray) and len(found) == len(points), path
