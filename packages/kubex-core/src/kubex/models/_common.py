"""Structures that belong to no single kind: partial metadata, scale, version."""

from pydantic import Field

from kubex.models._api_resource import TypeMeta
from kubex.models._model import Model
from kubex.models._object_meta import ObjectMeta
from kubex.models._resource import NamespacedResource, Resource


class PartialObjectMetadata(Resource):
    """The metadata of an object of any kind, without its spec and status.

    See https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches.
    """


class NamespacedObjectMetadata(PartialObjectMetadata, NamespacedResource):
    """The metadata of an object that lives in a namespace."""


SCALE_TYPE_META = TypeMeta("autoscaling/v1", "Scale")


class ScaleSpec(Model):
    """The wished number of replicas."""

    replicas: int | None = None


class ScaleStatus(Model):
    """The observed number of replicas, and the selector of their pods."""

    replicas: int = 0
    selector: str | None = None


class Scale(Model):
    """The `scale` subresource (`autoscaling/v1`) of a scalable kind."""

    api_version: str = SCALE_TYPE_META.api_version
    kind: str = SCALE_TYPE_META.kind
    metadata: ObjectMeta
    spec: ScaleSpec = Field(default_factory=ScaleSpec)  # an instance here would build its schema on import
    status: ScaleStatus | None = None


class VersionInfo(Model):
    """What `/version` says of the API server."""

    major: str
    minor: str
    git_version: str
    git_commit: str | None = None
    build_date: str | None = None
    go_version: str | None = None
    platform: str | None = None
