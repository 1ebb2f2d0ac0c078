"""A running pod of an embedded server, and commands in it over a raw WebSocket."""

import contextlib
import itertools
import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from kubex_testing._handle import ServerHandle
from kubex_testing.embedded import EmbeddedServer
from support.raw_websocket import Closed, RawWebSocket, open_websocket

V5 = "v5.channel.k8s.io"
_numbers = itertools.count()


@dataclass(frozen=True)
class Result:
    """The output and the status of a command."""

    stdout: bytes
    stderr: bytes
    status: Any

    @property
    def exit_code(self) -> int:
        """The exit code, from the status."""
        if self.status["status"] == "Success":
            return 0
        assert self.status["reason"] == "NonZeroExitCode", self.status
        return int(self.status["details"]["causes"][0]["message"])


class RunningPod:
    """A pod in the namespace `default` with a container `main`."""

    def __init__(self, server: EmbeddedServer, client: Any, handle: ServerHandle, **container: Any) -> None:
        self.server = server
        self.client = client
        self.handle = handle
        self.namespace = client.namespace
        self.name = f"pod-{next(_numbers)}"
        containers = [{"name": "main", "image": "app:1", **container}]
        client.create("pods", {"metadata": {"name": self.name}, "spec": {"containers": containers}})
        server.run_pods()

    def path(self, subresource: str, **query: Any) -> str:
        """Return the path of a subresource."""
        path = f"/api/v1/namespaces/{self.namespace}/pods/{self.name}/{subresource}"
        return f"{path}?{urlencode(query, doseq=True)}"

    def open(
        self, *argv: str, subresource: str = "exec", subprotocol: str = V5, tty: bool = False, stdin: bool = True
    ) -> AbstractContextManager[RawWebSocket]:
        """Run a command, or attach, with input and output. The first, empty message has been received."""
        options: dict[str, Any] = {"stdout": 1, "stdin": int(stdin), "tty": int(tty), "stderr": int(not tty)}
        return self._opened(self.path(subresource, command=argv, **options), subprotocol)

    def forward(self, *ports: int) -> AbstractContextManager[RawWebSocket]:
        """Forward ports. The messages with their numbers have been received."""
        return self._opened(self.path("portforward", ports=ports), "v4.channel.k8s.io", first=2 * len(ports))

    def run(self, *argv: str, stdin: bytes = b"", tty: bool = False) -> Result:
        """Run a command to its end."""
        with self.open(*argv, tty=tty) as socket:
            for start in range(0, len(stdin), 32768):
                socket.send(b"\0" + stdin[start : start + 32768])
            socket.send(b"\xff\0")
            return result(socket)

    @contextlib.contextmanager
    def _opened(self, path: str, subprotocol: str, *, first: int = 1) -> Iterator[RawWebSocket]:
        with open_websocket(self.handle, path, [subprotocol]) as socket:
            for _ in range(first):
                socket.receive()
            yield socket


def result(socket: RawWebSocket) -> Result:
    """Receive the rest of the output and the status."""
    frames = socket.receive_all()
    assert frames[-1] == Closed(1000), frames[-1]
    channels = {number: bytearray() for number in (1, 2, 3)}
    for frame in frames[:-1]:
        assert isinstance(frame, bytes), frame
        channels[frame[0]] += frame[1:]
    return Result(bytes(channels[1]), bytes(channels[2]), json.loads(channels[3]))
