"""Unused TCP ports."""

import random
import socket
from contextlib import suppress

# Below the range of ephemeral ports, so that the system does not assign them to other sockets.
_CANDIDATES = range(20_000, 30_000)


def free_port() -> int:
    """Return a port that is not in use. It stays free unless a program binds exactly this port."""
    for port in random.sample(_CANDIDATES, 100):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("no port is free")
