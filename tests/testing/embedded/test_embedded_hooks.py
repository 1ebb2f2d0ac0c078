"""What tests can see of the embedded server and do to it."""

import http.client
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from kubex_testing.embedded import AddHeaders, Answer, Delay, Drop, EmbeddedServer, Settings

CM = "configmaps"


@pytest.fixture
def server() -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(tls=False)
    with server:
        yield server
    assert server.failures == []


@pytest.fixture
def local(server: EmbeddedServer, make_wire: Any) -> Any:
    return make_wire(server.handle)


def test_requests_are_recorded_as_they_came(server: EmbeddedServer, local: Any) -> None:
    server.clear_requests()
    local.request("POST", local.path(CM, dryRun="All"), local.config_map("a"), headers=(("X-Mine", "1"),))
    (request,) = server.requests
    assert (request.method, request.target) == ("POST", local.path(CM, dryRun="All"))
    assert (request.path, request.query) == (local.path(CM), {"dryRun": ["All"]})
    assert request.header("X-Mine") == "1"
    assert b'"name": "a"' in request.body
    assert request.peer[0] == "127.0.0.1"


def test_a_request_to_come_can_be_waited_for(server: EmbeddedServer, local: Any) -> None:
    timer = threading.Timer(0.05, lambda: local.request("GET", "/version"))
    timer.start()
    assert server.wait_for_request(lambda request: request.path == "/version").method == "GET"
    timer.join()
    with pytest.raises(TimeoutError, match=r"no such request within 0.01 s"):
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


def test_an_answer_can_be_dictated_for_a_number_of_times(server: EmbeddedServer, local: Any) -> None:
    busy = Answer(429, b"Too many requests", [("Content-Type", "text/plain"), ("Retry-After", "1")])
    fault = server.inject("GET /version", busy, times=2)
    answers = [local.request("GET", "/version") for _ in range(3)]
    assert [answer.status for answer in answers] == [429, 429, 200]
    assert (answers[0].body, answers[0].header("Retry-After")) == (b"Too many requests", "1")
    assert fault.hits == 2


def test_faults_go_by_predicate_and_can_be_cleared(server: EmbeddedServer, local: Any) -> None:
    server.inject(lambda request: request.method == "GET", Answer(401), times=None)
    assert local.request("GET", "/version").status == 401
    assert local.request("POST", local.path(CM), local.config_map("a")).status == 201
    server.clear_faults()
    assert local.request("GET", "/version").status == 200


def test_headers_can_be_added_to_a_real_answer(server: EmbeddedServer, local: Any) -> None:
    server.inject("*", AddHeaders([("Warning", '299 - "look out"')]))
    answer = local.request("GET", "/version")
    assert (answer.status, answer.warnings) == (200, ['299 - "look out"'])


@pytest.mark.parametrize("when", ["head", "request"])
def test_a_dropped_request_has_no_effect(server: EmbeddedServer, local: Any, when: Any) -> None:
    server.inject(f"POST {local.path(CM)}", Drop(when))
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError)):
        local.request("POST", local.path(CM), local.config_map("a"))
    assert local.request("GET", local.path(CM, "a")).status == 404
    assert len([request for request in server.requests if request.method == "POST" and CM in request.path]) == 1


def test_a_dropped_answer_leaves_its_effect(server: EmbeddedServer, local: Any) -> None:
    server.inject(f"POST {local.path(CM)}", Drop("response"))
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        local.request("POST", local.path(CM), local.config_map("a"))
    assert local.request("GET", local.path(CM, "a")).status == 200


def test_a_body_can_break_off(server: EmbeddedServer, local: Any) -> None:
    server.inject("GET /version", Drop("body", after_bytes=10))
    with pytest.raises(http.client.IncompleteRead) as error:
        local.request("GET", "/version")
    assert len(error.value.partial) == 10


