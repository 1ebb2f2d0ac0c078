"""Subresources, which only some kinds have, and kinds that can only be created."""

from typing_extensions import assert_type

from kubex.api import Api, Subresource, create_review
from kubex.client import Client
from kubex.patch import MergePatch
from kubex.models import (
    ClusterCreateOnly,
    ClusterResource,
    NamespacedCreateOnly,
    NamespacedResource,
    Scale,
    Status,
    TokenRequest,
)
from kubex.models.markers import HasEviction, HasResize, HasScale, HasStatus, HasTokenRequest
from kubex_k8s.v1_37.core.v1 import ConfigMap


class Fleet(NamespacedResource, HasStatus, HasScale):
    """A kind with the subresources status and scale."""


class Site(ClusterResource, HasStatus):
    """A cluster-scoped kind with a status."""


class Unit(NamespacedResource, HasEviction, HasResize):
    """A kind that can be evicted and resized."""


class Account(NamespacedResource, HasTokenRequest):
    """A kind for which tokens can be created."""


class AccessReview(ClusterCreateOnly):
    """A cluster-scoped review."""


class LocalReview(NamespacedCreateOnly):
    """A namespaced review."""


async def correct(fleets: Api[Fleet], sites: Api[Site], units: Api[Unit], accounts: Api[Account]) -> None:
    assert_type(fleets.status, Subresource[Fleet])
    assert_type(await fleets.status.get("a", namespace="b"), Fleet)
    assert_type(await sites.status.patch("a", MergePatch({"status": {}})), Site)
    assert_type(fleets.scale, Subresource[Scale])
    scale = await fleets.scale.get("a")
    assert_type(scale.spec.replicas, int | None)
    assert_type(await fleets.scale.replace(scale), Scale)
    assert_type(await units.evict("a"), Status)
    assert_type(await units.resize.patch("a", MergePatch({"spec": {}})), Unit)
    assert_type(await accounts.create_token("a", audiences=["b"]), TokenRequest)


async def wrong(fleets: Api[Fleet], sites: Api[Site], units: Api[Unit], maps: Api[ConfigMap], fleet: Fleet) -> None:
    await maps.status.get("a")  # E: mypy[arg-type] pyright[reportAttributeAccessIssue]
    _ = maps.scale  # E: mypy[arg-type] pyright[reportAttributeAccessIssue]
    _ = sites.scale  # E: mypy[arg-type] pyright[reportAttributeAccessIssue]
    await fleets.evict("a")  # E: mypy[misc] pyright[reportAttributeAccessIssue]
    await fleets.resize.get("a")  # E: mypy[arg-type] pyright[reportAttributeAccessIssue]
    await fleets.ephemeral_containers.get("a")  # E: mypy[arg-type] pyright[reportAttributeAccessIssue]
    await fleets.approval.get("a")  # E: mypy[arg-type] pyright[reportAttributeAccessIssue]
    await units.create_token("a")  # E: mypy[misc] pyright[reportAttributeAccessIssue]
    await fleets.scale.replace(fleet)  # E: mypy[arg-type] pyright[reportArgumentType]
    await fleets.status.replace(Scale)  # E: mypy[arg-type] pyright[reportArgumentType]
    await fleets.status.delete("a")  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]


async def reviews(client: Client, access: AccessReview, local: LocalReview, fleet: Fleet) -> None:
    assert_type(await create_review(client, access), AccessReview)
    assert_type(await create_review(client, local, namespace="a"), LocalReview)
    await create_review(client, fleet)  # E: mypy[type-var] pyright[reportArgumentType]
    Api(AccessReview, client)  # E: mypy[type-var] pyright[reportArgumentType]
