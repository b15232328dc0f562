from __future__ import annotations

import json
import math
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import flowcfd as fc
from flowcfd.case import BOUNDARIES, Boundary
from flowcfd.case.spec import FrozenDict
from flowcfd.errors import CaseError

sizes = st.floats(min_value=1e-100, max_value=1e100)
numbers = st.floats(allow_nan=False, allow_infinity=False)
vectors = st.tuples(numbers, numbers, numbers)
inwards = st.tuples(sizes, numbers, numbers)
along = st.tuples(numbers, st.just(0.0), numbers)
inlets = st.one_of(
    st.builds(fc.Inlet, speed=sizes),
    st.builds(fc.Inlet, velocity=inwards),
    st.builds(fc.Inlet, flow_rate=sizes, turbulence=st.builds(fc.InletTurbulence, length=sizes)),
    st.builds(fc.Inlet, profile=st.builds(fc.PowerLaw, reference=sizes, height=sizes)),
)
walls = st.one_of(
    st.builds(fc.Wall, velocity=along),
    st.builds(fc.Wall, rotation=st.builds(fc.Rotation, speed=numbers, origin=vectors)),
    st.just(fc.Slip()),
    st.just(fc.Symmetry()),
)
solves = st.one_of(
    st.builds(fc.Steady, iterations=st.integers(1, 10**6), residual=st.none() | st.floats(1e-12, 1)),
    st.builds(lambda step, times: fc.Transient(step * times, step), sizes, st.floats(1, 1e6)),
)
outputs = st.lists(
    st.one_of(
        st.builds(fc.Probes, points=st.lists(st.tuples(*[st.floats(0, 1)] * 3), min_size=1)),
        st.builds(fc.Forces, patches=st.just("top")),
        st.builds(fc.Forces, patches=st.just("top"), speed=sizes, area=sizes, length=sizes),
        st.just(fc.YPlus()),
    ),
    unique_by=lambda output: output.name,
)
texts = st.dictionaries(st.from_regex(r"[a-zA-Z0-9_]+(/[a-zA-Z0-9_]+)*", fullmatch=True), st.text())


def case_of(domain: fc.Channel, outputs: list[Any], **parts: Any) -> fc.Case:
    """A case whose probes, drawn as shares of the domain's extents, are inside."""
    sizes = [high for _, high in domain.bounds]

    def placed(output: Any) -> Any:
        if not isinstance(output, fc.Probes):
            return output
        points = [[share * size for share, size in zip(point, sizes, strict=True)] for point in output.points]
        return output.model_copy(update={"points": points})

    return fc.Case(domain=domain, outputs=[placed(output) for output in outputs], **parts)


cases = st.builds(
    case_of,
    name=st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,20}", fullmatch=True),
    domain=st.builds(fc.Channel, length=sizes, height=sizes, width=st.none()),
    mesh=st.builds(fc.Blocks, cells=st.integers(1, 1000), grading=st.none() | sizes),
    physics=st.builds(fc.Incompressible, fluid=st.builds(fc.Fluid, nu=sizes, rho=sizes)),
    boundaries=st.fixed_dictionaries(
        {"inlet": inlets, "outlet": st.builds(fc.Outlet, pressure=numbers), "bottom": walls, "top": walls}
    ),
    solve=solves.filter(lambda solve: solve.kind == "Steady" or math.isfinite(solve.end)),
    outputs=outputs,
    files=texts.filter(lambda files: not any(path.startswith(f"{other}/") for path in files for other in files)),
)


@given(cases)
def test_json_gives_back_the_same_case_bit_for_bit(case: fc.Case) -> None:
    again = fc.Case.from_json(case.to_json())
    assert again == case
    assert hash(again) == hash(case)
    assert (again.to_json(), again.digest) == (case.to_json(), case.digest)
    assert fc.Case.from_dict(json.loads(json.dumps(case.to_dict()))) == case


def test_the_form_names_its_schema_and_every_kind(channel: fc.Case) -> None:
    data = channel.to_dict()
    assert next(iter(data)) == "schema"
    assert data["schema"] == 1
    assert data["boundaries"]["inlet"]["kind"] == "Inlet"


def test_a_description_of_texts_is_the_case_of_its_numbers(channel: fc.Case) -> None:
    data = channel.to_dict()
    data["domain"] = {"kind": "Channel", "length": "1000 mm", "height": "10 cm"}
    data["boundaries"]["inlet"] = {"kind": "Inlet", "speed": "36 km/h"}
    data["physics"]["fluid"] = "air"
    assert fc.Case.from_dict(data) == channel
    assert fc.Case.from_dict(data).digest == channel.digest


def test_the_digest_knows_every_number_but_not_the_name(channel: fc.Case) -> None:
    assert channel.replace({"name": "other"}).digest == channel.digest
    assert channel.replace({"name": "other"}) != channel
    assert channel.replace({"boundaries.inlet.speed": math.nextafter(10.0, 11.0)}).digest != channel.digest
    assert len(channel.digest) == 64


