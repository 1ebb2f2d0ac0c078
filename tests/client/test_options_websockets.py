"""ws_max_message_size, as a WebSocket of the client's own transport keeps it."""

import pytest

from client.conftest import MakeClient, TransportRecorder
from client.scripted_server import ResponseSequence, respond_with
from kubex.errors import WebSocketError
from kubex.transport import PreparedRequest
from transport.socket_server import ServerConnection, StartServer
from transport.websocket_frames import BINARY, accept_upgrade, build_frame

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
async def test_ws_max_message_size_limits_messages(
    make_client: MakeClient,
    start_server: StartServer,
    recorder: TransportRecorder,
    option: dict[str, int | None],
    passes: int,
    refused: int | None,
) -> None:
    def talk(connection: ServerConnection) -> None:
        accept_upgrade(connection)
        connection.send(build_frame(BINARY, b"x" * passes))
        if refused is not None:
            connection.send(build_frame(BINARY, b"x" * refused))
        connection.wait_until_closed()

    server, plain = start_server(talk), start_server(ResponseSequence(respond_with()))
    async with make_client(plain, **option) as client:
        await client.request("GET", "/")  # only then there is a transport
        request = PreparedRequest("GET", server.url + "/exec")
        async with recorder.transports[0].websocket(request) as socket:
            assert len((await socket.receive()).data) == passes
            if refused is not None:
                with pytest.raises(WebSocketError):
                    await socket.receive()
