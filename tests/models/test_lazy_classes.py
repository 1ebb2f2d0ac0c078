"""Classes that do not support lazy decoding are decoded eagerly, and have the same results as eager decoding."""

import abc
import copy
import json
import pickle
from collections.abc import Callable
from typing import Annotated, Any, Generic, TypeVar

import pytest
from pydantic import AfterValidator, BaseModel, Field, GetCoreSchemaHandler, ValidationInfo
from pydantic_core.core_schema import (
    CoreSchema,
    no_info_after_validator_function,
    with_info_after_validator_function,
    with_info_plain_validator_function,
)

from kubex.api._decode import Decoder
from kubex.core.params import DecodeMode
from kubex.errors import DecodeError
from kubex.models import ApiResource, LazyModel, NamespacedResource, ObjectMeta
from kubex.models.markers import HasStatus

from .lazy_helpers import lazy_object, undecoded_fields

T = TypeVar("T")
LONG = "x" * 400
SPEC = {"size": 1, "text": LONG, "more": ["a"], "unheardOf": {"deep": [1]}}
BODY = json.dumps(
    {
        "apiVersion": "example.com/v1",
        "kind": "Thing",
        "metadata": {"name": "t", "labels": {"a": "b"}},
        "spec": SPEC,
        "status": SPEC,
    }
).encode()


class Spec(LazyModel):
    size: int = 0
    text: str = ""
    more: list[str] | None = None


class Thing(NamespacedResource):
    __resource__ = ApiResource(group="example.com", version="v1", kind="Thing", plural="things")
    spec: Spec
    status: Spec | None = None


class OrdinaryMixin:
    def describe(self) -> str:
        return type(self).__name__


class AbstractMixin(abc.ABC):
    @abc.abstractmethod
    def describe(self) -> str: ...


class GenericMixin(Generic[T]):
    def identity(self, value: T) -> T:
        return value


class SlottedMixin:
    __slots__ = ()


class PydanticMixin(BaseModel):
    note: str | None = None


class OrdinaryMixinSpec(OrdinaryMixin, Spec):
    pass


class SpecOrdinaryMixin(Spec, OrdinaryMixin):
    pass


class PydanticMixinSpec(PydanticMixin, Spec):
    pass


class OrdinaryMixinThing(OrdinaryMixin, Thing):
    pass


class ThingOrdinaryMixin(Thing, OrdinaryMixin):
    pass


class AbstractMixinThing(AbstractMixin, Thing):
    def describe(self) -> str:
        return "no longer abstract"


class ThingGenericMixin(Thing, GenericMixin[int]):
    pass


class SlottedMixinThing(SlottedMixin, Thing):
    pass


class MarkedThing(HasStatus, Thing):
    pass


class PydanticMixinThing(PydanticMixin, Thing):
    pass


class ThingOfOrdinaryMixin(NamespacedResource):
    __resource__ = Thing.__resource__
    spec: OrdinaryMixinSpec
    status: SpecOrdinaryMixin | None = None


class ThingOfPydanticMixin(NamespacedResource):
    __resource__ = Thing.__resource__
    spec: PydanticMixinSpec
    status: list[OrdinaryMixinSpec] | OrdinaryMixinSpec | None = None


OPERATIONS: dict[str, Callable[[Any], Any]] = {
    "model_dump": lambda model: model.model_dump(),
    "to_json": lambda model: model.to_json(),
    "to_dict": lambda model: model.to_dict(),
    "vars": vars,
    "fields set": lambda model: model.model_fields_set,
    "extras": lambda model: model.model_extra,
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "model_copy": lambda model: model.model_copy(),
    "pickle": lambda model: pickle.loads(pickle.dumps(model)),
    "itself": lambda model: model,
}


def change_fields(thing: Any) -> None:
    thing.spec.size = 7
    thing.metadata.labels = None


ACCESSES: dict[str, Callable[[Any], Any]] = {
    "nothing": undecoded_fields,
    "a field": lambda thing: thing.spec.size,
    "a change": change_fields,
}


