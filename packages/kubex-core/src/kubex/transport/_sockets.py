"""Socket options that every backend sets."""

import socket


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
