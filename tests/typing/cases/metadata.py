"""Kinds of a user's own that keep what `ObjectMeta` leaves out."""

from pydantic import Field
from typing_extensions import assert_type

from kubex.api import Api
from kubex.models import ManagedFieldsEntry, ManagedObjectMeta, NamespacedResource, ResourceFacts
from kubex_k8s.v1_37.core.v1 import ConfigMap


# Pyright allows no narrower type for a field that can be assigned to, and says so unless the comment stands there.
class Managed(ConfigMap):
    """A kind of Kubernetes with `managedFields`."""

    metadata: ManagedObjectMeta = Field(default_factory=ManagedObjectMeta)  # pyright: ignore[reportIncompatibleVariableOverride]


class Gadget(NamespacedResource):
    """A custom resource with `managedFields`."""

    __resource__ = ResourceFacts(group="example.com", version="v1", kind="Gadget", plural="gadgets")
    metadata: ManagedObjectMeta = Field(default_factory=ManagedObjectMeta)  # pyright: ignore[reportIncompatibleVariableOverride]


async def right(managed: Api[Managed], gadgets: Api[Gadget]) -> None:
    found = await managed.get("web")
    assert_type(found.metadata.managed_fields, list[ManagedFieldsEntry] | None)
    assert_type(found.data, dict[str, str] | None)
    assert_type((await gadgets.get("web")).metadata.managed_fields, list[ManagedFieldsEntry] | None)
    Managed()
    Gadget(metadata=ManagedObjectMeta(name="a"))


async def wrong(gadgets: Api[Gadget], plain: Api[ConfigMap]) -> None:
    _ = (await gadgets.get("web")).metadata.managed  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    _ = (await plain.get("web")).metadata.managed_fields  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
