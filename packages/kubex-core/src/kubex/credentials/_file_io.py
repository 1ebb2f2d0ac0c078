"""Reading what credentials are made of, with errors that name the file and the field."""

import os
import select
import stat
import time
from contextlib import suppress

from kubex.errors import ConfigurationError

MAX_BYTES = 4 << 20
"""What a token, a certificate or a bundle of authorities may have at most."""

READING = os.O_RDONLY | sum(getattr(os, flag, 0) for flag in ("O_NONBLOCK", "O_NOCTTY", "O_BINARY"))
"""How files are opened: no system has all of these flags, and Windows changes line ends without the last."""

PATIENCE = 10.0
"""Seconds to wait for what stands in a pipe or comes from a device; files are there at once."""


def read_text(path: str | os.PathLike[str], *, field: str) -> str:
    """Read a small text file; raises `ConfigurationError`."""
    content = read_bytes(path, field=field)
    with suppress(UnicodeDecodeError):  # holds the content, so it is not chained
        return content.decode("utf-8")
    raise ConfigurationError("is not text in UTF-8", source=os.fspath(path), field=field)


def read_pem(path: str | os.PathLike[str], *, field: str) -> str:
    """Read certificates or a key, between which comments may stand in any encoding; raises `ConfigurationError`."""
    return pem_text(read_bytes(path, field=field))


def pem_text(content: bytes) -> str:
    """Return PEM as text, whatever its comments are written in."""
    return content.decode("utf-8", "replace")


def read_bytes(
    path: str | os.PathLike[str], *, field: str | None = None, limit: int = MAX_BYTES, patience: float = PATIENCE
) -> bytes:
    """Read a file whole, whatever is behind its name: neither a pipe nor a device makes this hang or fill the memory.

    Raises `ConfigurationError` for what cannot be read, is longer than `limit` or has no end after `patience` seconds.
    """
    try:
        descriptor = os.open(path, READING)
        try:
            content = _drain(descriptor, limit + 1, patience)
        finally:
            os.close(descriptor)
    except TimeoutError:
        problem = f"is no file, and nobody has written it to its end within {patience:g} seconds"
        raise ConfigurationError(problem, source=os.fspath(path), field=field) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigurationError(f"cannot be read: {reason}", source=os.fspath(path), field=field) from error
    if len(content) > limit:
        problem = f"has more than {limit >> 20} MiB, so it is something else"
        raise ConfigurationError(problem, source=os.fspath(path), field=field)
    return content


def _drain(descriptor: int, most: int, patience: float) -> bytes:
    is_file = stat.S_ISREG(os.fstat(descriptor).st_mode)
    deadline = time.monotonic() + patience
    content = bytearray()
    while len(content) < most:
        if not is_file:
            _wait(descriptor, deadline)
        try:
            chunk = os.read(descriptor, min(most - len(content), 1 << 16))
        except BlockingIOError:  # somebody else reads from this pipe, too
            continue
        if not chunk:
            break
        content += chunk
    return bytes(content)


def _wait(descriptor: int, deadline: float) -> None:
    """Wait until there is something to read, or the last writer of a pipe has closed it."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    if hasattr(select, "poll"):  # not on Windows, where no path leads to such a thing
        poller = select.poll()
        poller.register(descriptor, select.POLLIN)
        if not poller.poll(left * 1000):
            raise TimeoutError


def check_readable(path: str | os.PathLike[str]) -> None:
    """Raise the `OSError` or `ValueError` that reading would; pipes are left alone, since they are read once."""
    kind = os.stat(path).st_mode  # noqa: PTH116 - takes any path
    if stat.S_ISREG(kind) or stat.S_ISDIR(kind):
        with open(path, "rb"):  # noqa: PTH123 - takes any path
            return
