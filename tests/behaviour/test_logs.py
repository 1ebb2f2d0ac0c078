"""Logs of one container. The embedded server returns logs that tests set; on a real server these Pods do not run."""

from datetime import date, datetime, timedelta, timezone

import anyio
import pytest

from behaviour.objects import TIMEOUT, ignore_unclosed_tls_transports, pod, wait_until
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

LONG_LINE = b"x" * (3 * 2**20)
LINE_WITH_OTHER_SEPARATORS = "line\u2028same line\x0csame line\u0085same line"


@pytest.fixture
async def pods(embedded_client: Client) -> Api[Pod]:
    """Create a Pod `one` that is assigned to a node, and return the API of Pods."""
    api = Api(Pod, embedded_client)
    await api.create(pod("one", nodeName="node"))
    return api


def set_log(server: EmbeddedServer, content: bytes, **options: bool | datetime) -> None:
    server.set_pod_log("default", "one", "main", content, **options)  # type: ignore[arg-type]  # the keywords have different types


async def test_get_returns_the_log_as_text(pods: Api[Pod], kubex_server: EmbeddedServer) -> None:
    set_log(kubex_server, "first\nzweite Ünïcode\n".encode())
    assert await pods.logs.get("one") == "first\nzweite Ünïcode\n"


@pytest.mark.covers("pitfall-19")
async def test_invalid_utf8_in_a_log_is_replaced(pods: Api[Pod], kubex_server: EmbeddedServer) -> None:
    set_log(kubex_server, b"a\nb\xffc\nd\n")
    assert await pods.logs.get("one") == "a\nb\ufffdc\nd\n"
    async with pods.logs.stream("one", follow=False) as log:
        assert [line async for line in log] == ["a", "b\ufffdc", "d"]
    async with pods.logs.stream("one", follow=False) as log:
        assert [line async for line in log.bytes.lines()] == [b"a", b"b\xffc", b"d"]


@pytest.mark.covers("pitfall-18")
async def test_only_line_feeds_end_log_lines(pods: Api[Pod], kubex_server: EmbeddedServer) -> None:
    set_log(kubex_server, f"{LINE_WITH_OTHER_SEPARATORS}\r\ntwo\n\nlast".encode())
    async with pods.logs.stream("one", follow=False) as log:
        assert [line async for line in log] == [f"{LINE_WITH_OTHER_SEPARATORS}\r", "two", "", "last"]


@pytest.mark.covers("pitfall-18")
async def test_long_log_line_is_read(pods: Api[Pod], kubex_server: EmbeddedServer) -> None:
    set_log(kubex_server, LONG_LINE + b"\nshort\n")
    async with pods.logs.stream("one", follow=False) as log:
        assert [len(line) async for line in log] == [len(LONG_LINE), 5]


async def test_log_can_be_read_in_chunks(pods: Api[Pod], kubex_server: EmbeddedServer) -> None:
    set_log(kubex_server, LONG_LINE)
    async with pods.logs.stream("one", follow=False) as log:
        assert b"".join([chunk async for chunk in log.bytes.chunks()]) == LONG_LINE


async def test_log_can_be_read_in_batches_of_lines(pods: Api[Pod], kubex_server: EmbeddedServer) -> None:
    set_log(kubex_server, b"line \xff\n" * 50_000 + b"last")
    async with pods.logs.stream("one", follow=False) as log:
        first = await anext(log)
        batches = [batch async for batch in log.batches()]
    assert all(batches)
    assert len(batches) < 1_000
    assert [first, *(line for batch in batches for line in batch)] == ["line \ufffd"] * 50_000 + ["last"]


async def test_batches_of_a_followed_log_arrive_as_they_are_written(
    pods: Api[Pod], kubex_server: EmbeddedServer
) -> None:
    set_log(kubex_server, b"old\nolder\n", ended=False)
    with anyio.fail_after(TIMEOUT):
        async with pods.logs.stream("one") as log:
            batches = log.batches()
            assert await anext(batches) == ["old", "older"]
            kubex_server.append_pod_log("default", "one", "main", b"new\n")
            assert await anext(batches) == ["new"]
            kubex_server.end_pod_log("default", "one", "main")
            assert [batch async for batch in batches] == []


async def test_followed_log_yields_lines_as_they_are_written(pods: Api[Pod], kubex_server: EmbeddedServer) -> None:
    set_log(kubex_server, b"old\n", ended=False)
    with anyio.fail_after(TIMEOUT):
        async with pods.logs.stream("one") as log:
            assert await anext(log) == "old"
            for text in ("new", "newer"):
                kubex_server.append_pod_log("default", "one", "main", f"{text}\n".encode())
                assert await anext(log) == text
            kubex_server.end_pod_log("default", "one", "main")
            assert [line async for line in log] == []


