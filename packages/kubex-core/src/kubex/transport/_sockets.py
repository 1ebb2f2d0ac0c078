"""Socket helpers for backends."""

import contextlib
import select
import socket
from collections.abc import Collection


def _tcp_keep_alive() -> tuple[tuple[int, int, int], ...]:
    """Return the options that find a dead peer within 75 s: the first probe after 30 s, then three at 15 s."""
    seconds = {"TCP_KEEPIDLE": 30, "TCP_KEEPALIVE": 30, "TCP_KEEPINTVL": 15, "TCP_KEEPCNT": 3}
    probes = [(getattr(socket, name, None), value) for name, value in seconds.items()]
    return (
        (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
        *((socket.IPPROTO_TCP, option, value) for option, value in probes if option is not None),
    )


TCP_KEEP_ALIVE = _tcp_keep_alive()
"""Arguments for `setsockopt`. With these options, an idle watch detects a peer that disappeared without closing."""


def shut_down(connected: socket.socket) -> None:
    """Shut down both directions of a connection; the caller still has to close the socket.

    `connected` can be an event loop's replacement for a socket, such as asyncio's TransportSocket.
    """
    # The duplicate is needed, since uvloop does not shut down the original.
    with contextlib.suppress(OSError), contextlib.closing(connected.dup()) as duplicate:
        duplicate.shutdown(socket.SHUT_RDWR)


def readable(descriptors: Collection[int]) -> set[int]:
    """Return the sockets that can be read. If a connection is idle, this means that the server closed it."""
    # Prefer poll(): select() raises ValueError for descriptors from 1024 on.
    if not hasattr(select, "poll"):  # Windows
        return set(select.select(descriptors, (), (), 0)[0]) if descriptors else set()
    poll = select.poll()
    for descriptor in descriptors:
        poll.register(descriptor, select.POLLIN)
    return {descriptor for descriptor, _ in poll.poll(0)}
