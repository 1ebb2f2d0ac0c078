"""Objects and helper functions that several test modules use."""

import sys
from collections.abc import AsyncIterable, Callable
from typing import TypeVar

import anyio
import pytest

from kubex.client import Client
from kubex.models import ObjectMeta, Resource, WatchEvent
from kubex_k8s.v1_37.core.v1 import ConfigMap, Container, Pod, PodSpec

T = TypeVar("T", bound=Resource)

ignore_unclosed_tls_transports = pytest.mark.filterwarnings(
    # asyncio of Python 3.10 reports TLS connections that the peer aborted as unclosed.
    "ignore:unclosed transport <asyncio.sslproto:ResourceWarning" if sys.version_info < (3, 11) else "error"
)

TIMEOUT = 20.0
"""Maximum time in seconds that a test waits for a condition."""


def config_map(name: str, data: dict[str, str] | None = None, **metadata: object) -> ConfigMap:
    """Return a ConfigMap; keyword arguments are fields of its metadata."""
    return ConfigMap(metadata=ObjectMeta.model_validate({"name": name, **metadata}), data=data)


def pod(name: str, **spec: object) -> Pod:
    """Return a Pod with one container; it stays unscheduled, because the test servers do not have a scheduler."""
    containers = [Container(name="main", image="registry.example/app:1")]
    return Pod(
        metadata=ObjectMeta(name=name),
        spec=PodSpec.model_validate({"containers": containers, "terminationGracePeriodSeconds": 0, **spec}),
    )


def name_of(obj: Resource) -> str:
    """Return the name of a stored object."""
    assert obj.metadata.name is not None
    return obj.metadata.name


def resource_version_of(obj: Resource) -> str:
    """Return the resourceVersion of a stored object."""
    assert obj.metadata.resource_version is not None
    return obj.metadata.resource_version


async def next_events(events: AsyncIterable[WatchEvent[T]], count: int) -> list[WatchEvent[T]]:
    """Return the next `count` events of a watch."""
    received: list[WatchEvent[T]] = []
    with anyio.fail_after(TIMEOUT):
        async for event in events:
            received.append(event)
            if len(received) == count:
                return received
    raise AssertionError(f"the watch ended after {len(received)} of {count} events")


async def remaining_events(events: AsyncIterable[WatchEvent[T]]) -> list[WatchEvent[T]]:
    """Return all events until the watch ends."""
    with anyio.fail_after(TIMEOUT):
        return [event async for event in events]


def types_and_names(events: list[WatchEvent[T]]) -> list[tuple[str, str]]:
    """Return the type and the name of each event."""
    return [(event.type, name_of(event.object)) for event in events]


async def wait_until(client: Client, condition: Callable[[], bool]) -> None:
    """Send requests until the condition is true; the embedded server continues its work between them."""
    with anyio.fail_after(TIMEOUT):
        while not condition():
            await client.version()
