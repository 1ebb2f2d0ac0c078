"""The fields of a model as they are decoded one by one."""

from collections.abc import Callable, Iterator
from types import GenericAlias, NoneType, UnionType
from typing import Annotated, Any, Union, cast, get_args, get_origin

from pydantic import (
    AfterValidator,
    AliasGenerator,
    BaseModel,
    BeforeValidator,
    PlainValidator,
    PydanticUserError,
    RootModel,
    TypeAdapter,
    WrapValidator,
)
from pydantic.fields import FieldInfo
from pydantic_core import SchemaValidator

from kubex.models._lazy import LazyModel
from kubex.models._meta import ObjectMeta
from kubex.models._model import BUILT_FIRST, Model
from kubex.models._values import NullAsEmpty, NullAsEmptyDict

Validate = Callable[[bytes], Any]

# What a class may configure in its own way and still be decoded field by field: nothing that bears on a field's value.
_HARMLESS = {
    "alias_generator",
    "arbitrary_types_allowed",
    "defer_build",
    "extra",
    "frozen",
    "json_schema_extra",
    "protected_namespaces",
    "title",
    "use_attribute_docstrings",
    "validate_assignment",
}

# What lazy decoding stands on, and classes whose own it may be: another one, as of a class that is no model and comes
# first among the bases, has a `__dict__` of its own, hides what is still raw or wants to be asked first.
_PILLARS = ("__dict__", "__getattr__", "__getattribute__", "__delattr__", "__get_pydantic_core_schema__")
_OURS = (LazyModel, BaseModel, object)

_FUNCTIONS = (AfterValidator, BeforeValidator, PlainValidator, WrapValidator)

_HIDING: Any = {"hide_input_in_errors": True}  # a configuration of Pydantic, and of its core


class Part:
    """A field: its name on the wire, and how its JSON is decoded.

    `holds` is the model that the field holds one of, or a list of it if there are `many`; None for other fields.
    """

    __slots__ = ("_field", "_validate", "holds", "many", "name", "wire")

    def __init__(self, name: str, field: FieldInfo, generate: Any) -> None:
        self.name = name
        # Pydantic 2.11 generates names when it builds the schema, which may not have been done.
        alias = field.validation_alias or (generate(name) if generate is not None else name)
        self.wire = str(alias)
        self.holds, self.many = _held(field)
        self._field = field
        self._validate: Validate | None = None

    @property
    def model(self) -> type[Model] | None:
        """The model that the field is; None if it may be something else, or is annotated."""
        return self.holds if self._field.annotation is self.holds and not self._field.metadata else None

    @property
    def required(self) -> bool:
        """Whether the field has no default."""
        return self._field.is_required()

    def default(self) -> Any:
        """Return a default of its own."""
        make: Any = self._field.default_factory
        return self._field.get_default() if make is None else make()  # asking Pydantic to call it costs far more

    @property
    def validate(self) -> Validate:
        """What decodes the JSON of the field, all of it."""
        if self._validate is None:
            self._validate = validator(self._field)
        return self._validate


Parts = dict[str, Part]

_PARTS: dict[type[Model], Parts | None] = {}
_VALIDATORS: dict[str, list[tuple[Any, Validate]]] = {}


def parts_of(model: type[Model]) -> Parts | None:
    """Return the fields by their names; None for a class that does more on validation than hold fields."""
    try:
        return _PARTS[model]
    except KeyError:
        pass
    if BUILT_FIRST or not model.__pydantic_fields_complete__:
        complete(model)
    made: Parts | None = None
    if _is_plain(model) and _opened(model):
        generate = model.model_config.get("alias_generator")
        made = {name: Part(name, field, generate) for name, field in model.__pydantic_fields__.items()}
    _PARTS[model] = made
    return made


def metadata_of(parts: Parts) -> type[ObjectMeta] | None:
    """Return the type of the metadata; None where the field is more than that, such as optional or annotated."""
    part = parts["metadata"]
    kind = part.model
    return kind if kind is not None and issubclass(kind, ObjectMeta) and part.wire == "metadata" else None


def complete(model: type[Model]) -> type[Model]:
    """Build the schema of a model where that has not been done."""
    if not model.__pydantic_complete__:
        model.model_rebuild(_types_namespace={})
    return model


