"""Changing kubeconfig files: one writer at a time, and where possible never a half-written file."""

import copy
import errno
import os
import stat
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from kubex.configuration._merge import parse_document, read_document
from kubex.configuration._reader import as_mapping
from kubex.errors import ConfigurationError

LOCK_PATIENCE = 5.0
"""Seconds to wait for another program that writes the same file."""

IRREPLACEABLE = (errno.EPERM, errno.EACCES, errno.EINVAL, errno.EBUSY, errno.EXDEV)
"""Of a file that belongs to somebody else (EINVAL: whom this container does not know), or is mounted by itself.

Such a file is written in place, as kubectl always does.
"""

Document = dict[str, Any]
EMPTY: Document = {
    "apiVersion": "v1",
    "kind": "Config",
    "clusters": [],
    "contexts": [],
    "users": [],
    "current-context": "",
}


def update_file(
    file: Path, alter: Callable[[Document], object], *, afresh: bool = False, patience: float = LOCK_PATIENCE
) -> None:
    """Lock a kubeconfig, read it (or begin `afresh`), alter its document, write it; blocks.

    All that is not altered stays, whatever it is, except comments and the way the YAML was written.
    """
    file = file.absolute()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.exists() and not file.is_file():
            raise ConfigurationError("is no file, so it cannot be written", source=str(file))
        with _locked(file, patience):
            document = _empty() if afresh or not file.exists() else _document(file)
            alter(document)
            _write(file, document)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        if isinstance(error, ConfigurationError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigurationError(f"cannot be written: {reason}", source=str(file)) from error


def _empty() -> Document:
    return _with_own_lists(EMPTY)


def _document(file: Path) -> Document:
    top = read_document(file)
    parse_document(top)  # what is no kubeconfig is not written to
    given = {str(name): value for name, value in top.values.items() if value is not None}
    # One list may stand in several places by aliases, and what is added to it is meant for one of them.
    return _empty() | _with_own_lists(given)


def _with_own_lists(values: Document) -> Document:
    return {name: value.copy() if isinstance(value, list) else value for name, value in values.items()}


def set_entry(document: Document, plural: str, singular: str, name: str, values: Document) -> None:
    """Put an entry in the place of one of its name, else at the end."""
    entry = {"name": name, singular: values}
    entries = document[plural]
    for position, existing in enumerate(entries):
        if existing.get("name") == name:
            entries[position] = entry
            return
    entries.append(entry)


def own_entry_values(document: Document, plural: str, singular: str, name: str) -> Document | None:
    """Find what an entry holds, to be altered in place; other entries may have been aliases of it."""
    for existing in document[plural]:
        if existing.get("name") == name and as_mapping(existing.get(singular)) is not None:
            values: Document = copy.deepcopy(existing[singular])
            existing[singular] = values
            return values
    return None


@contextmanager
def _locked(file: Path, patience: float) -> Generator[None]:
    """Hold the lock that kubectl holds when it writes: a file beside it, named `config.lock` for `config`."""
    lock = file.with_name(f"{file.name}.lock")
    deadline = time.monotonic() + patience
    while True:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL, 0o600))
            break
        except FileExistsError:
            if time.monotonic() >= deadline:
                problem = "another program is writing the kubeconfig; if none is, one has crashed: delete this file"
                raise ConfigurationError(problem, source=str(lock)) from None
            time.sleep(0.02)
        except OSError as error:
            problem = f"cannot be made: {error.strerror}; a kubeconfig is written while this file stands beside it"
            raise ConfigurationError(problem, source=str(lock)) from error
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def _write(file: Path, document: Document) -> None:
    """Write what the document holds; behind a symbolic link it is the file that it leads to."""
    from kubex.configuration._yaml import dump  # brings PyYAML

    content = dump(document)
    target = Path(os.path.realpath(file))
    try:
        _replace(target, content)
    except OSError as error:
        if error.errno not in IRREPLACEABLE or not target.exists():
            raise
        _overwrite(target, content)


def _replace(target: Path, content: bytes) -> None:
    """Write beside the file, then rename, so that the file is whole at any time."""
    descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")  # with mode 0600
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if target.exists():
            _make_alike(target, temporary)
        os.replace(temporary, target)  # noqa: PTH105 - a name as mkstemp gives it
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)  # noqa: PTH108
        raise


def _make_alike(target: Path, temporary: str) -> None:
    """Give a file the owner and the mode of another; raises OSError if it may not have that owner."""
    existing = target.stat()
    if hasattr(os, "chown"):
        os.chown(temporary, existing.st_uid, existing.st_gid)
    os.chmod(temporary, stat.S_IMODE(existing.st_mode))  # noqa: PTH101


def _overwrite(target: Path, content: bytes) -> None:
    with target.open("r+b") as stream:
        stream.write(content)
        stream.truncate()
        stream.flush()
        os.fsync(stream.fileno())
