"""The test hooks of the embedded server: requests, faults, watches and logs."""

import http.client
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from kubex_testing.embedded import (
    AddHeaders,
    Answer,
    Delay,
    Drop,
    EmbeddedServer,
    EndWatch,
    ErrorEvent,
    Lag,
    RecordedRequest,
    Settings,
    Silence,
    Slow,
    Throttle,
)
from support.polling import wait_until

CM = "configmaps"


@pytest.fixture
def server() -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(tls=False)
    with server:
        yield server
    assert server.failures == []


@pytest.fixture
def client(server: EmbeddedServer, make_client: Any) -> Any:
    return make_client(server.handle)


def test_requests_are_recorded_as_received(server: EmbeddedServer, client: Any) -> None:
    server.clear_requests()
    client.request("POST", client.path(CM, dryRun="All"), client.config_map("a"), headers=(("X-Mine", "1"),))
    (request,) = server.requests
    assert (request.method, request.target) == ("POST", client.path(CM, dryRun="All"))
    assert (request.path, request.query) == (client.path(CM), {"dryRun": ["All"]})
    assert request.header("X-Mine") == "1"
    assert b'"name": "a"' in request.body
    assert request.peer[0] == "127.0.0.1"


def test_wait_for_request_returns_a_later_request(server: EmbeddedServer, client: Any) -> None:
    waiting = threading.Event()

    def matches(request: RecordedRequest) -> bool:
        waiting.set()
        return request.path == "/version"

    def ask() -> None:
        assert waiting.wait(20)
        client.request("GET", "/version")

    client.request("GET", "/readyz")
    thread = threading.Thread(target=ask)
    thread.start()
    assert server.wait_for_request(matches).method == "GET"
    thread.join()
    with pytest.raises(TimeoutError, match=r"no matching request within 0\.01 s"):
        server.wait_for_request(lambda request: request.path == "/never", timeout=0.01)


def test_connections_are_counted(server: EmbeddedServer) -> None:
    before = server.connections
    connection = http.client.HTTPConnection(server.handle.url.removeprefix("http://"))
    for _ in range(3):
        connection.request("GET", "/version")
        connection.getresponse().read()
    assert server.connections == before + 1
    assert server.open_connections == 1
    assert {request.connection for request in server.requests[-3:]} == {before + 1}
    connection.close()


def test_injected_response_is_used_the_requested_number_of_times(server: EmbeddedServer, client: Any) -> None:
    busy = Answer(429, b"Too many requests", [("Content-Type", "text/plain"), ("Retry-After", "1")])
    fault = server.inject("GET /version", busy, times=2)
    answers = [client.request("GET", "/version") for _ in range(3)]
    assert [answer.status for answer in answers] == [429, 429, 200]
    assert (answers[0].body, answers[0].header("Retry-After")) == (b"Too many requests", "1")
    assert fault.hits == 2


def test_faults_match_a_predicate_and_can_be_cleared(server: EmbeddedServer, client: Any) -> None:
    server.inject(lambda request: request.method == "GET", Answer(401), times=None)
    assert client.request("GET", "/version").status == 401
    assert client.request("POST", client.path(CM), client.config_map("a")).status == 201
    server.clear_faults()
    assert client.request("GET", "/version").status == 200


def test_injected_headers_are_added_to_the_response(server: EmbeddedServer, client: Any) -> None:
    server.inject("*", AddHeaders([("Warning", '299 - "look out"')]))
    answer = client.request("GET", "/version")
    assert (answer.status, answer.warnings) == (200, ['299 - "look out"'])


@pytest.mark.parametrize("when", ["head", "request"])
def test_dropping_the_request_leaves_no_object(server: EmbeddedServer, client: Any, when: Any) -> None:
    server.inject(f"POST {client.path(CM)}", Drop(when))
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError)):
        client.request("POST", client.path(CM), client.config_map("a"))
    assert client.request("GET", client.path(CM, "a")).status == 404
    assert len([request for request in server.requests if request.method == "POST" and CM in request.path]) == 1


