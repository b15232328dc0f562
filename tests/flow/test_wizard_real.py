"""A body from CAD through the wizard's draft: planned, rendered, picked on, and its code makes an equal case."""

from __future__ import annotations

from pathlib import Path

import pytest

import flowcfd as fc
from flowcfd.bench.shapes import shapes
from flowcfd.widgets.wizard import Wizard

pytestmark = pytest.mark.flow
AHMED = Path(__file__).parents[2] / "notebooks" / "data" / "ahmed.step"


def code_makes_an_equal_case(wizard: Wizard) -> bool:
    names: dict[str, object] = {}
    exec(wizard.code, names)
    return names["case"] == wizard.case


def planned(wizard: Wizard, flow: fc.Flow) -> None:
    """The wizard after its step Mesh."""
    wizard.change(wizard.draft.with_flow(flow))
    page = wizard.pages["Mesh"]
    wizard.step = "Mesh"
    page.working.wait(300)
    assert not page.working.widget.value


def test_a_cad_body_becomes_files_that_nothing_is_wrong_with(home: Path) -> None:
    wizard = fc.wizard(AHMED)
    assert wizard.draft.domain == fc.WindTunnel(ground=False)
    assert set(wizard.draft.problems) >= {"mesh", "physics"}
    planned(wizard, fc.Flow("40 m/s"))
    assert f"about {wizard.draft.plan.cells} cells" in wizard.draft.reasons["mesh"]
    assert wizard.case.outputs[0].area == pytest.approx(wizard.case.geometry.frontal[0], rel=1e-3)
    files = fc.render(wizard.case)
    assert "system/snappyHexMeshDict" in files.files
    assert not fc.check(files, dry_run=False).errors
    assert code_makes_an_equal_case(wizard)

    wizard.change(wizard.draft.with_domain(fc.FreeAir()))
    assert wizard.draft.said == ("the mesh was planned for another body or domain: plan it again",)
    assert wizard.draft.boundaries["farfield"].speed == 40
    with pytest.raises(fc.CaseError, match="mesh: not there yet"):
        _ = wizard.case


def test_faces_that_are_named_on_the_body_become_patches_of_the_case_and_of_the_code(home: Path) -> None:
    elbow = shapes()["elbow"][0]()
    ends = {name: [n for n, one in enumerate(elbow.names) if one == name] for name in ("inlet", "outlet")}
    wizard = fc.wizard(elbow.name({"wall": list(elbow.patches)}))
    assert wizard.draft.domain.kind == "WindTunnel"  # nobody knows yet that fluid goes in
    page = wizard.pages["Boundaries"]
    page.pick()
    picker = page._picker
    for name, boundary in (("inlet", fc.Inlet("2 m/s")), ("outlet", fc.Outlet())):
        picker._do(lambda desk, name=name: desk.take(desk.picking.picked(ends[name])))
        picker.name(name)
        picker.assign(boundary)
    assert wizard.draft.domain == fc.Internal()
    assert wizard.draft.boundaries["inlet"] == fc.Inlet("2 m/s")
    planned(wizard, fc.Flow("2 m/s", "water"))
    assert wizard.code.count(".name(") == 1
    assert code_makes_an_equal_case(wizard)
    picker.close()
