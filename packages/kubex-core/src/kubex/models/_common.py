"""Models that are not specific to one kind: partial metadata, the scale subresource, and the server version."""

from pydantic import Field

from kubex.models._api_resource import TypeMeta
from kubex.models._model import Model
from kubex.models._object_meta import ObjectMeta
from kubex.models._resource import NamespacedResource, Resource


class PartialObjectMetadata(Resource):
    """An object of any kind with its metadata, without `spec` and `status`.

    See https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches.
    """


class NamespacedObjectMetadata(PartialObjectMetadata, NamespacedResource):
    """A `PartialObjectMetadata` of a namespaced kind."""


SCALE_TYPE_META = TypeMeta("autoscaling/v1", "Scale")


class ScaleSpec(Model):
    """The desired number of replicas."""

    replicas: int | None = None


class ScaleStatus(Model):
    """The observed number of replicas, and the label selector of their pods in its string form."""

    replicas: int = 0
    selector: str | None = None


class Scale(Model):
    """The `scale` subresource of a kind, in the version `autoscaling/v1`.

    See https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#scale-subresource.
    """

    api_version: str = SCALE_TYPE_META.api_version
    kind: str = SCALE_TYPE_META.kind
    metadata: ObjectMeta
    # A factory, because an instance as the default would build the schema of ScaleSpec when this module is imported.
    spec: ScaleSpec = Field(default_factory=ScaleSpec)
    status: ScaleStatus | None = None


class VersionInfo(Model):
    """The version of an API server, which it returns for the path `/version`."""

    major: str
    minor: str
    git_version: str
    git_commit: str | None = None
    build_date: str | None = None
    go_version: str | None = None
    platform: str | None = None
