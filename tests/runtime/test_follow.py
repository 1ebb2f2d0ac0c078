"""The iteration of `follow()`."""

import pytest

from kubex.api import Api
from kubex.client import Client
from kubex.models import ObjectMeta
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_runtime import Added, Change, Deleted, Follower, Modified, Synced, follow
from kubex_runtime._machine.reflector import Initial

pytestmark = pytest.mark.anyio


def text(change: Change[ConfigMap]) -> str:
    """Return the type of a change and the name of its object."""
    match change:
        case Synced():
            return "synced"
        case Deleted(item, final=False):
            return f"lost {item.metadata.name}"
        case Added(item) | Modified(item) | Deleted(item):
            return f"{type(change).__name__.lower()} {item.metadata.name}"


async def take(changes: Follower[ConfigMap], number: int) -> list[str]:
    """Return the next changes."""
    return [text(await anext(changes)) for _ in range(number)]


async def create(api: Api[ConfigMap], *names: str) -> None:
    for name in names:
        await api.create(ConfigMap(metadata=ObjectMeta(name=name)))


@pytest.mark.parametrize("initial", ["stream", "list", "any"])
async def test_follow_yields_the_existing_objects_and_then_each_change(client: Client, initial: Initial) -> None:
    api = Api(ConfigMap, client)
    await create(api, "a", "b")
    async with follow(api, initial=initial) as changes:
        assert sorted(await take(changes, 2)) == ["added a", "added b"]
        assert not changes.synced
        assert await take(changes, 1) == ["synced"]
        assert changes.synced
        await create(api, "c")
        await api.edit("a", lambda item: setattr(item, "data", {"x": "y"}))
        await api.delete("b")
        assert await take(changes, 3) == ["added c", "modified a", "deleted b"]
