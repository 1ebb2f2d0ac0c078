"""Models that are written by hand, like those of users, for tests of several folders."""

from datetime import datetime

from pydantic import Field

from kubex.models import (
    ApiResource,
    ManagedObjectMeta,
    Model,
    NamespacedResource,
)
from kubex_k8s.v1_37.core.v1 import ConfigMap


class ManagedConfigMap(ConfigMap):
    """A ConfigMap with `managedFields` in its metadata."""

    metadata: ManagedObjectMeta = Field(default_factory=ManagedObjectMeta)


class WidgetSpec(Model):
    """The spec of a Widget, the custom resource of the tests."""

    size: int
    color: str | None = None
    due: datetime | None = None


class WidgetStatus(Model):
    ready: bool = False


class Widget(NamespacedResource):
    __resource__ = ApiResource(
        group="example.com", version="v1", kind="Widget", plural="widgets", subresources=frozenset({"status"})
    )
    spec: WidgetSpec
    status: WidgetStatus | None = None
