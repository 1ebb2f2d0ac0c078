"""The server's end of exec, attach and port-forward, which sends and receives single messages."""

import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TypeAlias

from kubex.api import Api
from kubex_k8s.v1_37.core.v1 import Pod
from kubex_testing.compliance.servers import (
    BINARY,
    CLOSE,
    PING,
    PONG,
    ReceivedRequest,
    ServerConnection,
    accept_upgrade,
    build_frame,
    close_frame,
    read_frame,
)

OpenPods: TypeAlias = Callable[..., AbstractAsyncContextManager[Api[Pod]]]
"""The type of the fixture `open_pods`."""

V5 = "v5.channel.k8s.io"
V4 = "v4.channel.k8s.io"

SUCCESS = b'\x03{"metadata":{},"status":"Success"}'


def exit_status(code: int) -> bytes:
    """Return the message for a command that ended with an exit code other than 0."""
    details = {"causes": [{"reason": "ExitCode", "message": str(code)}]}
    status = {"metadata": {}, "status": "Failure", "reason": "NonZeroExitCode", "message": "failed", "details": details}
    return b"\x03" + json.dumps(status).encode()


class ChannelConnection:
    """A WebSocket after the upgrade. It responds to pings while it reads, and counts them."""

    def __init__(self, connection: ServerConnection, *, subprotocol: str | None = V5) -> None:
        self.connection = connection
        self.request: ReceivedRequest = accept_upgrade(connection, subprotocol=subprotocol)
        self.pings = 0
        self.close_payload: bytes | None = None

    def send(self, *messages: bytes) -> None:
        """Send binary messages."""
        self.connection.send(b"".join(build_frame(BINARY, message) for message in messages))

    def receive(self) -> bytes | None:
        """Return the next message of the client, or None after its close frame."""
        while True:
            opcode, payload = read_frame(self.connection)
            if opcode == PING:
                self.pings += 1
                self.connection.send(build_frame(PONG, payload))
            elif opcode == CLOSE:
                self.close_payload = payload
                self.connection.send(build_frame(CLOSE, payload))
                return None
            elif opcode == BINARY:
                return payload

    def close(self, code: int = 1000) -> None:
        """Send a close frame and read until the client closes the connection."""
        self.connection.send(close_frame(code))
        self.connection.wait_until_closed()


def run_command(*messages: bytes, subprotocol: str = V5, code: int = 1000) -> Callable[[ServerConnection], None]:
    """Return a handler that sends these messages after the empty first message, and closes the WebSocket."""

    def handle(connection: ServerConnection) -> None:
        channels = ChannelConnection(connection, subprotocol=subprotocol)
        channels.send(b"\x01", *messages)
        channels.close(code)

    return handle


def run_cat(connection: ServerConnection) -> None:
    """Send the input back as output until the input is closed."""
    channels = ChannelConnection(connection)
    channels.send(b"\x01")
    while (message := channels.receive()) is not None and message != b"\xff\x00":
        channels.send(b"\x01" + message[1:])
    if message is not None:
        channels.send(SUCCESS)
        channels.close()
