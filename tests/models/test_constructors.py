"""Constructors reject undeclared arguments, and validation of data preserves undeclared fields."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ConfigDict, Field

from kubex.client import ClientOptions, RetryPolicy
from kubex.configuration import ClientConfiguration
from kubex.core.params import Precondition, Timeout
from kubex.models import (
    ApiResource,
    ListMeta,
    Model,
    ObjectMeta,
    OwnerReference,
    PrinterColumn,
    ResourceList,
    ScalePaths,
    Status,
    TokenRequestSpec,
    dynamic_resource,
)
from kubex.patch import ApplyPatch, JsonPatch, MergePatch
from kubex_k8s.v1_37.authentication.v1 import TokenReview
from kubex_k8s.v1_37.core.v1 import ConfigMap, Container, PodSpec

CLASSES: list[Any] = [
    ObjectMeta,
    ListMeta,
    OwnerReference,
    Status,
    TokenRequestSpec,
    TokenReview,
    ConfigMap,
    Container,
    PodSpec,
    ResourceList[ConfigMap],
    ApiResource,
    PrinterColumn,
    ScalePaths,
    ClientOptions,
    ClientConfiguration,
    RetryPolicy,
    Timeout,
    Precondition,
    MergePatch,
    JsonPatch,
    ApplyPatch,
]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_unknown_argument_raises_type_error_that_names_it(kind: Callable[..., object]) -> None:
    with pytest.raises(TypeError, match="no_such_argument"):
        kind(no_such_argument=1)


@pytest.mark.parametrize(
    ("create", "message"),
    [
        (lambda: ObjectMeta(label={}), "label: did you mean labels?"),  # type: ignore[call-arg]  # wrong on purpose
        (lambda: ConfigMap(meta=ObjectMeta()), "meta: did you mean metadata?"),  # type: ignore[call-arg]
        (lambda: ObjectMeta(managed_fields=[]), "managed_fields: ObjectMeta.model_validate()"),  # type: ignore[call-arg]
    ],
)
def test_error_names_the_most_similar_field_and_the_remedy(create: Callable[[], object], message: str) -> None:
    with pytest.raises(TypeError) as caught:
        create()
    assert message in str(caught.value)


def test_assigning_an_unknown_field_of_metadata_raises() -> None:
    metadata: Any = ObjectMeta.model_validate({"name": "a", "new": 1})
    with pytest.raises(TypeError, match="did you mean labels"):
        metadata.label = {}
    metadata.new = 2
    assert metadata.to_dict() == {"name": "a", "new": 2}


def test_constructor_accepts_json_names() -> None:
    assert ObjectMeta(generateName="a-").generate_name == "a-"  # type: ignore[call-arg]  # a JSON name


def test_validation_preserves_undeclared_fields() -> None:
    body = {"name": "c", "newFeature": {"deep": 1}}
    for container in (Container.model_validate(body), Container.model_validate_json(json.dumps(body))):
        assert container.to_dict() == body
    assert PodSpec.model_validate({"containers": [body]}).to_dict() == {"containers": [body]}


def test_some_classes_accept_undeclared_arguments() -> None:
    class WithoutExtra(Model):
        model_config = ConfigDict(extra="ignore")

    class WithAlias(Model):
        name: str = Field(validation_alias="other")

    class WithInit(Model):
        name: str

        def __init__(self, **values: Any) -> None:
            super().__init__(**{"name": "default", **values})

    assert WithoutExtra(more=1).to_dict() == {}  # type: ignore[call-arg]  # ignored
    with_alias: Any = WithAlias
    assert with_alias(other="a").to_dict() == {"name": "a"}
    assert WithInit.model_validate({"new": 1}).to_dict() == {"name": "default", "new": 1}
    thing: Any = dynamic_resource("v1", "Thing", plural="things")
    assert thing(data={"a": "b"})["data"] == {"a": "b"}


@pytest.mark.filterwarnings("ignore:Field name")  # Pydantic uses the attribute as the default of the field
@pytest.mark.parametrize("name", ["mro", "register"])
def test_field_with_the_name_of_a_metaclass_attribute_raises_and_names_the_remedy(name: str) -> None:
    metaclass: Any = type(Model)
    with pytest.raises(TypeError, match=f"rename the field to {name}_"):
        metaclass("Mine", (Model,), {"__annotations__": {name: str}, "__module__": __name__})
    kind = metaclass("Mine", (Model,), {"__annotations__": {f"{name}_": str}, "__module__": __name__})
    assert kind.model_validate({name: "a"}).to_dict() == {name: "a"}