def test_a_watch_can_break_off(server: EmbeddedServer, local: Any) -> None:
    for number in range(3):
        local.create(CM, local.config_map(f"c{number}"))
    server.inject(lambda request: "watch" in request.query, Drop("body", after_bytes=50))
    with local.watch(local.path(CM, watch="1")) as events:
        text = b"".join(iter(events.line, b""))
    assert len(text) == 50


def test_a_request_can_be_held_back(server: EmbeddedServer, local: Any) -> None:
    delay = Delay()
    server.inject("GET /version", delay)
    answers: list[int] = []
    thread = threading.Thread(target=lambda: answers.append(local.request("GET", "/version").status))
    thread.start()
    assert delay.arrived.wait(5)
    assert answers == []
    delay.release()
    thread.join(5)
    assert answers == [200]


def test_compaction_ends_watches_lists_and_pages_of_the_past(server: EmbeddedServer, local: Any) -> None:
    for number in range(3):
        local.create(CM, local.config_map(f"c{number}"))
    first = local.request("GET", local.path(CM, limit="1"))
    local.request("DELETE", local.path(CM, "c2"))
    server.compact()
    with local.watch(local.path(CM, watch="1", resourceVersion=first.version)) as events:
        assert events.status == 200
        (error,) = events.rest()
    assert error["type"] == "ERROR"
    assert (error["object"]["code"], error["object"]["reason"]) == (410, "Expired")
    exact = local.request("GET", local.path(CM, resourceVersion=first.version, resourceVersionMatch="Exact"))
    assert (exact.status, exact.reason) == (410, "Expired")
    page = local.request("GET", local.path(CM, limit="1", continue_=first.document["metadata"]["continue"]))
    assert (page.status, page.reason) == (410, "Expired")
    resumed = local.request("GET", local.path(CM, limit="1", continue_=page.document["metadata"]["continue"]))
    assert (resumed.status, resumed.names) == (200, ["c1"])


def test_history_has_a_limit(make_wire: Any) -> None:
    with EmbeddedServer(tls=False, settings=Settings(history_limit=3)) as handle:
        wire = make_wire(handle)
        start = wire.create(CM, wire.config_map("a")).version
        for number in range(4):
            wire.patch(wire.path(CM, "a"), {"data": {"n": str(number)}})
        with wire.watch(wire.path(CM, watch="1", resourceVersion=start)) as events:
            assert [event["type"] for event in events.rest()] == ["ERROR"]


def test_bookmarks_come_when_told(server: EmbeddedServer, local: Any) -> None:
    version = local.request("GET", local.path(CM)).version
    path = local.path(CM, watch="1", resourceVersion=version, allowWatchBookmarks="true")
    with local.watch(path) as events:
        until_open(server, 1)
        server.bookmark_now()
        (bookmark,) = events.take(1)
    assert bookmark["type"] == "BOOKMARK"
    assert bookmark["object"]["metadata"] == {"resourceVersion": str(server.revision)}


def test_bookmarks_come_by_themselves(make_wire: Any) -> None:
    with EmbeddedServer(tls=False, settings=Settings(bookmark_interval=0.05)) as handle:
        wire = make_wire(handle)
        path = wire.path(CM, watch="1", resourceVersion="1", allowWatchBookmarks="true")
        with wire.watch(path) as events:
            assert [event["type"] for event in events.take(2)] == ["BOOKMARK", "BOOKMARK"]


def test_watches_can_be_ended(server: EmbeddedServer, local: Any) -> None:
    with local.watch(local.path(CM, watch="1")) as events:
        until_open(server, 1)
        server.close_watches()
        assert events.rest() == []
    until_open(server, 0)


def test_a_watch_ends_when_its_client_goes(server: EmbeddedServer, local: Any) -> None:
    with local.watch(local.path(CM, watch="1")):
        until_open(server, 1)
    until_open(server, 0)


