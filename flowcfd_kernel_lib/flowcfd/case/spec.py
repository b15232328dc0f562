"""Spec: the base of every part of a Case; and fields that hold any registered kind of a family."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Generic, NoReturn, Self, TypeVar, get_args, get_origin

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)
from pydantic_core import CoreSchema, InitErrorDetails, core_schema

from flowcfd.case.quantities import problem, shown
from flowcfd.errors import CaseError, UnknownName
from flowcfd.registry import Registry

if TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass
else:  # pydantic has no public name for it
    ModelMetaclass = type(BaseModel)

Location = tuple[int | str, ...]
Key = TypeVar("Key")
Value = TypeVar("Value")


class SpecMeta(ModelMetaclass):
    """Turns what pydantic says into a CaseError, at the outermost call only.

    Nested specs are built by pydantic's core, which does not come through here, so the path of an error is whole.
    """

    leading: tuple[str, ...]
    gathers: bool
    root: bool

    def __call__(cls, *args: object, **fields: object) -> Any:
        """An instance; raises CaseError."""
        if cls.gathers and args:
            args = (args if len(args) > 1 or isinstance(args[0], str) else args[0],)
        if len(args) > len(cls.leading):
            raise CaseError(f"{cls.__name__}: takes {len(cls.leading)} values without a name (got {len(args)})")
        try:
            return super().__call__(**dict(zip(cls.leading, args, strict=False)), **fields)
        except ValidationError as error:
            raise CaseError(lines(cls, error)) from None


class Spec(BaseModel, metaclass=SpecMeta):
    """A frozen, validated value: JSON in, JSON out; raises CaseError with one line per problem."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, validate_default=False)
    leading: ClassVar[tuple[str, ...]] = ()
    """Fields that may be given without their name, in this order."""
    gathers: ClassVar[bool] = False
    """Whether all that is given without a name belongs to the one leading field, a tuple."""
    root: ClassVar[bool] = False
    """Whether the paths of errors start here (Case) or with the name of the class."""

    @model_validator(mode="wrap")
    @classmethod
    def _say_it_in_our_words(cls, value: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        if isinstance(value, Mapping):
            alone = {name: (one,) for name, one in value.items() if isinstance(one, Spec) and _holds_many(cls, name)}
            value = {**value, **alone} if alone else value
        try:
            return handler(value)
        except ValidationError as error:
            found = error.errors(include_url=False)
        faulty = {one["loc"][:-1] for one in found}  # entries that are wrong are said; that they do not count is not
        told = [one for one in found if not (one["type"] == "too_short" and one["loc"] in faulty)]
        raise refusal((one["loc"], _message(cls, dict(one)), one["input"]) for one in told)

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """A spec from a mapping; raises CaseError."""
        try:
            return super().model_validate(obj, **options)
        except ValidationError as error:
            raise CaseError(lines(cls, error)) from None

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **options: Any) -> Self:
        """A spec from JSON; raises CaseError."""
        try:
            return super().model_validate_json(json_data, **options)
        except ValidationError as error:
            raise CaseError(lines(cls, error)) from None

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """An equal spec, or with `update` a changed one, validated like a new one."""
        if not update:
            return super().model_copy(deep=deep)
        # The fields alone: what is computed once and kept lies among them in the instance.
        return type(self).model_validate({**{name: getattr(self, name) for name in type(self).model_fields}, **update})

    def __setattr__(self, name: str, value: object) -> None:
        """Refused: a spec is frozen."""
        if not name.startswith("_"):
            raise CaseError(f"{type(self).__name__}.{name}: is frozen; case.replace(...) gives a changed case")
        super().__setattr__(name, value)

    def __repr_args__(self) -> Any:
        """Only what differs from the defaults: a repr that can be read."""
        fields = type(self).model_fields.items()
        defaults = {name: field.get_default(call_default_factory=True, validated_data={}) for name, field in fields}
        given = [(name, getattr(self, name)) for name in defaults]  # what is computed once and kept is no field
        return [(name, value) for name, value in given if name != "kind" and value != defaults[name]]

    def __str__(self) -> str:
        return repr(self)


Family = TypeVar("Family", bound=Spec)


