"""The wizard as an object: steps, what its pages change, what it says to what it cannot use."""

from __future__ import annotations

from pathlib import Path

import pytest

import flowcfd as fc
from flowcfd.widgets.wizard.loading import Loading, completions
from flowcfd.widgets.wizard.steps import NAMES
from flowcfd.widgets.wizard.working import Working

pytestmark = pytest.mark.usefixtures("home")
TETRAHEDRON = ((0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1))


def stl(path: Path, *, faces: int = 4) -> Path:
    """A tetrahedron, or so many of its faces."""
    corners = ((0, 2, 1), (0, 1, 3), (0, 3, 2), (1, 2, 3))[:faces]
    lines = ["solid body"]
    for corner in corners:
        lines += ["facet normal 0 0 0", "outer loop"]
        lines += [f"vertex {' '.join(map(str, TETRAHEDRON[n]))}" for n in corner]
        lines += ["endloop", "endfacet"]
    path.write_text("\n".join([*lines, "endsolid body", ""]))
    return path


def test_from_nothing_to_a_case_and_its_code() -> None:
    wizard = fc.wizard()
    assert wizard.step == "Geometry"
    with pytest.raises(fc.CaseError, match="domain: not chosen yet"):
        _ = wizard.case
    wizard.pages["Geometry"].tiles.chosen = "Cavity"
    assert wizard.case.domain == fc.Cavity(1.0)
    names: dict[str, object] = {}
    exec(wizard.code, names)
    assert names["case"] == wizard.case
    assert wizard._writer.code == wizard.code


def test_a_domain_that_waits_for_a_body_says_so_and_keeps_its_numbers(tmp_path: Path) -> None:
    tunnel = fc.WindTunnel(upstream="4 m")
    wizard = fc.wizard(tunnel)
    page = wizard.pages["Domain"]
    assert page._none.layout.display is None
    assert "A WindTunnel is laid around a body: the step Geometry takes one." in page._missing.value
    for step in NAMES:
        wizard.step = step
    wizard.step = "Mesh"
    assert wizard._missing.layout.display is None
    wizard.change(wizard.draft.with_geometry(fc.load(stl(tmp_path / "body.stl"), unit="m")))
    assert page._none.layout.display == "none"
    assert wizard.draft.domain == tunnel and wizard.draft.space is not None


def test_a_case_without_a_body_on_an_empty_site_is_opened_as_it_is() -> None:
    wind = fc.LogLaw("10 m/s", "20 m", "5 cm")
    site = fc.BuildingSite("300 m", "20 m", "120 m")
    case = fc.Case(
        domain=site, mesh=fc.Blocks((30, 1, 26), grading=(1, 1, 15)), boundaries=site.boundaries(wind),
        physics=fc.Incompressible("air", "kEpsilon"), solve=fc.Steady(100),
    )  # fmt: skip
    wizard = fc.wizard(case)
    assert wizard.case == case
    wizard.change(wizard.draft.with_domain(fc.Channel("2 m", "1 m")))
    assert wizard.pages["Domain"]._none.layout.display == "none"


def test_the_cell_is_asked_for_from_the_start_where_that_is_wanted() -> None:
    wizard = fc.wizard(fc.Cavity("1 m"), cell=True)
    assert wizard._writer.asked == 1
    assert wizard._writer.code == wizard.code
    assert fc.wizard(fc.Cavity("1 m"))._writer.asked == 0
    assert fc.wizard(cell=True)._writer.asked == 0


def test_a_step_that_waits_for_a_shape_says_so_and_leads_to_it() -> None:
    wizard = fc.wizard()
    shown = {}
    for step in NAMES:
        wizard.step = step
        shown[step] = wizard._missing.layout.display != "none"
    assert [step for step, waits in shown.items() if waits] == ["Mesh", "Physics", "Boundaries", "Solve"]
    wizard.step = "Mesh"
    wizard._missing.children[-1].click()
    assert wizard.step == "Geometry"
    wizard.step = "Solve"
    wizard._problems.children[0].click()  # no shape is chosen yet: at Geometry there are some
    assert wizard.step == "Geometry"
    wizard.pages["Geometry"].tiles.chosen = "Cavity"
    wizard.step = "Mesh"
    assert wizard._missing.layout.display == "none"


