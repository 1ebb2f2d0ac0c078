"""Encode and decode the messages of exec, attach and port-forward."""

import json
import random

import pytest

from kubex.errors import CommandStartError, ContainerNotRunning, DecodeError, KubexError
from kubex.streaming._channels import Channel, decode_message, decode_port, encode_close, encode_data, encode_resize
from kubex.streaming._exit_status import decode_exit_status

PATH = "/api/v1/namespaces/default/pods/a/exec"


def failure(reason: str | None = None, message: str = "", **details: object) -> bytes:
    """Return a status message of a failure."""
    status = {"metadata": {}, "status": "Failure", "message": message, "reason": reason, "details": details}
    return json.dumps(status).encode()


def test_data_has_its_channel_as_first_byte() -> None:
    assert encode_data(Channel.STDIN, b"hello\n") == b"\x00hello\n"
    assert encode_data(Channel.STDOUT, memoryview(b"abc")[1:]) == b"\x01bc"
    assert decode_message(b"\x02err\n") == (Channel.STDERR, b"err\n")
    assert decode_message(b"\x01") == (Channel.STDOUT, b"")


def test_close_message_names_the_closed_channel() -> None:
    assert encode_close(Channel.STDIN) == b"\xff\x00"


def test_resize_message_is_a_terminal_size_in_json() -> None:
    channel, data = decode_message(encode_resize(120, 40))
    assert channel == Channel.RESIZE
    assert json.loads(data) == {"Width": 120, "Height": 40}


@pytest.mark.parametrize(("width", "height", "name"), [(0, 40, "width"), (80, 0, "height"), (65536, 1, "width")])
def test_invalid_terminal_size_raises_and_names_the_value(width: int, height: int, name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} must be between 1 and 65535"):
        encode_resize(width, height)


def test_empty_message_raises_decode_error() -> None:
    with pytest.raises(DecodeError, match="the first byte must be the channel"):
        decode_message(b"")


def test_port_is_a_little_endian_integer_of_two_bytes() -> None:
    assert decode_port(b"\x40\x1f") == 8000
    with pytest.raises(DecodeError, match="3 bytes instead of 2"):
        decode_port(b"\x40\x1f\x00")


def test_success_is_exit_code_0() -> None:
    assert decode_exit_status(b'{"metadata":{},"status":"Success"}', path=PATH) == 0
    assert decode_exit_status(b'{"status":"Success"}', path=PATH) == 0  # v4


def test_failure_of_the_command_contains_its_exit_code() -> None:
    causes = [{"reason": "Other", "message": "x"}, {"reason": "ExitCode", "message": "7"}]
    assert decode_exit_status(failure("NonZeroExitCode", causes=causes), path=PATH) == 7


@pytest.mark.parametrize("causes", [None, [], [{"reason": "ExitCode"}], [{"reason": "ExitCode", "message": "seven"}]])
def test_failure_of_the_command_without_exit_code_raises_decode_error(causes: object) -> None:
    with pytest.raises(DecodeError, match="does not contain an exit code"):
        decode_exit_status(failure("NonZeroExitCode", causes=causes), path=PATH)


def test_command_that_cannot_start_is_a_command_start_error_with_a_remedy() -> None:
    text = 'exec: "nope": executable file not found in $PATH'
    error = decode_exit_status(failure("InternalError", text), path=PATH)
    assert isinstance(error, CommandStartError)
    assert (error.status, error.path, error.message) == (500, PATH, text)
    assert 'for a shell, pass ["sh", "-c", "..."]' in str(error)


@pytest.mark.parametrize(
    "text",
    [
        'container not found ("main")',
        "container is not running",
        "task 1234 not found: container is in CONTAINER_EXITED state",
        "cannot exec in a stopped state",
    ],
)
def test_stopped_container_is_a_container_not_running_error(text: str) -> None:
    assert isinstance(decode_exit_status(failure("InternalError", text), path=PATH), ContainerNotRunning)


@pytest.mark.parametrize("data", [b"", b"[]", b"null", b"command terminated", b'{"status": 1}', b"\xff"])
def test_status_that_is_not_a_status_raises_decode_error(data: bytes) -> None:
    with pytest.raises(DecodeError, match="is not a Status in JSON"):
        decode_exit_status(data, path=PATH)


def test_random_messages_raise_only_errors_of_kubex() -> None:
    source = random.Random(4)  # noqa: S311 - not cryptography
    seeds = [b'\x03{"metadata":{},"status":"Success"}', b"\x03" + failure("NonZeroExitCode", "x", causes=[]), b"\x01ab"]
    for _ in range(5000):
        message = bytearray(source.choice(seeds))
        for _ in range(source.randrange(4)):
            position = source.randrange(len(message) + 1)
            message[position : position + source.randrange(3)] = source.randbytes(source.randrange(3))
        try:
            channel, data = decode_message(bytes(message))
            if channel == Channel.STATUS:
                decode_exit_status(data, path=PATH)
            decode_port(data)
        except KubexError:
            continue
