"""How the fields of a class are decoded one by one, and which classes allow that."""

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin

from pydantic import VERSION, AliasGenerator, BaseModel, PlainSerializer, PydanticUserError, TypeAdapter, WrapSerializer
from pydantic.fields import FieldInfo
from pydantic_core import SchemaValidator

from kubex.models._lazy.base import LazyModel, M
from kubex.models._model import BUILT_FIRST, Model
from kubex.models._object_meta import ObjectMeta
from kubex.models._types import NullAsEmpty, NullAsEmptyDict, is_ours

JsonValidator = Callable[[bytes], Any]

# What a class may configure and still be decoded field by field: nothing that changes the values of fields.
_SAFE_CONFIG = {
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

_SAFE_DECORATORS = {"computed_fields", "field_serializers", "model_serializers"}

# Lazy decoding needs its own versions of these; a class that brings another version is decoded eagerly.
_LAZY_HOOKS = (
    "__dict__",
    "__getattr__",
    "__getattribute__",
    "__setattr__",
    "__delattr__",
    "__get_pydantic_core_schema__",
    "model_validate_json",
)
_OURS = (LazyModel, Model, BaseModel, object)

# Documented attributes of BaseModel, without which `_only_holds_fields` cannot judge a class.
_CLASS_FACTS = (
    "__private_attributes__",
    "__pydantic_complete__",
    "__pydantic_computed_fields__",
    "__pydantic_custom_init__",
    "__pydantic_decorators__",
    "__pydantic_fields__",
    "__pydantic_fields_complete__",
    "__pydantic_generic_metadata__",
    "__pydantic_post_init__",
    "__pydantic_root_model__",
)
for _name in _CLASS_FACTS:
    if not hasattr(Model, _name):
        raise ImportError(
            f"kubex-core needs BaseModel.{_name}, which pydantic {VERSION} does not have: "
            "install an older pydantic, or a newer kubex-core"
        )

_HIDE_INPUT: Any = {"hide_input_in_errors": True}  # a configuration of Pydantic, and of its core


class FieldDecoder:
    """Decodes the JSON of one field; `wire` is its name there.

    `model` is the lazy class of which the field holds an object, or a list if there are `many`; else None.
    """

    def __init__(self, name: str, field: FieldInfo, generate: Callable[[str], str] | None) -> None:
        self.name = name
        # Pydantic 2.11 generates aliases when it builds the schema, which may not be done.
        alias = field.validation_alias or (generate(name) if generate is not None else name)
        self.wire = str(alias)
        self.required = field.is_required()
        self.model, self.many = _nested_model(field)
        self._field = field
        self._validate: JsonValidator | None = None

    def default(self) -> Any:
        """Return a new default."""
        make: Any = self._field.default_factory
        return self._field.get_default() if make is None else make()  # faster than asking Pydantic to call it

    @property
    def annotation(self) -> Any:
        """The type of the field with its metadata."""
        return _annotated(self._field)

    @property
    def validate(self) -> JsonValidator:
        """The function that decodes the JSON of the field completely."""
        # Not a cached_property: up to Python 3.11 it has a lock, at which a child of fork() could wait indefinitely.
        if self._validate is None:
            self._validate = json_validator(self._field)
        return self._validate


class FieldDecoders(dict[str, FieldDecoder]):
    """The decoders of a class by the names of its fields, with what the class allows."""

    def __init__(self, model: type[LazyModel]) -> None:
        generate: Any = model.model_config.get("alias_generator")
        fields = model.__pydantic_fields__
        super().__init__({name: FieldDecoder(name, field, generate) for name, field in fields.items()})
        config = model.model_config
        self.keeps_unknown = config.get("extra") == "allow"
        self.assignable = not (
            config.get("frozen") or config.get("validate_assignment") or any(field.frozen for field in fields.values())
        )

    @property
    def metadata(self) -> type[ObjectMeta] | None:
        """The class of the metadata; None if the field is anything else, such as optional or annotated."""
        found = self.get("metadata")
        kind = None if found is None or found.wire != "metadata" else found.annotation
        return kind if isinstance(kind, type) and issubclass(kind, ObjectMeta) else None


_DECODERS: dict[type[LazyModel], FieldDecoders | None] = {}
_VALIDATORS: dict[str, list[tuple[Any, JsonValidator]]] = {}


def field_decoders(model: type[LazyModel]) -> FieldDecoders | None:
    """Return the decoders of a class; None if it does more than hold fields, so that it is decoded eagerly."""
    try:
        return _DECODERS[model]
    except KeyError:
        pass
    if BUILT_FIRST or not model.__pydantic_fields_complete__:
        build_schema(model)
    made = FieldDecoders(model) if _only_holds_fields(model) else None
    return _DECODERS.setdefault(model, made)


def build_schema(model: type[M]) -> type[M]:
    """Build the schema of a model unless that is done."""
    if not model.__pydantic_complete__:
        model.model_rebuild(_types_namespace={})
    return model


def json_validator(field: FieldInfo) -> JsonValidator:
    """Return the function that decodes the JSON of a field; fields of the same type share it."""
    kind = _annotated(field)
    key = str(kind)  # unions are equal in any order, but the order may change how they validate
    for other, made in _VALIDATORS.get(key, ()):
        if other == kind:
            return made
    for model in _models_in(kind):
        build_schema(model)
    made = _without_input(kind)
    _VALIDATORS.setdefault(key, []).append((kind, made))
    return made


def _only_holds_fields(model: type[LazyModel]) -> bool:
    config = model.model_config
    return not (
        any(_owner(model, name) not in _OURS for name in _LAZY_HOOKS)
        or model.__private_attributes__
        or model.__pydantic_post_init__ is not None
        or model.__pydantic_custom_init__
        or model.__pydantic_root_model__
        or model.__pydantic_generic_metadata__["args"]
        or _has_validators(model.__pydantic_decorators__)
        or config.get("extra") == "forbid"
        or isinstance(config.get("alias_generator"), AliasGenerator)
        or any(config.get(key) != Model.model_config.get(key) for key in {*config, *Model.model_config} - _SAFE_CONFIG)
        or any("__pydantic_extra__" in vars(base).get("__annotations__", ()) for base in _own_bases(model))
        or not all(_is_simple(field) for field in model.__pydantic_fields__.values())
    )


def _owner(model: type[Model], name: str) -> type:
    return next(base for base in model.__mro__ if name in vars(base))


def _own_bases(model: type[Model]) -> Iterator[type]:
    return (base for base in model.__mro__ if issubclass(base, Model) and base not in _OURS)


def _has_validators(decorators: Any) -> bool:
    # Any kind of decorator that is not known to be safe counts, so that a future kind makes a class slow and not wrong.
    kinds = (field.name for field in dataclasses.fields(decorators))
    return any(getattr(decorators, kind) for kind in kinds if kind not in _SAFE_DECORATORS)


def _is_simple(field: FieldInfo) -> bool:
    alias = field.validation_alias
    return (
        (alias is None or isinstance(alias, str))
        and not field.validate_default
        and not field.deprecated
        and field.discriminator is None
        # Factories of empty containers take nothing, and finding that out costs Pydantic a while.
        and not (get_origin(field.default_factory) not in (list, dict) and field.default_factory_takes_validated_data)
        and _ignores_other_fields(field.annotation)
        and all(map(_is_safe_metadata, field.metadata))
    )


def _ignores_other_fields(annotation: Any) -> bool:
    """Return whether a type is known not to look at other fields while it validates; `info.data` allows that."""
    origin = get_origin(annotation)
    if origin is Annotated:
        kind, *metadata = get_args(annotation)
        return _ignores_other_fields(kind) and all(map(_is_safe_metadata, metadata))
    if origin is Literal or annotation in (None, Any, ...):
        return True
    if origin is UnionType or origin is Union or isinstance(origin, type):
        return all(map(_ignores_other_fields, get_args(annotation)))
    if not isinstance(annotation, type):
        return False
    kind = cast("type[Any]", annotation)
    return issubclass(kind, BaseModel) or not hasattr(kind, "__get_pydantic_core_schema__")


def _is_safe_metadata(item: Any) -> bool:
    is_serializer = isinstance(item, PlainSerializer | WrapSerializer)
    return is_serializer or is_ours(item) or not hasattr(item, "__get_pydantic_core_schema__")


def _nested_model(field: FieldInfo) -> tuple[type[LazyModel] | None, bool]:
    annotation: Any = field.annotation
    if get_origin(annotation) in (Union, UnionType):
        others = [part for part in get_args(annotation) if part is not NoneType]
        annotation = others[0] if len(others) == 1 else None
    many = get_origin(annotation) is list
    if many:
        annotation = get_args(annotation)[0]
    if any(part not in (NullAsEmpty, NullAsEmptyDict) for part in field.metadata):
        return None, many
    return (annotation if isinstance(annotation, type) and issubclass(annotation, LazyModel) else None), many


def _annotated(field: FieldInfo) -> Any:
    if not field.metadata:
        return field.annotation
    parts = (field.annotation, *field.metadata)
    return cast("Any", Annotated)[parts]


def _without_input(kind: Any) -> JsonValidator:
    """Return the function that decodes a type and shows no values in its errors, as models do."""
    is_model = isinstance(kind, type) and issubclass(cast("type[Any]", kind), Model)
    config = None if is_model else _HIDE_INPUT
    try:
        return cast("JsonValidator", TypeAdapter[Any](kind, config=config).validator.validate_json)
    except PydanticUserError:  # dataclasses and typed dicts do not accept a configuration from outside
        adapter = TypeAdapter[Any](kind)
        adapter.rebuild()  # an annotated model is deferred as the model itself
        return SchemaValidator(adapter.core_schema, _HIDE_INPUT).validate_json


def _models_in(annotation: Any) -> Iterable[type[Model]]:
    if isinstance(annotation, type) and issubclass(annotation, Model):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)
