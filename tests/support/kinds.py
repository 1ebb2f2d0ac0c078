"""The kinds of the tests beside those of Kubernetes, written by hand as a user would write them."""

from datetime import datetime

from pydantic import Field

from kubex.models import (
    ManagedObjectMeta,
    Model,
    NamespacedResource,
    ResourceFacts,
)
from kubex_k8s.v1_37.core.v1 import ConfigMap


class ManagedConfigMap(ConfigMap):
    """A ConfigMap whose metadata tells who manages which field."""

    metadata: ManagedObjectMeta = Field(default_factory=ManagedObjectMeta)


class WidgetSpec(Model):
    """The wish of a Widget, the custom resource of the tests."""

    size: int
    color: str | None = None
    due: datetime | None = None


class WidgetStatus(Model):
    ready: bool = False


class Widget(NamespacedResource):
    __resource__ = ResourceFacts(
        group="example.com", version="v1", kind="Widget", plural="widgets", subresources=frozenset({"status"})
    )
    spec: WidgetSpec
    status: WidgetStatus | None = None
