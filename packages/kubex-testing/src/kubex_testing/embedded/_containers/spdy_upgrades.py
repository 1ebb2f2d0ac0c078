"""Change a connection to SPDY, for exec, attach and port-forward."""

import asyncio

from kubex_testing.embedded._messages import RecordedRequest, Response

from .channels import PORT_FORWARD_SPDY, PORT_FORWARD_TUNNEL, Subprotocol
from .handshake import is_spdy_upgrade, select_spdy_protocol, select_subprotocol, spdy_upgrade_headers, upgrade_headers
from .port_forward import ForwardedPod
from .remote_command import RemoteCommand
from .runtime import ContainerRuntime
from .spdy_connection import ConnectionTransport, SpdyConnection, WebSocketTransport
from .spdy_port_forward import SpdyPortForward
from .spdy_wire import SpdyWire


def run_over_spdy(session: RemoteCommand, protocol: Subprotocol) -> Response:
    """Return the response that starts a session of exec or attach."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, received: bytes) -> None:
        connection = SpdyConnection(ConnectionTransport(reader, writer, received))
        await session.serve(SpdyWire(connection, session.expected_channels))

    return Response(101, spdy_upgrade_headers(protocol), upgrade=serve)


def port_forward_over_spdy(runtime: ContainerRuntime, request: RecordedRequest, pod: ForwardedPod) -> Response:
    """Return the response that starts a session of port-forward, with or without a WebSocket around SPDY."""
    session = SpdyPortForward(runtime, pod)
    if is_spdy_upgrade(request):
        protocol = select_spdy_protocol(request, PORT_FORWARD_SPDY)

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, received: bytes) -> None:
            await session.serve(SpdyConnection(ConnectionTransport(reader, writer, received)))

        return Response(101, spdy_upgrade_headers(protocol), upgrade=serve)

    async def tunnel(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, received: bytes) -> None:
        from .websocket import ServerWebSocket  # imports wsproto, which most tests do not need

        await session.serve(SpdyConnection(WebSocketTransport(ServerWebSocket(reader, writer, received))))

    subprotocol = select_subprotocol(request, (PORT_FORWARD_TUNNEL,))
    return Response(101, upgrade_headers(request, subprotocol), upgrade=tunnel)
