"""The decoders of single fields of a class, and the decision which classes support lazy decoding."""

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin

from pydantic import VERSION, AliasGenerator, BaseModel, PlainSerializer, PydanticUserError, TypeAdapter, WrapSerializer
from pydantic.fields import FieldInfo
from pydantic_core import SchemaValidator

from kubex.models._lazy.base import LazyModel, M
from kubex.models._model import BUILD_DEPENDENCIES_FIRST, Model
from kubex.models._object_meta import ObjectMeta
from kubex.models._types import NullAsEmpty, NullAsEmptyDict, is_kubex_annotation

JsonValidator = Callable[[bytes], Any]
"""A function that validates JSON and returns the value; it raises ValidationError."""

# The options of a model configuration that do not change the values of fields. A class with another value for any other
# option is decoded eagerly. Only safe options are listed, so that an unknown option makes a class slower but not wrong.
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

# Attributes that lazy decoding overrides or depends on. If a user's class or another base class overrides one of them,
# the class is decoded eagerly.
_LAZY_HOOKS = (
    "__dict__",
    "__getattr__",
    "__getattribute__",
    "__setattr__",
    "__delattr__",
    "__get_pydantic_core_schema__",
    "model_validate_json",
)
_BASE_CLASSES = (LazyModel, Model, BaseModel, object)

