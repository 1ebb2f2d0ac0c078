"""Owner references."""

from typing_extensions import assert_type

from kubex.models import (
    DynamicNamespacedResource,
    ObjectMeta,
    OwnerReference,
    PartialObjectMetadata,
    controller_of,
    is_owned_by,
    owner_reference,
    set_owner,
)
from kubex_k8s.v1_37.apps.v1 import Deployment
from kubex_k8s.v1_37.core.v1 import ConfigMap, Node
from support.resources import Widget


def correct(
    maps: ConfigMap, web: Deployment, node: Node, widget: Widget, gadget: DynamicNamespacedResource
) -> OwnerReference | None:
    assert_type(set_owner(maps, web), bool)
    set_owner(maps, widget, controller=False)
    set_owner(widget, gadget, block_owner_deletion=False)
    set_owner(gadget, node, controller=False, block_owner_deletion=False)
    assert_type(is_owned_by(maps, web), bool)
    assert_type(owner_reference(web), OwnerReference)
    maps.metadata.owner_references = [owner_reference(web), owner_reference(gadget, controller=False)]
    return controller_of(maps)


def metadata(partial: PartialObjectMetadata, web: Deployment) -> None:
    assert_type(controller_of(partial), OwnerReference | None)
    assert_type(is_owned_by(partial, web), bool)


def wrong(maps: ConfigMap, web: Deployment) -> None:
    set_owner("name", web)  # E: mypy[arg-type] pyright[reportArgumentType]
    set_owner(maps, "web")  # E: mypy[arg-type] pyright[reportArgumentType]
    set_owner(maps, Deployment)  # E: mypy[arg-type] pyright[reportArgumentType]
    set_owner(maps, owner_reference(web))  # E: mypy[arg-type] pyright[reportArgumentType]
    set_owner(maps, web, False)  # E: mypy[call-arg] pyright[reportCallIssue]
    set_owner(maps)  # E: mypy[call-arg] pyright[reportCallIssue]
    owner_reference(web.metadata)  # E: mypy[arg-type] pyright[reportArgumentType]
    controller_of(ObjectMeta(name="a"))  # E: mypy[arg-type] pyright[reportArgumentType]
    is_owned_by(maps, "uid")  # E: mypy[arg-type] pyright[reportArgumentType]
    _ = controller_of(maps).name  # E: mypy[union-attr] pyright[reportOptionalMemberAccess]
