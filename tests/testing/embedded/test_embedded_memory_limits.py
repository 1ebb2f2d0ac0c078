"""The memory limits of the embedded server, in bytes."""

import gc
import socket
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest

from kubex_testing.embedded import EmbeddedServer, Settings
from kubex_testing.embedded._messages import RecordedRequest
from kubex_testing.embedded._request_log import RequestLog
from kubex_testing.embedded._store import Store

MEGABYTE = 2**20
LARGE = "x" * 900_000


@pytest.fixture
def small_server() -> Iterator[EmbeddedServer]:
    """A server with small limits."""
    settings = Settings(request_log_bytes=MEGABYTE, history_bytes=4 * MEGABYTE, watch_buffer_bytes=2 * MEGABYTE)
    server = EmbeddedServer(tls=False, settings=settings, controllers=())
    with server:
        yield server
    assert server.failures == []


def retained_bytes() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def test_dry_runs_and_their_requests_are_not_kept_in_memory(small_server: EmbeddedServer, make_client: Any) -> None:
    client = make_client(small_server.handle)
    body = client.config_map("a", data={"k": LARGE})
    tracemalloc.start()
    try:
        before = retained_bytes()
        for _ in range(30):
            assert client.request("POST", client.path("configmaps", dryRun="All"), body).status == 201
        assert retained_bytes() - before < 8 * MEGABYTE
    finally:
        tracemalloc.stop()
    (last,) = small_server.requests
    assert last.method == "POST"


def test_request_log_drops_the_oldest_requests_beyond_its_limits() -> None:
    log = RequestLog(limit=3, max_bytes=1000)
    for number in range(5):
        log.add(RecordedRequest("GET", f"/{number}", ()))
    assert [request.target for request in log.all()] == ["/2", "/3", "/4"]
    log.add(RecordedRequest("POST", "/5", (), body=b"x" * 997))
    assert [request.target for request in log.all()] == ["/5"]
    log.clear()
    log.add(RecordedRequest("GET", "/6", (), body=b"x" * 500))
    assert len(log.all()) == 1


def test_history_drops_the_oldest_events_of_all_resources_beyond_its_size() -> None:
    store = Store(first_revision=0, history_bytes=3000)
    for name in ("a", "b", "a", "b", "a", "b"):
        store.put("configmaps.", name, {"metadata": {"name": name}, "data": {"k": "x" * 900}})
    assert [len(store.bucket("configmaps.").history), store.bucket("configmaps.").compacted_revision] == [3, 3]
    store.put("secrets.", "s", {"metadata": {"name": "s"}, "data": {}})
    store.delete("configmaps.", "a")
    assert [event.revision for event in store.bucket("configmaps.").history] == [6, 8]
    assert store.bucket("secrets.").compacted_revision == 0
    store.compact()
    store.put("secrets.", "s", {"metadata": {"name": "s"}, "data": {"k": "x" * 900}})
    assert len(store.bucket("secrets.").history) == 1


def test_revisions_older_than_the_history_are_expired(small_server: EmbeddedServer, make_client: Any) -> None:
    client = make_client(small_server.handle)
    first = client.create("configmaps", client.config_map("a", data={"k": LARGE})).resource_version
    for number in range(8):
        client.patch(client.path("configmaps", "a"), {"metadata": {"labels": {"n": str(number)}}})
    with client.watch(client.path("configmaps", watch="1", resourceVersion=first)) as events:
        (event,) = events.rest()
    assert (event["type"], event["object"]["code"]) == ("ERROR", 410)


def test_unread_watch_ends_without_a_gap_when_its_buffer_is_full(
    small_server: EmbeddedServer, make_client: Any
) -> None:
    client = make_client(small_server.handle)
    host, port = small_server.handle.url.removeprefix("http://").split(":")
    with socket.socket() as unread:
        unread.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        unread.settimeout(20)
        unread.connect((host, int(port)))
        path = client.path("configmaps", watch="1", resourceVersion="1")
        head = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {small_server.handle.token}\r\n\r\n"
        unread.sendall(head.encode())
        started = b""
        while b"\r\n\r\n" not in started:
            started += unread.recv(256)
        client.create("configmaps", client.config_map("a", data={"k": LARGE}))
        written = 1
        while small_server.open_watches:
            client.patch(client.path("configmaps", "a"), {"metadata": {"labels": {"n": str(written)}}})
            written += 1
            assert written < 50, "the watch goes on without a reader"
        received = started
        while not received.endswith(b"\r\n0\r\n\r\n"):
            part = unread.recv(65536)
            assert part, "the stream ends as HTTP has it"
            received += part
    read = [number for number in range(1, written) if f'"labels":{{"n":"{number}"}}'.encode() in received]
    assert received.count(b'{"type":"ADDED"') == 1
    assert read == list(range(1, len(read) + 1))
    assert len(read) < written - 1


def test_initial_events_of_a_watch_are_sent_in_chunks_and_in_order(
    small_server: EmbeddedServer, make_client: Any
) -> None:
    client = make_client(small_server.handle)
    for number in range(5):
        client.create("configmaps", client.config_map(f"c{number}", data={"k": LARGE}))
    with client.watch(client.path("configmaps", watch="1", allowWatchBookmarks="true", timeoutSeconds="1")) as events:
        first = events.take(6)
    assert [event["object"]["metadata"].get("name") for event in first] == ["c0", "c1", "c2", "c3", "c4", None]
    assert first[-1]["type"] == "BOOKMARK"


def test_only_the_latest_failures_are_kept(make_client: Any) -> None:
    def failing_hook(user: object, info: object) -> bool:
        raise ZeroDivisionError(user, info)

    server = EmbeddedServer(tls=False, authorize=failing_hook)
    with server as handle:
        client = make_client(handle, create=False)
        for _ in range(25):
            assert client.request("GET", "/api/v1/namespaces").status == 500
    assert len(server.failures) == 20
