"""A command in a container, as its handler sees it."""

import asyncio
import json
import posixpath
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kubex_testing._objects.json_types import is_integer, is_object

from .files import ContainerFiles
from .pipes import ProcessInput, ProcessOutput

_RESIZE_BYTES = 4096


@dataclass(frozen=True)
class TerminalSize:
    """The size of a terminal in characters."""

    width: int
    height: int


class Terminal:
    """The terminal of a command with `tty`. Its size is unknown until the client sends it."""

    def __init__(self) -> None:
        self.size: TerminalSize | None = None
        self._changed = asyncio.Event()
        self._text = ""

    def resize(self, data: bytes) -> None:
        """Read sizes from the data of the resize channel: JSON documents, one after another."""
        self._text = (self._text + data.decode("utf-8", "replace")).lstrip()
        decoder = json.JSONDecoder()
        while self._text:
            try:
                document, end = decoder.raw_decode(self._text)
            except ValueError:
                # The rest of the document may follow.
                self._text = self._text if len(self._text) < _RESIZE_BYTES else ""
                return
            self._text = self._text[end:].lstrip()
            self._set(document)

    def _set(self, document: Any) -> None:
        fields = {key.lower(): value for key, value in document.items()} if is_object(document) else {}
        width, height = fields.get("width"), fields.get("height")
        if is_integer(width) and is_integer(height):
            self.size = TerminalSize(width, height)
            self._changed.set()
            self._changed = asyncio.Event()

    async def wait_for_resize(self) -> TerminalSize:
        """Wait for the next size."""
        changed = self._changed
        await changed.wait()
        assert self.size is not None  # noqa: S101  # set before the event
        return self.size


@dataclass(frozen=True)
class ContainerProcess:
    """A command that a client runs in a container, or the main process of a container that a client attached to.

    Attributes:
        namespace: the namespace of the pod.
        pod: the name of the pod.
        container: the name of the container.
        argv: the program and its arguments; empty for an attached process.
        env: the environment variables of the container.
        working_dir: the working directory.
        tty: whether the client requested a terminal. The server does not change the data: it does not echo input or
            convert line feeds.
        stdin: the input; it has ended if the client did not request it.
        stdout: the output.
        stderr: the error output; with a terminal, this is the same stream as `stdout`.
        files: the files of the container, which the built-in commands use.
    """

    namespace: str
    pod: str
    container: str
    argv: tuple[str, ...]
    env: dict[str, str]
    working_dir: str
    tty: bool
    stdin: ProcessInput
    stdout: ProcessOutput
    stderr: ProcessOutput
    files: ContainerFiles
    terminal: Terminal

    @property
    def terminal_size(self) -> TerminalSize | None:
        """The latest size of the terminal, or None before the client has sent one."""
        return self.terminal.size

    async def wait_for_resize(self) -> TerminalSize:
        """Wait until the client sends the next size of the terminal, and return it."""
        return await self.terminal.wait_for_resize()

    def absolute(self, path: str) -> str:
        """Return a path of a command line as an absolute path."""
        return posixpath.join(self.working_dir, path)

    async def fail(self, message: str, code: int = 1) -> int:
        """Write an error message with the name of the program to `stderr`, and return the exit code."""
        program = posixpath.basename(self.argv[0]) if self.argv else self.container
        await self.stderr.write(f"{program}: {message}\n".encode("utf-8", "surrogateescape"))
        return code

    async def run_builtin(self, argv: Sequence[str] | None = None) -> int:
        """Run a built-in command, by default the one that the client requested, and return its exit code.

        Raises:
            CommandNotFoundError: no built-in command has this name.
        """
        from .commands import run_command

        return await run_command(self if argv is None else replace(self, argv=tuple(argv)))


ProcessHandler = Callable[[ContainerProcess], Awaitable[int | None]]
"""A function that runs a command and returns its exit code; None means 0."""


class CommandNotFoundError(Exception):
    """The container does not have the program. Handlers can raise this error.

    The client receives a status with the reason InternalError.
    """

    def __init__(self, program: str) -> None:
        if "/" in program:
            super().__init__(f'exec: "{program}": stat {program}: no such file or directory')
        else:
            super().__init__(f'exec: "{program}": executable file not found in $PATH')
        self.program = program
