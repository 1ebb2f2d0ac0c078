"""The WebSocket session of the httpx backends, on a scripted network stream."""

from importlib import import_module
from typing import Any

import anyio
import pytest
from wsproto.events import BytesMessage, Pong

from kubex.transport import PreparedRequest
from kubex_testing.compliance.servers import BINARY, PING, PONG, build_frame
from support.backend_pairs import HTTPX_PAIRS, BackendPair

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("pair", HTTPX_PAIRS, indirect=True, ids=str)]


class ScriptedStream:
    """Returns the given data from one read each, and then waits; collects the sizes of writes."""

    def __init__(self, *reads: bytes) -> None:
        self.reads = list(reads)
        self.writes: list[int] = []

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if not self.reads:
            await anyio.sleep_forever()
        return self.reads.pop(0)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.writes.append(len(buffer))


def session_on(stream: ScriptedStream, pair: BackendPair) -> Any:
    """Return a session without a limit for messages."""
    module = import_module(f"kubex_{pair.backend}._websocket_session")
    return module.OnDemandSession(stream, PreparedRequest("GET", "http://cluster.test/"), None)


async def test_receive_raises_timeout_error_and_keeps_a_partial_message(pair: BackendPair) -> None:
    stream = ScriptedStream(build_frame(BINARY, b"one", final=False))
    session = session_on(stream, pair)
    with pytest.raises(TimeoutError):
        await session.receive(timeout=0)
    stream.reads.append(build_frame(0, b"two"))
    message = await session.receive(timeout=60)
    assert isinstance(message, BytesMessage)
    assert message.data == b"onetwo"


async def test_event_of_a_ping_is_set_when_its_pong_is_received(pair: BackendPair) -> None:
    stream = ScriptedStream(build_frame(PONG, b"other") + build_frame(PONG, b"mine"))
    session = session_on(stream, pair)
    acknowledged = await session.ping(b"mine")
    assert len(stream.writes) == 1
    for payload, is_set in ((b"other", False), (b"mine", True)):
        pong = await session.receive()
        assert isinstance(pong, Pong)
        assert (bytes(pong.payload), acknowledged.is_set()) == (payload, is_set)


class UnreadStream(ScriptedStream):
    """A stream whose writes wait until the peer reads."""

    def __init__(self, *reads: bytes) -> None:
        super().__init__(*reads)
        self.is_read = anyio.Event()

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self.is_read.wait()
        await super().write(buffer, timeout)


async def test_only_the_last_pong_is_kept_while_the_peer_does_not_read(pair: BackendPair) -> None:
    stream = UnreadStream(build_frame(PING, b"ping") * 1000 + build_frame(BINARY, b"data"))
    session = session_on(stream, pair)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(session.send_bytes, b"input")
        await anyio.wait_all_tasks_blocked()
        assert (await session.receive()).data == b"data"
        stream.is_read.set()
    frame_header = 2 + 4
    assert stream.writes == [frame_header + len(b"input"), frame_header + len(b"ping")]
