"""Metadata of objects and lists."""

from pydantic import ConfigDict

from kubex.models._model import Model
from kubex.models._values import Time


class OwnerReference(Model):
    """A reference to the object that owns this one.

    See https://kubernetes.io/docs/concepts/overview/working-with-objects/owners-dependents/.
    """

    api_version: str
    kind: str
    name: str
    uid: str
    controller: bool | None = None
    block_owner_deletion: bool | None = None


class ObjectMeta(Model):
    """The metadata of an object.

    `managedFields` and metadata this version does not know are not kept: a replace without them leaves
    them on the server as they are. `ManagedObjectMeta` keeps them.
    See https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/.
    """

    model_config = ConfigDict(extra="ignore")

    name: str | None = None
    generate_name: str | None = None
    namespace: str | None = None
    uid: str | None = None
    resource_version: str | None = None
    generation: int | None = None
    creation_timestamp: Time | None = None
    deletion_timestamp: Time | None = None
    deletion_grace_period_seconds: int | None = None
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None
    owner_references: list[OwnerReference] | None = None
    finalizers: list[str] | None = None


class ListMeta(Model):
    """The metadata of a list: its revision, and the token of the next page if there is one."""

    resource_version: str | None = None
    continue_: str | None = None
    remaining_item_count: int | None = None
