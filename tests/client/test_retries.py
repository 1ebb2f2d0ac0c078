"""What is sent again and what is not, counted by the server."""

import logging
import socket
import ssl
import threading
import time

import anyio
import pytest
import trustme

from client.conftest import SOON, Connect
from client.turns import Turn, Turns, answer, hang_up, refuse, silence, stream
from kubex.api import Api
from kubex.client import RetryPolicy
from kubex.client._prepare import checked_path
from kubex.core._headers import Headers
from kubex.core._request import Request
from kubex.core.exceptions import (
    ApiError,
    ConnectError,
    ConnectionLost,
    ConnectTimeout,
    DeadlineExceeded,
    ProxyError,
    ReadTimeout,
    ServiceUnavailable,
    TLSError,
    TooManyRequests,
)
from kubex.core.params import Timeout
from kubex_k8s.v1_37.core.v1 import ConfigMap
from transport.servers import SECONDS, Peer, Serve

MANY = SOON.max_attempts
WRITES = ("POST", "PUT", "PATCH", "DELETE")


def halfway(peer: Peer) -> None:
    """Break off in the middle of the body."""
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
    raise ConnectionError("as the script says")


@pytest.mark.anyio
@pytest.mark.parametrize("broken", [hang_up, halfway])
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
async def test_a_read_whose_connection_broke_is_sent_again(
    connect: Connect, serve: Serve, method: str, broken: Turn
) -> None:
    server = serve(Turns(broken, broken, answer(b"done")))
    async with connect(server) as client:
        assert (await client.request(method, "/")).body == b"done"
    assert len(server.seen) == 3


@pytest.mark.anyio
@pytest.mark.parametrize("method", ["GET", *WRITES])
async def test_a_broken_connection_is_an_error_in_the_end(connect: Connect, serve: Serve, method: str) -> None:
    server = serve(Turns(hang_up))
    async with connect(server) as client:
        with pytest.raises(ConnectionLost):
            await client.request(method, "/", body=None if method == "GET" else b"{}")
    assert len(server.seen) == (MANY if method == "GET" else 1)


@pytest.mark.anyio
@pytest.mark.parametrize("method", WRITES)
async def test_a_write_on_a_connection_used_before_is_sent_once(connect: Connect, serve: Serve, method: str) -> None:
    server = serve(Turns(answer(), hang_up))
    async with connect(server) as client:
        await client.request("GET", "/first")
        with pytest.raises(ConnectionLost):
            await client.request(method, "/second", body=b"{}")
    assert [request.method for request in server.seen] == ["GET", method]


@pytest.mark.anyio
@pytest.mark.parametrize("method", ["GET", *WRITES])
@pytest.mark.parametrize("headers", [{}, {"Retry_After": "0"}])
async def test_what_is_throttled_is_sent_again_whatever_it_is(
    connect: Connect, serve: Serve, method: str, headers: dict[str, str]
) -> None:
    throttled = refuse("429 Too Many Requests", b"slow down", Content_Type="text/plain", **headers)
    server = serve(Turns(throttled, throttled, answer(b"done")))
    async with connect(server) as client:
        body = None if method == "GET" else b'{"a": 1}'
        assert (await client.request(method, "/", body=body)).body == b"done"
    assert [(request.method, request.body) for request in server.seen] == [(method, body or b"")] * 3


@pytest.mark.anyio
@pytest.mark.covers("pitfall-13")
async def test_a_throttled_call_is_an_error_in_the_end(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(refuse("429 Too Many Requests", b"slow down\n", Content_Type="text/plain", Retry_After="0")))
    async with connect(server) as client:
        with pytest.raises(TooManyRequests, match="429: slow down") as caught:
            await Api(ConfigMap, client).get("a")
    assert caught.value.retry_after == 0
    assert len(server.seen) == MANY


@pytest.mark.anyio
@pytest.mark.covers("pitfall-13")
async def test_a_throttled_watch_is_opened_again(connect: Connect, serve: Serve) -> None:
    event = b'{"type": "ADDED", "object": {"metadata": {"name": "a"}}}\n'
    throttled = refuse("429 Too Many Requests", b"initialising", Content_Type="text/plain", Retry_After="0")
    server = serve(Turns(throttled, throttled, stream(event)))
    async with connect(server) as client, Api(ConfigMap, client).watch() as events:
        assert (await events.__anext__()).object.metadata.name == "a"
    assert len(server.seen) == 3