@dataclass(frozen=True)
class Kinds(Generic[Family]):
    """A field that holds any registered kind of a family: `Annotated[Boundary, Kinds(BOUNDARIES)]`.

    Given as a spec, as a mapping with `kind`, or as the bare name of a kind that needs no fields.
    """

    registry: Registry[type[Family]]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def validate(value: object) -> object:
            return value if isinstance(value, source) else self._build(value)

        return core_schema.no_info_plain_validator_function(validate)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        kinds = [handler(spec.__pydantic_core_schema__) for _, spec in self.registry.items()]
        return {"oneOf": kinds, "discriminator": {"propertyName": "kind"}, "title": self.registry.what}

    def _build(self, value: object) -> object:
        fields = {"kind": value} if isinstance(value, str) else value
        if not isinstance(fields, Mapping):
            raise problem(f"must be a {self.registry.what}: {', '.join(self.registry.names())} (got {shown(value)})")
        kind = fields.get("kind")
        if not isinstance(kind, str):
            raise refusal([(("kind",), f"required, one of: {', '.join(self.registry.names())}", value)])
        try:
            spec = self.registry.get(kind)
        except UnknownName as error:
            raise refusal([(("kind",), str(error), value)]) from None
        return spec.__pydantic_validator__.validate_python(dict(fields))


class FrozenDict(dict[Key, Value], Generic[Key, Value]):
    """A dict that cannot be changed and so can be hashed."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[type, tuple[dict[Key, Value]]]:
        return type(self), (dict(self),)

    def _refuse(self, *args: object, **kwargs: object) -> NoReturn:
        raise TypeError("a case is frozen; case.replace(...) gives a changed one")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse


def _encodable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise problem(f"must be text that can be written as UTF-8 (got {shown(text)})") from None
    return text


Text = Annotated[str, AfterValidator(_encodable)]
"""Any text that JSON can hold."""


def refusal(problems: Iterable[tuple[Location, str, object]]) -> ValidationError:
    """Problems (path, message, what was given) as an error that pydantic joins to those around."""
    details = [InitErrorDetails(type=problem(message), loc=loc, input=given) for loc, message, given in problems]
    return ValidationError.from_exception_data("spec", details)


def lines(spec: SpecMeta, error: ValidationError) -> list[str]:
    """One line per problem: the dotted path and the message."""
    start = () if spec.root else (spec.__name__,)
    problems = error.errors(include_url=False)
    return [f"{'.'.join(map(_word, (*start, *one['loc']))) or spec.__name__}: {one['msg']}" for one in problems]


def _word(name: int | str) -> str:
    """A part of a path on one line, whatever a user called it."""
    return str(name) if str(name).isprintable() else repr(name)[1:-1]


def _message(spec: type[Spec], error: dict[str, Any]) -> str:
    """What pydantic found, in our words."""
    kind, context, given = error["type"], error.get("ctx", {}), f"(got {shown(error['input'])})"
    match kind:
        case "flowcfd":
            return str(error["msg"])
        case "missing":
            return "required"
        case "extra_forbidden":
            return str(UnknownName(f"field of {spec.__name__}", str(error["loc"][-1]), _names(spec)))
        case "greater_than":
            return f"must be {'positive' if context['gt'] == 0 else 'greater than ' + str(context['gt'])} {given}"
        case "greater_than_equal":
            return f"must be at least {context['ge']} {given}"
        case "less_than":
            return f"must be less than {context['lt']} {given}"
        case "less_than_equal":
            return f"must be at most {context['le']} {given}"
        case "literal_error":
            return _literal(context["expected"], error["input"])
        case "string_too_long":
            return f"must have at most {context['max_length']} letters {given}"
        case "too_short":
            return f"must have at least {context['min_length']} {given}"
        case "too_long":
            return f"must have at most {context['max_length']} {given}"
        case "string_pattern_mismatch":
            signs = "digits, underscores and hyphens" if "_-]" in context["pattern"] else "digits and underscores"
            return f"must be a word of letters, {signs} that starts with a letter {given}"
        case _:
            text = error["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
            return f"{text if error['msg'].startswith('Value error') else 'must be ' + text} {given}"


def _holds_many(spec: type[Spec], name: str) -> bool:
    """Whether a field holds any number of values: one that is given alone is meant as the only one."""
    field = spec.model_fields.get(name)
    return field is not None and get_origin(field.annotation) is tuple and get_args(field.annotation)[-1] is Ellipsis


def _names(spec: type[Spec]) -> list[str]:
    return [field.alias or name for name, field in spec.model_fields.items()]


def _literal(expected: str, given: object) -> str:
    names = [name.strip("'") for name in expected.replace(" or ", ", ").split(", ")]
    if isinstance(given, str):
        return str(UnknownName("value", given, names))
    return f"must be one of: {', '.join(names)} (got {shown(given)})"
