"""Read small files with a limit of size and time, and with errors that name the file and the field."""

import os
import select
import stat
import time
from contextlib import suppress

from kubex.errors import ConfigurationError

MAX_BYTES = 4 << 20
"""The maximum size of a token, a certificate, or a bundle of CA certificates."""

READ_TIMEOUT = 10.0
"""Seconds to wait for the content of a pipe or a device."""

# O_NONBLOCK: opening a pipe without a writer must not block. O_NOCTTY: a terminal must not become the controlling one.
# O_BINARY: Windows must not change line endings. No system has all of these flags.
_OPEN_FLAGS = os.O_RDONLY | sum(getattr(os, flag, 0) for flag in ("O_NONBLOCK", "O_NOCTTY", "O_BINARY"))


def read_text(path: str | os.PathLike[str], *, field: str) -> str:
    """Read a text file in UTF-8; raises `ConfigurationError`."""
    content = read_bytes(path, field=field)
    # The decoding error is not chained, because it contains the content, which may be a secret.
    with suppress(UnicodeDecodeError):
        return content.decode("utf-8")
    raise ConfigurationError("is not text in UTF-8; convert the file", source=os.fspath(path), field=field)


def read_pem(path: str | os.PathLike[str], *, field: str) -> str:
    """Read a file with certificates or a key; raises `ConfigurationError`."""
    return pem_text(read_bytes(path, field=field))


def pem_text(content: bytes) -> str:
    """Decode PEM, which may have comments in any encoding."""
    return content.decode("utf-8", "replace")


def read_bytes(
    path: str | os.PathLike[str], *, field: str | None = None, limit: int = MAX_BYTES, timeout: float = READ_TIMEOUT
) -> bytes:
    """Read a file completely. Pipes and devices are supported, within `limit` bytes and `timeout` seconds.

    Raises `ConfigurationError` if the file cannot be read, or exceeds a limit.
    """
    try:
        descriptor = os.open(path, _OPEN_FLAGS)
        try:
            content = _read(descriptor, limit + 1, timeout)
        finally:
            os.close(descriptor)
    except TimeoutError:
        problem = f"is a pipe or a device, and its end was not reached within {timeout:g} seconds; use a regular file"
        raise ConfigurationError(problem, source=os.fspath(path), field=field) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigurationError(f"cannot be read: {reason}", source=os.fspath(path), field=field) from error
    if len(content) > limit:
        problem = f"is larger than {limit >> 20} MiB; check that this is the right file"
        raise ConfigurationError(problem, source=os.fspath(path), field=field)
    return content


def _read(descriptor: int, limit: int, timeout: float) -> bytes:
    is_file = stat.S_ISREG(os.fstat(descriptor).st_mode)
    deadline = time.monotonic() + timeout
    content = bytearray()
    while len(content) < limit:
        if not is_file:
            _wait_readable(descriptor, deadline)
        try:
            chunk = os.read(descriptor, min(limit - len(content), 1 << 16))
        except BlockingIOError:  # another process has read the data of this pipe
            continue
        if not chunk:
            break
        content += chunk
    return bytes(content)


def _wait_readable(descriptor: int, deadline: float) -> None:
    """Wait for data, or for the last writer of a pipe to close it."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    # Windows does not have poll(), but a path cannot name a pipe there.
    if hasattr(select, "poll"):
        poller = select.poll()
        poller.register(descriptor, select.POLLIN)
        if not poller.poll(left * 1000):
            raise TimeoutError


def check_readable(path: str | os.PathLike[str]) -> None:
    """Raise the `OSError` or `ValueError` that opening the file raises."""
    kind = os.stat(path).st_mode  # noqa: PTH116 - accepts any path-like object
    # A pipe is not opened: its content can be read only once.
    if stat.S_ISREG(kind) or stat.S_ISDIR(kind):
        with open(path, "rb"):  # noqa: PTH123 - accepts any path-like object
            return
