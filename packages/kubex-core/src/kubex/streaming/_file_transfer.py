"""Copy files to and from a container, with the programs tar, mv, rm and cat of the container.

Programs receive paths as arguments. No shell is used.
"""

from __future__ import annotations

import posixpath
import re
import stat
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol, TypeAlias

import anyio
import anyio.to_thread

from kubex.core._exec_errors import (
    CommandEndedError,
    CommandStartError,
    ExecResult,
    FileTransferError,
    ProgramNotFoundError,
    RemoteFileNotFoundError,
    StdinCloseError,
    TargetExistsError,
)
from kubex.errors import ApiError, ConfigurationError, ConnectionLost, KubexError
from kubex.streaming._batches import Batches
from kubex.streaming._exec import run_both, run_command
from kubex.streaming._process import Process
from kubex.streaming._tar_writer import TarWriter, content_size
from kubex.streaming._unpack import RootLinkError, Unpacker, temporary_name

Progress: TypeAlias = Callable[[int, int | None], None]
"""A function that is called with the number of bytes that have been copied, and the total if it is known."""

# In bytes: the end of the standard error that is kept.
_STDERR_SIZE = 2**16

# In seconds, to remove the temporary folder of an upload that failed or was cancelled.
_CLEANUP_LIMIT = 5.0

# In seconds, until tar has ended after an upload failed or was cancelled.
_EXIT_LIMIT = 1.0

# Of standard error: in characters, the part that is in an error message.
_EXCERPT = 500

# Exit codes of a container runtime, or a shell, for a program that cannot be executed.
_NOT_EXECUTED = (126, 127)

_MOST_LINKS = 40
_NOT_FOUND = re.compile(r"not found|no such file", re.IGNORECASE)
_MISSING_FILE = re.compile(r"no such file or directory", re.IGNORECASE)
_TARGET_EXISTS = re.compile(r"overwrite|not empty|is a directory|not a directory|file exists", re.IGNORECASE)
# GNU tar reports a file that grows, such as a log, in each of these lines. The archive is complete.
_ONLY_CHANGED = re.compile(r"(?:[^\n]*: file changed as we read it\n?)+")


class Container(Protocol):
    """Starts programs in one container.

    `process()` returns a program that is not started yet. Its `limit` in seconds replaces the time limit of the call.
    """

    @property
    def pod(self) -> str: ...
    def process(self, command: Sequence[str], *, stdin: bool = False, limit: float | None = None) -> Process: ...


async def read(container: Container, path: str) -> bytes:
    """Return the content of a file."""
    result = await _run(container, ["cat", _argument(path, "path")], path)
    _check(container, "cat", path, result)
    return result.stdout


async def download(
    container: Container, remote: str, local: Path, progress: Progress | None, *, needs_folder: bool
) -> None:
    """Copy a file or folder from the container. If the remote path is a symbolic link, it is followed.

    `needs_folder` is whether the local path cannot be a file, because it ends with a slash.
    """
    local = await anyio.to_thread.run_sync(_check_local, local)
    path = remote
    for _ in range(_MOST_LINKS):
        folder, name = _split(path)
        unpacker = Unpacker(local, name, needs_folder=needs_folder)
        link = await _download(container, path, folder, name, unpacker, progress)
        if link is None:
            return
        path = posixpath.join(posixpath.dirname(path), link)
    raise FileTransferError("too many symbolic links", _display(container, remote))


def _check_local(path: Path) -> Path:
    path = path.absolute()
    path.parent.stat()  # raises FileNotFoundError
    return path


async def _download(
    container: Container, path: str, folder: str, name: str, unpacker: Unpacker, progress: Progress | None
) -> str | None:
    """Copy a file or folder. If it is a symbolic link, return its target."""
    process = container.process(["tar", "-cf", "-", "-C", folder, f"./{name}" if name else "."])
    try:
        with _errors(container, "tar", path):
            result = await _receive(process, unpacker, progress)
            if result.exit_code != 1 or not _ONLY_CHANGED.fullmatch(result.stderr_text):
                _check(container, "tar", path, result)
            await anyio.to_thread.run_sync(unpacker.finish)
    except RootLinkError as link:
        return link.target
    except BaseException:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(unpacker.discard)
        raise
    return None


async def _receive(process: Process, unpacker: Unpacker, progress: Progress | None) -> ExecResult:
    """Receive an archive, and unpack it in a thread meanwhile."""
    batches = Batches()
    stderr = bytearray()

    async def receive() -> None:
        while (output := await process.receive()) is not None:
            if output.name == "stdout":
                await batches.put(output.take_view())
            else:
                _keep_end(stderr, output.take())
        batches.close()

    async def unpack() -> None:
        while batch := await batches.take():
            await anyio.to_thread.run_sync(unpacker.feed, batch)
            if progress is not None:
                progress(unpacker.done, unpacker.total)

    async with process:
        await run_both(unpack, receive)
        return ExecResult(b"", bytes(stderr), await process.wait())


