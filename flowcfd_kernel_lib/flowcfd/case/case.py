"""Case: the complete, frozen, validated description of a computation."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, ConfigDict, Field, ModelWrapValidatorHandler, ValidationError, model_validator

from flowcfd.case import consistency, edit
from flowcfd.case.body import Given
from flowcfd.case.boundary import BOUNDARIES, Boundary, Empty, Symmetry, Wedge
from flowcfd.case.domain import DOMAINS, Domain
from flowcfd.case.enclosure import drawn
from flowcfd.case.mesh import MESHES, Mesh
from flowcfd.case.output import OUTPUTS, Output
from flowcfd.case.overlay import Overlay
from flowcfd.case.physics import PHYSICS, Physics
from flowcfd.case.solve import SOLVES, Solve
from flowcfd.case.spec import FrozenDict, Kinds, Spec, refusal
from flowcfd.case.summary import html
from flowcfd.case.upgrade import SCHEMA, upgrade
from flowcfd.errors import CaseError

Title = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", max_length=80)]
AUTOMATIC: dict[str, Boundary] = {"empty": Empty(), "wedge": Wedge(), "symmetry": Symmetry()}


class Case(Spec):
    """The complete description of a computation: JSON in, JSON out, hashable. A changed case is another case.

    A case has one region so far, called "fluid"; paths may name it (`regions.fluid.boundaries.inlet`) and mean the
    same as without. Raises CaseError with one line per problem, each with its dotted path.
    """

    model_config = ConfigDict(title="Case", populate_by_name=True, serialize_by_alias=True)
    root: ClassVar[bool] = True
    schema_: int = Field(SCHEMA, alias="schema", ge=SCHEMA, le=SCHEMA, description="version of this form")
    name: Title = Field("case", description="what it is called; not a part of what is computed")
    geometry: Given = Field(None, description="the body from CAD that the domain is laid around")
    domain: Annotated[Domain, Kinds(DOMAINS)] = Field(description="the space that is computed")
    mesh: Annotated[Mesh, Kinds(MESHES)] = Field(description="how it is cut into cells")
    physics: Annotated[Physics, Kinds(PHYSICS)] = Field(description="the equations and the fluid")
    boundaries: Annotated[dict[str, Annotated[Boundary, Kinds(BOUNDARIES)]], AfterValidator(FrozenDict)] = Field(
        description="what happens at each patch"
    )
    solve: Annotated[Solve, Kinds(SOLVES)] = Field(description="how far and how finely")
    outputs: tuple[Annotated[Output, Kinds(OUTPUTS)], ...] = Field(
        (), description="what is recorded besides the fields"
    )
    files: Overlay = Field(
        default_factory=FrozenDict,
        json_schema_extra={"default": {}},
        description="files by path inside the OpenFOAM case, merged last",
    )

    @model_validator(mode="wrap")
    @classmethod
    def _whole(cls, value: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Say what does not fit together in the same breath as what is wrong in single fields."""
        try:
            case = handler(upgrade(value) if isinstance(value, Mapping) else value)
        except ValidationError as error:
            problems = [(one["loc"], one["msg"], one["input"]) for one in error.errors(include_url=False)]
            partial = consistency.readable(cls, value)
            partial |= consistency.grouped(partial)
            said = {loc[:2] for loc, _, _ in problems}
            problems += [(loc, text, None) for loc, text in consistency.problems(partial) if loc[:2] not in said]
            raise refusal(problems) from None
        if singly := consistency.grouped(dict(case)):
            case = handler({**dict(case), **singly})
        found = consistency.problems(dict(case))
        if found:
            raise refusal([(loc, text, None) for loc, text in found])
        return case

    @cached_property
    def space(self) -> Domain:
        """The domain with the body in it: what is asked for patches, bounds and points."""
        return self.domain.around(self.geometry)

    @property
    def patches(self) -> dict[str, Boundary]:
        """The boundary of every patch of the domain, the automatic ones too."""
        kinds = {name: AUTOMATIC[self.space.patches[name].kind] for name in sorted(self.space.automatic)}
        return {**kinds, **self.boundaries}

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the description without its name, in hexadecimal: equal computations have equal digests."""
        data = self.model_dump(mode="json", exclude={"name"})
        return hashlib.sha256(json.dumps(data, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    @property
    def code(self) -> str:
        """The Python that makes it, after `import flowcfd as fc`; running it gives an equal case."""
        from flowcfd.case.code import code

        return code(self)

    def replace(self, changes: Mapping[str, object] | None = None, /, **more: object) -> Self:
        """Another case with the values at some dotted paths replaced, validated as a whole.

            case.replace({"boundaries.inlet.speed": "12 m/s", "outputs.0.name": "drag", "boundaries.top": Slip()})

        None takes a boundary, a file or an output away, a new name adds one; `outputs` entries answer to their index
        and their name; a file is `files[system/fvSolution]`. Raises UnknownName for a path that does not exist and
        lists those that do, CaseError for a case that does not fit together.
        """
        return self.from_dict(edit.edited(self.to_dict(), {**(changes or {}), **more}))

    def at(self, path: str) -> Any:
        """The value at a dotted path; raises UnknownName for a path that does not exist."""
        return edit.value(self, path)

    def unit(self, path: str) -> str:
        """The SI unit of the value at a dotted path, such as "m/s"; empty where it has none."""
        return edit.unit(self, path)

    def to_dict(self) -> dict[str, Any]:
        """The description as JSON types."""
        return self.model_dump(mode="json")

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """A case from a description, of an older schema too; raises CaseError."""
        return cls.model_validate(data)

    def to_json(self, *, indent: int | None = 2) -> str:
        """The description as JSON; numbers keep every bit."""
        return self.model_dump_json(indent=indent) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """A case from JSON, of an older schema too; raises CaseError."""
        try:
            data = json.loads(text)
        except ValueError as error:
            raise CaseError(f"no JSON: {error}") from None
        return cls.from_dict(data)

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """The JSON schema of a description, with titles, texts, ranges and, as `unit`, the SI unit of every number."""
        return cls.model_json_schema(by_alias=True)

    def __hash__(self) -> int:
        return hash((self.name, self.digest))

    def __repr__(self) -> str:
        parts = (type(part).__name__ for part in (self.domain, self.mesh, self.physics, self.solve))
        return f"Case({self.name!r}, {', '.join(parts)}, {self.digest[:12]})"

    def _repr_html_(self) -> str:
        # The fields alone: what is computed once and kept, such as the digest, is no part of the description.
        bare = () if self.geometry is not None else ("geometry",)
        shown = [name for name in type(self).model_fields if name not in ("schema_", "name", *bare)]
        return html(f"Case {self.name}", {name: getattr(self, name) for name in shown}) + drawn(self.space)
