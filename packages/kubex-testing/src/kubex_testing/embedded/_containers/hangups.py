"""Detect that a client has disconnected, without reading from the connection."""

import asyncio
import select

_HANGUP: int = getattr(select, "POLLRDHUP", 0)


def has_hung_up(writer: asyncio.StreamWriter) -> bool:
    """Return whether the client has closed its side of the connection, also if unread data is before the end.

    Only some systems can detect this.
    """
    stream = writer.get_extra_info("socket")
    if stream is None or stream.fileno() < 0 or not _HANGUP:
        return False
    poll = select.poll()
    poll.register(stream.fileno(), _HANGUP)
    return bool(poll.poll(0))
