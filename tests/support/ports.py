"""Ports on which nobody listens."""

import random
import socket
from contextlib import suppress

# Below those that systems give away by themselves, so that no other test gets it meanwhile.
_CANDIDATES = range(20_000, 30_000)


def free_port() -> int:
    """Return a port that is free, and stays so unless somebody asks for just this one."""
    for port in random.sample(_CANDIDATES, 100):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("no port is free")
