"""Logs of pods. What a container says is set on the embedded server; real ones without nodes have errors alone."""

from datetime import date, datetime, timedelta, timezone

import anyio
import pytest

from behaviour.objects import SECONDS, loses_tls_connections, pod, until
from kubex.api import Api
from kubex.client import Client
from kubex.errors import (
    BadRequest,
    ConfigurationError,
    ConnectionLost,
    Invalid,
    NotFound,
    UnsupportedVerbError,
)
from kubex_k8s.v1_37.core.v1 import ConfigMap, Container, Pod
from kubex_testing.embedded import Drop, EmbeddedServer

pytestmark = pytest.mark.anyio

LONG = b"x" * (3 * 2**20)
STRANGE = "one\u2028still one\x0cstill one\u0085still one"


@pytest.fixture
async def pods(embedded_client: Client) -> Api[Pod]:
    """Return the API of Pods, with a Pod `one` that runs on a node."""
    api = Api(Pod, embedded_client)
    await api.create(pod("one", nodeName="node"))
    return api


def log_of(server: EmbeddedServer, content: bytes, **options: bool | datetime) -> None:
    server.set_pod_log("default", "one", "main", content, **options)  # type: ignore[arg-type]  # either is taken


async def test_a_log_is_text(pods: Api[Pod], kubex_server: EmbeddedServer) -> None:
    log_of(kubex_server, "first\nzweite Ünïcode\n".encode())
    assert await pods.logs.get("one") == "first\nzweite Ünïcode\n"


@pytest.mark.covers("pitfall-19")
async def test_bytes_that_are_not_utf8_do_not_stop_a_log(pods: Api[Pod], kubex_server: EmbeddedServer) -> None:
    log_of(kubex_server, b"a\nb\xffc\nd\n")
    assert await pods.logs.get("one") == "a\nb\ufffdc\nd\n"
    async with pods.logs.stream("one", follow=False) as log:
        assert [line async for line in log] == ["a", "b\ufffdc", "d"]
    async with pods.logs.stream("one", follow=False) as log:
        assert [line async for line in log.bytes.lines()] == [b"a", b"b\xffc", b"d"]


@pytest.mark.covers("pitfall-18")
async def test_only_a_newline_ends_a_line(pods: Api[Pod], kubex_server: EmbeddedServer) -> None:
    log_of(kubex_server, f"{STRANGE}\r\ntwo\n\nlast".encode())
    async with pods.logs.stream("one", follow=False) as log:
        assert [line async for line in log] == [f"{STRANGE}\r", "two", "", "last"]


@pytest.mark.covers("pitfall-18")
async def test_a_line_may_be_long(pods: Api[Pod], kubex_server: EmbeddedServer) -> None:
    log_of(kubex_server, LONG + b"\nshort\n")
    async with pods.logs.stream("one", follow=False) as log:
        assert [len(line) async for line in log] == [len(LONG), 5]


async def test_a_log_may_be_read_in_chunks(pods: Api[Pod], kubex_server: EmbeddedServer) -> None:
    log_of(kubex_server, LONG)
    async with pods.logs.stream("one", follow=False) as log:
        assert b"".join([chunk async for chunk in log.bytes.chunks()]) == LONG


async def test_a_followed_log_comes_as_it_is_written(pods: Api[Pod], kubex_server: EmbeddedServer) -> None:
    log_of(kubex_server, b"old\n", ended=False)
    with anyio.fail_after(SECONDS):
        async with pods.logs.stream("one") as log:
            assert await anext(log) == "old"
            for text in ("new", "newer"):
                kubex_server.append_pod_log("default", "one", "main", f"{text}\n".encode())
                assert await anext(log) == text
            kubex_server.end_pod_log("default", "one", "main")
            assert [line async for line in log] == []


async def test_leaving_a_followed_log_closes_the_connection(pods: Api[Pod], kubex_server: EmbeddedServer) -> None:
    log_of(kubex_server, b"old\n", ended=False)
    async with pods.logs.stream("one") as log:
        async for line in log:
            assert line == "old"
            break
        await pods.client.version()
        assert kubex_server.open_connections == 2  # that of the log, and that of the other request
    await until(pods.client, lambda: kubex_server.open_connections == 1)


@loses_tls_connections
async def test_a_log_that_breaks_off_is_a_lost_connection(pods: Api[Pod], kubex_server: EmbeddedServer) -> None:
    log_of(kubex_server, b"one\ntwo\n")
    kubex_server.inject("GET *", Drop("body", after_bytes=4))
    async with pods.logs.stream("one", follow=False) as log:
        assert await anext(log) == "one"
        with pytest.raises(ConnectionLost):
            await anext(log)


