"""`edit()` with `create`: when the object is created, and when it starts again."""

from collections.abc import Callable
from typing import Any

import pytest

from kubex.api import Api
from kubex.errors import AlreadyExists, Forbidden, NamespaceError, NotFound
from kubex.models import ObjectMeta
from kubex_k8s.v1_37.core.v1 import ConfigMap, Namespace
from kubex_testing import MockResponse
from policy.conftest import scripted_client
from policy.edit_responses import (
    CONFLICT,
    EXISTS,
    GET,
    MISSING,
    PATCH,
    PATH,
    POST,
    PUT,
    body,
    failed,
    new,
    paint,
    sent,
    set_name,
    set_namespace,
    set_uid,
    stored,
)

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("waits")]


async def test_edit_with_create_creates_a_changed_copy() -> None:
    wanted = new(labels={"a": "b"})
    async with scripted_client(MISSING, stored(1)) as (client, mock):
        await Api(ConfigMap, client, namespace="default").edit("one", paint, create=wanted)
    assert sent(mock.requests) == [GET, POST]
    assert body(mock.requests[1]) == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "one", "namespace": "default", "labels": {"a": "b"}},
        "data": {"size": "1", "color": "red"},
    }
    assert wanted == new(labels={"a": "b"})


async def test_edit_with_create_creates_an_object_that_the_change_does_not_modify() -> None:
    async with scripted_client(MISSING, stored(1)) as (client, mock):
        await Api(ConfigMap, client, namespace="default").edit("one", lambda _: None, create=new())
    assert sent(mock.requests) == [GET, POST]


@pytest.mark.parametrize("how", ["replace", "patch"])
async def test_edit_with_create_starts_again_if_another_program_creates_or_deletes_the_object(how: Any) -> None:
    script = (MISSING, EXISTS, stored(1, size="9"), MISSING, MISSING, stored(3))
    async with scripted_client(*script) as (client, mock):
        await Api(ConfigMap, client, namespace="default").edit("one", paint, create=new(), how=how)
    assert sent(mock.requests) == [GET, POST, GET, PUT if how == "replace" else PATCH, GET, POST]
    assert body(mock.requests[3])["data"]["color"] == "red"
    assert body(mock.requests[5])["data"] == {"size": "1", "color": "red"}


async def test_edit_with_create_raises_the_error_of_the_last_attempt() -> None:
    async with scripted_client(MISSING, EXISTS, MISSING, EXISTS) as (client, _):
        with pytest.raises(AlreadyExists) as caught:
            await Api(ConfigMap, client, namespace="default").edit("one", paint, create=new(), attempts=2)
    assert caught.value.attempts == 2
    async with scripted_client(stored(7), MISSING, stored(8), MISSING) as (client, _):
        with pytest.raises(NotFound):
            await Api(ConfigMap, client, namespace="default").edit("one", paint, create=new(), attempts=2)


async def test_edit_with_create_starts_again_after_a_conflict_of_the_create() -> None:
    async with scripted_client(MISSING, CONFLICT, MISSING, stored(1)) as (client, mock):  # for example of a quota
        await Api(ConfigMap, client, namespace="default").edit("one", paint, create=new())
    assert sent(mock.requests) == [GET, POST, GET, POST]


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ([failed(404, "NotFound", name="")], NotFound),  # the server does not have the kind
        ([MISSING, failed(404, "NotFound", name="default")], NotFound),  # the namespace does not exist
        ([stored(7), failed(403, "Forbidden")], Forbidden),
    ],
)
async def test_other_errors_are_raised_at_once(script: list[MockResponse], error: type[Exception]) -> None:
    async with scripted_client(*script) as (client, _):
        with pytest.raises(error):
            await Api(ConfigMap, client, namespace="default").edit("one", paint, create=new())


@pytest.mark.parametrize("name", [None, "two"])
async def test_create_with_another_name_raises_before_sending(name: str | None) -> None:
    created = ConfigMap(metadata=ObjectMeta(name=name, generate_name="on"))
    async with scripted_client() as (client, _):
        with pytest.raises(ValueError, match=f"^create has the name {name!r}, but edit has the name 'one'$"):
            await Api(ConfigMap, client, namespace="default").edit("one", paint, create=created)


@pytest.mark.parametrize("change", [set_name, set_namespace, set_uid])
async def test_change_of_the_identity_of_a_new_object_raises_before_sending(
    change: Callable[[ConfigMap], None],
) -> None:
    async with scripted_client(MISSING) as (client, mock):
        with pytest.raises(ValueError, match=r"^change must not change metadata\."):
            await Api(ConfigMap, client, namespace="default").edit("one", change, create=new())
    assert sent(mock.requests) == [GET]


async def test_namespace_comes_from_create_if_the_call_and_the_api_have_none() -> None:
    async with scripted_client(MISSING, stored(1)) as (client, mock):
        await Api(ConfigMap, client).edit("one", paint, create=new(namespace="other"))
        with pytest.raises(NamespaceError, match="has namespace 'other', but the call uses namespace 'default'"):
            await Api(ConfigMap, client, namespace="default").edit("one", paint, create=new(namespace="other"))
        with pytest.raises(NamespaceError, match="edit needs one namespace"):
            await Api(ConfigMap, client, namespace=None).edit("one", paint)
    path = PATH.replace("default", "other")
    assert sent(mock.requests) == [f"GET {path}/one", f"POST {path}"]


async def test_edit_with_create_of_a_cluster_scoped_kind_sends_no_namespace() -> None:
    created = MockResponse(json={"metadata": {"name": "one", "resourceVersion": "1"}})
    async with scripted_client(MISSING, created) as (client, mock):
        await Api(Namespace, client).edit("one", lambda _: None, create=Namespace(metadata=ObjectMeta(name="one")))
    assert sent(mock.requests) == ["GET /api/v1/namespaces/one", "POST /api/v1/namespaces"]
    assert body(mock.requests[1])["metadata"] == {"name": "one"}
