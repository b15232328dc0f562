from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import flowcfd as fc
from flowcfd.case import edit
from flowcfd.errors import CaseError, UnknownName


def test_a_text_with_a_unit_goes_in_and_a_number_comes_out(channel: fc.Case) -> None:
    changed = channel.replace({"boundaries.inlet.speed": "12 m/s"})
    assert changed.boundaries["inlet"].speed == 12.0
    assert channel.boundaries["inlet"].speed == 10.0


def test_many_changes_at_once_as_mapping_or_by_name(channel: fc.Case) -> None:
    by_mapping = channel.replace({"solve.iterations": 7, "name": "other"})
    assert by_mapping == channel.replace(**{"solve.iterations": 7, "name": "other"})
    assert (by_mapping.name, by_mapping.solve.iterations) == ("other", 7)


def test_a_whole_part_is_replaced(channel: fc.Case) -> None:
    changed = channel.replace({"solve": fc.Transient("1 s", "1 ms"), "boundaries.top": "Symmetry"})
    assert changed.solve == fc.Transient(1, 0.001)
    assert changed.boundaries["top"] == fc.Symmetry()


def test_entries_of_a_list_answer_to_index_and_name(channel: fc.Case) -> None:
    assert channel.replace({"outputs.0.name": "drag"}).outputs[0].name == "drag"
    assert channel.replace({"outputs.forces.name": "drag"}).outputs[0].name == "drag"
    assert channel.at("outputs.probes") is channel.outputs[1]


def test_an_entry_is_added_behind_the_last_and_taken_away_by_none(channel: fc.Case) -> None:
    more = channel.replace({"outputs.2": fc.YPlus()})
    assert [output.kind for output in more.outputs] == ["Forces", "Probes", "YPlus"]
    assert channel.replace({"outputs.forces": None}).outputs == channel.outputs[1:]
    assert more.replace({"outputs.2": None}) == channel


def test_a_boundary_is_added_and_taken_away(channel: fc.Case) -> None:
    more = channel.replace({"boundaries.frontAndBack": fc.Empty()})
    assert list(more.boundaries) == ["inlet", "outlet", "bottom", "top", "frontAndBack"]
    assert more.replace({"boundaries.frontAndBack": None}) == channel


def test_a_file_is_named_in_brackets(channel: fc.Case) -> None:
    more = channel.replace({"files[system/fvSolution]": "// mine", "files[0/U.orig]": "// U"})
    assert more.files == {"system/fvSolution": "// mine", "0/U.orig": "// U"}
    assert more.at("files[0/U.orig]") == "// U"
    assert more.replace({"files[0/U.orig]": None, "files[system/fvSolution]": None}) == channel


def test_entries_of_open_mappings_come_and_go(channel: fc.Case) -> None:
    more = channel.replace({"solve.relaxation.U": 0.5})
    assert more.solve.relaxation == {"U": 0.5}
    assert more.replace({"solve.relaxation.U": None}) == channel


def test_an_optional_part_is_begun_by_its_first_field(channel: fc.Case) -> None:
    rough = channel.replace({"boundaries.bottom.roughness.height": "1 mm"})
    assert rough.boundaries["bottom"].roughness == fc.Roughness(0.001)
    assert rough.replace({"boundaries.bottom.roughness": None}) == channel


def test_none_unsets_an_optional_field(channel: fc.Case) -> None:
    changed = channel.replace({"boundaries.inlet.speed": None, "boundaries.inlet.flow_rate": "1 L/s"})
    assert changed.boundaries["inlet"] == fc.Inlet(flow_rate=0.001)


def test_a_path_may_name_the_region(channel: fc.Case) -> None:
    path = "regions.fluid.boundaries.inlet.speed"
    assert channel.at(path) == 10.0
    assert channel.replace({path: 12}) == channel.replace({"boundaries.inlet.speed": 12})


