"""Random failures of the server and random cancellations: each connection is closed, and only KubexError is raised."""

import contextlib
import random
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio
import pytest

from client.conftest import MakeClient
from client.scripted_server import (
    Responder,
    close_without_response,
    respond_error,
    respond_never,
    respond_stream,
    respond_with,
)
from kubex.api import Api
from kubex.client import Client, RetryPolicy
from kubex.errors import KubexError
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_testing.compliance.servers import ServerConnection, StartServer, wait_for_event

EVENT = b'{"type": "ADDED", "object": {"metadata": {"name": "a"}}}\n'


def send_partial_body(connection: ServerConnection) -> None:
    connection.start_chunked()
    connection.send_chunk(b'{"meta')
    raise ConnectionError("the server closes the connection")


def respond_401_without_end(connection: ServerConnection) -> None:
    connection.send("HTTP/1.1 401 Unauthorized\r\nTransfer-Encoding: chunked\r\n\r\n")
    connection.wait_until_closed()


RESPONDERS: list[Responder] = [
    respond_with(b'{"metadata": {"name": "a"}}'),
    respond_with(b'{"metadata": {"name": "a"}}', headers=[("Connection", "close")]),
    respond_with(b"not json"),
    respond_error("401 Unauthorized"),
    respond_error("404 Not Found", b"x" * 10_000),
    respond_error("429 Too Many Requests", Retry_After="0"),
    respond_error("503 Service Unavailable", Retry_After="0"),
    respond_stream(EVENT, EVENT),
    close_without_response,
    respond_never,
    send_partial_body,
    respond_401_without_end,
]


class RandomResponder:
    """A handler with random responses; `idle` is set while no connection is open."""

    def __init__(self, seed: int, token_file: Path) -> None:
        self._random = random.Random(seed)  # noqa: S311 - a seed makes the test reproducible
        self._lock = threading.Lock()
        self._token_file = token_file
        self._open_connections = 0
        self.idle = threading.Event()
        self.idle.set()

    def __call__(self, connection: ServerConnection) -> None:
        """Handle one connection."""
        self._add_open_connections(1)
        try:
            while connection.read_request():
                self._next_responder()(connection)
        finally:
            self._add_open_connections(-1)

    def _next_responder(self) -> Responder:
        with self._lock:
            if self._random.random() < 0.3:
                new_file = self._token_file.with_name("new_file")
                new_file.write_text(f"token-{self._random.random()}")
                new_file.replace(self._token_file)
            return self._random.choice(RESPONDERS)

    def _add_open_connections(self, change: int) -> None:
        with self._lock:
            self._open_connections += change
            (self.idle.clear if self._open_connections else self.idle.set)()


async def follow(client: Client) -> None:
    async with client.stream("GET", "/x") as stream:
        async for _ in stream.lines():
            pass


async def watch_one(client: Client) -> None:
    async with Api(ConfigMap, client).watch() as events:
        async for _ in events:
            break


async def get_one(client: Client) -> None:
    await Api(ConfigMap, client).get("a")


async def post(client: Client) -> None:
    await client.request("POST", "/x", json={"a": 1})


CALLS: list[Callable[[Client], Awaitable[None]]] = [follow, watch_one, get_one, post]


@pytest.mark.anyio
@pytest.mark.covers("pitfall-22", "pitfall-27")
@pytest.mark.parametrize("seed", range(6))
async def test_random_failures_and_cancellations_leave_no_open_connection(
    make_client: MakeClient, start_server: StartServer, tmp_path: Path, seed: int
) -> None:
    token_file = tmp_path / "token"
    token_file.write_text("token")
    handler = RandomResponder(seed, token_file)
    server = start_server(handler)
    rng = random.Random(seed)  # noqa: S311 - a seed makes the test reproducible
    policy = RetryPolicy(initial_delay=0.001, max_delay=0.01, max_attempts=3)

    async def call_and_cancel(client: Client, call: Callable[[Client], Awaitable[None]], cancel_after: float) -> None:
        with anyio.move_on_after(cancel_after), contextlib.suppress(KubexError):  # real time: any moment may pass
            await call(client)

    client = make_client(server, configuration={"token_file": token_file}, retry=policy, pool_size=5)
    with anyio.fail_after(20):
        async with anyio.create_task_group() as group:
            for _ in range(40):
                group.start_soon(call_and_cancel, client, rng.choice(CALLS), rng.random() * 0.4)
            if seed % 2:  # close the client while calls are running
                await anyio.sleep(0.1)  # real time: any moment may pass
                await client.aclose()
        await client.aclose()
    assert await wait_for_event(handler.idle)
    assert server.errors == []