async def test_leaving_the_block_of_a_followed_log_closes_the_connection(
    pods: Api[Pod], kubex_server: EmbeddedServer
) -> None:
    set_log(kubex_server, b"old\n", ended=False)
    async with pods.logs.stream("one") as log:
        async for line in log:
            assert line == "old"
            break
        await pods.client.version()
        assert kubex_server.open_connections == 2  # one of the log, one of the other request
    await wait_until(pods.client, lambda: kubex_server.open_connections == 1)


@ignore_unclosed_tls_transports
async def test_interrupted_log_raises_connection_lost(pods: Api[Pod], kubex_server: EmbeddedServer) -> None:
    set_log(kubex_server, b"one\ntwo\n")
    kubex_server.inject("GET *", Drop("body", after_bytes=4))
    async with pods.logs.stream("one", follow=False) as log:
        assert await anext(log) == "one"
        with pytest.raises(ConnectionLost):
            await anext(log)


async def test_log_options_select_a_part_of_the_log(pods: Api[Pod], kubex_server: EmbeddedServer) -> None:
    written = datetime(2030, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
    set_log(kubex_server, b"one\ntwo\nthree\n", written=written)
    assert await pods.logs.get("one", tail_lines=2) == "two\nthree\n"
    assert await pods.logs.get("one", limit_bytes=5) == "one\nt"
    assert await pods.logs.get("one", tail_lines=1, timestamps=True) == "2030-01-02T03:04:05.000000000Z three\n"
    assert await pods.logs.get("one", since_time=written + timedelta(seconds=1)) == ""
    assert await pods.logs.get("one", since_time=written.astimezone(timezone(timedelta(hours=5)))) != ""


async def test_log_of_a_container_and_of_its_previous_run(
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


async def test_invalid_since_values_raise_before_sending(pods: Api[Pod], kubex_server: EmbeddedServer) -> None:
    kubex_server.clear_requests()
    with pytest.raises(ConfigurationError, match=r"since_time: must have a time zone"):
        await pods.logs.get("one", since_time=datetime(2030, 1, 1))  # noqa: DTZ001 - the test needs a naive datetime
    for wrong in ("2030-01-01T00:00:00Z", date(2030, 1, 1)):
        with pytest.raises(
            TypeError, match=f"since_time must be a datetime with a time zone, not {type(wrong).__name__}"
        ):
            pods.logs.stream("one", since_time=wrong)  # type: ignore[call-overload] # pyright: ignore[reportArgumentType] - the test needs a wrong type
    with pytest.raises(ConfigurationError, match=r"pass since_seconds or since_time, not both"):
        pods.logs.stream("one", since_time=datetime.now(timezone.utc), since_seconds=1)
    assert kubex_server.requests == []


async def test_log_of_an_unscheduled_pod_is_empty(client: Client) -> None:
    api = Api(Pod, client)
    await api.create(pod("waiting"))
    assert await api.logs.get("waiting") == ""
    async with api.logs.stream("waiting") as log:
        assert [line async for line in log] == []


async def test_log_of_a_missing_pod_raises_not_found(client: Client) -> None:
    api = Api(Pod, client)
    with pytest.raises(NotFound, match='pods "none" not found'):
        await api.logs.get("none")
    with pytest.raises(NotFound, match='pods "none" not found'):
        async with api.logs.stream("none"):
            pytest.fail("the log was opened")


async def test_log_without_a_valid_container_raises_bad_request(client: Client) -> None:
    api = Api(Pod, client)
    containers = [Container(name="app", image="app:1"), Container(name="side", image="side:1")]
    await api.create(pod("two", containers=containers))
    with pytest.raises(
        BadRequest, match=r"a container name must be specified for pod two, choose one of: \[app side\]"
    ):
        await api.logs.get("two")
    with pytest.raises(BadRequest, match="container other is not valid for pod two"):
        await api.logs.get("two", container="other")


async def test_negative_tail_lines_raise_invalid(client: Client) -> None:
    api = Api(Pod, client)
    await api.create(pod("one"))
    with pytest.raises(Invalid) as caught:
        await api.logs.get("one", tail_lines=-1)
    assert [cause.field for cause in caught.value.causes] == ["tailLines"]


async def test_logs_of_another_kind_raise_unsupported_verb_error(embedded_client: Client) -> None:
    with pytest.raises(UnsupportedVerbError, match="ConfigMap does not support logs"):
        _ = Api(ConfigMap, embedded_client).logs  # type: ignore[arg-type]  # the type checker rejects this too
