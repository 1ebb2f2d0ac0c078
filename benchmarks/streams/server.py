"""A server for exec, port-forward and files: `python -m benchmarks.streams.server` prints its URL. Its input ends it.

It is as fast as possible: it does not check requests, sends prepared blocks, and can count input without decoding it.
"""

import argparse
import asyncio
import itertools
import struct
from collections.abc import Iterator
from urllib.parse import parse_qs

from benchmarks.affinity import pin
from benchmarks.serve import serve
from benchmarks.streams.frames import BINARY, CLOSE, PING, PONG, FrameReader, accept_upgrade, frame_header
from benchmarks.streams.programs import Program, find_command, find_port

V5, V4 = "v5.channel.k8s.io", "v4.channel.k8s.io"

_CLOSE_FRAME = frame_header(CLOSE, 2) + struct.pack("!H", 1000)
_SUCCESS = b'\x03{"metadata":{},"status":"Success"}'
_END_OF_INPUT = b"\xff\x00"

# The number of blocks that are joined for one write.
_JOINED = 8


class Connection(asyncio.Protocol):
    """A connection of a client, with one program."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Store the transport."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._head: bytes | None = b""
        self._frames = FrameReader(self._handle_frame, self._count)
        self._blocks: Iterator[bytes] | None = None
        self._is_writable = True
        self._is_closed = False

    def data_received(self, data: bytes) -> None:
        """Read the request, then frames."""
        if self._head is None:
            self._frames.feed(data)
            return
        self._head += data
        head, found, rest = self._head.partition(b"\r\n\r\n")
        if found:
            self._head = None
            self._accept(head.decode("latin-1"))
            self._frames.feed(rest)

    def _accept(self, head: str) -> None:
        first, *lines = head.split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        path, _, query = first.split(" ")[1].partition("?")
        parameters = parse_qs(query)
        self._is_port = path.endswith("/portforward")
        self._prefix = b"\x00" if self._is_port else b"\x01"
        self._transport.write(accept_upgrade(headers, V4 if self._is_port else V5))
        self._program: Program
        if self._is_port:
            port = int(parameters["ports"][0])
            confirmation = struct.pack("<H", port)
            self._send_message(b"\x00" + confirmation)
            self._send_message(b"\x01" + confirmation)
            self._program = find_port(port)
        else:
            self._send_message(b"\x01")
            self._program = find_command(parameters.get("command", []))
        self._program.start(self)

    def _send_message(self, message: bytes) -> None:
        self._transport.write(frame_header(BINARY, len(message)) + message)

    def _handle_frame(self, opcode: int, payload: bytes) -> None:
        if opcode == PING:
            self._transport.write(frame_header(PONG, len(payload)) + payload)
        elif opcode == CLOSE:
            if not self._is_closed:
                self._transport.write(_CLOSE_FRAME)
            self._transport.close()
        elif opcode == BINARY and not self._is_closed:
            if payload == _END_OF_INPUT:
                self._program.receive_end()
            elif payload[:1] == b"\x00":
                self._program.receive(payload[1:])

    def _count(self, size: int) -> None:
        if not self._is_closed:
            self._program.count(size)

    def send(self, data: bytes) -> None:
        """Send data of the program."""
        self._send_message(self._prefix + data)

    def send_all(self, blocks: Iterator[bytes]) -> None:
        """Send blocks while the client reads, then end the program."""
        self._blocks = blocks
        self._send_blocks()

    def _send_blocks(self) -> None:
        while self._is_writable and self._blocks is not None:
            parts: list[bytes] = []
            for block in itertools.islice(self._blocks, _JOINED):
                parts += (frame_header(BINARY, 1 + len(block)), self._prefix, block)
            if parts:
                self._transport.write(b"".join(parts))
            else:
                self._blocks = None
                self.end()

    def discard_input(self) -> None:
        """Count input without decoding it."""
        self._frames.discard = True

    def end(self) -> None:
        """End the program."""
        if self._is_closed:
            return
        self._is_closed = True
        if not self._is_port:
            self._send_message(_SUCCESS)
        self._transport.write(_CLOSE_FRAME)

    def pause_writing(self) -> None:
        """Stop sending, and reading, until the client has read more."""
        self._is_writable = False
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        """Continue."""
        self._is_writable = True
        self._transport.resume_reading()
        self._send_blocks()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop sending."""
        del exc
        self._blocks = None
        self._is_closed = True


def main() -> None:
    """Run the server."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--core", type=int, help="the processor core to run on")
    pin(parser.parse_args().core)
    asyncio.run(serve(Connection, backlog=1024))


if __name__ == "__main__":
    main()
