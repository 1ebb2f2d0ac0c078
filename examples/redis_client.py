"""Use a Redis server in a pod through a port-forward: `python examples/redis_client.py TARGET [ARGUMENT...]`.

TARGET is the name of a pod, `svc/NAME`, `deploy/NAME` or `sts/NAME`. The arguments are a Redis command; the default is
`PING`. The program sends it over the byte stream of `forward()`, and does not open a local port. For a client library
that connects to a host and a port, use `api.portforward.listen()`.
"""

import sys
from typing import TypeAlias

import anyio
from anyio.abc import ByteStream
from anyio.streams.buffered import BufferedByteReceiveStream

from kubex import Api, KubexError, create_client
from kubex_k8s.v1_37.core.v1 import Pod

PORT = 6379
MAX_LINE = 65536

Reply: TypeAlias = "str | int | list[Reply] | None"


class RedisError(Exception):
    """The server returned an error."""


class RedisConnection:
    """Sends commands over a byte stream.

    See https://redis.io/docs/latest/develop/reference/protocol-spec/.
    """

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream
        self._received = BufferedByteReceiveStream(stream)

    async def execute(self, *arguments: str) -> Reply:
        """Send a command and return the reply of the server."""
        parts = [argument.encode() for argument in arguments]
        message = b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)
        await self._stream.send(message)
        return await self._reply()

    async def _reply(self) -> Reply:
        line = (await self._received.receive_until(b"\r\n", MAX_LINE)).decode()
        kind, value = line[0], line[1:]
        if kind == "-":
            raise RedisError(value)
        if kind == ":":
            return int(value)
        if kind == "$":
            return await self._text(int(value))
        if kind == "*":
            return [await self._reply() for _ in range(int(value))]
        return value

    async def _text(self, length: int) -> str | None:
        if length < 0:
            return None
        data = await self._received.receive_exactly(length + len("\r\n"))
        return data[:length].decode(errors="replace")


async def main(target: str, command: list[str]) -> None:
    """Run one command and print the reply."""
    async with (
        create_client() as client,
        Api(Pod, client).portforward.forward(target, PORT) as stream,
    ):
        print(await RedisConnection(stream).execute(*command))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(f"usage: {sys.argv[0]} TARGET [ARGUMENT...]")
    try:
        anyio.run(main, sys.argv[1], sys.argv[2:] or ["PING"])
    except (KubexError, RedisError) as error:
        sys.exit(f"{sys.argv[0]}: {error}")
