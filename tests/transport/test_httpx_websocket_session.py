"""The session of httpx-ws that the httpx backend uses, on a scripted network stream."""

import anyio
import httpcore
import pytest
from typing_extensions import override
from wsproto.events import BytesMessage, Pong

from kubex.transport import PreparedRequest
from kubex_httpx._websocket_session import OnDemandSession
from kubex_testing.compliance.servers import BINARY, PONG, build_frame

pytestmark = pytest.mark.anyio


class ScriptedStream(httpcore.AsyncNetworkStream):
    """Returns the given data from one read each, and then waits; collects the sizes of writes."""

    def __init__(self, *reads: bytes) -> None:
        self.reads = list(reads)
        self.writes: list[int] = []

    @override
    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if not self.reads:
            await anyio.sleep_forever()
        return self.reads.pop(0)

    @override
    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.writes.append(len(buffer))


def session_on(stream: ScriptedStream) -> OnDemandSession:
    """Return a session without a limit for messages."""
    return OnDemandSession(stream, PreparedRequest("GET", "http://cluster.test/"), None)


async def test_receive_raises_timeout_error_and_keeps_a_partial_message() -> None:
    stream = ScriptedStream(build_frame(BINARY, b"one", final=False))
    session = session_on(stream)
    with pytest.raises(TimeoutError):
        await session.receive(timeout=0)
    stream.reads.append(build_frame(0, b"two"))
    message = await session.receive(timeout=60)
    assert isinstance(message, BytesMessage)
    assert message.data == b"onetwo"


async def test_event_of_a_ping_is_set_when_its_pong_is_received() -> None:
    stream = ScriptedStream(build_frame(PONG, b"other") + build_frame(PONG, b"mine"))
    session = session_on(stream)
    acknowledged = await session.ping(b"mine")
    assert len(stream.writes) == 1
    for payload, is_set in ((b"other", False), (b"mine", True)):
        pong = await session.receive()
        assert isinstance(pong, Pong)
        assert (bytes(pong.payload), acknowledged.is_set()) == (payload, is_set)
