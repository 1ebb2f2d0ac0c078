"""Concurrent calls of `edit()` never lose a change."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import anyio
import pytest

from behaviour.objects import config_map
from kubex.api import Api
from kubex.client import Client, create_client
from kubex.errors import Conflict
from kubex.transport import Backend
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_testing import ServerHandle

pytestmark = pytest.mark.anyio


def increment(counter: ConfigMap) -> None:
    assert counter.data is not None
    counter.data["value"] = str(int(counter.data["value"]) + 1)


async def count(api: Api[ConfigMap], *, tasks: int, rounds: int, **options: Any) -> int:
    """Increment a counter in several tasks, and return the number of successful calls."""
    await api.create(config_map("counter", {"value": "0"}))
    succeeded = 0

    async def work() -> None:
        nonlocal succeeded
        for _ in range(rounds):
            with suppress(Conflict):
                await api.edit("counter", increment, **options)
                succeeded += 1

    async with anyio.create_task_group() as group:
        for _ in range(tasks):
            group.start_soon(work)
    return succeeded


async def value_of(api: Api[ConfigMap]) -> int:
    return int(((await api.get("counter")).data or {})["value"])


@pytest.mark.parametrize("how", ["replace", "patch"])
async def test_counter_is_exact_after_concurrent_edits(client: Client, how: Any) -> None:
    api = Api(ConfigMap, client)
    assert await count(api, tasks=10, rounds=20, how=how, attempts=1000) == 200
    assert await value_of(api) == 200


@pytest.mark.parametrize("how", ["replace", "patch"])
async def test_counter_equals_the_number_of_successful_edits(client: Client, how: Any) -> None:
    api = Api(ConfigMap, client)
    succeeded = await count(api, tasks=20, rounds=3, how=how)
    assert await value_of(api) == succeeded
    assert succeeded > 0


@pytest.mark.parametrize("hows", [("replace", "replace"), ("patch", "patch"), ("replace", "patch")])
async def test_two_programs_that_edit_different_labels_lose_no_change(
    server: ServerHandle, client: Client, namespace: str, backend: Backend, hows: tuple[Any, Any]
) -> None:
    await Api(ConfigMap, client).create(config_map("one"))
    rounds = 20

    async def program(label: str, other: str, how: Any) -> None:
        seen = -1
        async with create_client(server.configuration(namespace=namespace), client_class=backend) as own_client:
            for number in range(rounds):
                edited = await Api(ConfigMap, own_client).edit("one", set_label(label, number), how=how, attempts=1000)
                labels = edited.metadata.labels or {}
                assert labels[label] == str(number)
                assert int(labels.get(other, "-1")) >= seen
                seen = int(labels.get(other, "-1"))

    async with anyio.create_task_group() as group:
        group.start_soon(program, "a", "b", hows[0])
        group.start_soon(program, "b", "a", hows[1])
    labels = (await Api(ConfigMap, client).get("one")).metadata.labels
    assert labels == {"a": str(rounds - 1), "b": str(rounds - 1)}


def set_label(label: str, number: int) -> Callable[[ConfigMap], None]:
    def change(obj: ConfigMap) -> None:
        obj.metadata.labels = {**(obj.metadata.labels or {}), label: str(number)}

    return change
