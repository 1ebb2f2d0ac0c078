"""Update kubeconfig files: lock the file, change its document, and replace the file atomically."""

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

LOCK_TIMEOUT = 5.0
"""Seconds to wait for the lock of another program."""

# Errors of a file that cannot be replaced: it is a mount point, or belongs to another user (EINVAL: to a user that
# does not exist in this container). Such a file is overwritten in place, as kubectl always does.
_NOT_REPLACEABLE = (errno.EPERM, errno.EACCES, errno.EINVAL, errno.EBUSY, errno.EXDEV)

Document = dict[str, Any]
_EMPTY: Document = {
    "apiVersion": "v1",
    "kind": "Config",
    "clusters": [],
    "contexts": [],
    "users": [],
    "current-context": "",
}


def update_file(
    file: Path, update: Callable[[Document], object], *, replace: bool = False, timeout: float = LOCK_TIMEOUT
) -> None:
    """Lock a kubeconfig, read its document, call `update` with it, and write it; blocks.

    With `replace`, `update` receives an empty document. Otherwise everything else in the file is preserved, except
    comments and formatting.
    """
    file = file.absolute()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.exists() and not file.is_file():
            raise ConfigurationError(
                "is not a regular file, so it cannot be written; use another path", source=str(file)
            )
        with _lock(file, timeout):
            document = _copy_lists(_EMPTY) if replace or not file.exists() else _read(file)
            update(document)
            _write(file, document)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        if isinstance(error, ConfigurationError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigurationError(f"cannot be written: {reason}", source=str(file)) from error


def _read(file: Path) -> Document:
    document = read_document(file)
    parse_document(document)  # raises for a file that is not a kubeconfig, so that it is not changed
    values = {str(name): value for name, value in document.values.items() if value is not None}
    return _copy_lists(_EMPTY) | _copy_lists(values)


def _copy_lists(values: Document) -> Document:
    # YAML aliases can make one list the value of several fields. An update must change only one of them.
    return {name: value.copy() if isinstance(value, list) else value for name, value in values.items()}


def set_entry(document: Document, plural: str, singular: str, name: str, values: Document) -> None:
    """Replace the entry with this name, or append a new one."""
    entry = {"name": name, singular: values}
    entries = document[plural]
    for index, existing in enumerate(entries):
        if existing.get("name") == name:
            entries[index] = entry
            return
    entries.append(entry)


def own_entry_values(document: Document, plural: str, singular: str, name: str) -> Document | None:
    """Return the mapping of an entry, to be changed in place; None if the entry does not exist."""
    for existing in document[plural]:
        if existing.get("name") == name and as_mapping(existing.get(singular)) is not None:
            # A copy, because YAML aliases can make other entries share the mapping.
            values: Document = copy.deepcopy(existing[singular])
            existing[singular] = values
            return values
    return None


@contextmanager
def _lock(file: Path, timeout: float) -> Generator[None]:
    """Hold the lock file that kubectl uses, `config.lock` for `config`."""
    lock = file.with_name(f"{file.name}.lock")
    deadline = time.monotonic() + timeout
    while True:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL, 0o600))
            break
        except FileExistsError:
            if time.monotonic() >= deadline:
                problem = "another program is writing the kubeconfig; if it has crashed, delete this lock file"
                raise ConfigurationError(problem, source=str(lock)) from None
            time.sleep(0.02)
        except OSError as error:
            problem = f"cannot be created: {error.strerror}; writing a kubeconfig requires this lock file"
            raise ConfigurationError(problem, source=str(lock)) from error
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def _write(file: Path, document: Document) -> None:
    """Write the document to the file, or to the target of a symbolic link."""
    from kubex.configuration._yaml import dump  # imports PyYAML

    content = dump(document)
    target = Path(os.path.realpath(file))
    try:
        _replace(target, content)
    except OSError as error:
        if error.errno not in _NOT_REPLACEABLE or not target.exists():
            raise
        _overwrite(target, content)


def _replace(target: Path, content: bytes) -> None:
    # Write a temporary file and rename it, so that readers never see a partial kubeconfig.
    descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")  # with mode 0600
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if target.exists():
            _copy_owner_and_mode(target, temporary)
        os.replace(temporary, target)  # noqa: PTH105 - mkstemp returns a str
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)  # noqa: PTH108 - a str
        raise


def _copy_owner_and_mode(target: Path, temporary: str) -> None:
    existing = target.stat()
    if hasattr(os, "chown"):
        # Raises OSError if this user may not give the file away; the target is then overwritten in place.
        os.chown(temporary, existing.st_uid, existing.st_gid)
    os.chmod(temporary, stat.S_IMODE(existing.st_mode))  # noqa: PTH101 - a str


def _overwrite(target: Path, content: bytes) -> None:
    with target.open("r+b") as stream:
        stream.write(content)
        stream.truncate()
        stream.flush()
        os.fsync(stream.fileno())
