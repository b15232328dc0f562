"""Suites for specs: boundaries, physics, domains, meshes, solves, outputs and profiles.

class TestFan(SpecSuite):
    registry = BOUNDARIES
    examples = (Fan(speed="3 m/s"),)
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from flowcfd.case.body import Body
from flowcfd.case.domain import Domain
from flowcfd.case.enclosure import Enclosure
from flowcfd.case.spec import Spec
from flowcfd.errors import CaseError
from flowcfd.registry import Registry


class SpecSuite:
    """What every spec promises. A subclass names the `registry` of the family and `examples`, one or more a kind."""

    registry: ClassVar[Registry[Any]]
    examples: ClassVar[Sequence[Spec]] = ()

    def test_it_is_registered_under_its_own_kind(self) -> None:
        """So that a description finds it again."""
        assert self.examples, "name at least one example"
        for example in self.examples:
            kind = getattr(example, "kind", None)
            assert kind == type(example).__name__, f"the kind of {type(example).__name__} is {kind!r}"
            assert self.registry.get(kind) is type(example)

    def test_json_gives_back_the_same_value(self) -> None:
        """Every bit of every number."""
        for example in self.examples:
            again = type(example).model_validate_json(example.model_dump_json())
            assert again == example
            assert again.model_dump_json() == example.model_dump_json()

    def test_it_is_frozen_hashable_and_travels_between_processes(self) -> None:
        """A case is a value."""
        for example in self.examples:
            assert hash(example) == hash(example.model_copy())
            assert pickle.loads(pickle.dumps(example)) == example
            assert type(example).model_config.get("frozen"), f"{type(example).__name__} can be changed"

    def test_an_unknown_field_is_refused_with_those_there_are(self) -> None:
        """A typing error must not pass in silence."""
        for example in self.examples:
            try:
                type(example).model_validate({**example.model_dump(), "no_such_field": 1})
            except CaseError as error:
                assert "no_such_field" in str(error)
                assert "kind" in str(error)
            else:
                raise AssertionError(f"{type(example).__name__} accepts a field that it does not have")

    def test_it_is_documented_field_by_field(self) -> None:
        """Forms and help are drawn from the schema."""
        for spec in {type(example) for example in self.examples}:
            assert "__doc__" in vars(spec), f"{spec.__name__} has no docstring"
            for name, field in spec.model_fields.items():
                if name not in ("kind", "name"):
                    assert field.description, f"{spec.__name__}.{name} has no description"

    def test_its_schema_is_json_and_names_the_unit_of_every_quantity(self) -> None:
        """A number that accepts a text has a unit, "" for a pure number."""
        for spec in {type(example) for example in self.examples}:
            schema = spec.model_json_schema()
            json.dumps(schema)
            for part in _parts(schema):
                if part.get("type") == ["number", "string"]:
                    assert "unit" in part, f"{spec.__name__}: {part} has no unit"


class DomainSuite(SpecSuite):
    """What every domain promises besides."""

    examples: ClassVar[Sequence[Domain]] = ()

    def test_directions_end_at_patches(self) -> None:
        """Or inside, where the name is empty."""
        for domain in self.examples:
            for extent in domain.directions.values():
                assert extent.length > 0
                assert {extent.low, extent.high} <= {"", *domain.patches}

    def test_normals_are_unit_vectors_and_areas_positive(self) -> None:
        """What the patches say of themselves."""
        for domain in self.examples:
            for name, patch in domain.patches.items():
                if patch.normal is not None:
                    assert abs(sum(component**2 for component in patch.normal) - 1) < 1e-12, name
                assert patch.area is None or patch.area > 0, name

    def test_opposite_patches_name_each_other_and_are_equal(self) -> None:
        """So that they can be joined."""
        for domain in self.examples:
            for name, patch in domain.patches.items():
                if patch.opposite:
                    mate = domain.patches[patch.opposite]
                    assert mate.opposite == name
                    assert mate.area == patch.area


class EnclosureSuite(DomainSuite):
    """What every domain around, or in, a body promises besides; a subclass names one or more `bodies` that fit."""

    examples: ClassVar[Sequence[Enclosure]] = ()
    bodies: ClassVar[Sequence[Body]] = ()

    def test_without_a_body_it_is_a_description_only(self) -> None:
        """Its box is refused with the way to get it, its sides have names already."""
        for example in self.examples:
            assert example.holds_body
            if example.known:
                continue
            assert example.bounds is None
            assert set(example.patches) == set(example.rims)
            try:
                _ = example.box
            except CaseError as error:
                assert "around" in str(error)
            else:
                raise AssertionError(f"{example} has a box without a body")

    def test_its_box_holds_the_body_and_every_number_has_a_reason(self) -> None:
        """But for the half that a plane of symmetry cuts off."""
        for space in self._spaces():
            assert space.body is not None
            assert space.misfits(space.body) == []
            halved = {"xyz".index(side[1]) for side in space.rims.get("symmetry", ())}
            for axis, ((low, high), (first, last)) in enumerate(zip(space.body.bounds, space.box, strict=True)):
                assert first < last
                assert axis in halved or (first <= low and high <= last), f"{space}: axis {axis}"
            assert space.why
            assert all(len(why) > 8 for why in space.why.values())
            assert space.bounds == space.box

    def test_its_sides_are_covered_once_and_its_patches_are_those_of_sides_and_body(self) -> None:
        """Every side of the box by one patch, or, where the fluid is in the body, none."""
        for space in self._spaces():
            assert space.body is not None
            sides = sorted(side for several in space.rims.values() for side in several)
            assert sides == ([] if space.solid_is_fluid else sorted(f"{sign}{axis}" for sign in "+-" for axis in "xyz"))
            assert set(space.patches) == {*space.rims, *space.body.patches} - set(space.absent)
            for name, patches in space.groups.items():
                assert name not in space.patches
                assert set(patches) <= set(space.patches)

    def test_it_is_equal_with_and_without_its_body_and_travels(self) -> None:
        """A case holds the description; the body is the case's."""
        for space in self._spaces():
            bare = type(space).model_validate_json(space.model_dump_json())
            assert bare == space
            assert hash(bare) == hash(space)
            assert pickle.loads(pickle.dumps(space)).box == space.box

    def test_its_boxes_lie_in_it_and_say_why(self) -> None:
        """What is proposed can be taken as it is."""
        for space in self._spaces():
            for one in space.boxes():
                assert one.why, one.name
                assert one.box is not None
                for (low, high), (first, last) in zip(one.box, space.box, strict=True):
                    slack = 1e-5 * (last - first)
                    assert first - slack <= low < high <= last + slack, one.name

    def _spaces(self) -> Iterator[Enclosure]:
        assert self.bodies, "name at least one body"
        for example in self.examples:
            for body in self.bodies:
                yield example.around(body)


def _parts(schema: object) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        for part in schema.values():
            yield from _parts(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _parts(part)