def test_the_size_of_the_cells_can_be_seen_and_changed_where_it_is_proposed() -> None:
    wizard = fc.wizard(fc.BackwardFacingStep(step=1, inlet_height=1, upstream=6, downstream=30))
    tree = wizard.pages["Mesh"].form._form.widget.tree
    assert wizard.case.mesh.cell is not None
    assert {"cells", "cell"} <= {row["name"] for row in tree["rows"]}
    assert {"first_cell", "grading"} <= {row["name"] for row in tree["more"]}


def test_a_case_comes_back_as_it_was(tmp_path: Path) -> None:
    case = fc.wizard(fc.Channel("2 m", "20 cm")).case
    again = fc.wizard(case)
    assert again.case == case
    assert all(state.word in ("done", "none needed", "not yet") for state in again.states.values())


def test_every_step_can_be_shown_and_others_are_refused() -> None:
    wizard = fc.wizard(fc.Pipe(1.0, 5.0))
    for step in NAMES:
        wizard.step = step
        assert wizard.step == step
    with pytest.raises(fc.UnknownName, match="unknown step 'Solver'"):
        wizard.step = "Solver"


@pytest.mark.parametrize("given", [3, object(), [1, 2], {"domain": "Cavity"}])
def test_what_is_no_case_and_no_body_is_refused_with_what_is_allowed(given: object) -> None:
    with pytest.raises(fc.CaseError, match=r"must be given a Case, a Geometry, .* or nothing"):
        fc.wizard(given)


def test_a_file_is_loaded_and_the_code_loads_it_again(tmp_path: Path) -> None:
    path = stl(tmp_path / "tetrahedron.stl")
    wizard = fc.wizard(str(path), unit="m")
    assert wizard.draft.geometry.label == "tetrahedron"
    assert wizard.draft.loaded == f"fc.load({str(path)!r}, unit='m')"
    whole = wizard.draft.with_flow(fc.Flow("10 m/s")).with_mesh(fc.Snappy(cell=0.5, surface=0.1))
    wizard.change(whole)
    names: dict[str, object] = {}
    exec(wizard.code, names)
    assert names["case"] == wizard.case