def test_numbers_of_numpy_are_taken(channel: fc.Case) -> None:
    assert channel.replace({"boundaries.inlet.speed": np.float32(12)}).boundaries["inlet"].speed == 12.0
    assert channel.replace({"mesh.cells": np.array([8, 4])}).mesh.cells == (8, 4)
    assert fc.Blocks(np.int64(8)).cells == (8,)
    assert fc.FarField(np.array([1.0, 0.0, 0.0])).velocity == (1.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (
            "boundries.inlet.speed",
            "unknown path 'boundries'; did you mean 'boundaries'? there are: boundaries, domain,",
        ),
        ("boundaries.inlt.speed", "boundaries: unknown path 'inlt'; did you mean 'inlet'? there are: bottom, inlet, "),
        ("boundaries.inlet.sped", "boundaries.inlet: unknown path 'sped'; did you mean 'speed'? there are: flow_rate,"),
        ("boundaries.inlet.speed.x", "boundaries.inlet.speed: unknown path 'x'; there are: none"),
        ("outputs.3.name", "outputs: unknown entry '3'; there are: 0, 1, forces, probes"),
        ("outputs.lift.name", "outputs: unknown entry 'lift'; there are: 0, 1, forces, probes"),
        ("regions.solid.mesh", "regions: unknown region 'solid'; did you mean 'fluid'? there are: fluid"),
    ],
)
def test_an_unknown_path_lists_what_exists_there(channel: fc.Case, path: str, line: str) -> None:
    for use in (lambda: channel.replace({path: 1}), lambda: channel.at(path)):
        with pytest.raises(UnknownName) as caught:
            use()
        assert str(caught.value).startswith(line)


def test_taking_away_what_is_not_there_is_an_unknown_name(channel: fc.Case) -> None:
    with pytest.raises(UnknownName, match="boundaries: unknown path 'roof'"):
        channel.replace({"boundaries.roof": None})
    with pytest.raises(UnknownName, match="outputs: unknown entry '2'"):
        channel.replace({"outputs.2": None})


@pytest.mark.parametrize("path", ["", ".", "a..b", "files[x", "regions.fluid."])
def test_what_is_no_path_is_refused(channel: fc.Case, path: str) -> None:
    with pytest.raises(CaseError):
        channel.replace({path: 1})


@given(st.floats(min_value=1e-300, max_value=1e300), st.integers(1, 10_000), st.booleans())
def test_an_edit_changes_what_it_names_and_nothing_else(speed: float, iterations: int, backflow: bool) -> None:
    changes = {"boundaries.inlet.speed": speed, "solve.iterations": iterations, "boundaries.outlet.backflow": backflow}
    changed = PLAIN.replace(changes)
    assert {path: changed.at(path) for path in changes} == changes
    assert changed.replace({path: PLAIN.at(path) for path in changes}) == PLAIN


@given(
    st.lists(st.text(st.characters(blacklist_characters=".[]"), min_size=1), min_size=1).filter(
        lambda names: names[0] != "regions"
    )
)
def test_names_survive_the_way_through_a_path(names: list[str]) -> None:
    assert edit.steps(".".join(names)) == tuple(names)
    assert edit.steps("".join(f"[{name}]" for name in names)) == tuple(names)


@given(st.text())
def test_any_text_as_a_path_is_an_edit_or_a_case_error(path: str) -> None:
    with suppress(CaseError):
        PLAIN.replace({path: 1})


PLAIN = fc.Case(
    domain=fc.Channel(1, 1),
    mesh=fc.Blocks(4),
    physics=fc.Incompressible("water"),
    boundaries={"inlet": fc.Inlet(1), "outlet": fc.Outlet(), "bottom": fc.Wall(), "top": fc.Wall()},
    solve=fc.Steady(),
)


def test_a_copy_is_changed_after_all_has_been_asked_of_the_case(channel: fc.Case) -> None:
    assert channel.digest == channel.digest and channel.space is channel.space
    assert channel.model_copy(update={"name": "other"}).name == "other"
    assert channel.model_copy(update={"solve": fc.Steady(7)}).digest != channel.digest
