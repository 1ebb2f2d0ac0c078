"""The requests of `edit()`: when it starts again, after which delay, and when it raises or writes nothing."""

import pickle
import random
from collections.abc import Callable
from typing import Any

import anyio
import pytest

from kubex.api import Api
from kubex.api._edit import longest_delay
from kubex.errors import ConfigurationError, Conflict, DecodeError, EncodeError, NotFound
from kubex.models import ObjectMeta
from kubex_k8s.v1_37.core.v1 import ConfigMap, Pod
from kubex_testing import MockResponse
from policy.conftest import scripted_client
from policy.edit_responses import (
    CONFLICT,
    GET,
    MISSING,
    PATCH,
    PATH,
    PUT,
    body,
    clear_metadata,
    clear_name,
    new,
    paint,
    sent,
    set_name,
    set_namespace,
    set_uid,
    set_version,
    stored,
)

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("waits")]


async def test_edit_replaces_with_the_version_that_was_read() -> None:
    async with scripted_client(stored(7, size="1"), stored(8, size="1", color="red")) as (client, mock):
        edited = await Api(ConfigMap, client, namespace="default").edit("one", paint)
    assert sent(mock.requests) == [GET, PUT]
    assert body(mock.requests[1])["metadata"] == {
        "name": "one", "namespace": "default", "uid": "u", "resourceVersion": "7"
    }  # fmt: skip
    assert body(mock.requests[1])["data"] == {"size": "1", "color": "red"}
    assert edited.metadata.resource_version == "8"


async def test_edit_starts_again_from_the_read_after_a_conflict() -> None:
    seen: list[dict[str, str] | None] = []

    def change(config_map: ConfigMap) -> None:
        seen.append(config_map.data)
        paint(config_map)

    script = (stored(7, size="1"), CONFLICT, stored(8, size="2"), stored(9, size="2", color="red"))
    async with scripted_client(*script) as (client, mock):
        edited = await Api(ConfigMap, client, namespace="default").edit("one", change)
    assert sent(mock.requests) == [GET, PUT, GET, PUT]
    assert seen == [{"size": "1"}, {"size": "2"}]
    written = body(mock.requests[3])
    assert (written["metadata"]["resourceVersion"], written["data"]) == ("8", {"size": "2", "color": "red"})
    assert edited.metadata.resource_version == "9"


@pytest.mark.parametrize("how", ["replace", "patch"])
async def test_edit_raises_the_last_conflict_with_the_number_of_attempts(how: Any, waits: list[float]) -> None:
    async with scripted_client(*[stored(7), CONFLICT] * 3) as (client, _):
        with pytest.raises(Conflict, match=r"^409 Conflict: .* after 3 attempts$") as caught:
            await Api(ConfigMap, client, namespace="default").edit("one", paint, attempts=3, how=how)
    assert caught.value.attempts == 3
    assert pickle.loads(pickle.dumps(caught.value)).attempts == 3
    assert len(waits) == 2


async def test_edit_makes_five_attempts_by_default_and_one_without_a_delay(waits: list[float]) -> None:
    async with scripted_client(*[stored(7), CONFLICT] * 5) as (client, _):
        with pytest.raises(Conflict) as caught:
            await Api(ConfigMap, client, namespace="default").edit("one", paint)
    assert (caught.value.attempts, len(waits)) == (5, 4)
    async with scripted_client(stored(7), CONFLICT) as (client, _):
        with pytest.raises(Conflict, match=r"one\)$") as caught:
            await Api(ConfigMap, client, namespace="default").edit("one", paint, attempts=1)
    assert (caught.value.attempts, len(waits)) == (1, 4)


async def test_edit_waits_for_a_random_time_whose_limit_doubles(
    monkeypatch: pytest.MonkeyPatch, waits: list[float]
) -> None:
    limits: list[tuple[float, float]] = []

    def uniform(low: float, high: float) -> float:
        limits.append((low, high))
        return high / 2

    monkeypatch.setattr(random, "uniform", uniform)
    async with scripted_client(*[stored(7), CONFLICT] * 10) as (client, _):
        with pytest.raises(Conflict):
            await Api(ConfigMap, client, namespace="default").edit("one", paint, attempts=10)
    highest = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1, 1]
    assert limits == [(0, high) for high in highest]
    assert waits == [high / 2 for high in highest]
    assert longest_delay(100_000) == 1


