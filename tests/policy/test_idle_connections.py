"""Reuse and closing of idle connections."""

import socket
from collections.abc import Iterator

import pytest

from kubex.transport import IdleConnections, TransportConfig
from kubex.transport._sockets import shut_down

pytestmark = pytest.mark.anyio


class Connection:
    """A connection on a pair of sockets."""

    def __init__(self) -> None:
        self.socket, self.peer = socket.socketpair()
        self.closed = 0

    async def aclose(self) -> None:
        self.closed += 1


class Clock:
    """A clock that the test sets."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def monotonic(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("kubex.transport._idle_connections.monotonic", clock)
    return clock


@pytest.fixture
def connections() -> Iterator[list[Connection]]:
    created = [Connection() for _ in range(4)]
    yield created
    for connection in created:
        connection.socket.close()
        connection.peer.close()


def pool_of(connections: list[Connection], *, maximum: int = 10, **settings: object) -> IdleConnections[Connection]:
    pool: IdleConnections[Connection] = IdleConnections(TransportConfig(**settings), maximum=maximum)  # type: ignore[arg-type] # each test passes other settings
    for connection in connections:
        pool.add(connection, connection.socket)
    return pool


async def close_stale(pool: IdleConnections[Connection], connections: list[Connection]) -> list[int]:
    pool.find_stale()
    await pool.close_stale()
    return [connection.closed for connection in connections]


async def test_the_last_added_connection_is_used_first(connections: list[Connection]) -> None:
    pool = pool_of(connections)
    assert [pool.take() for _ in range(5)] == [*reversed(connections), None]


async def test_all_connections_are_closed_without_keep_alive(connections: list[Connection]) -> None:
    pool = pool_of(connections, keep_alive=False)
    assert await close_stale(pool, connections) == [1, 1, 1, 1]
    assert pool.take() is None


async def test_the_oldest_connections_above_the_maximum_are_closed(connections: list[Connection]) -> None:
    pool = pool_of(connections, maximum=3)
    assert await close_stale(pool, connections) == [1, 0, 0, 0]


async def test_connections_above_the_time_limit_are_closed(connections: list[Connection], monotonic: Clock) -> None:
    pool = pool_of(connections[:2], keep_alive_timeout=5.0)
    monotonic.now += 4
    pool.add(connections[2], connections[2].socket)
    monotonic.now += 1
    assert await close_stale(pool, connections) == [1, 1, 0, 0]
    assert pool.take() is connections[2]


async def test_connections_are_kept_without_a_time_limit(connections: list[Connection], monotonic: Clock) -> None:
    pool = pool_of(connections, keep_alive_timeout=None)
    monotonic.now += 1e9
    assert await close_stale(pool, connections) == [0, 0, 0, 0]


async def test_readable_connections_are_closed(connections: list[Connection]) -> None:
    pool = pool_of(connections)
    connections[0].peer.close()
    connections[1].peer.send(b"HTTP/1.1 408 Request Timeout\r\n")
    connections[2].socket.close()
    assert await close_stale(pool, connections) == [1, 1, 1, 0]
    assert pool.take() is connections[3]


async def test_a_connection_without_a_socket_is_closed(connections: list[Connection]) -> None:
    pool = pool_of([])
    pool.add(connections[0], None)
    assert pool.take() is None
    assert await close_stale(pool, connections) == [1, 0, 0, 0]


async def test_the_next_call_closes_the_connections_that_a_failed_call_left(connections: list[Connection]) -> None:
    class Failing(Connection):
        async def aclose(self) -> None:
            await super().aclose()
            raise TimeoutError

    failing = Failing()
    pool = pool_of([*connections[:2], failing], maximum=0)
    try:
        with pytest.raises(TimeoutError):
            await pool.close_stale()
        assert failing.closed == 1
        assert await close_stale(pool, connections) == [1, 1, 0, 0]
        assert failing.closed == 1
    finally:
        failing.socket.close()
        failing.peer.close()


async def test_all_connections_are_closed_after_aclose(connections: list[Connection]) -> None:
    pool = pool_of(connections[:3])
    await pool.aclose()
    pool.add(connections[3], connections[3].socket)
    assert pool.take() is None
    assert await close_stale(pool, connections) == [1, 1, 1, 1]


def test_the_peer_receives_a_shutdown(connections: list[Connection]) -> None:
    shut_down(connections[0].socket)
    assert connections[0].peer.recv(1) == b""
    shut_down(connections[0].socket)
    connections[1].socket.close()
    shut_down(connections[1].socket)