def test_the_digest_does_not_depend_on_the_order_of_boundaries(channel: fc.Case) -> None:
    turned = channel.replace({"boundaries": dict(reversed(channel.boundaries.items()))})
    assert turned == channel
    assert turned.digest == channel.digest


def test_a_case_cannot_be_changed(channel: fc.Case) -> None:
    with pytest.raises(CaseError, match=r"^Case.name: is frozen; case.replace"):
        channel.name = "other"
    for change in (
        lambda: channel.boundaries.__setitem__("top", fc.Wall()),
        lambda: channel.boundaries.pop("top"),
        lambda: channel.files.update({"a": "b"}),
        lambda: channel.solve.relaxation.clear(),
    ):
        with pytest.raises(TypeError, match="a case is frozen"):
            change()


def test_a_changed_copy_is_validated_too(channel: fc.Case) -> None:
    assert channel.model_copy() == channel
    assert fc.Inlet(1).model_copy(update={"speed": "2 m/s"}) == fc.Inlet(2)
    with pytest.raises(fc.CaseError, match=r"Inlet\.speed: must be positive"):
        fc.Inlet(1).model_copy(update={"speed": -1})


def test_what_another_output_makes_can_be_recorded(channel: fc.Case) -> None:
    more = channel.replace(
        {"outputs.2": fc.Averages(50, fields="U"), "outputs.3": fc.YPlus(), "outputs.4": fc.WallShear()}
    )
    fields = ["UMean", "UPrime2Mean", "yPlus", "wallShearStress"]
    assert more.replace({"outputs.probes.fields": fields}).outputs[1].fields == tuple(fields)


def test_a_case_travels_between_processes(channel: fc.Case) -> None:
    assert channel.digest
    again = pickle.loads(pickle.dumps(channel))
    assert again == channel
    assert hash(again) == hash(channel)
    assert isinstance(again.boundaries, FrozenDict)


def test_the_schema_has_what_a_form_needs() -> None:
    schema = fc.Case.json_schema()
    kinds = {kind["title"]: kind for kind in schema["properties"]["boundaries"]["additionalProperties"]["oneOf"]}
    assert sorted(kinds) == BOUNDARIES.names()
    speed = kinds["Inlet"]["properties"]["speed"]
    assert speed["title"] == "Speed"
    assert speed["description"] == "uniform speed along the inward normal"
    assert speed["anyOf"][0] == {"type": ["number", "string"], "unit": "m/s", "exclusiveMinimum": 0}
    assert kinds["Outlet"]["properties"]["pressure"]["unit"] == "m^2/s^2"
    assert kinds["Cyclic"]["required"] == ["neighbour"]
    assert schema["required"] == ["domain", "mesh", "physics", "boundaries", "solve"]
    assert schema["properties"]["files"]["default"] == {}


def test_the_schema_is_plain_json_with_every_reference_in_it() -> None:
    text = json.dumps(fc.Case.json_schema())
    for reference in {part.split('"')[0] for part in text.split('"#/$defs/')[1:]}:
        assert f'"{reference}": {{' in text


class Fan(Boundary):
    """A stand-in for a boundary of a plug-in."""

    kind: str = "Fan"
    blades: int = 3


def test_a_kind_from_outside_goes_the_same_road(channel: fc.Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(BOUNDARIES._parts, "Fan", Fan)
    case = channel.replace({"boundaries.outlet": {"kind": "Fan", "blades": 5}, "boundaries.top": fc.Outlet()})
    assert case.boundaries["outlet"] == Fan(blades=5)
    assert fc.Case.from_json(case.to_json()) == case
    assert '"blades"' in json.dumps(fc.Case.json_schema())
    with pytest.raises(fc.CaseError, match=r"boundaries\.outlet\.blades: must be a valid integer"):
        case.replace({"boundaries.outlet.blades": "many"})


def test_the_repr_is_one_line_and_the_table_names_every_part(channel: fc.Case) -> None:
    assert repr(channel) == f"Case('channel', Channel, Blocks, Incompressible, Steady, {channel.digest[:12]})"
    table = channel.replace({"files[a/b]": "<script>"})._repr_html_()
    for text in ("Case channel", "boundaries.inlet", "Inlet(speed=10.0)", "outputs.0", "files.a/b", "8 characters"):
        assert text in table
    assert "<script>" not in table
    assert ">None<" not in table
    assert channel.digest and "digest" not in channel._repr_html_()


def test_the_boundaries_of_automatic_patches_are_there_without_being_given(channel: fc.Case) -> None:
    assert channel.patches["frontAndBack"] == fc.Empty()
    assert set(channel.patches) == set(channel.domain.patches)


def test_a_spec_prints_what_differs_from_the_defaults_only():
    assert str(fc.Steady(iterations=5)) == repr(fc.Steady(iterations=5)) == "Steady(iterations=5)"
    assert str(fc.Steady(iterations=5, residuals={"p": 1e-4})) == "Steady(iterations=5, residuals={'p': 0.0001})"
