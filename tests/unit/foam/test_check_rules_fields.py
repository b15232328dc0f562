"""Fields that a solver reads, what is made for a missing one, dimensions, turbulence and names of other OpenFOAMs."""

from __future__ import annotations

import pytest

from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.check import RULES, CaseView, Finding, mend
from flowcfd.foam.check.examples import base

TURBULENCE, TRANSPORT = "constant/turbulenceProperties", "constant/transportProperties"


def found(rule: str, files: CaseFiles) -> list[Finding]:
    return RULES.get(rule).findings(CaseView(files))


def view_of(files: CaseFiles) -> CaseView:
    return CaseView(files)


def test_a_changed_model_asks_for_its_own_field_and_says_which_is_left() -> None:
    files = base("step").edited(TURBULENCE, {"RAS.RASModel": "kEpsilon"})
    (missing,) = found("field-missing", files)
    assert missing.file == "0/epsilon" and missing.severity == "error"
    (left,) = found("field-not-read", files)
    assert left.message.startswith("omega: not read by simpleFoam with kEpsilon")


@pytest.mark.parametrize("name", ["k", "omega", "nut"])
def test_a_made_field_has_the_patch_types_of_the_one_that_was_there(name: str) -> None:
    sound = base("step")
    files = sound.with_files({f"0/{name}": None})
    made = view_of(mend(files, found("field-missing", files)).files)
    ours, theirs = made.fields[name], view_of(sound).fields[name]
    assert ours.dimensions == theirs.dimensions
    for patch in (made.patches or {}).values():
        mine, other = ours.on(patch), theirs.on(patch)
        assert mine is not None and other is not None
        assert mine["type"] == other["type"], patch.name


def test_a_made_k_has_five_percent_intensity() -> None:
    files = base("step").with_files({"0/k": None})
    made = view_of(mend(files, found("field-missing", files)).files)
    assert made.number("0/k", "internalField") == pytest.approx(1.5 * (0.05 * 10) ** 2)


def test_a_field_kept_for_later_is_a_note() -> None:
    files = base("step")
    files = files.with_files({"0/k": None, "0/k.orig": files.text("0/k")})
    assert [one.severity for one in found("field-missing", files)] == ["note"]


def test_a_laminar_case_needs_no_turbulence() -> None:
    files = base("step").edited(TURBULENCE, {"simulationType": "laminar"})
    files = files.with_files({"0/k": None, "0/omega": None, "0/nut": None})
    assert not found("field-missing", files)


def test_a_uniform_field_fits_any_mesh() -> None:
    assert not found("field-size", base("step"))
    rows = "\n".join("0" for _ in range(400))
    fits = base("cavity").edited("0/p", {"internalField": f"nonuniform List<scalar> 400\n(\n{rows}\n)"})
    assert not found("field-size", fits)


def test_units_are_dimensions_too() -> None:
    assert not found("field-dimensions", base("step").edited("0/p", {"dimensions": "[m^2/s^2]"}))
    (one,) = found("field-dimensions", base("step").edited("0/p", {"dimensions": "[Pa]"}))
    assert "in pascal" in one.message and "kinematic" in one.message


def test_dimensions_of_a_field_that_is_not_read_are_a_note() -> None:
    files = base("step").with_files({"0/nuTilda": base("channel").text("0/nuTilda")})
    files = files.edited("0/nuTilda", {"dimensions": "[0 0 0 0 0 0 0]"})
    assert [one.severity for one in found("field-dimensions", files)] == ["note"]


def test_a_property_without_dimensions_is_left_alone() -> None:
    assert not found("property-dimensions", base("step").edited(TRANSPORT, {"nu": "1e-05"}))


def test_a_model_of_the_other_kind_is_named_as_that() -> None:
    (one,) = found("turbulence-model-unknown", base("step").edited(TURBULENCE, {"RAS.RASModel": "WALE"}))
    assert one.message == "WALE is a model of LES, not of RAS"


def test_improved_delayed_models_need_their_own_delta() -> None:
    level = {"LESModel": "SpalartAllmarasIDDES", "turbulence": "on", "delta": "cubeRootVol"}
    files = base("channel").edited(TURBULENCE, {"simulationType": "LES", "LES": level})
    assert ["needs delta IDDESDelta" in one.message for one in found("turbulence-entry-missing", files)] == [True]


def test_zero_at_a_wall_is_no_zero_at_an_inlet() -> None:
    wall = {"type": "fixedValue", "value": "uniform 0"}
    assert not found("turbulence-value-zero", base("pulse").edited("0/epsilon", {"boundaryField.top": wall}))
    (one,) = found("turbulence-value-zero", base("pulse").edited("0/epsilon", {"boundaryField.inlet": wall}))
    assert "at inlet" in one.message


def test_k_of_zero_is_allowed_and_below_zero_not() -> None:
    assert not found("turbulence-value-zero", base("step").edited("0/k", {"internalField": "uniform 0"}))
    assert found("turbulence-value-zero", base("step").edited("0/k", {"internalField": "uniform -1"}))


def test_an_intensity_in_percent_is_mended_to_a_fraction() -> None:
    inlet = {"type": "turbulentIntensityKineticEnergyInlet", "intensity": 5, "value": "uniform 1"}
    files = base("step").edited("0/k", {"boundaryField.inlet": inlet})
    (one,) = found("inlet-turbulence-absurd", files)
    assert one.severity == "error"
    assert view_of(mend(files, one).files).number("0/k", "boundaryField.inlet.intensity") == 0.05


def test_a_wall_that_is_an_opening_by_its_pressure_is_a_note() -> None:
    files = base("step").edited("0/U", {"boundaryField.upperWall": {"type": "zeroGradient"}})
    assert [one.severity for one in found("wall-lets-through", files)] == ["warning"]
    opened = files.edited("0/p", {"boundaryField.upperWall": {"type": "fixedValue", "value": "uniform 0"}})
    assert [one.severity for one in found("wall-lets-through", opened)] == ["note"]


def test_a_foundation_case_is_mended_into_this_one() -> None:
    sound = base("step")
    text = sound.edited(TURBULENCE, {"RAS.RASModel": None, "RAS.model": "kOmegaSST"}).text(TURBULENCE)
    physical = sound.edited(TRANSPORT, {"transportModel": None, "viscosityModel": "constant"}).text(TRANSPORT)
    files = sound.with_files(
        {
            TURBULENCE: None,
            TRANSPORT: None,
            "constant/momentumTransport": text.replace("turbulenceProperties", "momentumTransport"),
            "constant/physicalProperties": physical.replace("transportProperties", "physicalProperties"),
        }
    )
    ones = found("file-of-another-openfoam", files)
    assert [one.severity for one in ones] == ["error", "error"]
    assert not found("properties-missing", files)
    after = view_of(mend(files, ones).files)
    assert after.model == "kOmegaSST"
    assert after.get(TRANSPORT, "transportModel") == "Newtonian"
    assert after.get(TURBULENCE, "FoamFile.object") == "turbulenceProperties"
    assert set(after.files) == set(sound)


def test_a_broken_case_breaks_no_rule() -> None:
    """Whatever is missing or garbled, no rule of ours raises."""
    sound = base("step")
    garbled = [sound.with_files({path: None}) for path in sound]
    garbled += [sound.with_files({path: "FoamFile { class volScalarField; }\n garbage (("}) for path in sound]
    garbled += [sound.with_files({path: "a b;\nc { d e; }\n"}) for path in sound]
    for files in garbled:
        view = CaseView(files)
        failed = [one.message for _, rule in RULES.items() for one in rule.findings(view) if one.rule == "rule-failed"]
        assert not failed, failed