async def upload(container: Container, source: Path | bytes, remote: str, progress: Progress | None = None) -> None:
    """Copy a local file or folder, or the content of a file, to the container."""
    if isinstance(source, Path):
        # Both raise FileNotFoundError before anything is sent.
        if await anyio.to_thread.run_sync(lambda: stat.S_ISDIR(source.stat().st_mode)):
            remote = remote.rstrip("/") or remote
        total = await anyio.to_thread.run_sync(content_size, source) if progress is not None else 0
    else:
        total = len(source)
    folder, name = _split(remote)
    if not name:
        raise ConfigurationError(f"must be the final name of the file or folder, not {remote!r}", field="remote")
    temporary = temporary_name()
    writer = TarWriter(source, folder=temporary, name=name)
    process = container.process(["tar", "-xpof", "-", "-C", folder], stdin=True)
    try:
        with _errors(container, "tar", remote):
            result = await _send(process, writer, lambda: progress and progress(writer.done, total))
        _check(container, "tar", remote, result)
        await _rename(container, folder, temporary, name, remote)
        if progress is not None:  # tar can end before the last batch is reported
            progress(writer.done, total)
    except (ApiError, ProgramNotFoundError, StdinCloseError):
        raise  # the folder was not created, or mv is missing
    except BaseException:
        with anyio.CancelScope(shield=True):
            await _remove(container, posixpath.join(folder, temporary))
        raise
    await _remove(container, posixpath.join(folder, temporary))


async def _send(process: Process, writer: TarWriter, report: Callable[[], object]) -> ExecResult:
    """Send an archive. If the command ends meanwhile, its result counts."""
    stderr = bytearray()

    async def receive() -> None:
        async for _, data in process:
            _keep_end(stderr, data)

    async def send() -> None:
        try:
            while batch := await anyio.to_thread.run_sync(writer.read):
                await process.write(batch)
                report()
            await process.stdin.aclose()
        except (CommandEndedError, ConnectionLost):
            return

    try:
        async with process:
            if not process.can_close_stdin:
                raise StdinCloseError
            try:
                await run_both(receive, send)
            except BaseException:
                await _end(process)
                raise
            return ExecResult(b"", bytes(stderr), await process.wait())
    finally:
        writer.close()


async def _end(process: Process) -> None:
    """End tar if this is possible. It creates missing folders, so it must end before the temporary one is removed."""
    with anyio.move_on_after(_EXIT_LIMIT, shield=True), suppress(KubexError):
        await process.stdin.aclose()
        await process.wait()


async def _rename(container: Container, folder: str, temporary: str, name: str, remote: str) -> None:
    """Move the file or folder out of the temporary folder.

    The target of mv is the parent folder, so that an existing folder with the final name is an error. Otherwise mv
    would move the file into it.
    """
    source = posixpath.join(folder, temporary, name)
    try:
        result = await _run(container, ["mv", "-f", source, posixpath.join(folder, "")], remote)
    except ProgramNotFoundError as error:
        error.problem = f"{error.problem}. The upload is complete, but has the temporary name {source!r}"
        raise
    if result.exit_code != 0 and _TARGET_EXISTS.search(result.stderr_text):
        problem = f"the target exists and cannot be replaced: {result.stderr_text.strip()}"
        raise TargetExistsError(problem, _display(container, remote))
    _check(container, "mv", remote, result)


async def _remove(container: Container, folder: str) -> None:
    """Remove a temporary folder if this is possible."""
    with anyio.move_on_after(_CLEANUP_LIMIT), suppress(KubexError):
        command = ["rm", "-rf", folder]
        await run_command(container.process(command, limit=_CLEANUP_LIMIT), command, None, check=False)


async def _run(container: Container, command: Sequence[str], path: str) -> ExecResult:
    with _errors(container, command[0], path):
        return await run_command(container.process(command), command, None, check=False)


@contextmanager
def _errors(container: Container, program: str, path: str) -> Generator[None, None, None]:
    """Name the path in errors, and raise ProgramNotFoundError if the container does not contain the program."""
    try:
        yield
    except CommandStartError as error:
        if not _NOT_FOUND.search(error.message):
            raise
        raise _program_not_found(container, program, path) from error
    except FileTransferError as error:
        error.path = error.path or _display(container, path)
        raise


def _program_not_found(container: Container, program: str, path: str) -> ProgramNotFoundError:
    problem = f"the container does not contain {program}, which copies files; use an image or a container that has it"
    return ProgramNotFoundError(problem, _display(container, path), program)


def _check(container: Container, program: str, path: str, result: ExecResult) -> None:
    """Raise the error for an exit code other than 0."""
    if result.exit_code == 0:
        return
    if result.exit_code in _NOT_EXECUTED:
        raise _program_not_found(container, program, path)
    text = result.stderr_text.strip()[-_EXCERPT:]
    kind = RemoteFileNotFoundError if _MISSING_FILE.search(text) else FileTransferError
    problem = f"{program} ended with exit code {result.exit_code}{f': {text}' if text else ''}"
    raise kind(problem, _display(container, path))


def _split(path: str) -> tuple[str, str]:
    """Return the folder and the name in it. The name is empty if the path can only be a folder: `a/`, `.` and `/`."""
    path = _argument(path, "remote")
    folder, name = posixpath.split(path)
    return (path, "") if name in ("", ".", "..") else (folder, name)


def _argument(path: str, field: str) -> str:
    """Return a path that no program takes for an option."""
    if not path or "\0" in path:
        raise ConfigurationError(f"must be the path of a file, not {path!r}", field=field)
    return path if path.startswith("/") else f"./{path}"


def _display(container: Container, path: str) -> str:
    return f"{container.pod}:{path}"


def _keep_end(text: bytearray, data: bytes) -> None:
    text += data
    del text[:-_STDERR_SIZE]