async def test_a_part_of_a_log(pods: Api[Pod], kubex_server: EmbeddedServer) -> None:
    written = datetime(2030, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
    log_of(kubex_server, b"one\ntwo\nthree\n", written=written)
    assert await pods.logs.get("one", tail_lines=2) == "two\nthree\n"
    assert await pods.logs.get("one", limit_bytes=5) == "one\nt"
    assert await pods.logs.get("one", tail_lines=1, timestamps=True) == "2030-01-02T03:04:05.000000000Z three\n"
    assert await pods.logs.get("one", since_time=written + timedelta(seconds=1)) == ""
    assert await pods.logs.get("one", since_time=written.astimezone(timezone(timedelta(hours=5)))) != ""


async def test_the_log_of_the_last_run_and_of_one_container(
    embedded_client: Client, kubex_server: EmbeddedServer
) -> None:
    api = Api(Pod, embedded_client)
    containers = [Container(name="app", image="app:1"), Container(name="side", image="side:1")]
    await api.create(pod("two", nodeName="node", containers=containers))
    kubex_server.set_pod_log("default", "two", "side", b"now\n")
    kubex_server.set_pod_log("default", "two", "side", b"before\n", previous=True)
    assert await api.logs.get("two", container="side") == "now\n"
    assert await api.logs.get("two", container="side", previous=True) == "before\n"
    kubex_server.clear_requests()
    async with api.logs.stream("two", container="side", previous=True, since_seconds=60, follow=False):
        pass
    (request,) = kubex_server.requests
    assert request.query == {"container": ["side"], "previous": ["true"], "sinceSeconds": ["60"]}
    assert request.path == "/api/v1/namespaces/default/pods/two/log"


async def test_times_that_cannot_be_meant_are_refused(pods: Api[Pod], kubex_server: EmbeddedServer) -> None:
    kubex_server.clear_requests()
    with pytest.raises(ConfigurationError, match=r"since_time: must have a time zone"):
        await pods.logs.get("one", since_time=datetime(2030, 1, 1))  # noqa: DTZ001 - that is the point
    for wrong in ("2030-01-01T00:00:00Z", date(2030, 1, 1)):
        with pytest.raises(
            TypeError, match=f"since_time must be a datetime with a time zone, not {type(wrong).__name__}"
        ):
            pods.logs.stream("one", since_time=wrong)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] - that is the point
    with pytest.raises(ConfigurationError, match=r"pass since_seconds or since_time, not both"):
        pods.logs.stream("one", since_time=datetime.now(timezone.utc), since_seconds=1)
    assert kubex_server.requests == []


async def test_a_pod_without_a_node_has_an_empty_log(client: Client) -> None:
    api = Api(Pod, client)
    await api.create(pod("waiting"))
    assert await api.logs.get("waiting") == ""
    async with api.logs.stream("waiting") as log:
        assert [line async for line in log] == []


async def test_a_pod_that_is_not_there_has_no_log(client: Client) -> None:
    api = Api(Pod, client)
    with pytest.raises(NotFound, match='pods "none" not found'):
        await api.logs.get("none")
    with pytest.raises(NotFound, match='pods "none" not found'):
        async with api.logs.stream("none"):
            pytest.fail("there is no log")


async def test_a_log_needs_a_container_that_is_there(client: Client) -> None:
    api = Api(Pod, client)
    containers = [Container(name="app", image="app:1"), Container(name="side", image="side:1")]
    await api.create(pod("two", containers=containers))
    with pytest.raises(
        BadRequest, match=r"a container name must be specified for pod two, choose one of: \[app side\]"
    ):
        await api.logs.get("two")
    with pytest.raises(BadRequest, match="container other is not valid for pod two"):
        await api.logs.get("two", container="other")


async def test_options_of_a_log_that_the_server_refuses(client: Client) -> None:
    api = Api(Pod, client)
    await api.create(pod("one"))
    with pytest.raises(Invalid) as caught:
        await api.logs.get("one", tail_lines=-1)
    assert [cause.field for cause in caught.value.causes] == ["tailLines"]


async def test_kinds_without_logs_say_so(embedded_client: Client) -> None:
    with pytest.raises(UnsupportedVerbError, match="ConfigMap does not support logs"):
        _ = Api(ConfigMap, embedded_client).logs  # type: ignore[arg-type]  # so does the type checker
