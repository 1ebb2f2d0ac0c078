"""The codec of the channels, without a connection."""

import random

import pytest

from kubex_testing.embedded._containers.channels import (
    MAX_FRAME_BYTES,
    REMOTE_COMMAND,
    V5,
    ChannelClose,
    ChannelData,
    ChannelError,
    FrameDecoder,
)

PROTOCOLS = (*REMOTE_COMMAND, V5)
BY_NAME = {protocol.name: protocol for protocol in PROTOCOLS}


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda protocol: protocol.name)
@pytest.mark.parametrize("data", [b"", b"a", bytes(range(256))])
def test_encoded_data_is_decoded(protocol: object, data: bytes) -> None:
    subprotocol = next(item for item in PROTOCOLS if item is protocol)
    decoder = FrameDecoder(subprotocol, 5)
    for channel in range(5):
        message = subprotocol.encode(channel, data)
        frame = message.encode() if isinstance(message, str) else message
        decoded = decoder.decode(frame, finished=True)
        assert decoded == (ChannelData(channel, data) if data else None)


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda protocol: protocol.name)
@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_parts_of_a_frame_are_joined(protocol: object, size: int) -> None:
    subprotocol = next(item for item in PROTOCOLS if item is protocol)
    message = subprotocol.encode(1, bytes(range(100)))
    frame = message.encode() if isinstance(message, str) else message
    decoder = FrameDecoder(subprotocol, 5)
    parts = [frame[start : start + size] for start in range(0, len(frame), size)]
    decoded = [decoder.decode(part, finished=False) for part in parts]
    decoded.append(decoder.decode(b"", finished=True))
    data = [item for item in decoded if isinstance(item, ChannelData)]
    assert b"".join(item.data for item in data) == bytes(range(100))
    assert {item.channel for item in data} == {1}


def test_close_signal_is_decoded_in_v5_only() -> None:
    assert FrameDecoder(V5, 5).decode(b"\xff\x00", finished=True) == ChannelClose(0)
    assert FrameDecoder(BY_NAME["v4.channel.k8s.io"], 5).decode(b"\xff\x00", finished=True) is None
    decoder = FrameDecoder(V5, 5)
    assert decoder.decode(b"\xff", finished=False) is None
    assert decoder.decode(b"\x04", finished=True) == ChannelClose(4)


@pytest.mark.parametrize("frame", [b"\xff", b"\xff\x05", b"\xff\x00\x00"])
def test_invalid_close_signal_is_an_error(frame: bytes) -> None:
    with pytest.raises(ChannelError):
        FrameDecoder(V5, 5).decode(frame, finished=True)


def test_frame_above_the_limit_is_an_error() -> None:
    decoder = FrameDecoder(V5, 5)
    decoder.decode(bytes(MAX_FRAME_BYTES), finished=False)
    with pytest.raises(ChannelError, match="larger than"):
        decoder.decode(b"x", finished=True)


def test_random_frames_raise_only_channel_errors() -> None:
    source = random.Random(1)  # noqa: S311  # not a secret
    for _ in range(5000):
        protocol = source.choice(PROTOCOLS)
        decoder = FrameDecoder(protocol, source.choice((0, 2, 5)))
        for _ in range(source.randrange(5)):
            data = source.choice((b"\xff", b"\x00", b"0", b"")) + source.randbytes(source.randrange(8))
            try:
                decoder.decode(data, finished=source.random() < 0.7)
            except ChannelError:
                break
