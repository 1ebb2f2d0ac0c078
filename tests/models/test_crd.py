"""CustomResourceDefinitions of models, from `crd_for()`."""

from collections.abc import Callable
from typing import Annotated, Literal

import pytest
from pydantic import Field, WithJsonSchema

from kubex.models import ApiResource, Model, NamespacedResource, PrinterColumn, Resource, ScalePaths, crd_for
from models.widgets import EdgeCase, Gadget, OldWidget, Widget


def widget_resource(group: str = "models.example.com") -> ApiResource:
    return ApiResource(group=group, version="v1", kind="Widget", plural="widgets")


def test_crd_contains_names_scope_and_versions() -> None:
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


def test_list_kind_is_copied_from_the_class() -> None:
    class Shelf(NamespacedResource):
        __resource__ = ApiResource(
            group="models.example.com", version="v1", kind="Shelf", plural="shelves", list_kind="Shelves"
        )

    assert crd_for(Shelf)["spec"]["names"]["listKind"] == "Shelves"


def test_schema_is_structural() -> None:
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
    assert spec["required"] == ["size", "requiredText"]
    template = spec["properties"].pop("template")
    assert template["properties"]["labels"] == {"type": "object", "additionalProperties": {"type": "string"}}
    assert spec["properties"] == {
        "size": {"type": "integer", "minimum": 1, "maximum": 100, "exclusiveMaximum": True},
        "replicas": {"type": "integer", "default": 1},
        "colour": {"type": "string", "enum": ["red", "blue"], "default": "red"},
        "name": {"type": "string", "pattern": "^[a-z]+$", "description": "The name of the widget."},
        "requiredText": {"type": "string", "nullable": True},
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


def test_bases_define_subresources_and_arguments_define_columns() -> None:
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


def test_scale_paths_can_be_changed() -> None:
    scale = ScalePaths(spec_replicas=".spec.size", status_replicas=".status.size", label_selector=None)
    version = crd_for(Widget, scale=scale)["spec"]["versions"][0]
    assert version["subresources"]["scale"] == {
        "specReplicasPath": ".spec.size",
        "statusReplicasPath": ".status.size",
    }


class Tree(Model):
    children: "list[Tree] | None" = None


class Recursive(NamespacedResource):
    __resource__ = widget_resource()
    spec: Tree


class UnionValue(NamespacedResource):
    __resource__ = widget_resource()
    value: int | list[str]


class TupleValue(NamespacedResource):
    __resource__ = widget_resource()
    value: tuple[int, str]


class Cat(Model):
    type: Literal["cat"] = "cat"


class Dog(Model):
    type: Literal["dog"] = "dog"


class DiscriminatedUnion(NamespacedResource):
    __resource__ = widget_resource()
    values: list[Annotated[Cat | Dog, Field(discriminator="type")]]


class BoundedUnion(NamespacedResource):
    __resource__ = widget_resource()
    value: Annotated[int, Field(ge=1)] | float


class MixedEnum(NamespacedResource):
    __resource__ = widget_resource()
    value: Literal[True, "maybe"]


class NullableEnumItems(NamespacedResource):
    __resource__ = widget_resource()
    values: list[Literal["a", "b"] | None]


class CallableValue(NamespacedResource):
    __resource__ = widget_resource()
    value: Callable[[int], int] | None = None


class NullValue(NamespacedResource):
    __resource__ = widget_resource()
    value: None = None


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (DiscriminatedUnion, r"DiscriminatedUnion\.values\[\] has several possible types"),
        (BoundedUnion, r"BoundedUnion\.value has several possible types"),
        (MixedEnum, r"MixedEnum\.value has values of several types"),
        (NullableEnumItems, r"NullableEnumItems\.values\[\] is an enumeration or null"),
        (CallableValue, r"CallableValue\.value does not have a JSON form"),
        (NullValue, r"NullValue\.value is always null"),
        (Recursive, r"Recursive\.spec\.children\[\] contains itself"),
        (UnionValue, r"UnionValue\.value has several possible types"),
        (TupleValue, r"TupleValue\.value is a tuple"),
    ],
)
def test_unsupported_field_types_raise_and_name_the_field(model: type[Resource], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        crd_for(model)


def test_invalid_class_or_column_raises_and_names_the_remedy() -> None:
    with pytest.raises(TypeError, match=r"Cat has no __resource__; add __resource__ = ApiResource"):
        crd_for(Cat)  # type: ignore[type-var, arg-type, unused-ignore]  # wrong on purpose
    with pytest.raises(
        TypeError, match=r"'.spec.size' is not a PrinterColumn: pass PrinterColumn\(name=..., json_path=...\)"
    ):
        crd_for(Gadget, columns=[".spec.size"])  # type: ignore[list-item]  # wrong on purpose


def test_defaults_omit_fields_that_are_none() -> None:
    spec = crd_for(EdgeCase)["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]
    assert spec["storage"]["default"] == {"schedule": "daily", "copies": [{"from": "here", "tags": []}]}
    assert spec["byName"]["default"] == {"none": None, "one": {"schedule": "daily"}}
    assert spec["free"]["default"] == {"kept": None}


def test_with_json_schema_replaces_the_schema_of_a_field() -> None:
    class WithSchema(NamespacedResource):
        __resource__ = widget_resource()
        value: Annotated[int | list[str], WithJsonSchema({"x-kubernetes-preserve-unknown-fields": True})]

    schema = crd_for(WithSchema)["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    assert schema["properties"]["value"] == {"x-kubernetes-preserve-unknown-fields": True}


def test_invalid_combination_of_versions_raises() -> None:
    class CoreGroup(NamespacedResource):
        __resource__ = widget_resource(group="")

    with pytest.raises(ValueError, match=r"Gadget \(gadgets\.models\.example\.com\) is not a version of Widget"):
        crd_for(Widget, Gadget)
    with pytest.raises(ValueError, match="duplicate version v1 of Widget"):
        crd_for(Widget, Recursive)
    with pytest.raises(ValueError, match="CoreGroup does not have an API group"):
        crd_for(CoreGroup)