@pytest.mark.parametrize("access", ACCESSES.values(), ids=ACCESSES.keys())
@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS.keys())
@pytest.mark.parametrize(
    "kind",
    [
        OrdinaryMixinThing,
        ThingOrdinaryMixin,
        AbstractMixinThing,
        ThingGenericMixin,
        SlottedMixinThing,
        MarkedThing,
        PydanticMixinThing,
        ThingOfOrdinaryMixin,
        ThingOfPydanticMixin,
    ],
)
def test_classes_with_other_bases_behave_as_in_eager_decoding(
    kind: type[Any], operation: Callable[[Any], Any], access: Callable[[Any], Any]
) -> None:
    lazy, eager = lazy_object(kind, BODY, "Thing"), kind.model_validate_json(BODY)
    access(lazy)
    access(eager)
    assert operation(lazy.spec) == operation(eager.spec)
    assert operation(lazy) == operation(eager)


@pytest.mark.parametrize(
    "kind", [ThingOrdinaryMixin, ThingGenericMixin, SlottedMixinThing, MarkedThing, PydanticMixinThing]
)
def test_class_with_harmless_bases_is_lazy(kind: type[Thing]) -> None:
    assert "spec" in undecoded_fields(lazy_object(kind, BODY, "Thing"))


def test_class_with_an_ordinary_class_before_the_model_is_decoded_eagerly() -> None:
    assert not undecoded_fields(lazy_object(OrdinaryMixinThing, BODY, "Thing"))
    assert not undecoded_fields(lazy_object(AbstractMixinThing, BODY, "Thing"))
    of_ordinary_mixin = lazy_object(ThingOfOrdinaryMixin, BODY, "Thing")
    assert not undecoded_fields(of_ordinary_mixin.spec)
    assert of_ordinary_mixin.status is not None
    assert "text" in undecoded_fields(of_ordinary_mixin.status)


def upper_if_small(value: str, info: ValidationInfo) -> str:
    return value.upper() if info.data["size"] == 1 else value


def add_annotation(metadata: ObjectMeta) -> ObjectMeta:
    metadata.annotations = {"checked": "yes"}
    return metadata


class DefaultFromOtherField(Spec):
    double: int = Field(default_factory=lambda data: data["size"] * 2)


class ValidatorWithData(Spec):
    text: Annotated[str, AfterValidator(upper_if_small)] = ""


class ItemValidatorWithData(Spec):
    more: list[Annotated[str, AfterValidator(upper_if_small)]] | None = None


class CustomSchema(Spec):
    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_after_validator_function(cls.checked, handler(source))

    def checked(self) -> "CustomSchema":
        self.text = "checked"  # Pydantic 2.11 calls this twice for a nested object
        return self


class CustomGetattr(Spec):
    def __getattr__(self, name: str) -> Any:
        if name == "text":
            return "unused, because objects have this field"
        return super().__getattr__(name)  # type: ignore[misc]  # Pydantic hides it from type checkers


@pytest.mark.parametrize(
    "part", [DefaultFromOtherField, ValidatorWithData, ItemValidatorWithData, CustomSchema, CustomGetattr]
)
def test_nested_class_that_depends_on_other_fields_is_decoded_eagerly(part: type[Spec]) -> None:
    owner: type[Any] = type("Owner", (NamespacedResource,), {"__annotations__": {"spec": part}, "__module__": __name__})
    found, expected = lazy_object(owner, BODY, "Owner"), owner.model_validate_json(BODY)
    for name in part.model_fields:
        assert getattr(found.spec, name) == getattr(expected.spec, name)
    assert found == expected


class ThingWithValidatedMetadata(Thing):
    metadata: Annotated[ObjectMeta, AfterValidator(add_annotation)]


class ThingWithOptionalMetadata(Thing):
    metadata: ObjectMeta | None = None  # type: ignore[assignment]  # a wider type than in the base class


class MetadataWithRequiredName(ObjectMeta):
    name: str


class ThingWithRequiredName(Thing):
    metadata: MetadataWithRequiredName


@pytest.mark.parametrize("kind", [ThingWithValidatedMetadata, ThingWithOptionalMetadata])
def test_annotated_or_optional_metadata_is_validated(kind: type[Thing]) -> None:
    found = Decoder(kind, "Thing").item(BODY)
    assert found == kind.model_validate_json(BODY)


@pytest.mark.parametrize("kind", [ThingWithValidatedMetadata, ThingWithOptionalMetadata, ThingWithRequiredName])
def test_bookmark_may_omit_metadata_that_the_class_requires(kind: type[Thing]) -> None:
    bookmark = b'{"type":"BOOKMARK","object":{"kind":"Thing","metadata":{"resourceVersion":"5"}}}'
    assert Decoder(kind, "Thing").event(bookmark, path="/").resource_version == "5"