def test_dropping_the_response_keeps_the_created_object(server: EmbeddedServer, client: Any) -> None:
    server.inject(f"POST {client.path(CM)}", Drop("response"))
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        client.request("POST", client.path(CM), client.config_map("a"))
    assert client.request("GET", client.path(CM, "a")).status == 200


def test_injected_drop_truncates_a_response_body(server: EmbeddedServer, client: Any) -> None:
    server.inject("GET /version", Drop("body", after_bytes=10))
    with pytest.raises(http.client.IncompleteRead) as error:
        client.request("GET", "/version")
    assert len(error.value.partial) == 10


def test_injected_drop_truncates_a_watch(server: EmbeddedServer, client: Any) -> None:
    for number in range(3):
        client.create(CM, client.config_map(f"c{number}"))
    server.inject(lambda request: "watch" in request.query, Drop("body", after_bytes=50))
    with client.watch(client.path(CM, watch="1")) as events:
        text = b"".join(iter(events.line, b""))
    assert len(text) == 50


def test_injected_delay_holds_a_request_until_released(server: EmbeddedServer, client: Any) -> None:
    delay = Delay()
    server.inject("GET /version", delay)
    answers: list[int] = []
    thread = threading.Thread(target=lambda: answers.append(client.request("GET", "/version").status))
    thread.start()
    assert delay.arrived.wait(5)
    assert answers == []
    delay.release()
    thread.join(5)
    assert answers == [200]


def test_compaction_expires_old_watches_lists_and_continue_tokens(server: EmbeddedServer, client: Any) -> None:
    for number in range(3):
        client.create(CM, client.config_map(f"c{number}"))
    first = client.request("GET", client.path(CM, limit="1"))
    client.request("DELETE", client.path(CM, "c2"))
    server.compact()
    with client.watch(client.path(CM, watch="1", resourceVersion=first.resource_version)) as events:
        assert events.status == 200
        (error,) = events.rest()
    assert error["type"] == "ERROR"
    assert (error["object"]["code"], error["object"]["reason"]) == (410, "Expired")
    exact = client.request("GET", client.path(CM, resourceVersion=first.resource_version, resourceVersionMatch="Exact"))
    assert (exact.status, exact.reason) == (410, "Expired")
    page = client.request("GET", client.path(CM, limit="1", continue_=first.document["metadata"]["continue"]))
    assert (page.status, page.reason) == (410, "Expired")
    resumed = client.request("GET", client.path(CM, limit="1", continue_=page.document["metadata"]["continue"]))
    assert (resumed.status, resumed.names) == (200, ["c1"])


def test_history_limit_expires_old_revisions(make_client: Any) -> None:
    with EmbeddedServer(tls=False, settings=Settings(history_limit=3)) as handle:
        client = make_client(handle)
        start = client.create(CM, client.config_map("a")).resource_version
        for number in range(4):
            client.patch(client.path(CM, "a"), {"data": {"n": str(number)}})
        with client.watch(client.path(CM, watch="1", resourceVersion=start)) as events:
            assert [event["type"] for event in events.rest()] == ["ERROR"]


def test_bookmark_now_sends_a_bookmark(server: EmbeddedServer, client: Any) -> None:
    resource_version = client.request("GET", client.path(CM)).resource_version
    path = client.path(CM, watch="1", resourceVersion=resource_version, allowWatchBookmarks="true")
    with client.watch(path) as events:
        wait_for_open_watches(server, 1)
        server.bookmark_now()
        (bookmark,) = events.take(1)
    assert bookmark["type"] == "BOOKMARK"
    assert bookmark["object"]["metadata"] == {"resourceVersion": str(server.revision)}


def test_bookmarks_are_sent_at_the_bookmark_interval(make_client: Any) -> None:
    with EmbeddedServer(tls=False, settings=Settings(bookmark_interval=0.05)) as handle:
        client = make_client(handle)
        path = client.path(CM, watch="1", resourceVersion="1", allowWatchBookmarks="true")
        with client.watch(path) as events:
            assert [event["type"] for event in events.take(2)] == ["BOOKMARK", "BOOKMARK"]


