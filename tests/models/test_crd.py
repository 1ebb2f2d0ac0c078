"""CustomResourceDefinitions made from models."""

from collections.abc import Callable
from typing import Annotated, Literal

import pytest
from pydantic import Field, WithJsonSchema

from kubex.models import ApiResource, Model, NamespacedResource, PrinterColumn, Resource, ScalePaths, crd_for
from models.widgets import Gadget, Oddity, OldWidget, Widget


def crd_resource(group: str = "models.example.com") -> ApiResource:
    return ApiResource(group=group, version="v1", kind="Widget", plural="widgets")


def test_names_scope_and_versions() -> None:
    crd = crd_for(Widget, OldWidget, short_names=["wd"], categories=["all"])
    assert (crd["apiVersion"], crd["kind"]) == ("apiextensions.k8s.io/v1", "CustomResourceDefinition")
    assert crd["metadata"] == {"name": "widgets.models.example.com"}
    assert crd["spec"]["scope"] == "Namespaced"
    assert crd["spec"]["names"] == {
        "plural": "widgets",
        "singular": "widget",
        "kind": "Widget",
        "listKind": "WidgetList",
        "shortNames": ["wd"],
        "categories": ["all"],
    }
    versions = crd["spec"]["versions"]
    assert [(each["name"], each["served"], each["storage"]) for each in versions] == [
        ("v1", True, True),
        ("v1beta1", True, False),
    ]
    assert crd_for(Gadget)["spec"]["scope"] == "Cluster"


def test_the_kind_of_lists_is_that_of_the_class() -> None:
    class Shelf(NamespacedResource):
        __resource__ = ApiResource(
            group="models.example.com", version="v1", kind="Shelf", plural="shelves", list_kind="Shelves"
        )

    assert crd_for(Shelf)["spec"]["names"]["listKind"] == "Shelves"


