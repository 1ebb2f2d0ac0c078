"""Kinds that are found at run time."""

from typing import Any

from typing_extensions import assert_type

import kubex_k8s.v1_37
from kubex.api import Api
from kubex.client import Client
from kubex.discovery import Discovery, KindInfo, Kinds
from kubex.models import DynamicResource, Resource, dynamic_resource
from kubex.patch import MergePatch
from support.resources import Widget


async def kinds_without_classes(client: Client) -> None:
    discovery = Discovery(client)
    kind = await discovery.kind("example.com/v1", "Widget")
    assert_type(kind, type[DynamicResource])
    widgets = Api(kind, client, namespace="a")
    widget = await widgets.get("big")
    assert_type(widget["spec"]["size"], Any)
    assert_type(await widgets.status.patch("big", MergePatch({"status": {}})), DynamicResource)
    assert_type((await widgets.scale.get("big")).spec.replicas, int | None)
    deployments = Api(await discovery.resource("deploy"), client)
    assert_type(await deployments.get("web"), DynamicResource)
    _ = widgets.logs  # E: mypy[arg-type] pyright[reportAttributeAccessIssue]
    await discovery.kind("Widget")  # E: mypy[call-arg] pyright[reportCallIssue]


async def registered_classes(client: Client) -> None:
    kinds = Kinds(kubex_k8s.v1_37, Widget)
    assert_type(kinds.find("apps/v1", "Deployment"), type[Resource] | None)
    discovery = Discovery(client, kinds)
    assert_type(discovery, Discovery)
    found = await Api(await discovery.resource("deploy"), client).get("web")
    assert_type(found, Resource)
    assert_type(found.metadata.name, str | None)
    _ = found["spec"]  # E: mypy[index] pyright[reportIndexIssue]
    Kinds("kubex_k8s.v1_37")  # E: mypy[arg-type] pyright[reportArgumentType]
    accepts_any(discovery)
    accepts_any(Discovery(client))


def accepts_any(discovery: Discovery) -> None: ...


async def facts(client: Client) -> None:
    for info in await Discovery(client).kinds(category="all", verb="list", namespaced=True):
        assert_type(info, KindInfo)
        assert_type(info.short_names, tuple[str, ...])
    assert_type(await Discovery(client).has("apps/v1"), bool)
    assert_type(await Discovery(client).unavailable(), dict[str, str])


def dynamic_kinds(client: Client, namespaced: bool) -> None:
    kind = dynamic_resource("a.example.com/v1", "A", plural="as", namespaced=namespaced, subresources=["status"])
    assert_type(kind, type[DynamicResource])