def test_close_watches_ends_open_watches(server: EmbeddedServer, client: Any) -> None:
    with client.watch(client.path(CM, watch="1")) as events:
        wait_for_open_watches(server, 1)
        server.close_watches()
        assert events.rest() == []
    wait_for_open_watches(server, 0)


def test_watch_ends_when_the_client_disconnects(server: EmbeddedServer, client: Any) -> None:
    with client.watch(client.path(CM, watch="1")):
        wait_for_open_watches(server, 1)
    wait_for_open_watches(server, 0)


def test_restart_drops_connections_and_keeps_port_and_state(server: EmbeddedServer, client: Any) -> None:
    url = server.handle.url
    client.create(CM, client.config_map("a"))
    with client.watch(client.path(CM, watch="1")) as events:
        events.take(1)
        server.restart()
        assert events.rest() == []
    assert server.handle.url == url
    assert client.request("GET", client.path(CM, "a")).status == 200


def wait_for_open_watches(server: EmbeddedServer, count: int) -> None:
    """Wait until this number of watches is open."""
    wait_until(lambda: server.open_watches == count, f"{count} open watches")


@pytest.fixture
def pod(client: Any) -> Any:
    containers = [{"name": name, "image": "x"} for name in ("main",)]
    client.create("pods", {"metadata": {"name": "p"}, "spec": {"containers": containers}})
    return client


LOG = b"one\ntwo \xff\xfe\nthree\n"


def test_pod_log_returns_the_content_that_was_set(server: EmbeddedServer, pod: Any) -> None:
    server.set_pod_log(pod.namespace, "p", "main", LOG)
    answer = pod.request("GET", pod.path("pods", "p", "log"))
    assert (answer.status, answer.body, answer.header("Content-Type")) == (200, LOG, "text/plain")
    tail = pod.request("GET", pod.path("pods", "p", "log", container="main", tailLines="2"))
    assert tail.body == b"two \xff\xfe\nthree\n"
    assert pod.request("GET", pod.path("pods", "p", "log", tailLines="0")).body == b""
    assert pod.request("GET", pod.path("pods", "p", "log", limitBytes="5")).body == b"one\nt"


def test_pod_log_filters_lines_by_their_time(server: EmbeddedServer, pod: Any) -> None:
    written = datetime(2024, 5, 6, 7, 8, 9, 123456, tzinfo=timezone.utc)
    server.set_pod_log(pod.namespace, "p", "main", b"old\n", written=written, ended=False)
    server.append_pod_log(pod.namespace, "p", "main", b"new\n")
    stamped = pod.request("GET", pod.path("pods", "p", "log", timestamps="true")).body
    assert stamped.startswith(b"2024-05-06T07:08:09.123456000Z old\n")
    assert pod.request("GET", pod.path("pods", "p", "log", sinceSeconds="60")).body == b"new\n"
    since = (written + timedelta(seconds=1)).isoformat()
    assert pod.request("GET", pod.path("pods", "p", "log", sinceTime=since)).body == b"new\n"


def test_followed_log_streams_lines_until_it_is_ended(server: EmbeddedServer, pod: Any) -> None:
    server.set_pod_log(pod.namespace, "p", "main", b"a\n", ended=False)
    with pod.watch(pod.path("pods", "p", "log", follow="true")) as stream:
        assert stream.line() == b"a\n"
        server.append_pod_log(pod.namespace, "p", "main", b"b\nc\n")
        assert [stream.line(), stream.line()] == [b"b\n", b"c\n"]
        server.end_pod_log(pod.namespace, "p", "main")
        assert stream.line() == b""


def test_pod_log_can_be_an_async_stream(server: EmbeddedServer, pod: Any) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 65536

    server.set_pod_log(pod.namespace, "p", "main", chunks)
    assert len(pod.request("GET", pod.path("pods", "p", "log")).body) == 100 * 65536


def test_previous_container_has_a_separate_log(server: EmbeddedServer, pod: Any) -> None:
    missing = pod.request("GET", pod.path("pods", "p", "log", previous="true"))
    assert (missing.status, missing.reason) == (400, "BadRequest")
    server.set_pod_log(pod.namespace, "p", "main", b"before\n", previous=True)
    assert pod.request("GET", pod.path("pods", "p", "log", previous="true")).body == b"before\n"


