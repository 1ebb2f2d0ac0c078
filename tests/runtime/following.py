"""Helpers for tests of `follow()`."""

from collections.abc import Callable, Sequence
from typing import Any

import anyio
import anyio.to_thread
import pytest

from kubex.api import Api
from kubex.models import ObjectMeta
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_runtime import Added, Backoff, Change, Deleted, Follower, Modified, Synced
from kubex_testing.embedded import EmbeddedServer, RecordedRequest

DAY = 86400.0
"""A time limit in seconds for tests that move the clock."""

WATCH, LIST = "watch configmaps", "list configmaps"
"""The matchers of faults."""

TIMEOUT = 20.0
"""The longest time in seconds that a test waits for a change."""

FAST = Backoff(initial_delay=0.01, max_delay=0.02)
"""Delays that do not make tests slow."""

MARKS = [
    pytest.mark.anyio,
    # Python 3.10 does not treat a TLS transport as closed if the peer closed the connection.
    pytest.mark.filterwarnings("ignore:unclosed transport:ResourceWarning"),
]
"""The marks of a test module whose servers close connections."""

BOTH = pytest.mark.parametrize("initial", ["stream", "list"])
"""Run a test with both ways to read the first objects."""

WRONG_ARGUMENTS = pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"initial": "lists"}, 'initial: must be "stream", "list" or "any", not \'lists\''),
        ({"page_size": 0}, "page_size: must be at least 1, not 0"),
    ],
)
"""Arguments of `follow()` and `Informer` that raise ConfigurationError, and its message."""


def text(change: Change[Any]) -> str:
    """Return the type of a change and the name of its object."""
    match change:
        case Synced():
            return "synced"
        case Deleted(item, final=False):
            return f"lost {item.metadata.name}"
        case Added(item) | Modified(item) | Deleted(item):
            return f"{type(change).__name__.lower()} {item.metadata.name}"


async def take(changes: Follower[Any], number: int, *, timeout: float = TIMEOUT) -> list[str]:
    """Return the next changes. Tests that move the clock need a longer time limit."""
    with anyio.fail_after(timeout):  # real time: a guard
        return [text(await anext(changes)) for _ in range(number)]


async def take_until_synced(changes: Follower[Any]) -> list[str]:
    """Return the first changes without `Synced`, in the order of their names."""
    taken: list[str] = []
    with anyio.fail_after(TIMEOUT):
        async for change in changes:
            if isinstance(change, Synced):
                break
            taken.append(text(change))
    return sorted(taken)


async def create(api: Api[ConfigMap], *names: str, **data: str) -> None:
    """Create ConfigMaps."""
    for name in names:
        await api.create(ConfigMap(metadata=ObjectMeta(name=name), data=data))


async def modify(api: Api[ConfigMap], name: str, value: str) -> None:
    """Change a ConfigMap."""
    await api.edit(name, lambda item: setattr(item, "data", {"value": value}))


async def delete(api: Api[ConfigMap], *names: str) -> None:
    """Delete ConfigMaps."""
    for name in names:
        await api.delete(name)


def requests(server: EmbeddedServer) -> list[str]:
    """Return the kinds of the requests for ConfigMaps: `list`, `page`, `stream` or `watch`."""
    return [kind_of(request) for request in server.requests if is_read(request)]


def is_read(request: RecordedRequest) -> bool:
    """Return whether a request is a list or a watch of ConfigMaps."""
    return request.method == "GET" and request.path.endswith("/configmaps")


def kind_of(request: RecordedRequest) -> str:
    """Return the kind of a list or a watch."""
    if "watch" in request.query:
        return "stream" if "sendInitialEvents" in request.query else "watch"
    return "page" if "continue" in request.query else "list"


def parameter(request: RecordedRequest, name: str) -> str | None:
    """Return a query parameter."""
    values: Sequence[str] = request.query.get(name, ())
    return values[0] if values else None


async def run(function: Callable[[], object]) -> None:
    """Run a method of the server that waits for its thread."""
    await anyio.to_thread.run_sync(function)


async def relist(server: EmbeddedServer) -> None:
    """End the watch. The next one is too old, so that the follower reads all objects."""
    server.compact()
    server.close_watches()


async def wait_for_requests(server: EmbeddedServer, changes: Follower[Any], number: int) -> None:
    """Iterate until the server has received a number of requests for ConfigMaps. Nothing may change meanwhile."""
    async with anyio.create_task_group() as tasks:

        async def expect_nothing() -> None:
            raise AssertionError(await take(changes, 1))

        tasks.start_soon(expect_nothing)
        await anyio.to_thread.run_sync(lambda: server.wait_for_request(lambda _: len(requests(server)) >= number))
        await anyio.wait_all_tasks_blocked()
        tasks.cancel_scope.cancel()