# Attributes of BaseModel that `_supports_lazy_decoding()` and Model use. If a new version of Pydantic removes one, this
# is an error at import and not a wrong decision.
_REQUIRED_ATTRIBUTES = (
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
for _name in _REQUIRED_ATTRIBUTES:
    if not hasattr(Model, _name):
        raise ImportError(
            f"kubex-core requires BaseModel.{_name}, which pydantic {VERSION} does not have: "
            "install an older pydantic, or a newer kubex-core"
        )

# Valid as a configuration of Pydantic and of pydantic-core.
_HIDE_INPUT_CONFIG: Any = {"hide_input_in_errors": True}


class FieldDecoder:
    """Decodes the JSON of one field.

    `json_name` is the name of the field in JSON. `model` is the lazy class of the object that the field contains, or of
    the objects in a list if `is_list` is true. It is None for other fields.
    """

    def __init__(self, name: str, field: FieldInfo, alias_generator: Callable[[str], str] | None) -> None:
        self.name = name
        # Pydantic 2.11 generates aliases when it builds the schema, and the schema may not be built yet.
        alias = field.validation_alias or (alias_generator(name) if alias_generator is not None else name)
        self.json_name = str(alias)
        self.required = field.is_required()
        self.model, self.is_list = _nested_model(field)
        self._field = field
        self._validate: JsonValidator | None = None

    def default(self) -> Any:
        """Return the default value, a new one for each call."""
        factory: Any = self._field.default_factory
        # A direct call is faster than get_default(call_default_factory=True), which inspects the factory.
        return self._field.get_default() if factory is None else factory()

    @property
    def annotation(self) -> Any:
        """The type of the field, as `Annotated` if it has metadata."""
        return _annotated(self._field)

    @property
    def validate(self) -> JsonValidator:
        """The function that decodes the JSON of the field completely."""
        # Not a cached_property: up to Python 3.11 it has a lock, which can block a child of fork() indefinitely.
        if self._validate is None:
            self._validate = json_validator(self._field)
        return self._validate


class FieldDecoders(dict[str, FieldDecoder]):
    """The decoders of a class by the Python names of its fields.

    `keeps_unknown` is true if the class preserves undeclared fields. `assignable` is true if all fields can be assigned
    and assignment does not validate.
    """

    def __init__(self, model: type[LazyModel]) -> None:
        alias_generator: Any = model.model_config.get("alias_generator")
        fields = model.__pydantic_fields__
        super().__init__({name: FieldDecoder(name, field, alias_generator) for name, field in fields.items()})
        config = model.model_config
        self.keeps_unknown = config.get("extra") == "allow"
        self.assignable = not (
            config.get("frozen") or config.get("validate_assignment") or any(field.frozen for field in fields.values())
        )

    @property
    def metadata_class(self) -> type[ObjectMeta] | None:
        """The class of the metadata; None if the field is missing or has another type, such as an optional one."""
        decoder = self.get("metadata")
        annotation = None if decoder is None or decoder.json_name != "metadata" else decoder.annotation
        return annotation if isinstance(annotation, type) and issubclass(annotation, ObjectMeta) else None


_DECODERS: dict[type[LazyModel], FieldDecoders | None] = {}
_VALIDATORS: dict[str, list[tuple[Any, JsonValidator]]] = {}


def field_decoders(model: type[LazyModel]) -> FieldDecoders | None:
    """Return the decoders of a class; None if it does not support lazy decoding, so that it is decoded eagerly."""
    try:
        return _DECODERS[model]
    except KeyError:
        pass
    if BUILD_DEPENDENCIES_FIRST or not model.__pydantic_fields_complete__:
        build_schema(model)
    decoders = FieldDecoders(model) if _supports_lazy_decoding(model) else None
    return _DECODERS.setdefault(model, decoders)


def build_schema(model: type[M]) -> type[M]:
    """Build the schema of a model if it is not built yet; return the model."""
    # The empty namespace makes Pydantic skip the inspection of the calling frames.
    if not model.__pydantic_complete__:
        model.model_rebuild(_types_namespace={})
    return model


def json_validator(field: FieldInfo) -> JsonValidator:
    """Return the function that decodes the JSON of a field. Fields of the same type share it, because it is large."""
    annotation = _annotated(field)
    # Unions with the same members in another order are equal, but can validate differently. Their texts differ.
    key = str(annotation)
    for other, validator in _VALIDATORS.get(key, ()):
        if other == annotation:
            return validator
    for model in _models_in_annotation(annotation):
        build_schema(model)
    validator = _validator_without_input(annotation)
    _VALIDATORS.setdefault(key, []).append((annotation, validator))
    return validator


def _supports_lazy_decoding(model: type[LazyModel]) -> bool:
    """Return whether validation of the class only sets each field from its own JSON."""
    config = model.model_config
    return not (
        any(_defining_class(model, name) not in _BASE_CLASSES for name in _LAZY_HOOKS)
        or model.__private_attributes__
        or model.__pydantic_post_init__ is not None
        or model.__pydantic_custom_init__
        or model.__pydantic_root_model__
        or model.__pydantic_generic_metadata__["args"]
        or _has_validators(model.__pydantic_decorators__)
        or config.get("extra") == "forbid"
        or isinstance(config.get("alias_generator"), AliasGenerator)
        or any(config.get(key) != Model.model_config.get(key) for key in {*config, *Model.model_config} - _SAFE_CONFIG)
        or any("__pydantic_extra__" in vars(base).get("__annotations__", ()) for base in _user_bases(model))
        or not all(_is_independent(field) for field in model.__pydantic_fields__.values())
    )


def _defining_class(model: type[Model], name: str) -> type:
    return next(base for base in model.__mro__ if name in vars(base))


def _user_bases(model: type[Model]) -> Iterator[type]:
    return (base for base in model.__mro__ if issubclass(base, Model) and base not in _BASE_CLASSES)


def _has_validators(decorators: Any) -> bool:
    # A decorator that is not known to be safe counts as a validator. So a decorator of a future Pydantic makes a class
    # slower but not wrong.
    names = (field.name for field in dataclasses.fields(decorators))
    return any(getattr(decorators, name) for name in names if name not in _SAFE_DECORATORS)


def _is_independent(field: FieldInfo) -> bool:
    """Return whether a field can be decoded from its own JSON, without the other fields."""
    alias = field.validation_alias
    return (
        (alias is None or isinstance(alias, str))
        and not field.validate_default
        and not field.deprecated
        and field.discriminator is None
        # list[X] and dict[X, Y] do not take validated data. For other factories, Pydantic inspects the signature, which
        # is slow.
        and not (get_origin(field.default_factory) not in (list, dict) and field.default_factory_takes_validated_data)
        and _ignores_other_fields(field.annotation)
        and all(map(_is_safe_metadata, field.metadata))
    )


def _ignores_other_fields(annotation: Any) -> bool:
    """Return whether validation of a type cannot access other fields, which `info.data` of a validator contains."""
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *metadata = get_args(annotation)
        return _ignores_other_fields(inner) and all(map(_is_safe_metadata, metadata))
    if origin is Literal or annotation in (None, Any, ...):
        return True
    if origin is UnionType or origin is Union or isinstance(origin, type):
        return all(map(_ignores_other_fields, get_args(annotation)))
    if not isinstance(annotation, type):
        return False
    field_type = cast("type[Any]", annotation)
    # The validators of a model see only the fields of that model.
    return issubclass(field_type, BaseModel) or not hasattr(field_type, "__get_pydantic_core_schema__")


def _is_safe_metadata(item: Any) -> bool:
    is_serializer = isinstance(item, PlainSerializer | WrapSerializer)
    return is_serializer or is_kubex_annotation(item) or not hasattr(item, "__get_pydantic_core_schema__")


def _nested_model(field: FieldInfo) -> tuple[type[LazyModel] | None, bool]:
    """Return the lazy class of the object or list in a field, and whether it is a list."""
    annotation: Any = field.annotation
    if get_origin(annotation) in (Union, UnionType):
        others = [argument for argument in get_args(annotation) if argument is not NoneType]
        annotation = others[0] if len(others) == 1 else None
    is_list = get_origin(annotation) is list
    if is_list:
        annotation = get_args(annotation)[0]
    if any(item not in (NullAsEmpty, NullAsEmptyDict) for item in field.metadata):
        return None, is_list
    return (annotation if isinstance(annotation, type) and issubclass(annotation, LazyModel) else None), is_list


def _annotated(field: FieldInfo) -> Any:
    if not field.metadata:
        return field.annotation
    arguments = (field.annotation, *field.metadata)
    return cast("Any", Annotated)[arguments]


def _validator_without_input(annotation: Any) -> JsonValidator:
    """Return the function that decodes a type. Its errors do not contain values, like those of models."""
    is_model = isinstance(annotation, type) and issubclass(cast("type[Any]", annotation), Model)
    config = None if is_model else _HIDE_INPUT_CONFIG
    try:
        return cast("JsonValidator", TypeAdapter[Any](annotation, config=config).validator.validate_json)
    except PydanticUserError:  # a TypeAdapter does not accept a configuration for dataclasses and typed dicts
        adapter = TypeAdapter[Any](annotation)
        adapter.rebuild()  # the adapter of an annotated model can be deferred, like the model
        return SchemaValidator(adapter.core_schema, _HIDE_INPUT_CONFIG).validate_json


def _models_in_annotation(annotation: Any) -> Iterable[type[Model]]:
    if isinstance(annotation, type) and issubclass(annotation, Model):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in_annotation(argument)
