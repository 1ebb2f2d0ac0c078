"""What many of these tests make and read."""

import sys
from collections.abc import AsyncIterable, Callable
from typing import TypeVar

import anyio
import pytest

from kubex.client import Client
from kubex.models import ObjectMeta, Resource, WatchEvent
from kubex_k8s.v1_37.core.v1 import ConfigMap, Container, Pod, PodSpec

T = TypeVar("T", bound=Resource)

loses_tls_connections = pytest.mark.filterwarnings(
    # asyncio of Python 3.10 takes a TLS connection that the other side cut for one that was left open.
    "ignore:unclosed transport <asyncio.sslproto:ResourceWarning" if sys.version_info < (3, 11) else "error"
)

SECONDS = 20.0
"""No test waits longer than that for anything."""


def config_map(name: str, data: dict[str, str] | None = None, **metadata: object) -> ConfigMap:
    """Make a ConfigMap; what is no data goes into its metadata."""
    return ConfigMap(metadata=ObjectMeta.model_validate({"name": name, **metadata}), data=data)


def pod(name: str, **spec: object) -> Pod:
    """Make a Pod with one container; it is never scheduled, as no test server has a scheduler."""
    containers = [Container(name="main", image="registry.example/app:1")]
    return Pod(
        metadata=ObjectMeta(name=name),
        spec=PodSpec.model_validate({"containers": containers, "terminationGracePeriodSeconds": 0, **spec}),
    )


def named(obj: Resource) -> str:
    """Return the name, which every stored object has."""
    assert obj.metadata.name is not None
    return obj.metadata.name


def revision(obj: Resource) -> str:
    """Return the resourceVersion, which every stored object has."""
    assert obj.metadata.resource_version is not None
    return obj.metadata.resource_version


async def take(events: AsyncIterable[WatchEvent[T]], count: int) -> list[WatchEvent[T]]:
    """Return the next events of a watch."""
    taken: list[WatchEvent[T]] = []
    with anyio.fail_after(SECONDS):
        async for event in events:
            taken.append(event)
            if len(taken) == count:
                return taken
    raise AssertionError(f"the watch ended after {len(taken)} of {count} events")


async def rest(events: AsyncIterable[WatchEvent[T]]) -> list[WatchEvent[T]]:
    """Return all events up to the end of a watch."""
    with anyio.fail_after(SECONDS):
        return [event async for event in events]


def told(events: list[WatchEvent[T]]) -> list[tuple[str, str]]:
    """Return type and name of each event."""
    return [(event.type, named(event.object)) for event in events]


async def until(client: Client, condition: Callable[[], bool]) -> None:
    """Wait until something holds on the embedded server; it works on while it answers other requests."""
    with anyio.fail_after(SECONDS):
        while not condition():
            await client.version()
