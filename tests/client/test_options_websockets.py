"""ws_max_message_size, as a WebSocket of the client's own transport keeps it."""

import pytest

from client.conftest import Connect, Handed
from client.scripted_server import Turns, answer
from kubex.errors import WebSocketError
from kubex.transport import PreparedRequest
from transport.socket_server import Peer, Serve
from transport.websocket_frames import BINARY, frame, upgrade

pytestmark = pytest.mark.anyio

MIB = 2**20


@pytest.mark.parametrize(
    ("option", "passes", "refused"),
    [
        pytest.param({}, 2 * MIB, 2 * MIB + 1, marks=pytest.mark.covers("options-ws_max_message_size-default")),
        pytest.param({"ws_max_message_size": ...}, 2 * MIB, 2 * MIB + 1),
        pytest.param(
            {"ws_max_message_size": None}, 9 * MIB, None, marks=pytest.mark.covers("options-ws_max_message_size-none")
        ),
        pytest.param(
            {"ws_max_message_size": 8 * MIB},
            8 * MIB,
            8 * MIB + 1,
            marks=pytest.mark.covers("options-ws_max_message_size-number"),
        ),
        pytest.param({"ws_max_message_size": 10}, 10, 11),
    ],
)
@pytest.mark.covers("options-asymmetry-ws_max_message_size")
async def test_a_message_may_be_as_long_as_the_option_says(
    connect: Connect, serve: Serve, handed: Handed, option: dict[str, int | None], passes: int, refused: int | None
) -> None:
    def talk(peer: Peer) -> None:
        upgrade(peer)
        peer.send(frame(BINARY, b"x" * passes))
        if refused is not None:
            peer.send(frame(BINARY, b"x" * refused))
        peer.wait_until_closed()

    server, plain = serve(talk), serve(Turns(answer()))
    async with connect(plain, **option) as client:
        await client.request("GET", "/")  # only then there is a transport
        request = PreparedRequest("GET", server.url + "/exec")
        async with handed.transports[0].websocket(request) as socket:
            assert len((await socket.receive()).data) == passes
            if refused is not None:
                with pytest.raises(WebSocketError):
                    await socket.receive()
