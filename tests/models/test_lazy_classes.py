"""Classes that do more than hold fields are decoded whole, and so are what eager validation makes of them."""

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

from .lazy_helpers import lazy, not_decoded

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


class Described:
    def describe(self) -> str:
        return type(self).__name__


class Abstract(abc.ABC):
    @abc.abstractmethod
    def describe(self) -> str: ...


class Holder(Generic[T]):
    def held(self, value: T) -> T:
        return value


class Slotted:
    __slots__ = ()


class Noted(BaseModel):
    note: str | None = None


class DescribedSpec(Described, Spec):
    pass


class SpecDescribed(Spec, Described):
    pass


class NotedSpec(Noted, Spec):
    pass


class DescribedThing(Described, Thing):
    pass


class ThingDescribed(Thing, Described):
    pass


class AbstractThing(Abstract, Thing):
    def describe(self) -> str:
        return "no longer abstract"


class ThingHolder(Thing, Holder[int]):
    pass


class SlottedThing(Slotted, Thing):
    pass


class MarkedThing(HasStatus, Thing):
    pass


class NotedThing(Noted, Thing):
    pass


class ThingOfDescribed(NamespacedResource):
    __resource__ = Thing.__resource__
    spec: DescribedSpec
    status: SpecDescribed | None = None


class ThingOfNoted(NamespacedResource):
    __resource__ = Thing.__resource__
    spec: NotedSpec
    status: list[DescribedSpec] | DescribedSpec | None = None


LOOKS: dict[str, Callable[[Any], Any]] = {
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


def change(thing: Any) -> None:
    thing.spec.size = 7
    thing.metadata.labels = None


TOUCHES: dict[str, Callable[[Any], Any]] = {
    "nothing": not_decoded,
    "a field": lambda thing: thing.spec.size,
    "a change": change,
}


@pytest.mark.parametrize("touch", TOUCHES.values(), ids=TOUCHES.keys())
@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS.keys())
@pytest.mark.parametrize(
    "kind",
    [
        DescribedThing,
        ThingDescribed,
        AbstractThing,
        ThingHolder,
        SlottedThing,
        MarkedThing,
        NotedThing,
        ThingOfDescribed,
        ThingOfNoted,
    ],
)
def test_classes_with_other_bases_lose_nothing(
    kind: type[Any], look: Callable[[Any], Any], touch: Callable[[Any], Any]
) -> None:
    ours, theirs = lazy(kind, BODY, "Thing"), kind.model_validate_json(BODY)
    touch(ours)
    touch(theirs)
    assert look(ours.spec) == look(theirs.spec)
    assert look(ours) == look(theirs)


@pytest.mark.parametrize("kind", [ThingDescribed, ThingHolder, SlottedThing, MarkedThing, NotedThing])
def test_bases_that_hide_nothing_leave_a_class_lazy(kind: type[Thing]) -> None:
    assert "spec" in not_decoded(lazy(kind, BODY, "Thing"))


def test_a_class_before_the_model_has_its_objects_decoded_whole() -> None:
    assert not not_decoded(lazy(DescribedThing, BODY, "Thing"))
    assert not not_decoded(lazy(AbstractThing, BODY, "Thing"))
    of_described = lazy(ThingOfDescribed, BODY, "Thing")
    assert not not_decoded(of_described.spec)
    assert of_described.status is not None
    assert "text" in not_decoded(of_described.status)


def upper_if_small(value: str, info: ValidationInfo) -> str:
    return value.upper() if info.data["size"] == 1 else value


def labelled(metadata: ObjectMeta) -> ObjectMeta:
    metadata.annotations = {"checked": "yes"}
    return metadata


class DefaultOfOthers(Spec):
    double: int = Field(default_factory=lambda data: data["size"] * 2)


class LooksAtOthers(Spec):
    text: Annotated[str, AfterValidator(upper_if_small)] = ""


class LooksAtOthersInside(Spec):
    more: list[Annotated[str, AfterValidator(upper_if_small)]] | None = None


class OwnSchema(Spec):
    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_after_validator_function(cls.checked, handler(source))

    def checked(self) -> "OwnSchema":
        self.text = "checked"  # the same if it is done twice, as Pydantic 2.11 does for a part
        return self


class Answering(Spec):
    def __getattr__(self, name: str) -> Any:
        if name == "text":
            return "never asked of an object that has one"
        return super().__getattr__(name)  # type: ignore[misc]  # hidden from type checkers by Pydantic


@pytest.mark.parametrize("part", [DefaultOfOthers, LooksAtOthers, LooksAtOthersInside, OwnSchema, Answering])
def test_a_part_that_needs_more_than_its_own_json_is_decoded_whole(part: type[Spec]) -> None:
    owner: type[Any] = type("Owner", (NamespacedResource,), {"__annotations__": {"spec": part}, "__module__": __name__})
    found, expected = lazy(owner, BODY, "Owner"), owner.model_validate_json(BODY)
    for name in part.model_fields:
        assert getattr(found.spec, name) == getattr(expected.spec, name)
    assert found == expected