@pytest.mark.anyio
async def test_the_429_of_an_eviction_is_its_answer(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(refuse("429 Too Many Requests", b"budget", Retry_After="0")))
    eviction = Request(method="POST", path=checked_path("/x/eviction"), body=b"{}", resend_when_throttled=False)
    async with connect(server) as client:
        with pytest.raises(TooManyRequests, match="budget"):
            await client.call(eviction, lambda response: response)
    assert len(server.seen) == 1


@pytest.mark.anyio
@pytest.mark.parametrize("status", [500, 503, 504])
@pytest.mark.parametrize(
    ("method", "headers", "attempts"),
    [
        ("GET", {"Retry_After": "0"}, MANY),
        ("GET", {}, 1),
        ("POST", {"Retry_After": "0"}, 1),
        ("DELETE", {"Retry_After": "0"}, 1),
    ],
)
async def test_an_overloaded_server_is_asked_again_for_reads_and_if_it_says_when(
    connect: Connect, serve: Serve, status: int, method: str, headers: dict[str, str], attempts: int
) -> None:
    server = serve(Turns(refuse(f"{status} Overloaded", b"", **headers)))
    async with connect(server) as client:
        with pytest.raises(ApiError) as caught:
            await client.request(method, "/")
    assert caught.value.status == status
    assert len(server.seen) == attempts


@pytest.mark.anyio
@pytest.mark.parametrize("status", [400, 403, 404, 408, 409, 422, 501, 502])
async def test_other_answers_are_final(connect: Connect, serve: Serve, status: int) -> None:
    server = serve(Turns(refuse(f"{status} No", b"", Retry_After="0")))
    async with connect(server) as client:
        with pytest.raises(ApiError):
            await client.request("GET", "/")
    assert len(server.seen) == 1


@pytest.mark.anyio
@pytest.mark.parametrize("turn", [hang_up, refuse("429 Too Many", Retry_After="0"), refuse("503 No", Retry_After="0")])
async def test_without_a_policy_nothing_is_sent_again(connect: Connect, serve: Serve, turn: Turn) -> None:
    server = serve(Turns(turn))
    async with connect(server, retry=None) as client:
        with pytest.raises((ApiError, ConnectionLost)):
            await client.request("GET", "/")
        with pytest.raises((ApiError, ConnectionLost)):
            async with client.stream("GET", "/"):
                pass
    assert len(server.seen) == 2


@pytest.mark.anyio
@pytest.mark.parametrize("attempts", [1, 3])
async def test_the_number_of_attempts_is_a_choice(connect: Connect, serve: Serve, attempts: int) -> None:
    server = serve(Turns(hang_up))
    async with connect(server, retry=RetryPolicy(max_attempts=attempts, initial_delay=0)) as client:
        with pytest.raises(ConnectionLost):
            await client.request("GET", "/")
    assert len(server.seen) == attempts


@pytest.mark.anyio
async def test_a_server_that_says_when_is_obeyed(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(refuse("503 No", Retry_After="1"), answer()))
    start = time.monotonic()
    async with connect(server) as client:
        await client.request("GET", "/")
    assert time.monotonic() - start >= 1


@pytest.mark.anyio
async def test_a_server_that_says_much_later_is_an_error_now(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(refuse("503 No", Retry_After="3600")))
    async with connect(server, retry=RetryPolicy()) as client:
        with pytest.raises(ServiceUnavailable) as caught:
            await client.request("GET", "/")
    assert caught.value.retry_after == 3600
    assert len(server.seen) == 1


