"""Serve a protocol of asyncio, for the servers of the benchmarks."""

import asyncio
import sys
from collections.abc import Callable


async def serve(create_protocol: Callable[[], asyncio.Protocol], *, backlog: int = 100) -> None:
    """Serve on a free port of the loopback interface until the standard input ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(create_protocol, "127.0.0.1", 0, backlog=backlog)
    port = server.sockets[0].getsockname()[1]
    print(f"http://127.0.0.1:{port}", flush=True)
    await loop.run_in_executor(None, sys.stdin.buffer.read)
    server.close()
