"""Generic code of users, for any kind."""

from collections.abc import AsyncIterator, Callable
from typing import Generic, TypeVar

from typing_extensions import assert_type

from kubex.api import Api, create_api
from kubex.client import Client
from kubex.models import NamespacedResource, Resource
from kubex.models.markers import HasLogs
from kubex_k8s.v1_37.core.v1 import ConfigMap, Namespace, Pod

T = TypeVar("T", bound=Resource)
N = TypeVar("N", bound=NamespacedResource)
L = TypeVar("L", bound=HasLogs)


async def list_all(api: Api[T]) -> list[T]:
    return [item async for page in api.pages() for item in page.items]


async def exists(api: Api[T], name: str) -> bool:
    return await api.get_or_none(name) is not None


async def events(api: Api[T]) -> AsyncIterator[tuple[str, T]]:
    async with api.watch() as watch:
        async for event in watch:
            yield event.type, event.object


async def change(api: Api[T], name: str, edit: Callable[[T], None]) -> T:
    item = await api.get(name)
    edit(item)
    return await api.replace(item)


async def copy(api: Api[N], name: str, target: str) -> N:
    item = await api.get(name, namespace="default")
    item.metadata.namespace = target
    item.metadata.resource_version = None
    return await api.create(item, namespace=target)


async def list_all_namespaces(api: Api[N]) -> list[N]:
    return list((await api.list(namespace=None)).items)


async def last_lines(api: Api[L], name: str) -> str:
    return await api.logs.get(name, tail_lines=10)


async def make_api(kind: type[T], client: Client) -> Api[T]:
    return await create_api(kind, client=client)


async def make_namespaced_api(kind: type[N], client: Client, namespace: str) -> Api[N]:
    return Api(kind, client, namespace=namespace)


class Store(Generic[T]):
    """A class that wraps an Api."""

    def __init__(self, api: Api[T]) -> None:
        self.api = api
        self.items: dict[str, T] = {}

    async def fill(self) -> None:
        for item in (await self.api.list()).items:
            self.items[item.metadata.name or ""] = item


async def correct_calls(client: Client, pods: Api[Pod], namespaces: Api[Namespace]) -> None:
    assert_type(await list_all(pods), list[Pod])
    assert_type(await list_all(namespaces), list[Namespace])
    assert_type(await copy(pods, "a", "b"), Pod)
    assert_type(await make_api(Namespace, client), Api[Namespace])
    assert_type(await make_namespaced_api(Pod, client, "a"), Api[Pod])
    assert_type(Store(pods).items, dict[str, Pod])
    async for _, pod in events(pods):
        assert_type(pod, Pod)


async def wrong_calls(client: Client, api: Api[T], namespaces: Api[Namespace], maps: Api[ConfigMap]) -> None:
    await copy(namespaces, "a", "b")  # E: mypy[type-var] pyright[reportArgumentType]
    await make_namespaced_api(Namespace, client, "a")  # E: mypy[type-var] pyright[reportArgumentType]
    await last_lines(maps, "a")  # E: mypy[type-var] pyright[reportArgumentType]
    _ = api.logs  # E: mypy[arg-type] pyright[reportAttributeAccessIssue]
    pods: Api[Pod] = maps  # E: mypy[assignment] pyright[reportAssignmentType]
    await list_all(pods)