def test_appending_to_an_unset_log_raises(server: EmbeddedServer) -> None:
    with pytest.raises(KeyError, match=r"call set_pod_log\(\) first"):
        server.append_pod_log("default", "p", "main", b"x")


@pytest.mark.parametrize("matcher", ["wtch pods", "watch", "watch /api/v1/pods", "GET pods", "", "get "])
def test_matcher_that_cannot_match_is_rejected(server: EmbeddedServer, matcher: str) -> None:
    with pytest.raises(ValueError, match="matches no request; use a verb and a resource"):
        server.inject(matcher, Answer(500))


def test_fault_that_cannot_apply_is_rejected(server: EmbeddedServer) -> None:
    with pytest.raises(ValueError, match=r"'list pods' .* EndWatch applies to; use one of these verbs: watch"):
        server.inject("list pods", EndWatch())
    with pytest.raises(ValueError, match=r"Lag applies to; use one of these verbs: get, list, watch"):
        server.inject("create *", Lag(1))
    with pytest.raises(ValueError, match="times must be a positive number, or None for all requests, not 0"):
        server.inject("watch pods", EndWatch(), times=0)


@pytest.mark.parametrize(
    ("matcher", "status"),
    [
        ("list configmaps", 503),
        ("list configmaps.", 503),
        ("list *", 503),
        ("list configmaps.apps", 200),
        ("list secrets", 200),
        ("get configmaps", 200),
        ("watch *", 200),
    ],
)
def test_matcher_selects_a_verb_and_a_resource(server: EmbeddedServer, client: Any, matcher: str, status: int) -> None:
    server.inject(matcher, Answer(503), times=None)
    assert client.request("GET", client.path(CM)).status == status


def test_matcher_distinguishes_a_subresource(server: EmbeddedServer, client: Any) -> None:
    server.inject("get deployments.apps/scale", Answer(503))
    assert client.request("GET", client.path("deployments", "web", group="apps/v1")).status == 404
    assert client.request("GET", client.path("deployments", "web", "scale", group="apps/v1")).status == 503


def test_fault_is_removed_at_the_end_of_its_block(server: EmbeddedServer, client: Any) -> None:
    with server.inject("GET /version", Answer(503), times=None) as fault:
        assert client.request("GET", "/version").status == 503
    assert client.request("GET", "/version").status == 200
    assert fault.hits == 1
    fault.remove()


@pytest.mark.parametrize(("body", "media"), [("text", "text/plain; charset=utf-8"), ("status", "application/json")])
def test_throttled_request_receives_the_time_to_wait(
    server: EmbeddedServer, client: Any, body: Any, media: str
) -> None:
    server.inject("GET /version", Throttle(retry_after=7, body=body))
    answer = client.request("GET", "/version")
    assert (answer.status, answer.header("Retry-After"), answer.header("Content-Type")) == (429, "7", media)
    if body == "status":
        assert (answer.reason, answer.document["details"]) == ("TooManyRequests", {"retryAfterSeconds": 7})


def test_slow_response_is_complete(server: EmbeddedServer, client: Any) -> None:
    expected = client.request("GET", "/version").document
    server.inject("GET /version", Slow(bytes_per_second=100_000))
    assert client.request("GET", "/version").document == expected


def test_clearing_faults_releases_waiting_requests(server: EmbeddedServer, client: Any) -> None:
    delay = Delay()
    server.inject("GET /version", delay)
    answers: list[int] = []
    thread = threading.Thread(target=lambda: answers.append(client.request("GET", "/version").status))
    thread.start()
    assert delay.arrived.wait(5)
    server.clear_faults()
    thread.join(5)
    assert answers == [200]


@pytest.mark.parametrize(
    "create",
    [
        lambda: EndWatch(after=-1),
        lambda: Silence(after=-1),
        lambda: Slow(0),
        lambda: ErrorEvent(418),  # type: ignore[arg-type]  # the value that the test rejects
    ],
)
def test_fault_with_an_impossible_value_is_rejected(create: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"-1|0|418"):
        create()