def test_the_schema_is_structural() -> None:
    schema = crd_for(Widget)["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    assert (schema["type"], schema["description"], schema["required"]) == ("object", "A widget.", ["spec"])
    assert {name: schema["properties"][name] for name in ("apiVersion", "kind", "metadata")} == {
        "apiVersion": {"type": "string"},
        "kind": {"type": "string"},
        "metadata": {"type": "object"},
    }
    spec = schema["properties"]["spec"]
    part = {
        "type": "object",
        "description": "A part of a widget.",
        "properties": {
            "from": {"type": "string"},
            "sourceURL": {"type": "string"},
            "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 5},
        },
        "required": ["from"],
    }
    assert spec["required"] == ["size", "mustSay"]
    template = spec["properties"].pop("template")
    assert template["properties"]["labels"] == {"type": "object", "additionalProperties": {"type": "string"}}
    assert spec["properties"] == {
        "size": {"type": "integer", "minimum": 1, "maximum": 100, "exclusiveMaximum": True},
        "replicas": {"type": "integer", "default": 1},
        "colour": {"type": "string", "enum": ["red", "blue"], "default": "red"},
        "name": {"type": "string", "pattern": "^[a-z]+$", "description": "What it is called."},
        "mustSay": {"type": "string", "nullable": True},
        "port": {"x-kubernetes-int-or-string": True},
        "limits": {"type": "object", "additionalProperties": {"x-kubernetes-int-or-string": True}},
        "parts": {"type": "array", "items": part},
        "byName": {"type": "object", "additionalProperties": part},
        "since": {"type": "string", "format": "date-time"},
        "ratio": {"type": "number"},
        "on": {"type": "boolean", "default": True},
        "free": {"x-kubernetes-preserve-unknown-fields": True},
        "table": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    }


def test_subresources_come_from_the_bases_and_columns_from_the_call() -> None:
    columns = [PrinterColumn(name="Size", json_path=".spec.size", type="integer", priority=1)]
    version = crd_for(Widget, columns=columns)["spec"]["versions"][0]
    assert version["subresources"] == {
        "status": {},
        "scale": {
            "specReplicasPath": ".spec.replicas",
            "statusReplicasPath": ".status.replicas",
            "labelSelectorPath": ".status.selector",
        },
    }
    assert version["additionalPrinterColumns"] == [
        {"name": "Size", "type": "integer", "jsonPath": ".spec.size", "priority": 1}
    ]
    plain = crd_for(Gadget)["spec"]["versions"][0]
    assert not {"subresources", "additionalPrinterColumns"} & set(plain)


def test_where_the_replicas_are_can_be_said() -> None:
    scale = ScalePaths(spec_replicas=".spec.size", status_replicas=".status.size", label_selector=None)
    version = crd_for(Widget, scale=scale)["spec"]["versions"][0]
    assert version["subresources"]["scale"] == {
        "specReplicasPath": ".spec.size",
        "statusReplicasPath": ".status.size",
    }


class Tree(Model):
    children: "list[Tree] | None" = None


class Recursive(NamespacedResource):
    __resource__ = crd_resource()
    spec: Tree


class Choice(NamespacedResource):
    __resource__ = crd_resource()
    value: int | list[str]


class BackendPair(NamespacedResource):
    __resource__ = crd_resource()
    pair: tuple[int, str]


class Cat(Model):
    type: Literal["cat"] = "cat"


class Dog(Model):
    type: Literal["dog"] = "dog"


class Animal(NamespacedResource):
    __resource__ = crd_resource()
    animals: list[Annotated[Cat | Dog, Field(discriminator="type")]]


class Bounded(NamespacedResource):
    __resource__ = crd_resource()
    share: Annotated[int, Field(ge=1)] | float


class Truth(NamespacedResource):
    __resource__ = crd_resource()
    answer: Literal[True, "maybe"]


class Marks(NamespacedResource):
    __resource__ = crd_resource()
    marks: list[Literal["a", "b"] | None]


class Calling(NamespacedResource):
    __resource__ = crd_resource()
    call: Callable[[int], int] | None = None


class Nothing(NamespacedResource):
    __resource__ = crd_resource()
    nothing: None = None


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (Animal, r"Animal\.animals\[\] has several possible types"),
        (Bounded, r"Bounded\.share has several possible types"),
        (Truth, r"Truth\.answer has values of several types"),
        (Marks, r"Marks\.marks\[\] is an enumeration or null"),
        (Calling, r"Calling\.call does not have a JSON form"),
        (Nothing, r"Nothing\.nothing is always null"),
        (Recursive, r"Recursive\.spec\.children\[\] contains itself"),
        (Choice, r"Choice\.value has several possible types"),
        (BackendPair, r"BackendPair\.pair is a tuple"),
    ],
)
def test_what_no_definition_can_say_is_an_error_that_names_the_field(model: type[Resource], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        crd_for(model)


def test_what_is_no_kind_or_no_column_is_an_error_that_says_what_to_give() -> None:
    with pytest.raises(TypeError, match=r"Cat has no __resource__; add __resource__ = ApiResource"):
        crd_for(Cat)  # type: ignore[type-var, arg-type, unused-ignore]  # the point of the test
    with pytest.raises(
        TypeError, match=r"'.spec.size' is not a PrinterColumn: pass PrinterColumn\(name=..., json_path=...\)"
    ):
        crd_for(Gadget, columns=[".spec.size"])  # type: ignore[list-item]  # the point of the test


def test_defaults_have_no_null_where_none_is_sent() -> None:
    spec = crd_for(Oddity)["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]
    assert spec["storage"]["default"] == {"schedule": "daily", "copies": [{"from": "here", "tags": []}]}
    assert spec["byName"]["default"] == {"none": None, "one": {"schedule": "daily"}}
    assert spec["free"]["default"] == {"kept": None}


def test_a_field_may_bring_its_own_schema() -> None:
    class Whatever(NamespacedResource):
        __resource__ = crd_resource()
        value: Annotated[int | list[str], WithJsonSchema({"x-kubernetes-preserve-unknown-fields": True})]

    schema = crd_for(Whatever)["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    assert schema["properties"]["value"] == {"x-kubernetes-preserve-unknown-fields": True}


def test_versions_must_be_of_one_kind_each_once_and_in_a_group() -> None:
    class Core(NamespacedResource):
        __resource__ = crd_resource(group="")

    with pytest.raises(ValueError, match=r"Gadget \(gadgets\.models\.example\.com\) is not a version of Widget"):
        crd_for(Widget, Gadget)
    with pytest.raises(ValueError, match="duplicate version v1 of Widget"):
        crd_for(Widget, Recursive)
    with pytest.raises(ValueError, match="Core does not have an API group"):
        crd_for(Core)
