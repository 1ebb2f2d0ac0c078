"""Which idle connections are used, and which are closed."""

import socket
from collections.abc import Iterator

import pytest

from kubex.transport import IdleConnections, TransportConfig
from kubex.transport._sockets import shut_down

pytestmark = pytest.mark.anyio


class Connection:
    """A connection with the ends of a pair of sockets."""

    def __init__(self) -> None:
        self.socket, self.peer = socket.socketpair()
        self.closed = 0

    async def aclose(self) -> None:
        self.closed += 1


class Clock:
    """The time, as the test sets it."""

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
    made = [Connection() for _ in range(4)]
    yield made
    for connection in made:
        connection.socket.close()
        connection.peer.close()


def idle(connections: list[Connection], *, maximum: int = 10, **settings: object) -> IdleConnections[Connection]:
    kept: IdleConnections[Connection] = IdleConnections(TransportConfig(**settings), maximum=maximum)  # type: ignore[arg-type] # the settings of each test
    for connection in connections:
        kept.add(connection, connection.socket)
    return kept


async def closed(kept: IdleConnections[Connection], connections: list[Connection]) -> list[int]:
    kept.find_stale()
    await kept.close_stale()
    return [connection.closed for connection in connections]


async def test_the_last_one_is_used_first(connections: list[Connection]) -> None:
    kept = idle(connections)
    assert [kept.take() for _ in range(5)] == [*reversed(connections), None]


async def test_without_keep_alive_none_is_kept(connections: list[Connection]) -> None:
    kept = idle(connections, keep_alive=False)
    assert await closed(kept, connections) == [1, 1, 1, 1]
    assert kept.take() is None


async def test_the_oldest_above_the_maximum_are_closed(connections: list[Connection]) -> None:
    kept = idle(connections, maximum=3)
    assert await closed(kept, connections) == [1, 0, 0, 0]


async def test_those_above_the_time_limit_are_closed(connections: list[Connection], monotonic: Clock) -> None:
    kept = idle(connections[:2], keep_alive_timeout=5.0)
    monotonic.now += 4
    kept.add(connections[2], connections[2].socket)
    monotonic.now += 1
    assert await closed(kept, connections) == [1, 1, 0, 0]
    assert kept.take() is connections[2]


async def test_without_a_time_limit_they_stay(connections: list[Connection], monotonic: Clock) -> None:
    kept = idle(connections, keep_alive_timeout=None)
    monotonic.now += 1e9
    assert await closed(kept, connections) == [0, 0, 0, 0]


async def test_those_with_something_to_read_are_closed(connections: list[Connection]) -> None:
    kept = idle(connections)
    connections[0].peer.close()
    connections[1].peer.send(b"HTTP/1.1 408 Request Timeout\r\n")
    connections[2].socket.close()
    assert await closed(kept, connections) == [1, 1, 1, 0]
    assert kept.take() is connections[3]


async def test_a_connection_without_a_socket_is_closed(connections: list[Connection]) -> None:
    kept = idle([])
    kept.add(connections[0], None)
    assert kept.take() is None
    assert await closed(kept, connections) == [1, 0, 0, 0]


async def test_a_cancelled_call_leaves_the_rest_to_the_next_one(connections: list[Connection]) -> None:
    class Failing(Connection):
        async def aclose(self) -> None:
            await super().aclose()
            raise TimeoutError

    failing = Failing()
    kept = idle([*connections[:2], failing], maximum=0)
    try:
        with pytest.raises(TimeoutError):
            await kept.close_stale()
        assert failing.closed == 1
        assert await closed(kept, connections) == [1, 1, 0, 0]
        assert failing.closed == 1
    finally:
        failing.socket.close()
        failing.peer.close()


async def test_after_closing_none_is_kept(connections: list[Connection]) -> None:
    kept = idle(connections[:3])
    await kept.aclose()
    kept.add(connections[3], connections[3].socket)
    assert kept.take() is None
    assert await closed(kept, connections) == [1, 1, 1, 1]


def test_shutting_down_reaches_the_peer(connections: list[Connection]) -> None:
    shut_down(connections[0].socket)
    assert connections[0].peer.recv(1) == b""
    shut_down(connections[0].socket)
    connections[1].socket.close()
    shut_down(connections[1].socket)
