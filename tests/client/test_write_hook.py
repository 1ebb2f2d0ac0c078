"""The write hook is called before each attempt of a write, can refuse it, and receives the result."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from client.conftest import MakeClient
from client.scripted_server import ResponseSequence, close_without_response, respond_error, respond_with
from kubex.api import Api, create_review
from kubex.client import Client, ClientOptions, Write, WriteResult
from kubex.client._client import open_websocket
from kubex.core._http import Request
from kubex.errors import ConfigurationError, ConnectionLost, DecodeError, KubexError, NotFound
from kubex.models import ObjectMeta
from kubex.patch import MergePatch
from kubex_k8s.v1_37.authentication.v1 import SelfSubjectReview
from kubex_k8s.v1_37.core.v1 import ConfigMap, Pod, ServiceAccount
from kubex_testing.compliance.servers import StartServer

pytestmark = pytest.mark.anyio

CONFIG_MAP = (
    b'{"kind":"ConfigMap","apiVersion":"v1",'
    b'"metadata":{"name":"a","namespace":"n","uid":"u","resourceVersion":"7","labels":{"uid":"x"}},"data":{"k":"v"}}'
)
RESULT = WriteResult(200, "v1", "ConfigMap", "a", "n", "u", "7")


class Recorder:
    """A hook that records its calls, and raises `error` before a write."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.calls: list[str] = []
        self.writes: list[Write] = []
        self.results: list[WriteResult] = []

    def before(self, write: Write) -> None:
        self.writes.append(write)
        self.calls.append(f"before {write.verb} {write.resource}")
        if self.error is not None:
            raise self.error

    def after(self, write: Write, result: WriteResult) -> None:
        self.calls.append(f"after {write.verb} {write.resource}")
        self.results.append(result)


def config_maps(client: Client) -> Api[ConfigMap]:
    return Api(ConfigMap, client, namespace="n")


def config_map() -> ConfigMap:
    return ConfigMap(metadata=ObjectMeta(name="a"))


Call = Callable[[Client], Awaitable[object]]
WRITES: dict[str, tuple[Call, str]] = {
    "create": (lambda client: config_maps(client).create(config_map()), "create configmaps"),
    "replace": (lambda client: config_maps(client).replace(config_map()), "update configmaps"),
    "patch": (lambda client: config_maps(client).patch("a", MergePatch({})), "patch configmaps"),
    "apply": (lambda client: config_maps(client).apply(config_map(), field_manager="m"), "patch configmaps"),
    "metadata.patch": (lambda client: config_maps(client).metadata.patch("a", MergePatch({})), "patch configmaps"),
    "delete": (lambda client: config_maps(client).delete("a"), "delete configmaps"),
    "request": (
        lambda client: client.request("PUT", "/api/v1/namespaces/n/configmaps/a", json={}),
        "update configmaps",
    ),
}
READS: dict[str, Call] = {
    "get": lambda client: config_maps(client).get("a"),
    "request": lambda client: client.request("GET", "/api/v1/namespaces/n/configmaps/a"),
    "head": lambda client: client.request("HEAD", "/"),
    "options": lambda client: client.request("OPTIONS", "/"),
}


@pytest.mark.parametrize("verb", WRITES)
async def test_write_hook_is_called_before_and_after_a_write(
    make_client: MakeClient, start_server: StartServer, verb: str
) -> None:
    call, expected = WRITES[verb]
    hook = Recorder()
    async with make_client(start_server(ResponseSequence(respond_with(CONFIG_MAP))), on_write=hook) as client:
        await call(client)
    assert hook.calls == [f"before {expected}", f"after {expected}"]
    assert hook.results == [RESULT]
    [write] = hook.writes
    assert (write.namespace, write.dry_run) == ("n", False)
    assert write.name == (None if verb == "create" else "a")


@pytest.mark.parametrize("verb", READS)
async def test_write_hook_is_not_called_for_a_read(
    make_client: MakeClient, start_server: StartServer, verb: str
) -> None:
    hook = Recorder(RuntimeError("must not be called"))
    body = b"" if verb == "head" else CONFIG_MAP
    async with make_client(start_server(ResponseSequence(respond_with(body))), on_write=hook) as client:
        await READS[verb](client)
        async with client.stream("GET", "/"):
            pass
    assert hook.calls == []


@pytest.mark.parametrize("verb", WRITES)
async def test_write_that_the_hook_refuses_is_not_sent(
    make_client: MakeClient, start_server: StartServer, verb: str
) -> None:
    refusal = PermissionError("not the leader")
    server = start_server()
    async with make_client(server, on_write=Recorder(refusal)) as client:
        with pytest.raises(PermissionError) as caught:
            await WRITES[verb][0](client)
        assert caught.value is refusal
        await client.request("GET", "/")
    assert [request.method for request in server.requests] == ["GET"]


async def test_write_hook_can_refuse_a_repeated_attempt(make_client: MakeClient, start_server: StartServer) -> None:
    class Lease(Recorder):
        def before(self, write: Write) -> None:
            super().before(write)
            if len(self.writes) == 3:
                raise PermissionError("the lease has expired")

    server = start_server(ResponseSequence(respond_error("429 Slow", Retry_After="0")))
    hook = Lease()
    async with make_client(server, on_write=hook) as client:
        with pytest.raises(PermissionError, match="the lease has expired"):
            await config_maps(client).delete("a")
    assert len(server.requests) == 2
    assert hook.results == []