def test_missing_required_field_of_metadata_raises_decode_error() -> None:
    for body in (b'{"spec":{}}', b'{"spec":{},"metadata":{}}'):
        with pytest.raises(DecodeError, match="cannot decode the metadata of Thing: name: Field required"):
            lazy_object(ThingWithRequiredName, body, "Thing")


@pytest.mark.parametrize("levels", [250, 1500, 5000])
def test_undeclared_field_with_too_many_levels_raises_and_names_the_object(levels: int) -> None:
    found = lazy_object(Thing, BODY[:-1] + b', "odd": ' + b"[" * levels + b"]" * levels + b"}", "Thing")
    assert found.spec.size == 1
    assert "odd=..." in repr(found)
    with pytest.raises(DecodeError, match="cannot decode Thing t: odd: "):
        found.to_dict()


class TypeWithData:
    """A type of a user with a validator that accesses the previous fields."""

    def __init__(self, text: str, previous_fields: dict[str, Any]) -> None:
        self.text, self.previous_fields = text, previous_fields

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TypeWithData) and (self.text, self.previous_fields) == (
            other.text,
            other.previous_fields,
        )

    __hash__ = None  # type: ignore[assignment]  # not needed

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return with_info_plain_validator_function(lambda text, info: cls(text, dict(info.data)))


class AnnotationWithData:
    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return with_info_after_validator_function(lambda text, info: f"{text} {sorted(info.data)}", handler(source))


class TypeWithDataSpec(LazyModel):
    size: int = 0
    text: TypeWithData


class TypeWithDataListSpec(LazyModel):
    size: int = 0
    more: list[TypeWithData] | None = None


class AnnotationWithDataSpec(LazyModel):
    size: int = 0
    text: Annotated[str, AnnotationWithData()] = ""


class AnnotationWithDataMapSpec(LazyModel):
    size: int = 0
    unheardOf: dict[str, Annotated[Any, AnnotationWithData()]] | None = None  # noqa: N815 - the name in the JSON


@pytest.mark.parametrize(
    "part", [TypeWithDataSpec, TypeWithDataListSpec, AnnotationWithDataSpec, AnnotationWithDataMapSpec]
)
def test_types_that_access_other_fields_get_them(part: type[LazyModel]) -> None:
    class Owner(NamespacedResource):
        spec: part  # type: ignore[valid-type]  # a run-time type

    found, expected = lazy_object(Owner, BODY), Owner.model_validate_json(BODY)
    assert not undecoded_fields(found.spec)
    assert found == expected


class DeprecatedFieldSpec(LazyModel):
    size: Annotated[int, Field(deprecated="use text")] = 0
    text: str = ""


class DeprecatedFieldThing(NamespacedResource):
    spec: DeprecatedFieldSpec
    text: Annotated[str | None, Field(deprecated=True)] = None


def test_deprecated_field_warns_once_when_it_is_read() -> None:
    thing = lazy_object(DeprecatedFieldThing, BODY[:-1] + b',"text":"t"}')
    assert thing.spec.text == LONG
    assert not undecoded_fields(thing.spec)
    with pytest.warns(DeprecationWarning, match="use text") as caught:
        assert thing.spec.size == 1
    assert len(caught) == 1
    with pytest.warns(DeprecationWarning, match="deprecated") as caught:
        assert thing.text == "t"
    assert len(caught) == 1


class CustomValidateJson(Thing):
    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **options: Any) -> "CustomValidateJson":
        thing = super().model_validate_json(json_data, **options)
        thing.metadata.labels = {"read": "by the overridden method"}
        return thing


@pytest.mark.parametrize("mode", ["lazy", "eager"])
def test_overridden_model_validate_json_is_called(mode: DecodeMode) -> None:
    found = Decoder(CustomValidateJson, "Thing", mode).item(BODY)
    assert found.metadata.labels == {"read": "by the overridden method"}
    assert not undecoded_fields(found)
    assert found == CustomValidateJson.model_validate_json(BODY)


@pytest.mark.parametrize(
    "bodies", [(BODY[:-1] + b', "spec": 7}',), (BODY.replace(b'"labels"', b'"labels": 7, "was"'),)]
)
def test_malformed_object_of_an_eager_class_is_named_in_the_error(bodies: tuple[bytes]) -> None:
    with pytest.raises(DecodeError, match="cannot decode Thing t: "):
        lazy_object(CustomValidateJson, bodies[0], "Thing")
