"""Models with `ManagedObjectMeta`, which includes `managedFields`."""

from pydantic import Field
from typing_extensions import assert_type

from kubex.api import Api
from kubex.models import ManagedFieldsEntry, ManagedObjectMeta, NamespacedResource, ApiResource
from kubex_k8s.v1_37.core.v1 import ConfigMap


# Pyright does not allow a narrower type for a mutable field, so users need the ignore comment.
class Managed(ConfigMap):
    """A built-in kind with `managedFields`."""

    metadata: ManagedObjectMeta = Field(default_factory=ManagedObjectMeta)  # pyright: ignore[reportIncompatibleVariableOverride]


class Gadget(NamespacedResource):
    """A custom resource with `managedFields`."""

    __resource__ = ApiResource(group="example.com", version="v1", kind="Gadget", plural="gadgets")
    metadata: ManagedObjectMeta = Field(default_factory=ManagedObjectMeta)  # pyright: ignore[reportIncompatibleVariableOverride]


async def correct(managed: Api[Managed], gadgets: Api[Gadget]) -> None:
    found = await managed.get("web")
    assert_type(found.metadata.managed_fields, list[ManagedFieldsEntry] | None)
    assert_type(found.data, dict[str, str] | None)
    assert_type((await gadgets.get("web")).metadata.managed_fields, list[ManagedFieldsEntry] | None)
    Managed()
    Gadget(metadata=ManagedObjectMeta(name="a"))


async def wrong(gadgets: Api[Gadget], plain: Api[ConfigMap]) -> None:
    _ = (await gadgets.get("web")).metadata.managed  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    _ = (await plain.get("web")).metadata.managed_fields  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