async def test_write_hook_is_called_after_the_last_attempt_only(
    make_client: MakeClient, start_server: StartServer
) -> None:
    throttled = respond_error("429 Slow", Retry_After="0")
    hook = Recorder()
    server = start_server(ResponseSequence(throttled, throttled, respond_with(CONFIG_MAP)))
    async with make_client(server, on_write=hook) as client:
        await config_maps(client).delete("a")
    assert hook.calls == ["before delete configmaps"] * 3 + ["after delete configmaps"]


async def test_write_hook_is_not_called_after_a_failed_write(
    make_client: MakeClient, start_server: StartServer
) -> None:
    hook = Recorder()
    server = start_server(ResponseSequence(respond_error("404 Not Found"), close_without_response))
    async with make_client(server, on_write=hook) as client:
        with pytest.raises(NotFound):
            await config_maps(client).delete("a")
        with pytest.raises(ConnectionLost):
            await config_maps(client).delete("a")
    assert hook.calls == ["before delete configmaps"] * 2


async def test_exception_after_a_write_is_raised(make_client: MakeClient, start_server: StartServer) -> None:
    class Failing(Recorder):
        def after(self, write: Write, result: WriteResult) -> None:
            raise RuntimeError("after")

    server = start_server(ResponseSequence(respond_with(CONFIG_MAP)))
    async with make_client(server, on_write=Failing()) as client:
        with pytest.raises(RuntimeError, match="after"):
            await config_maps(client).delete("a")
    assert len(server.requests) == 1


async def test_write_hook_receives_a_result_that_cannot_be_decoded(
    make_client: MakeClient, start_server: StartServer
) -> None:
    hook = Recorder()
    wrong = CONFIG_MAP.replace(b"ConfigMap", b"Secret")
    server = start_server(ResponseSequence(respond_with(wrong), respond_with(b"<html>"), respond_with(b'{"kind":5}')))
    async with make_client(server, on_write=hook) as client:
        for _ in range(3):
            with pytest.raises(DecodeError):
                await config_maps(client).create(config_map())
    assert [result.kind for result in hook.results] == ["Secret", None, None]


async def test_write_hook_receives_the_uid_of_a_status(make_client: MakeClient, start_server: StartServer) -> None:
    status = (
        b'{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success",'
        b'"details":{"name":"a","kind":"configmaps","uid":"u"}}'
    )
    hook = Recorder()
    empty = b'{"kind":"Status","apiVersion":"v1","status":"Success"}'
    server = start_server(ResponseSequence(respond_with(status), respond_with(empty), respond_with(b"")))
    async with make_client(server, on_write=hook) as client:
        for _ in range(3):
            await config_maps(client).delete("a")
    assert hook.results == [
        WriteResult(200, "v1", "Status", "a", None, "u", None),
        WriteResult(200, "v1", "Status"),
        WriteResult(200),
    ]


async def test_write_hook_sees_a_dry_run(make_client: MakeClient, start_server: StartServer) -> None:
    hook = Recorder()
    status = b'{"kind":"Status","apiVersion":"v1","status":"Success"}'
    responses = [respond_with(CONFIG_MAP)] * 4 + [respond_with(status)]
    async with make_client(start_server(ResponseSequence(*responses)), on_write=hook) as client:
        await config_maps(client).create(config_map(), dry_run=True)
        await config_maps(client).patch("a", MergePatch({}), dry_run=True)
        await config_maps(client).delete("a", dry_run=True)
        await config_maps(client).delete("a", grace_period_seconds=1)
        await Api(Pod, client, namespace="n").evict("web", dry_run=True)
        await Api(Pod, client, namespace="n").evict("web")
    assert [write.dry_run for write in hook.writes] == [True, True, True, False, True, False]


async def test_write_hook_sees_subresources_and_reviews(make_client: MakeClient, start_server: StartServer) -> None:
    hook = Recorder()
    async with make_client(start_server(ResponseSequence(respond_with(b"{}"))), on_write=hook) as client:
        for call in (
            Api(Pod, client, namespace="n").status.patch("web", MergePatch({})),
            Api(ServiceAccount, client, namespace="n").create_token("robot"),
            create_review(client, SelfSubjectReview()),
        ):
            with pytest.raises(KubexError):
                await call
    assert [(write.resource, write.subresource) for write in hook.writes] == [
        ("pods", "status"),
        ("serviceaccounts", "token"),
        ("selfsubjectreviews", None),
    ]


async def test_write_hook_is_called_before_streams_that_write_and_websockets(
    make_client: MakeClient, start_server: StartServer
) -> None:
    hook = Recorder()
    request = Request(method="GET", path="/api/v1/namespaces/n/pods/web/exec", upgrade=True)
    server = start_server(ResponseSequence(respond_with()))
    async with make_client(server, on_write=hook) as client:
        async with client.stream("POST", "/api/v1/namespaces/n/pods/web/attach"):
            pass
        hook.error = PermissionError("not the leader")
        with pytest.raises(PermissionError):
            await open_websocket(client, request, ("v5.channel.k8s.io",))
        with pytest.raises(PermissionError):
            await client.stream("POST", "/").__aenter__()
    assert hook.calls[:2] == ["before create pods", "before get pods"]
    assert hook.results == []
    assert len(server.requests) == 1


@pytest.mark.covers("options-on_write")
@pytest.mark.parametrize("hook", [Recorder, lambda _: None, object(), "hook"])
def test_invalid_write_hook_raises(hook: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"ClientOptions\.on_write: must be an object with the methods before"):
        ClientOptions(on_write=hook)