def test_a_restart_cuts_connections_and_keeps_port_and_state(server: EmbeddedServer, local: Any) -> None:
    url = server.handle.url
    local.create(CM, local.config_map("a"))
    with local.watch(local.path(CM, watch="1")) as events:
        events.take(1)
        server.restart()
        assert events.rest() == []
    assert server.handle.url == url
    assert local.request("GET", local.path(CM, "a")).status == 200


def until_open(server: EmbeddedServer, count: int) -> None:
    """Wait until that many watches are open."""
    pause = threading.Event()
    for _ in range(2000):
        if server.open_watches == count:
            return
        pause.wait(0.01)
    raise AssertionError(f"{server.open_watches} watches are open, not {count}")


@pytest.fixture
def pod(local: Any) -> Any:
    containers = [{"name": name, "image": "x"} for name in ("main",)]
    local.create("pods", {"metadata": {"name": "p"}, "spec": {"containers": containers}})
    return local


LOG = b"one\ntwo \xff\xfe\nthree\n"


def test_a_log_is_what_was_set(server: EmbeddedServer, pod: Any) -> None:
    server.set_pod_log(pod.namespace, "p", "main", LOG)
    answer = pod.request("GET", pod.path("pods", "p", "log"))
    assert (answer.status, answer.body, answer.header("Content-Type")) == (200, LOG, "text/plain")
    tail = pod.request("GET", pod.path("pods", "p", "log", container="main", tailLines="2"))
    assert tail.body == b"two \xff\xfe\nthree\n"
    assert pod.request("GET", pod.path("pods", "p", "log", tailLines="0")).body == b""
    assert pod.request("GET", pod.path("pods", "p", "log", limitBytes="5")).body == b"one\nt"


def test_a_log_knows_when_its_lines_were_written(server: EmbeddedServer, pod: Any) -> None:
    written = datetime(2024, 5, 6, 7, 8, 9, 123456, tzinfo=timezone.utc)
    server.set_pod_log(pod.namespace, "p", "main", b"old\n", written=written, ended=False)
    server.append_pod_log(pod.namespace, "p", "main", b"new\n")
    stamped = pod.request("GET", pod.path("pods", "p", "log", timestamps="true")).body
    assert stamped.startswith(b"2024-05-06T07:08:09.123456000Z old\n")
    assert pod.request("GET", pod.path("pods", "p", "log", sinceSeconds="60")).body == b"new\n"
    since = (written + timedelta(seconds=1)).isoformat()
    assert pod.request("GET", pod.path("pods", "p", "log", sinceTime=since)).body == b"new\n"


def test_a_followed_log_grows_until_its_container_ends(server: EmbeddedServer, pod: Any) -> None:
    server.set_pod_log(pod.namespace, "p", "main", b"a\n", ended=False)
    with pod.watch(pod.path("pods", "p", "log", follow="true")) as stream:
        assert stream.line() == b"a\n"
        server.append_pod_log(pod.namespace, "p", "main", b"b\nc\n")
        assert [stream.line(), stream.line()] == [b"b\n", b"c\n"]
        server.end_pod_log(pod.namespace, "p", "main")
        assert stream.line() == b""


def test_a_log_can_be_produced_on_demand(server: EmbeddedServer, pod: Any) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 65536

    server.set_pod_log(pod.namespace, "p", "main", chunks)
    assert len(pod.request("GET", pod.path("pods", "p", "log")).body) == 100 * 65536


def test_the_log_of_the_previous_container_is_another(server: EmbeddedServer, pod: Any) -> None:
    missing = pod.request("GET", pod.path("pods", "p", "log", previous="true"))
    assert (missing.status, missing.reason) == (400, "BadRequest")
    server.set_pod_log(pod.namespace, "p", "main", b"before\n", previous=True)
    assert pod.request("GET", pod.path("pods", "p", "log", previous="true")).body == b"before\n"


def test_a_log_that_was_never_set_cannot_grow(server: EmbeddedServer) -> None:
    with pytest.raises(KeyError, match=r"call set_pod_log\(\) first"):
        server.append_pod_log("default", "p", "main", b"x")
