"""Every folder here holds a Case (case.json) and what it renders to (rendered/), byte by byte.

The surface of a body (surface.stl) lies beside its case; where it is rendered by reference, its hash stands for it.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from flowcfd.case import Case
from flowcfd.case.boundary import BOUNDARIES
from flowcfd.case.output import OUTPUTS
from flowcfd.case.turbulence import TRANSPORTED
from flowcfd.foam import dictionary
from flowcfd.foam.casefiles import Blob, CaseFiles
from flowcfd.foam.render import render
from flowcfd.registry import Registry

HERE = Path(__file__).parent
NAMES = sorted(folder.parent.name for folder in HERE.glob("*/case.json"))
STEPS = "steps"


@pytest.fixture(params=NAMES)
def folder(request: pytest.FixtureRequest) -> Path:
    return HERE / str(request.param)


@pytest.fixture(autouse=True)
def kept_surfaces(home: Path) -> None:
    """The surfaces of all bodies are where cad keeps them."""
    for stl in HERE.glob("*/surface.stl"):
        geometry = read_case(stl.parent).geometry
        assert geometry is not None
        place = home / "geometry" / geometry.digest[:24]
        place.mkdir(parents=True)
        shutil.copy(stl, place)


def texts(files: CaseFiles) -> CaseFiles:
    """The same with a line in place of each file that is kept by reference."""
    return files.with_files(
        {
            path: f"{one.size} bytes with the SHA-256 {one.sha256}\n"
            for path, one in files.files.items()
            if isinstance(one, Blob)
        }
    )


def read_case(folder: Path) -> Case:
    return Case.from_json((folder / "case.json").read_bytes())


def dictionaries(files: CaseFiles) -> CaseFiles:
    """Those files that are dictionaries: neither surfaces nor what the mesh is to be like (JSON)."""
    others = [path for path in files if path.endswith((".stl", "meshExpected"))]
    return files.with_files(dict.fromkeys(others))


def read_golden(rendered: Path) -> CaseFiles:
    files = {
        path.relative_to(rendered).as_posix(): path.read_bytes().decode("latin-1")
        for path in rendered.rglob("*")
        if path.is_file()
    }
    return CaseFiles(files, steps=tuple(files.pop(STEPS, "").splitlines()))


def test_a_case_renders_to_its_golden_files(folder: Path, update_golden: bool) -> None:
    found = texts(render(read_case(folder)))
    if update_golden:
        shutil.rmtree(folder / "rendered", ignore_errors=True)
        found.write(folder / "rendered")
        (folder / "rendered" / STEPS).write_text("".join(f"{step}\n" for step in found.steps))
    difference = read_golden(folder / "rendered").diff(found)
    assert not difference, f"{folder.name} renders otherwise (--update-golden takes it over):\n{difference}"


def test_every_rendered_dictionary_is_parsed_and_kept_byte_by_byte(folder: Path) -> None:
    files = dictionaries(texts(render(read_case(folder))))
    for path in files:
        assert dictionary.parse(files.text(path), path=path).text() == files.text(path)


def test_a_case_through_json_renders_to_the_same_digest(folder: Path) -> None:
    case = read_case(folder)
    assert render(Case.from_json(case.to_json())).digest == render(case).digest


def test_rendered_files_hold_nothing_that_openfoam_would_execute(folder: Path) -> None:
    files = texts(render(read_case(folder)))
    for path in files:
        assert not any(word in files.text(path) for word in ("#calc", "#codeStream", "#eval", "coded", "systemCall"))


def test_the_golden_cases_cover_every_boundary_output_and_turbulence_model() -> None:
    cases = [read_case(HERE / name) for name in NAMES]
    assert {boundary.kind for case in cases for boundary in case.patches.values()} >= _own(BOUNDARIES)
    assert {output.kind for case in cases for output in case.outputs} >= _own(OUTPUTS)
    assert {case.physics.turbulence for case in cases} == set(TRANSPORTED)


def _own(registry: Registry[type]) -> set[str]:
    return {name for name, part in registry.items() if part.__module__.startswith("flowcfd.")}