async def test_edit_without_a_change_writes_nothing() -> None:
    def change(config_map: ConfigMap) -> None:
        assert config_map.data is not None
        config_map.data["size"] = "2"
        config_map.data = {"size": "1"}

    async with scripted_client(stored(7, size="1")) as (client, mock):
        unchanged = await Api(ConfigMap, client, namespace="default").edit("one", change)
    assert sent(mock.requests) == [GET]
    assert (unchanged.data, unchanged.metadata.resource_version) == ({"size": "1"}, "7")


async def test_edit_with_an_equal_new_object_writes_nothing_and_returns_the_stored_object() -> None:
    def change(config_map: ConfigMap) -> ConfigMap:
        config_map.data = {"size": "2"}
        return new()

    async with scripted_client(stored(7, size="1")) as (client, mock):
        unchanged = await Api(ConfigMap, client, namespace="default").edit("one", change)
    assert sent(mock.requests) == [GET]
    assert (unchanged.data, unchanged.metadata.uid, unchanged.metadata.resource_version) == ({"size": "1"}, "u", "7")


async def test_edit_sends_a_new_object_with_the_metadata_of_the_stored_one() -> None:
    wanted = ConfigMap(metadata=ObjectMeta(name="one", labels={"a": "b"}), data={"size": "2"})
    async with scripted_client(stored(7, size="1"), CONFLICT, stored(8), stored(9)) as (client, mock):
        await Api(ConfigMap, client, namespace="default").edit("one", lambda _: wanted)
    metadata = {"name": "one", "namespace": "default", "uid": "u", "labels": {"a": "b"}}
    assert body(mock.requests[1])["metadata"] == {**metadata, "resourceVersion": "7"}
    assert body(mock.requests[3])["metadata"] == {**metadata, "resourceVersion": "8"}
    assert wanted.metadata == ObjectMeta(name="one", labels={"a": "b"})


async def test_edit_awaits_a_coroutine_function() -> None:
    async def mutate(config_map: ConfigMap) -> None:
        await anyio.lowlevel.checkpoint()
        paint(config_map)

    async def create_new(_: ConfigMap) -> ConfigMap:
        await anyio.lowlevel.checkpoint()
        return new(labels={"a": "b"})

    async with scripted_client(stored(7), stored(8), stored(8), stored(9)) as (client, mock):
        api = Api(ConfigMap, client, namespace="default")
        await api.edit("one", mutate)
        await api.edit("one", create_new)
    assert body(mock.requests[1])["data"] == {"color": "red"}
    assert body(mock.requests[3])["metadata"]["labels"] == {"a": "b"}


async def test_edit_with_a_patch_sends_only_the_difference_and_the_version() -> None:
    def change(config_map: ConfigMap) -> None:
        config_map.data = {"color": "red"}
        config_map.metadata.labels = {"a": "b"}

    async with scripted_client(stored(7, size="1"), CONFLICT, stored(8, size="1"), stored(9)) as (client, mock):
        await Api(ConfigMap, client, namespace="default").edit("one", change, how="patch")
    assert sent(mock.requests) == [GET, PATCH, GET, PATCH]
    assert ("Content-Type", "application/merge-patch+json") in mock.requests[1].headers
    assert [body(request) for request in mock.requests[1::2]] == [
        {"data": {"size": None, "color": "red"}, "metadata": {"labels": {"a": "b"}, "resourceVersion": version}}
        for version in ("7", "8")
    ]


@pytest.mark.parametrize("error", [NotFound, Conflict])
async def test_error_of_the_change_is_raised_and_nothing_is_sent(error: type[NotFound | Conflict]) -> None:
    raised = error(409, {"status": "Failure"})  # type: ignore[arg-type]

    def change(_: ConfigMap) -> None:
        raise raised

    async with scripted_client(stored(7)) as (client, mock):
        with pytest.raises(error) as caught:
            await Api(ConfigMap, client, namespace="default").edit("one", change, create=new())
    assert caught.value is raised
    assert sent(mock.requests) == [GET]


@pytest.mark.parametrize("how", ["replace", "patch"])
@pytest.mark.parametrize(
    ("change", "text"),
    [
        (set_name, "name from 'one' to 'two'"),
        (clear_name, "name from 'one' to None"),
        (clear_metadata, "name from 'one' to None"),
        (set_namespace, "namespace from 'default' to 'other'"),
        (set_uid, "uid from 'u' to 'v'"),
        (set_version, "resourceVersion from '7' to '3'"),
    ],
)
async def test_change_of_the_identity_raises_before_sending(
    change: Callable[[ConfigMap], None], text: str, how: Any
) -> None:
    async with scripted_client(stored(7)) as (client, mock):
        with pytest.raises(ValueError, match=f"^change must not change metadata.{text}: edit writes the object that"):
            await Api(ConfigMap, client, namespace="default").edit("one", change, how=how)
    assert sent(mock.requests) == [GET]