def _is_plain(model: type[Model]) -> bool:
    decorators, config = model.__pydantic_decorators__, model.model_config
    return not (
        issubclass(model, RootModel)
        or any(_owner(model, name) not in _OURS for name in _PILLARS)
        or model.__private_attributes__
        or model.__pydantic_post_init__ is not None
        or model.__pydantic_custom_init__
        or model.__pydantic_generic_metadata__["args"]
        or decorators.model_validators
        or decorators.root_validators
        or decorators.field_validators
        or config.get("extra") == "forbid"
        or isinstance(config.get("alias_generator"), AliasGenerator)
        or any(config.get(key) != Model.model_config.get(key) for key in {*config, *Model.model_config} - _HARMLESS)
        or any("__pydantic_extra__" in vars(base).get("__annotations__", ()) for base in _own_bases(model))
        or any(not _is_simple(field) for field in model.__pydantic_fields__.values())
    )


def _owner(model: type[Model], name: str) -> type:
    return next(base for base in model.__mro__ if name in vars(base))


def _own_bases(model: type[Model]) -> Iterator[type]:
    return (base for base in model.__mro__ if issubclass(base, Model) and base not in (Model, LazyModel))


def _is_simple(field: FieldInfo) -> bool:
    alias = field.validation_alias
    return (
        (alias is None or isinstance(alias, str))
        and not field.validate_default
        and field.discriminator is None
        # What makes empty containers takes nothing, and finding that out costs Pydantic a while.
        and not (get_origin(field.default_factory) not in (list, dict) and field.default_factory_takes_validated_data)
        and not (_has_functions(field.annotation) or any(map(_has_functions, field.metadata)))
    )


def _has_functions(annotation: Any) -> bool:
    """Whether there are validators in an annotation: they may look at the fields before theirs."""
    if isinstance(annotation, type) and not isinstance(annotation, GenericAlias):
        return False
    return isinstance(annotation, _FUNCTIONS) or any(map(_has_functions, get_args(annotation)))


def _opened(model: type[Model]) -> bool:
    """Let a class decode on touch, if it does not yet; tell whether that can be.

    Its place in the tree of classes is changed for that, and not before it is needed: a property named `__dict__` costs
    a little for each object, which small models shall not pay.
    """
    for base in model.__mro__:
        if base is LazyModel:
            break
        if Model in base.__bases__:
            base.__bases__ = tuple(LazyModel if parent is Model else parent for parent in base.__bases__)
            break
    return LazyModel in model.__mro__  # issubclass() remembers what it once answered


def _held(field: FieldInfo) -> tuple[type[Model] | None, bool]:
    annotation: Any = field.annotation
    if get_origin(annotation) in (Union, UnionType):
        others = [part for part in get_args(annotation) if part is not NoneType]
        annotation = others[0] if len(others) == 1 else None
    many = get_origin(annotation) is list
    if many:
        annotation = get_args(annotation)[0]
    if any(part not in (NullAsEmpty, NullAsEmptyDict) for part in field.metadata):
        return None, many
    return (annotation if isinstance(annotation, type) and issubclass(annotation, Model) else None), many


def validator(field: FieldInfo) -> Validate:
    """Return what decodes the JSON of a field; fields of the same type share it."""
    kind: Any = field.annotation
    if field.metadata:
        parts = (kind, *field.metadata)
        kind = cast("Any", Annotated)[parts]
    key = str(kind)  # a union equals the same in another order, which may validate differently
    known = [made for other, made in _VALIDATORS.get(key, ()) if other == kind]
    if known:
        return known[0]
    for model in _models_in(kind):
        complete(model)
    made = _hiding_input(kind)
    _VALIDATORS.setdefault(key, []).append((kind, made))
    return made


def _hiding_input(kind: Any) -> Validate:
    """Return what decodes a type and shows no values in its errors, as models do."""
    config = None if _is_model(kind) else _HIDING
    try:
        return cast("Validate", TypeAdapter[Any](kind, config=config).validator.validate_json)
    except PydanticUserError:  # dataclasses and typed dicts have a configuration of their own, which lets no other in
        adapter = TypeAdapter[Any](kind)
        adapter.rebuild()  # an annotated model is deferred as the model itself
        return SchemaValidator(adapter.core_schema, _HIDING).validate_json


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Model)


def _models_in(annotation: Any) -> Iterator[type[Model]]:
    if isinstance(annotation, type) and issubclass(annotation, Model):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)
