"""What backends do with sockets."""

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
"""What to hand to `setsockopt`, so that a peer that is gone without a word is noticed on an idle watch."""


def shut_down(connected: socket.socket) -> None:
    """End a connection for both sides at once, from synchronous code; the socket stays to be closed.

    `connected` may be what an event loop offers instead of a socket.
    """
    # uvloop does not shut down the original.
    with contextlib.suppress(OSError), contextlib.closing(connected.dup()) as duplicate:
        duplicate.shutdown(socket.SHUT_RDWR)


def readable(descriptors: Collection[int]) -> set[int]:
    """Return the sockets that can be read: an idle connection of them was closed by the server, or is out of step."""
    if not hasattr(select, "poll"):  # Windows
        return set(select.select(descriptors, (), (), 0)[0]) if descriptors else set()
    poll = select.poll()
    for descriptor in descriptors:
        poll.register(descriptor, select.POLLIN)
    return {descriptor for descriptor, _ in poll.poll(0)}
