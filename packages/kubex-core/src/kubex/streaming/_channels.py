"""The channel protocol of exec, attach and port-forward: the first byte of each message is the channel.

See the package k8s.io/apimachinery/pkg/util/remotecommand for the constants of the protocol.
"""

from __future__ import annotations

import json
from enum import IntEnum

from kubex.errors import DecodeError

V5 = "v5.channel.k8s.io"
V4 = "v4.channel.k8s.io"


class Channel(IntEnum):
    """A channel of exec and attach."""

    STDIN = 0
    STDOUT = 1
    STDERR = 2
    STATUS = 3
    RESIZE = 4
    CLOSE = 255


# Channels as the first byte of a message.
_PREFIXES = [bytes((number,)) for number in range(256)]

# The terminal size is an unsigned 16-bit integer in the kubelet.
_LARGEST_SIZE = 2**16 - 1


def encode_data(channel: int, data: bytes | memoryview) -> bytes:
    """Return the message that carries data on a channel."""
    return b"".join((_PREFIXES[channel], data))


def encode_close(channel: int) -> bytes:
    """Return the message that closes a channel, for v5 only."""
    return bytes((Channel.CLOSE, channel))


def encode_resize(width: int, height: int) -> bytes:
    """Return the message that sets the size of the terminal, in characters.

    Raises ValueError for a size that is not between 1 and 65535.
    """
    for name, value in (("width", width), ("height", height)):
        if not 1 <= value <= _LARGEST_SIZE:
            raise ValueError(f"{name} must be between 1 and {_LARGEST_SIZE} characters, not {value}")
    return encode_data(Channel.RESIZE, json.dumps({"Width": width, "Height": height}).encode())


def decode_message(message: bytes) -> tuple[int, bytes]:
    """Return the channel and the data of a message. Raise DecodeError if the message is empty."""
    if not message:
        raise DecodeError("a WebSocket message", "it is empty; the first byte must be the channel")
    return message[0], message[1:]


def decode_port(data: bytes) -> int:
    """Return the port in the first message of a port-forward channel, which confirms the channel."""
    if len(data) != 2:
        raise DecodeError("the first message of a forwarded port", f"it has {len(data)} bytes instead of 2")
    return int.from_bytes(data, "little")