@pytest.mark.anyio
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
async def test_what_could_not_connect_is_sent_again_whatever_it_is(
    connect: Connect, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket() as nobody:  # bound and not listening: nobody else gets the port, and connections are refused
        nobody.bind(("127.0.0.1", 0))
        caplog.set_level(logging.DEBUG, "kubex")
        async with connect(f"http://127.0.0.1:{nobody.getsockname()[1]}") as client:
            with pytest.raises(ConnectError) as caught:
                await client.request(method, "/")
    assert type(caught.value) is ConnectError
    assert sum("failed, next in" in record.getMessage() for record in caplog.records) == MANY - 1


@pytest.mark.anyio
async def test_a_server_that_comes_up_late_is_reached(connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))

    def serve_once() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")

    server = threading.Thread(target=serve_once, daemon=True)

    class StartOnFailure(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if "attempt 2 failed" in record.getMessage():
                listener.listen()
                server.start()

    caplog.set_level(logging.DEBUG, "kubex")
    handler = StartOnFailure()
    logging.getLogger("kubex").addHandler(handler)
    try:
        async with connect(f"http://127.0.0.1:{listener.getsockname()[1]}") as client:
            assert (await client.request("POST", "/", body=b"{}")).status == 201
        await anyio.to_thread.run_sync(server.join)
    finally:
        logging.getLogger("kubex").removeHandler(handler)
        listener.close()


@pytest.mark.anyio
async def test_a_server_that_is_not_trusted_is_asked_once(connect: Connect, serve: Serve) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    trusted = trustme.CA().cert_pem.bytes().decode()
    server = serve(Turns(answer()), tls=context)
    async with connect(server, configuration={"server_ca_data": trusted}) as client:
        with pytest.raises(TLSError, match="certificate"):
            await client.request("GET", "/")
    assert (server.connections, server.seen) == (1, [])


@pytest.mark.anyio
async def test_a_silence_is_not_tried_again(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(silence))
    async with connect(server) as client:
        with pytest.raises(ReadTimeout):
            await client.request("GET", "/", request_timeout=Timeout(read=0.5))
        assert await anyio.to_thread.run_sync(server.closed.wait, SECONDS)
    assert len(server.seen) == 1


@pytest.mark.anyio
async def test_the_total_timeout_bounds_all_attempts(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(hang_up))
    policy = RetryPolicy(max_attempts=1000, initial_delay=0.1, max_delay=0.1)
    async with connect(server, retry=policy) as client:
        with pytest.raises(DeadlineExceeded):
            await client.request("GET", "/", request_timeout=2)
    assert 2 < len(server.seen) < 100


@pytest.mark.anyio
async def test_a_stream_is_opened_again_until_its_headers_come(connect: Connect, serve: Serve) -> None:
    overloaded = refuse("503 No", Retry_After="0")
    server = serve(Turns(hang_up, overloaded, stream(b"a\n")))
    async with connect(server) as client, client.stream("GET", "/") as opened:
        assert await opened.receive() == b"a\n"
    assert len(server.seen) == 3


@pytest.mark.anyio
async def test_a_stream_that_breaks_later_is_not(connect: Connect, serve: Serve) -> None:
    def breaking(peer: Peer) -> None:
        peer.chunked()
        peer.chunk(b"a\n")
        raise ConnectionError("as the script says")

    server = serve(Turns(breaking))
    async with connect(server) as client, client.stream("GET", "/") as opened:
        with pytest.raises(ConnectionLost):
            _ = [line async for line in opened.lines()]
    assert len(server.seen) == 1


READ, WRITE = Request(method="GET", path="/"), Request(method="POST", path="/")


def test_delays_double_up_to_a_cap_less_a_random_part() -> None:
    policy = RetryPolicy(initial_delay=1, max_delay=5)
    for attempt, whole in ((1, 1), (2, 2), (3, 4), (4, 5), (5, 5), (10_000, 5)):
        delays = {policy.backoff(attempt) for _ in range(50)}
        assert all(whole / 2 <= delay <= whole for delay in delays)
        assert len(delays) > 40
    assert RetryPolicy(initial_delay=0).backoff(3) == 0


@pytest.mark.parametrize(
    "error", [TLSError("no"), ProxyError("no"), ReadTimeout("no"), DeadlineExceeded("no"), ValueError()]
)
@pytest.mark.parametrize("request_", [READ, WRITE])
def test_what_another_attempt_would_not_cure(error: Exception, request_: Request) -> None:
    assert RetryPolicy().after_error(request_, error, 1) is None


@pytest.mark.parametrize("error", [ConnectError("no"), ConnectTimeout("no")])
@pytest.mark.parametrize("request_", [READ, WRITE])
def test_what_was_not_sent_can_be_sent_again(error: Exception, request_: Request) -> None:
    policy = RetryPolicy(max_attempts=3)
    assert policy.after_error(request_, error, 2) is not None
    assert policy.after_error(request_, error, 3) is None


def test_the_wait_is_at_least_what_the_server_asks_for() -> None:
    policy = RetryPolicy(initial_delay=0.1, max_retry_after=10)
    for status in (429, 500, 503, 504):
        assert policy.after_answer(READ, status, Headers([("Retry-After", "7")]), 1) == 7
        assert policy.after_answer(READ, status, Headers([("Retry-After", "10")]), 1) == 10
        assert policy.after_answer(READ, status, Headers([("Retry-After", "11")]), 1) is None
        assert policy.after_answer(READ, status, Headers([("Retry-After", "7")]), 5) is None
    short = policy.after_answer(WRITE, 429, Headers(), 1)
    assert short is not None
    assert 0.05 <= short <= 0.1
