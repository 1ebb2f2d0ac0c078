"""The built-in commands of containers. They are functions, and start no process."""

import asyncio
import hashlib
import posixpath
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

from .file_commands import FILE_COMMANDS
from .files import Directory
from .pipes import CHUNK_BYTES
from .process import CommandNotFoundError, ContainerProcess
from .redirection import open_input

Command = Callable[[ContainerProcess], Awaitable[int]]
_PROGRAM_FOLDERS = ("", "/bin", "/sbin", "/usr/bin", "/usr/sbin")
_NUMBERS_PER_WRITE = 4096


async def run_command(process: ContainerProcess) -> int:
    """Run a command and return its exit code. Raises CommandNotFoundError."""
    if not process.argv:
        return 0
    command = find_command(process.argv[0])
    if command is None:
        raise CommandNotFoundError(process.argv[0])
    return await command(process)


def find_command(program: str) -> Command | None:
    """Return the function of a program, or None. A path must be in one of the usual folders."""
    folder, name = posixpath.split(program)
    return _COMMANDS.get(name) if folder in _PROGRAM_FOLDERS else None


async def _echo(process: ContainerProcess) -> int:
    words = process.argv[1:]
    newline = words[:1] != ("-n",)
    text = " ".join(words if newline else words[1:]) + ("\n" if newline else "")
    await process.stdout.write(text.encode("utf-8", "surrogateescape"))
    return 0


async def _cat(process: ContainerProcess) -> int:
    code = 0
    for path in process.argv[1:] or ("-",):
        code |= await _cat_file(process, path)
    return code


async def _cat_file(process: ContainerProcess, path: str) -> int:
    try:
        source = open_input(process, path)
    except OSError as error:
        return await process.fail(f"{path}: {error.strerror}")
    while data := await source.read(CHUNK_BYTES):
        await process.stdout.write(data)
    return 0


async def _date(process: ContainerProcess) -> int:
    match process.argv[1:]:
        case () | ("-u",):
            text = time.asctime(time.gmtime())  # does not depend on the locale
            await process.stdout.write(f"{text[:-4]}UTC {text[-4:]}\n".encode())
            return 0
        case (text,) if not text.startswith(("-", "+")):
            return await process.fail(f"invalid date '{text}'")
        case _:
            return await process.fail("only `date` and `date -u` are available in the embedded server")


async def _env(process: ContainerProcess) -> int:
    await process.stdout.write("".join(f"{name}={value}\n" for name, value in process.env.items()).encode())
    return 0


async def _pwd(process: ContainerProcess) -> int:
    await process.stdout.write(f"{process.working_dir}\n".encode())
    return 0


async def _true(_process: ContainerProcess) -> int:
    return 0


async def _false(_process: ContainerProcess) -> int:
    return 1


async def _sleep(process: ContainerProcess) -> int:
    match process.argv[1:]:
        case ("infinity",):
            await asyncio.Event().wait()
        case (text,) if text.replace(".", "", 1).isdecimal():
            await asyncio.sleep(float(text))
        case _:
            return await process.fail("only `sleep SECONDS` is available in the embedded server")
    return 0


async def _stty(process: ContainerProcess) -> int:
    if process.argv[1:] != ("size",):
        return await process.fail("only `stty size` is available in the embedded server")
    if not process.tty:
        return await process.fail("'standard input': Inappropriate ioctl for device")
    size = process.terminal_size
    rows, columns = (size.height, size.width) if size is not None else (0, 0)
    await process.stdout.write(f"{rows} {columns}\n".encode())
    return 0


async def _head(process: ContainerProcess) -> int:
    match process.argv[1:]:
        case ("-c", count, *paths) if count.isdecimal() and len(paths) <= 1:
            remaining, path = int(count), "".join(paths) or "-"
        case _:
            return await process.fail("only `head -c N [FILE]` is available in the embedded server")
    try:
        source = open_input(process, path)
    except OSError as error:
        return await process.fail(f"cannot open '{path}' for reading: {error.strerror}")
    while remaining and (data := await source.read(min(remaining, CHUNK_BYTES))):
        await process.stdout.write(data)
        remaining -= len(data)
    return 0