def test_a_file_that_holds_no_body_and_one_that_is_not_there_are_said(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing")
    with pytest.raises(fc.CaseError, match="kind of geometry file 'txt'"):
        fc.wizard(tmp_path / "notes.txt")
    with pytest.raises(fc.GeometryError, match="no such file"):
        fc.wizard(tmp_path / "gone.step")


def test_the_page_says_what_is_wrong_with_a_file_and_lives_on(tmp_path: Path) -> None:
    wizard = fc.wizard()
    page = wizard.pages["Geometry"]
    for text, said in (
        ("", "type the name of a file"),
        (str(tmp_path / "gone.stl"), "there is no such file"),
        (str(stl(tmp_path / "t.stl")), "does not say its unit"),
    ):
        page.path.value = text
        page.load()
        page.working.wait(60)
        assert said in page.working.widget.value
    page.unit.value = "m"
    page.load()
    page.working.wait(60)
    assert wizard.draft.geometry is not None
    assert "sound" in page._found.value


def test_a_body_with_a_hole_is_a_problem_of_the_geometry(tmp_path: Path) -> None:
    wizard = fc.wizard(str(stl(tmp_path / "open.stl", faces=3)), unit="m")
    wizard.change(wizard.draft.with_flow(fc.Flow("1 m/s")))
    assert wizard.states["Geometry"].word == "problem"
    assert "not closed" in wizard.states["Geometry"].why
    assert "Something is wrong with the surface" in wizard.pages["Geometry"]._found.value


def test_paths_are_completed_to_folders_and_files_of_geometry(tmp_path: Path) -> None:
    (tmp_path / "bodies").mkdir()
    (tmp_path / "body.step").write_text("")
    (tmp_path / "book.txt").write_text("")
    assert completions(f"{tmp_path}/bo") == [f"{tmp_path}/bodies/", f"{tmp_path}/body.step"]
    assert completions(f"{tmp_path}/nowhere/x") == []


def test_how_a_file_is_loaded_is_python() -> None:
    assert Loading("a b.stl", "mm", "0.01 mm").code == "fc.load('a b.stl', unit='mm').heal('0.01 mm')"


def test_what_is_typed_in_a_form_reaches_the_case_and_an_error_its_step() -> None:
    wizard = fc.wizard(fc.Cavity(1.0))
    wizard.step = "Mesh"
    form = wizard.pages["Mesh"].form._form
    form.enter("cells", "-3")
    assert wizard.states["Mesh"].word == "problem"
    with pytest.raises(fc.CaseError, match=r"mesh\.cells"):
        _ = wizard.case
    form.enter("cells", "20")
    assert wizard.case.mesh == fc.Blocks(20)
    assert wizard.states["Mesh"].word == "done"


def test_check_finds_and_estimates_and_forgets_when_the_case_changes() -> None:
    wizard = fc.wizard(fc.Cavity(1.0))
    page = wizard.pages["Check"]
    page.check()
    page.working.wait(120)
    assert wizard.states["Check"].word == "done"
    wizard.change(wizard.draft.with_mesh(fc.Blocks(10)))
    assert wizard.findings is None
    assert wizard.states["Check"].word == "not yet"


def test_a_mend_changes_the_field_or_else_the_file() -> None:
    wizard = fc.wizard(fc.Channel("12 m", "1 m"))
    page, air = wizard.pages["Check"], fc.Flow("20 m/s", "air")
    wizard.change(wizard.draft.with_flow(air).with_solve(fc.Transient(end=1, step=0.5)))
    (finding,) = fc.check(wizard.case, dry_run=False).by("courant-far-too-large")
    page._mend(finding)
    page.working.wait(120)
    assert wizard.case.solve.step == finding.mend.changes[0].value
    assert not wizard.findings.by("courant-far-too-large")

    wizard.change(wizard.draft.with_solve(fc.Steady(10, convection="linear")))
    (finding,) = [one for one in fc.check(wizard.case, dry_run=False) if one.entry.endswith("div(phi,U)")]
    page._mend(finding)
    page.working.wait(120)
    assert list(wizard.case.files) == ["system/fvSchemes"]
    assert finding.rule not in [one.rule for one in wizard.findings]
    assert page._own.children


def test_outputs_are_added_and_removed() -> None:
    wizard = fc.wizard(fc.Cavity(1.0))
    page = wizard.pages["Outputs"]
    for kind in ("Forces", "YPlus"):
        page.kind.value = kind
        page.add()
    assert [one.kind for one in wizard.case.outputs] == ["Forces", "YPlus"]
    page.kind.value = "Probes"
    page.add()  # nobody can guess where: it is asked
    assert len(wizard.case.outputs) == 2
    assert page._adding.children
    page.tiles.chosen = "0"
    page.remove()
    assert [one.kind for one in wizard.case.outputs] == ["YPlus"]


def test_what_nobody_foresaw_is_said_and_leaves_no_widget_that_waits_for_ever() -> None:
    working = Working()

    def fails(*_: object) -> None:
        raise KeyError("nothing")

    working.start("looking", fails, lambda _: None)
    working.wait(60)
    assert "KeyError: &#x27;nothing&#x27;" in working.widget.value
    working.start("looking", lambda: 1, fails)
    working.wait(60)
    assert "progress" not in working.widget.value and "KeyError" in working.widget.value


def test_names_of_patches_are_no_html() -> None:
    evil = "<img src=x onerror=alert(1)>"
    wizard = fc.wizard(fc.Cavity("1 m"))
    wizard.change(wizard.draft.with_boundaries({evil: fc.Wall()}))
    page = wizard.pages["Boundaries"]
    page.tiles.chosen = evil
    assert "&lt;img" in page._place.children[0].value


def test_numbers_of_a_plan_that_are_none_are_said(tmp_path: Path) -> None:
    wizard = fc.wizard(str(stl(tmp_path / "body.stl")), unit="m")
    wizard.change(wizard.draft.with_flow(fc.Flow("10 m/s")))
    page = wizard.pages["Mesh"]
    for typed in ("nan", "inf", "many"):
        page.cells.value = typed
        page.plan()
        assert "cells: must be a number, or nothing" in page.working.widget.value