class CheckedMetadata(Thing):
    metadata: Annotated[ObjectMeta, AfterValidator(labelled)]


class OptionalMetadata(Thing):
    metadata: ObjectMeta | None = None  # type: ignore[assignment]  # wider than it may be, and works


class NeedyMetadata(ObjectMeta):
    name: str


class NeedyThing(Thing):
    metadata: NeedyMetadata


@pytest.mark.parametrize("kind", [CheckedMetadata, OptionalMetadata])
def test_metadata_that_is_more_than_its_class_is_validated_as_that(kind: type[Thing]) -> None:
    found = Decoder(kind, "Thing").item(BODY)
    assert found == kind.model_validate_json(BODY)


@pytest.mark.parametrize("kind", [CheckedMetadata, OptionalMetadata, NeedyThing])
def test_a_bookmark_has_less_metadata_than_an_object(kind: type[Thing]) -> None:
    bookmark = b'{"type":"BOOKMARK","object":{"kind":"Thing","metadata":{"resourceVersion":"5"}}}'
    assert Decoder(kind, "Thing").event(bookmark, path="/").resource_version == "5"


def test_metadata_that_lacks_what_its_class_requires_is_a_decode_error() -> None:
    for body in (b'{"spec":{}}', b'{"spec":{},"metadata":{}}'):
        with pytest.raises(DecodeError, match="cannot decode the metadata of Thing: name: Field required"):
            lazy(NeedyThing, body, "Thing")


@pytest.mark.parametrize("levels", [250, 1500, 5000])
def test_an_undeclared_field_that_nests_too_deep_names_the_object(levels: int) -> None:
    found = lazy(Thing, BODY[:-1] + b', "odd": ' + b"[" * levels + b"]" * levels + b"}", "Thing")
    assert found.spec.size == 1
    assert "odd=..." in repr(found)
    with pytest.raises(DecodeError, match="cannot decode Thing t: odd: "):
        found.to_dict()


class Informed:
    """A type of a user that looks at the fields before its own."""

    def __init__(self, text: str, seen: dict[str, Any]) -> None:
        self.text, self.seen = text, seen

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Informed) and (self.text, self.seen) == (other.text, other.seen)

    __hash__ = None  # type: ignore[assignment]  # not needed

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return with_info_plain_validator_function(lambda text, info: cls(text, dict(info.data)))


class Marker:
    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return with_info_after_validator_function(lambda text, info: f"{text} {sorted(info.data)}", handler(source))


class InformedSpec(LazyModel):
    size: int = 0
    text: Informed


class InformedListSpec(LazyModel):
    size: int = 0
    more: list[Informed] | None = None


class MarkedSpec(LazyModel):
    size: int = 0
    text: Annotated[str, Marker()] = ""


class MarkedMapSpec(LazyModel):
    size: int = 0
    unheardOf: dict[str, Annotated[Any, Marker()]] | None = None  # noqa: N815 - as in the document


@pytest.mark.parametrize("part", [InformedSpec, InformedListSpec, MarkedSpec, MarkedMapSpec])
def test_types_that_look_at_other_fields_see_them(part: type[LazyModel]) -> None:
    class Owner(NamespacedResource):
        spec: part  # type: ignore[valid-type]  # a run-time type

    found, expected = lazy(Owner, BODY), Owner.model_validate_json(BODY)
    assert not not_decoded(found.spec)
    assert found == expected


class Old(LazyModel):
    size: Annotated[int, Field(deprecated="use text")] = 0
    text: str = ""


class OldThing(NamespacedResource):
    spec: Old
    text: Annotated[str | None, Field(deprecated=True)] = None


def test_a_deprecated_field_warns_once_when_it_is_read() -> None:
    thing = lazy(OldThing, BODY[:-1] + b',"text":"t"}')
    assert thing.spec.text == LONG
    assert not not_decoded(thing.spec)
    with pytest.warns(DeprecationWarning, match="use text") as caught:
        assert thing.spec.size == 1
    assert len(caught) == 1
    with pytest.warns(DeprecationWarning, match="deprecated") as caught:
        assert thing.text == "t"
    assert len(caught) == 1


class OwnJson(Thing):
    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **options: Any) -> "OwnJson":
        made = super().model_validate_json(json_data, **options)
        made.metadata.labels = {"read": "by its own method"}
        return made


@pytest.mark.parametrize("mode", ["lazy", "eager"])
def test_an_overridden_model_validate_json_is_called(mode: DecodeMode) -> None:
    found = Decoder(OwnJson, "Thing", mode).item(BODY)
    assert found.metadata.labels == {"read": "by its own method"}
    assert not not_decoded(found)
    assert found == OwnJson.model_validate_json(BODY)


@pytest.mark.parametrize(
    "bodies", [(BODY[:-1] + b', "spec": 7}',), (BODY.replace(b'"labels"', b'"labels": 7, "was"'),)]
)
def test_an_object_of_such_a_class_that_does_not_fit_is_named(bodies: tuple[bytes]) -> None:
    with pytest.raises(DecodeError, match="cannot decode Thing t: "):
        lazy(OwnJson, bodies[0], "Thing")
