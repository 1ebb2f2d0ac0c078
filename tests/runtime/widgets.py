"""A custom resource, and its definition."""

from kubex.models import ApiResource, NamespacedResource
from kubex_k8s.v1_37.apiextensions.v1 import CustomResourceDefinition


class Widget(NamespacedResource):
    __resource__ = ApiResource(group="example.com", version="v1", kind="Widget", plural="widgets")


WIDGETS = CustomResourceDefinition.model_validate(
    {
        "metadata": {"name": "widgets.example.com"},
        "spec": {
            "group": "example.com",
            "scope": "Namespaced",
            "names": {"kind": "Widget", "plural": "widgets", "singular": "widget"},
            "versions": [
                {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}
            ],
        },
    }
)
