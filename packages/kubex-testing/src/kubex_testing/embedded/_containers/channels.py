"""The subprotocols of exec, attach and port-forward: several channels on one WebSocket, without I/O.

The first byte of a message is the number of its channel. The messages of the base64 protocols are text: an ASCII digit
and the data in base64.
"""

import base64
import binascii
from dataclasses import dataclass

STDIN, STDOUT, STDERR, ERROR, RESIZE = range(5)
CHANNELS = 5
"""The number of channels of exec and attach."""
CLOSE_SIGNAL = 255
"""A message `FF n` closes channel n (v5 only)."""
MAX_FRAME_BYTES = 32 * 2**20
"""The WebSocket library of kube-apiserver closes the connection after a longer frame."""


@dataclass(frozen=True)
class Subprotocol:
    """One subprotocol, and its differences to `channel.k8s.io`."""

    name: str
    version: int = 1
    base64: bool = False

    def encode(self, channel: int, data: bytes) -> bytes | str:
        """Return the content of a message: bytes for a binary message, str for a text message."""
        if self.base64:
            return f"{channel}{base64.b64encode(data).decode()}"
        return bytes((channel,)) + data


# A client that offers no subprotocol gets the channels of the first protocol, and an empty name.
_UNNAMED = Subprotocol("")
V5 = Subprotocol("v5.channel.k8s.io", version=5)
_V4 = (Subprotocol("v4.channel.k8s.io", 4), Subprotocol("v4.base64.channel.k8s.io", 4, base64=True))
_FIRST = (Subprotocol("channel.k8s.io"), Subprotocol("base64.channel.k8s.io", base64=True))
REMOTE_COMMAND = (_UNNAMED, *_FIRST, *_V4)
PORT_FORWARD = (_UNNAMED, *_V4)
REMOTE_COMMAND_SPDY = (
    *(Subprotocol(f"v{version}.channel.k8s.io", version) for version in (4, 3, 2)),
    Subprotocol("channel.k8s.io"),
)
PORT_FORWARD_SPDY = (Subprotocol("portforward.k8s.io"),)
PORT_FORWARD_TUNNEL = Subprotocol("SPDY/3.1+portforward.k8s.io")
"""SPDY inside of a WebSocket."""


class ChannelError(Exception):
    """A message violates the protocol, and the server closes the connection."""


@dataclass(frozen=True)
class ChannelData:
    """Data of a channel."""

    channel: int
    data: bytes


@dataclass(frozen=True)
class ChannelClose:
    """The client closed a channel, which ends its data."""

    channel: int


class FrameDecoder:
    """Decode the frames of a client. The parts of a large frame are decoded as they arrive."""

    def __init__(self, subprotocol: Subprotocol, channels: int) -> None:
        self._subprotocol = subprotocol
        self._channels = channels
        self._size = 0
        self._channel = -1
        self._signal: bytes | None = None
        self._undecoded = b""

    def decode(self, data: bytes, *, finished: bool) -> ChannelData | ChannelClose | None:
        """Decode a part of a frame. Raises ChannelError. Empty frames and unknown channels are ignored."""
        if data and self._size == 0:
            data = self._start(data)
        self._size += len(data)
        if self._size > MAX_FRAME_BYTES:
            raise ChannelError(f"a frame is larger than {MAX_FRAME_BYTES} bytes")
        message: ChannelData | ChannelClose | None = None
        if self._signal is not None:
            self._signal += data[: 2 - len(self._signal)]
            message = self._close() if finished else None
        elif 0 <= self._channel < self._channels:
            content = self._decode_base64(data, finished=finished) if self._subprotocol.base64 else data
            message = ChannelData(self._channel, content) if content else None
        if finished:
            self._size, self._channel, self._signal, self._undecoded = 0, -1, None, b""
        return message

    def _start(self, data: bytes) -> bytes:
        """Read the channel of a new frame, and return the data after it."""
        self._size = 1
        if self._subprotocol.version >= 5 and data[0] == CLOSE_SIGNAL:
            self._signal = b""
        self._channel = data[0] - (ord("0") if self._subprotocol.base64 else 0)
        return data[1:]

    def _close(self) -> ChannelClose:
        if self._size != 2 or not self._signal:
            raise ChannelError("one byte must follow the close signal")
        if self._signal[0] >= self._channels:
            raise ChannelError(f"channel {self._signal[0]} cannot be closed: it does not exist")
        return ChannelClose(self._signal[0])

    def _decode_base64(self, data: bytes, *, finished: bool) -> bytes:
        """Decode complete groups of four characters, and keep the rest. Invalid data ends the frame."""
        text = self._undecoded + data
        end = len(text) if finished else len(text) - len(text) % 4
        self._undecoded = text[end:]
        try:
            return base64.b64decode(text[:end], validate=True)
        except binascii.Error:
            self._channel = -1
            return b""