async def _seq(process: ContainerProcess) -> int:
    numbers = process.argv[1:]
    if len(numbers) not in (1, 2) or not all(item.isdecimal() for item in numbers):
        return await process.fail("only `seq LAST` and `seq FIRST LAST` are available in the embedded server")
    first, last = (1, int(numbers[0])) if len(numbers) == 1 else (int(numbers[0]), int(numbers[1]))
    for start in range(first, last + 1, _NUMBERS_PER_WRITE):
        lines = (f"{number}\n" for number in range(start, min(start + _NUMBERS_PER_WRITE, last + 1)))
        await process.stdout.write("".join(lines).encode())
    return 0


class _Summary(Protocol):
    """A value that is calculated from the content of a file."""

    def update(self, data: bytes, /) -> None: ...

    def hexdigest(self) -> str: ...


class _ByteCount:
    """The number of bytes, with the methods of a hash."""

    def __init__(self) -> None:
        self._size = 0

    def update(self, data: bytes, /) -> None:
        self._size += len(data)

    def hexdigest(self) -> str:
        return str(self._size)


async def _wc(process: ContainerProcess) -> int:
    match process.argv[1:]:
        case ("-c",):
            return await _summarize(process, "-", _ByteCount(), "{}\n")
        case ("-c", path):
            return await _summarize(process, path, _ByteCount(), "{} {}\n")
        case _:
            return await process.fail("only `wc -c [FILE]` is available in the embedded server")


async def _sha256sum(process: ContainerProcess) -> int:
    code = 0
    for path in process.argv[1:] or ("-",):
        code |= await _summarize(process, path, hashlib.sha256(), "{}  {}\n")
    return code


async def _summarize(process: ContainerProcess, path: str, summary: _Summary, line: str) -> int:
    """Write a line with the summary of a file and its name."""
    try:
        source = open_input(process, path)
    except OSError as error:
        return await process.fail(f"{path}: {error.strerror}")
    while data := await source.read(CHUNK_BYTES):
        summary.update(data)
    await process.stdout.write(line.format(summary.hexdigest(), path).encode("utf-8", "surrogateescape"))
    return 0


async def _test(process: ContainerProcess) -> int:
    words = process.argv[1:]
    if process.argv[0] == "[":
        if words[-1:] != ("]",):
            return await process.fail("missing ]", 2)
        words = words[:-1]
    negated = words[:1] == ("!",)
    result = _evaluate(process, words[1:] if negated else words)
    if result is None:
        return await process.fail(f"the embedded server does not support {' '.join(words)}", 2)
    return 0 if result is not negated else 1


def _evaluate(process: ContainerProcess, words: tuple[str, ...]) -> bool | None:
    """Return the value of a condition, or None for an unknown one."""
    match words:
        case ():
            return False
        case (text,):
            return bool(text)
        case ("-n", text):
            return bool(text)
        case ("-z", text):
            return not text
        case (left, "=", right):
            return left == right
        case (left, "!=", right):
            return left != right
        case ("-e" | "-d" | "-f" | "-s" as check, path):
            return _check_file(process, check, process.absolute(path))
        case _:
            return None


def _check_file(process: ContainerProcess, check: str, path: str) -> bool:
    if not process.files.exists(path):
        return False
    is_directory = isinstance(process.files.node(path), Directory)
    if check == "-s":
        return is_directory or process.files.file(path).content.size > 0
    return check == "-e" or (check == "-d") is is_directory


async def _sh(process: ContainerProcess) -> int:
    from .shell import run_shell  # the shell runs the commands of this table

    return await run_shell(process)


_COMMANDS: dict[str, Command] = {
    "[": _test,
    "bash": _sh,
    "cat": _cat,
    "date": _date,
    "echo": _echo,
    "env": _env,
    "false": _false,
    "head": _head,
    "pwd": _pwd,
    "seq": _seq,
    "sh": _sh,
    "sha256sum": _sha256sum,
    "sleep": _sleep,
    "stty": _stty,
    "test": _test,
    "true": _true,
    "wc": _wc,
    **FILE_COMMANDS,
}
