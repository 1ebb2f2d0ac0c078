"""Namespaces in constructors, and the attributes of an Api that depend on the kind."""

from typing import Any

from typing_extensions import assert_type

from kubex.api import Api, Logs, LogStream, create_api
from kubex.client import Client
from kubex.models import Model, NamespacedResource, DynamicClusterResource, DynamicNamespacedResource, dynamic_resource
from kubex.models.markers import HasLogs
from kubex_k8s.v1_37.core.v1 import ConfigMap, Namespace, Pod


class Job(NamespacedResource, HasLogs):
    """A custom resource with logs."""


async def constructors(client: Client) -> None:
    assert_type(Api(Pod, client), Api[Pod])
    assert_type(Api(Pod, client, namespace="default"), Api[Pod])
    assert_type(Api(Pod, client, namespace=None), Api[Pod])
    assert_type(Api(Namespace, client), Api[Namespace])
    assert_type(await create_api(Pod), Api[Pod])
    assert_type(await create_api(Pod, client=client, namespace="default"), Api[Pod])
    assert_type(await create_api(Namespace, client=client), Api[Namespace])
    async with await create_api(Pod) as pods:
        assert_type(pods, Api[Pod])
    assert_type(Api(Pod, client).resource, type[Pod])

    Api(Pod)  # E: mypy[call-arg] pyright[reportCallIssue]
    Api(Pod, "https://cluster")  # E: mypy[arg-type] pyright[reportArgumentType]
    Api(Pod, client, "default")  # E: mypy[call-arg] pyright[reportCallIssue]
    Api(Pod, client, namespace=1)  # E: mypy[arg-type] pyright[reportArgumentType]
    Api(Model, client)  # E: mypy[type-var] pyright[reportArgumentType]
    Api("pods", client)  # E: mypy[arg-type] pyright[reportArgumentType]


async def logs(client: Client, pods: Api[Pod], maps: Api[ConfigMap], jobs: Api[Job]) -> None:
    assert_type(pods.logs, Logs)
    assert_type(jobs.logs, Logs)
    assert_type(await pods.logs.get("web", namespace="a", tail_lines=5), str)
    async with pods.logs.stream("web") as log:
        assert_type(log, LogStream)
        async for line in log:
            assert_type(line, str)
        async for raw in log.bytes.lines():
            assert_type(raw, bytes)

    _ = maps.logs  # E: mypy[arg-type] pyright[reportAttributeAccessIssue]
    _ = Api(Namespace, client).logs  # E: mypy[arg-type] pyright[reportAttributeAccessIssue]
    await pods.logs.get("web", tail_lines="5")  # E: mypy[call-overload] pyright[reportArgumentType]


async def kinds_without_a_model(client: Client) -> None:
    widgets = Api(dynamic_resource("example.com/v1", "Widget", plural="widgets"), client, namespace="a")
    assert_type(widgets, Api[DynamicNamespacedResource])
    assert_type((await widgets.get("big"))["spec"], Any)
    colours = Api(dynamic_resource("example.com/v1", "Colour", plural="colours", namespaced=False), client)
    assert_type(await colours.get("red"), DynamicClusterResource)
    dynamic_resource("example.com/v1", "Widget")  # E: mypy[call-overload] pyright[reportCallIssue]
