"""`wait_for()` on both servers."""

from typing import Any

import anyio
import pytest
from pydantic import Field

from behaviour.custom_resources import install_crd, make_crd
from behaviour.objects import TIMEOUT, config_map, ignore_unclosed_tls_transports
from kubex.api import Api, ReadApi
from kubex.client import Client, create_client
from kubex.errors import NotFound
from kubex.models import ApiResource, NamespacedResource, ObjectMeta, Resource, dynamic_resource
from kubex.models.markers import HasStatus
from kubex.patch import MergePatch
from kubex.transport import Backend
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_runtime import wait_for
from kubex_runtime.conditions import condition, deleted, exists
from kubex_runtime.errors import WaitFailed, WaitTimeout
from kubex_testing import ServerHandle
from support.relay import relay_to

pytestmark = pytest.mark.anyio


class Gadget(NamespacedResource, HasStatus):
    """A kind with conditions, which no controller sets."""

    __resource__ = ApiResource(group="example.com", version="v1", kind="Gadget", plural="gadgets")
    spec: dict[str, Any] = Field(default_factory=dict)
    status: dict[str, Any] = Field(default_factory=dict)


GADGET_SCHEMA = {
    "type": "object",
    "properties": {
        "spec": {"type": "object", "properties": {"size": {"type": "integer"}}},
        "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    },
}
GADGET_CRD = make_crd("Gadget", "gadgets", GADGET_SCHEMA)


class Waiting:
    """A call of `wait_for()` in a task, and the texts that it reports."""

    def __init__(self, source: ReadApi[Any], name: str, condition: Any, **options: Any) -> None:
        self._arguments = (source, name, condition)
        self._options = options
        self._send, self._receive = anyio.create_memory_object_stream[str](100)
        self.result: Any = ...

    async def run(self) -> None:
        """Wait, and store the result."""
        with self._send:
            self.result = await wait_for(
                *self._arguments, timeout=TIMEOUT, on_progress=self._send.send_nowait, **self._options
            )

    async def text(self) -> str:
        """Return the next text."""
        return await self._receive.receive()

    async def texts(self) -> list[str]:
        """Wait for the result, and return the remaining texts."""
        with self._receive:
            return [text async for text in self._receive]

    def close(self) -> None:
        """Discard the remaining texts."""
        self._receive.close()


@pytest.fixture
def maps(client: Client) -> Api[ConfigMap]:
    """Return the API of ConfigMaps."""
    return Api(ConfigMap, client)


@pytest.fixture
async def gadgets(client: Client) -> Api[Gadget]:
    """Return the API of Gadgets."""
    await install_crd(client, GADGET_CRD)
    return Api(Gadget, client)


def gadget(name: str) -> Gadget:
    return Gadget(metadata=ObjectMeta(name=name), spec={"size": 1})


def status(observed: int, ready: str) -> MergePatch:
    return MergePatch(
        {
            "status": {
                "observedGeneration": observed,
                "conditions": [{"type": "Ready", "status": ready, "reason": "Test"}],
            }
        }
    )


async def test_wait_for_returns_an_object_that_fulfils_the_condition(maps: Api[ConfigMap]) -> None:
    await maps.create(config_map("other"))
    created = await maps.create(config_map("one", {"color": "red"}))
    waited = await wait_for(maps, "one", exists(), timeout=TIMEOUT)
    assert waited == created


async def test_wait_for_waits_for_the_creation_and_for_a_change(maps: Api[ConfigMap]) -> None:
    def is_red(obj: ConfigMap) -> bool:
        return obj.data == {"color": "red"}

    waiting = Waiting(maps, "one", is_red)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(waiting.run)
        assert await waiting.text() == "the object does not exist"
        await maps.create(config_map("other", {"color": "red"}))
        await maps.create(config_map("one", {"color": "blue"}))
        assert await waiting.text() == "is_red returned False"
        changed = await maps.patch("one", MergePatch({"data": {"color": "red"}}))
        assert await waiting.texts() == ["is_red returned True"]
        assert waiting.result == changed


async def test_wait_for_accepts_a_lambda_and_a_namespace(maps: Api[ConfigMap], namespace: str) -> None:
    await maps.create(config_map("one", {"color": "red"}))
    everywhere = Api(ConfigMap, maps.client, namespace=None)
    waited = await wait_for(
        everywhere, "one", lambda obj: "color" in (obj.data or {}), timeout=TIMEOUT, namespace=namespace
    )
    assert waited.metadata.namespace == namespace


async def test_deleted_returns_none_for_an_object_that_never_existed(maps: Api[ConfigMap]) -> None:
    assert await wait_for(maps, "missing", deleted(), timeout=TIMEOUT) is None


async def test_deleted_waits_until_finalizers_are_removed(maps: Api[ConfigMap]) -> None:
    await maps.create(config_map("one", finalizers=["example.com/wait"]))
    waiting = Waiting(maps, "one", deleted())
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(waiting.run)
        assert await waiting.text() == "the object exists, and its deletion was not requested"
        await maps.delete("one")
        assert await waiting.text() == "the object is being deleted and waits for the finalizers example.com/wait"
        await maps.patch("one", MergePatch({"metadata": {"finalizers": None}}))
        assert await waiting.texts() == ["the object does not exist"]
    assert waiting.result is None


@pytest.mark.covers("pitfall-97")
async def test_object_that_was_created_again_counts_as_deleted(maps: Api[ConfigMap]) -> None:
    first = await maps.create(config_map("one"))
    waiting = Waiting(maps, "one", deleted())
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(waiting.run)
        await waiting.text()
        await maps.delete("one")
        second = await maps.create(config_map("one"))
        await waiting.texts()
        assert waiting.result in (None, second)
        waited = await wait_for(maps, "one", deleted(uid=first.metadata.uid), timeout=TIMEOUT)
        assert waited == second


@pytest.mark.covers("pitfall-97")
async def test_condition_of_an_earlier_generation_does_not_end_the_wait(
    gadgets: Api[Gadget],
) -> None:
    await gadgets.create(gadget("one"))
    await gadgets.status.patch("one", status(1, "True"))
    changed = await gadgets.patch("one", MergePatch({"spec": {"size": 2}}))
    assert changed.metadata.generation == 2
    waiting = Waiting(gadgets, "one", condition("Ready"))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(waiting.run)
        assert await waiting.text() == "the condition Ready is stale: observed generation 1, current 2"
        await gadgets.status.patch("one", status(2, "False"))
        assert await waiting.text() == "the condition Ready is False (Test)"
        await gadgets.status.patch("one", status(2, "True"))
        assert await waiting.texts() == ["the condition Ready is True (Test)"]
    assert waiting.result.status["observedGeneration"] == 2


async def test_fails_ends_the_wait(gadgets: Api[Gadget]) -> None:
    await gadgets.create(gadget("one"))
    await gadgets.status.patch("one", status(1, "False"))
    with pytest.raises(WaitFailed) as caught:
        await wait_for(
            gadgets, "one", exists() & condition("Available"), timeout=TIMEOUT, fails=condition("Ready", "False")
        )
    error = caught.value
    expected = (
        'Gadget one fulfils fails=condition("Ready", "False"): the condition Ready is False (Test) (last seen in '
    )
    assert str(error).startswith(expected)
    assert error.last is not None
    assert error.last.metadata.name == "one"


async def test_timeout_states_what_was_missing_and_what_was_seen(maps: Api[ConfigMap]) -> None:
    created = await maps.create(config_map("one"))
    with pytest.raises(WaitTimeout) as caught:
        await wait_for(maps, "one", deleted() | condition("Ready"), timeout=1.5)
    assert str(caught.value) == (
        'ConfigMap one did not fulfil deleted() | condition("Ready") within 1.5 s: the object exists, and its deletion '
        "was not requested; the object does not have the condition Ready (last seen in namespace "
        f"{created.metadata.namespace} with resource version {created.metadata.resource_version})"
    )
    assert isinstance(caught.value, TimeoutError)
    assert caught.value.last == created


async def test_timeout_names_an_object_that_does_not_exist(maps: Api[ConfigMap]) -> None:
    with pytest.raises(WaitTimeout) as caught:
        await wait_for(maps, "one", exists(), timeout=1.5)
    assert str(caught.value) == (
        "ConfigMap one did not fulfil exists() within 1.5 s: the object does not exist "
        f"(in namespace {maps.raw.namespace})"
    )


async def test_kind_that_the_server_does_not_have_raises_not_found(client: Client) -> None:
    unknown = Api(dynamic_resource("example.com/v1", "Unknown", plural="unknowns"), client)
    with pytest.raises(NotFound, match="the server does not have this resource"):
        await wait_for(unknown, "one", exists(), timeout=TIMEOUT)


async def test_metadata_is_enough_for_conditions_of_the_metadata(maps: Api[ConfigMap]) -> None:
    await maps.create(config_map("one", labels={"app": "web"}))

    def is_web(obj: Resource) -> bool:
        return (obj.metadata.labels or {}).get("app") == "web"

    waited = await wait_for(maps.metadata, "one", is_web, timeout=TIMEOUT)
    assert waited.metadata.name == "one"
    with pytest.raises(TypeError, match="pass the Api instead of api"):
        await wait_for(maps.metadata, "one", condition("Ready"), timeout=TIMEOUT)
    await maps.delete("one")
    assert await wait_for(maps.metadata, "one", deleted(), timeout=TIMEOUT) is None


@ignore_unclosed_tls_transports
@pytest.mark.covers("pitfall-97")
async def test_wait_continues_after_its_watch_was_interrupted(
    maps: Api[ConfigMap], server: ServerHandle, namespace: str, backend: Backend
) -> None:
    async with relay_to(server) as relay:
        configuration = relay.handle.configuration(namespace=namespace)
        async with create_client(configuration, client_class=backend) as client, anyio.create_task_group() as tasks:
            waiting = Waiting(Api(ConfigMap, client), "one", exists())
            tasks.start_soon(waiting.run)
            await waiting.text()
            relay.cut()
            created = await maps.create(config_map("one"))
            assert await waiting.texts() == ["the object exists"]
            assert waiting.result == created


async def test_exception_of_a_function_is_raised(maps: Api[ConfigMap]) -> None:
    def broken(_: ConfigMap) -> bool:
        raise KeyError("color")

    await maps.create(config_map("one"))
    with pytest.raises(KeyError, match="color"):
        await wait_for(maps, "one", broken, timeout=TIMEOUT)


async def test_cancelled_wait_closes_its_watch(maps: Api[ConfigMap]) -> None:
    waiting = Waiting(maps, "one", exists())
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(waiting.run)
        await waiting.text()
        tasks.cancel_scope.cancel()
    waiting.close()
    assert waiting.result is ...
    await maps.create(config_map("one"))
    assert await wait_for(maps, "one", exists(), timeout=TIMEOUT)
