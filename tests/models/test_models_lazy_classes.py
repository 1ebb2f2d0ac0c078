"""Classes that do more than hold fields are decoded whole, and so are what eager validation makes of them."""

import abc
import copy
import json
import pickle
from collections.abc import Callable
from typing import Annotated, Any, Generic, TypeVar

import pytest
from pydantic import AfterValidator, BaseModel, Field, GetCoreSchemaHandler, ValidationInfo
from pydantic_core.core_schema import CoreSchema, no_info_after_validator_function

from kubex.api._decode import Decoder
from kubex.errors import DecodeError
from kubex.models import HasStatus, Model, NamespacedResource, ObjectMeta, ResourceFacts
from kubex.models._lazy import is_lazy
from kubex.models._raw import lazy

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


class Spec(Model):
    size: int = 0
    text: str = ""
    more: list[str] | None = None


class Thing(NamespacedResource):
    __resource__ = ResourceFacts(group="example.com", version="v1", kind="Thing", plural="things")
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
    "repr": repr,
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
    "nothing": is_lazy,
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
    assert is_lazy(lazy(kind, BODY, "Thing"), "spec")


def test_a_class_before_the_model_has_its_objects_decoded_whole() -> None:
    assert not is_lazy(lazy(DescribedThing, BODY, "Thing"))
    assert not is_lazy(lazy(AbstractThing, BODY, "Thing"))
    of_described = lazy(ThingOfDescribed, BODY, "Thing")
    assert not is_lazy(of_described.spec)
    assert of_described.status is not None
    assert is_lazy(of_described.status, "text")


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


def test_asking_for_what_is_not_there_decodes_nothing() -> None:
    malformed = lazy(Thing, BODY.replace(b'"size": 1', b'"size": "many"'), "Thing")
    assert not hasattr(malformed, "_repr_html_")
    assert not hasattr(malformed.spec, "_repr_html_")
    with pytest.raises(AttributeError, match="'Spec' object has no attribute 'colour'"):
        _ = malformed.spec.colour  # type: ignore[attr-defined]  # the point of the test
    assert is_lazy(malformed.spec, "size")
    assert malformed.spec.text == LONG


@pytest.mark.parametrize("value", [b'"\xff"', b"[" * 300 + b"]" * 300])
def test_an_unknown_field_that_cannot_be_read_names_the_object(value: bytes) -> None:
    found = lazy(Thing, BODY[:-1] + b', "odd": ' + value + b"}", "Thing")
    assert found.spec.size == 1
    with pytest.raises(DecodeError, match="cannot decode Thing t: odd: "):
        found.to_dict()