@pytest.mark.parametrize("result", [True, "red", {"data": {}}, Pod()])
async def test_change_that_returns_another_value_raises_type_error_before_sending(result: Any) -> None:
    async def asynchronous(_: ConfigMap) -> Any:
        return result

    message = f"^change returned {type(result).__name__}: return None after changing the object, or a ConfigMap$"
    for change in (lambda _: result, asynchronous):
        async with scripted_client(stored(7)) as (client, mock):
            with pytest.raises(TypeError, match=message):
                await Api(ConfigMap, client, namespace="default").edit("one", change)
        assert sent(mock.requests) == [GET]


async def test_edit_of_a_missing_object_raises_not_found() -> None:
    async with scripted_client(MISSING) as (client, _):
        with pytest.raises(NotFound):
            await Api(ConfigMap, client, namespace="default").edit("one", paint)
    async with scripted_client(stored(7), MISSING) as (client, _):  # it disappears before the write
        with pytest.raises(NotFound):
            await Api(ConfigMap, client, namespace="default").edit("one", paint)


@pytest.mark.parametrize("attempts", [0, -1])
async def test_edit_without_attempts_raises_before_sending(attempts: int) -> None:
    async with scripted_client() as (client, _):
        with pytest.raises(ConfigurationError, match=f"^attempts: must be at least 1, not {attempts}$"):
            await Api(ConfigMap, client).edit("one", paint, attempts=attempts)


async def test_edit_with_an_unknown_method_raises_before_sending() -> None:
    how: Any = "merge"
    async with scripted_client() as (client, _):
        with pytest.raises(ConfigurationError, match=r'^how: must be "replace" or "patch", not .merge.$'):
            await Api(ConfigMap, client).edit("one", paint, how=how)
        with pytest.raises(ConfigurationError, match=r"^how: "):
            await Api(Pod, client).status.edit("one", lambda _: None, how=how)


@pytest.mark.parametrize("how", ["replace", "patch"])
async def test_edit_requires_the_version_of_the_object(how: Any) -> None:
    unversioned = MockResponse(json={"metadata": {"name": "one"}})
    async with scripted_client(unversioned) as (client, mock):
        with pytest.raises(
            DecodeError, match=r"^cannot decode ConfigMap one: edit needs a metadata.resourceVersion \(GET"
        ):
            await Api(ConfigMap, client, namespace="default").edit("one", paint, how=how)
    assert sent(mock.requests) == [GET]


async def test_edit_of_an_object_with_a_malformed_field_raises_decode_error() -> None:
    metadata = {"name": "one", "namespace": "default", "resourceVersion": "7"}
    malformed = MockResponse(json={"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": [1]})
    async with scripted_client(malformed) as (client, mock):
        with pytest.raises(DecodeError, match=r"^cannot decode ConfigMap default/one: data: "):
            await Api(ConfigMap, client, namespace="default").edit("one", paint)
    assert sent(mock.requests) == [GET]


@pytest.mark.parametrize("how", ["replace", "patch"])
@pytest.mark.parametrize(("data", "field"), [({"a": "\ud800"}, "data['a']"), ({"\ud800": "a"}, "data['\\ud800']")])
async def test_edit_with_half_of_a_surrogate_pair_raises_before_sending(
    data: dict[str, str], field: str, how: Any
) -> None:
    def change(config_map: ConfigMap) -> None:
        config_map.data = data

    async with scripted_client(stored(7)) as (client, mock):
        with pytest.raises(EncodeError) as caught:
            await Api(ConfigMap, client, namespace="default").edit("one", change, how=how)
    assert str(caught.value).startswith(f"cannot encode ConfigMap: {field}: contains half of a surrogate pair")
    assert sent(mock.requests) == [GET]


@pytest.mark.parametrize("how", ["replace", "patch"])
async def test_write_options_are_sent_with_writes_only(how: Any) -> None:
    async with scripted_client(stored(7), stored(8)) as (client, mock):
        await Api(ConfigMap, client, namespace="default").edit(
            "one", paint, how=how, dry_run=True, field_manager="me", field_validation="Strict", request_timeout=3
        )
    assert mock.requests[0].target == f"{PATH}/one"
    assert mock.requests[1].target == f"{PATH}/one?dryRun=All&fieldManager=me&fieldValidation=Strict"
