"""The option ws_max_message_size, with a WebSocket of the transport of a client."""

import pytest

from client.conftest import MakeClient, TransportRecorder
from client.scripted_server import ResponseSequence, respond_with
from kubex.errors import WebSocketError
from kubex.transport import PreparedRequest
from kubex_testing.compliance.servers import BINARY, ServerConnection, StartServer, accept_upgrade, build_frame

pytestmark = pytest.mark.anyio

MIB = 2**20


@pytest.mark.parametrize(
    ("option", "accepted_size", "rejected_size"),
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
    accepted_size: int,
    rejected_size: int | None,
) -> None:
    def send_messages(connection: ServerConnection) -> None:
        accept_upgrade(connection)
        connection.send(build_frame(BINARY, b"x" * accepted_size))
        if rejected_size is not None:
            connection.send(build_frame(BINARY, b"x" * rejected_size))
        connection.wait_until_closed()

    server, plain = start_server(send_messages), start_server(ResponseSequence(respond_with()))
    async with make_client(plain, **option) as client:
        await client.request("GET", "/")  # opens the transport
        request = PreparedRequest("GET", server.url + "/exec")
        async with recorder.transports[0].websocket(request) as socket:
            assert len((await socket.receive()).data) == accepted_size
            if rejected_size is not None:
                with pytest.raises(WebSocketError):
                    await socket.receive()
