"""Objects that cannot be decoded do not hide the others."""

import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import anyio
import pytest

from kubex.api import Api
from kubex.client import create_client
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_runtime import Added, Informer, Synced, follow
from kubex_testing.embedded import Answer, EmbeddedServer
from support.backend_pairs import BACKENDS, BackendPair

pytestmark = pytest.mark.anyio

JSON = (("Content-Type", "application/json"),)


@pytest.fixture
async def maps(pair: BackendPair, kubex_server: EmbeddedServer) -> AsyncIterator[Api[ConfigMap]]:
    """Return the API of ConfigMaps on an embedded server that only this test uses."""
    configuration = kubex_server.handle.configuration()
    async with create_client(configuration, client_class=BACKENDS[pair.backend]) as client:
        yield Api(ConfigMap, client)


def event(type_: str, **metadata: Any) -> dict[str, Any]:
    return {"type": type_, "object": {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}}


def config_map(uid: str, **metadata: Any) -> dict[str, Any]:
    return event("ADDED", **{"name": uid, "namespace": "default", "uid": uid, "resourceVersion": "7", **metadata})


END = event("BOOKMARK", resourceVersion="9", annotations={"k8s.io/initial-events-end": "true"})


@pytest.mark.parametrize(
    "malformed",
    [
        [config_map("b", name=5), config_map("c", name="")],
        [config_map("b", namespace={}), config_map("c", resourceVersion=7), config_map("d", name=None)],
        [config_map("b", labels=5), config_map("c", labels={"app": {}})],
        [config_map("b", creationTimestamp="yesterday"), event("RENAMED", name="b")],
        [{"type": "ADDED", "object": None}, {"type": "ADDED", "object": {"kind": "Pod", "metadata": {"name": "b"}}}],
    ],
)
async def test_malformed_initial_events_are_skipped(
    maps: Api[ConfigMap], kubex_server: EmbeddedServer, malformed: list[Any], caplog: pytest.LogCaptureFixture
) -> None:
    lines = [config_map("a"), *malformed, config_map("z"), END]
    body = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    kubex_server.inject("watch configmaps", Answer(200, body, JSON))
    with caplog.at_level(logging.WARNING, "kubex_runtime"), anyio.fail_after(5):
        async with follow(maps) as changes:
            names: list[str | None] = []
            async for change in changes:
                if isinstance(change, Synced):
                    break
                assert isinstance(change, Added)
                names.append(change.object.metadata.name)
    assert names == ["a", "z"]
    assert "skipped" in caplog.text


async def test_malformed_labels_in_a_cache_match_no_selector(
    maps: Api[ConfigMap], kubex_server: EmbeddedServer
) -> None:
    lines = [config_map("a", labels={"app": "x"}), config_map("b", labels=5), config_map("c", labels={"app": "x"}), END]
    body = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    kubex_server.inject("watch configmaps", Answer(200, body, JSON))
    informer = Informer(maps)
    async with anyio.create_task_group() as tasks:
        await tasks.start(informer.run)
        assert [item.metadata.name for item in informer.objects(labels="app=x")] == ["a", "c"]
        tasks.cancel_scope.cancel()
