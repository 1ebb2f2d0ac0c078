"""`Process`: a command that runs in a container, or an attached container."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from types import TracebackType
from typing import Literal

import anyio
from anyio.abc import ByteReceiveStream, ByteSendStream
from typing_extensions import Self, override

from kubex.core._exec_errors import CommandEndedError, CommandInterrupted, OutputNotReadError, StdinCloseError
from kubex.errors import ApiError, ConnectionLost, DeadlineExceeded, DecodeError, KubexError, TransportError
from kubex.streaming._background import current_task
from kubex.streaming._channels import V5, Channel, encode_close, encode_data, encode_resize
from kubex.streaming._connection import Connection
from kubex.streaming._exit_status import decode_exit_status
from kubex.streaming._input_sender import InputSender, SendLock
from kubex.streaming._output import LIMIT, Output, OutputBuffer

# The size of the messages that carry standard input, in bytes. Libraries copy messages several times. With larger
# messages these copies are slower, because the memory for them comes from the operating system each time.
_INPUT_SIZE = 2**16

_STDIN = int(Channel.STDIN)

# In seconds: the maximum wait for another task that reads an output, if the buffer of this output is full.
_READER_LIMIT = 60.0

# In seconds: the maximum wait for the close frame after the status. Output can arrive between them.
_CLOSE_LIMIT = 10.0


class Process:
    """A command in a container, returned by `api.exec.stream()` and `api.attach.stream()`.

    Read the output as `async for channel, data in process`, or as the byte streams `process.stdout` and
    `process.stderr`. Write the input to `process.stdin`. Up to 1 MiB of each output and one message are kept in
    memory. If a buffer is full, the command waits. If the program reads only one output, and the buffer of the other
    one is full, reading raises OutputNotReadError.

    Example:
        async with pods.exec.stream("web-0", ["tail", "-f", "/var/log/app.log"]) as process:
            async for channel, data in process:
                print(channel, data)
    """

    def __init__(self, connection: Connection, *, stdin: bool, stdout: bool, stderr: bool, tty: bool) -> None:
        self._connection = connection
        self._has_stdin = stdin
        self._tty = tty
        self._buffers: dict[int, OutputBuffer] = {}
        if stdout:
            self._buffers[Channel.STDOUT] = OutputBuffer("stdout")
        if stderr:
            self._buffers[Channel.STDERR] = OutputBuffer("stderr")
        self._outputs = tuple(self._buffers.values())
        self._is_receiving = False
        self._received: anyio.Event | None = None
        self._sending = SendLock()
        self._input = InputSender(connection.send, self._read_output)
        self._result: int | ApiError | None = None
        self._ended: KubexError | Literal[True] | None = None
        self._stdin_closed = False

    async def __aenter__(self) -> Self:
        await self._connection.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            await self._input.stop()
        finally:
            await self._connection.close(error)

    @property
    def exit_code(self) -> int | None:
        """The exit code; None until it has arrived."""
        return self._result if isinstance(self._result, int) else None

    @property
    def can_close_stdin(self) -> bool:
        """Whether `process.stdin.aclose()` works, which requires Kubernetes 1.30 or newer."""
        return self._connection.subprotocol == V5

    @property
    def stdin(self) -> StdinWriter:
        """The standard input, an `anyio.abc.ByteSendStream`. It requires `stdin=True`."""
        if not self._has_stdin:
            raise AttributeError("the stream was opened without standard input; pass stdin=True")
        return StdinWriter(self)

    @property
    def stdout(self) -> OutputReader:
        """The standard output, an `anyio.abc.ByteReceiveStream`. It contains all output of a terminal."""
        return self._reader(Channel.STDOUT)

    @property
    def stderr(self) -> OutputReader:
        """The standard error, an `anyio.abc.ByteReceiveStream`."""
        return self._reader(Channel.STDERR)

    def _reader(self, channel: Channel) -> OutputReader:
        if channel not in self._buffers:
            name = channel.name.lower()
            reason = "with a terminal, stdout contains all output" if self._tty else f"pass {name}=True"
            raise AttributeError(f"the stream was opened without {name}; {reason}")
        return OutputReader(self, self._buffers[channel])

    async def resize(self, width: int, height: int) -> None:
        """Set the size of the terminal, in characters. It requires `tty=True`.

        Raises CommandEndedError if the command has ended.
        """
        message = encode_resize(width, height)
        if not self._tty:
            raise ValueError("the stream was opened without a terminal; pass tty=True")
        try:
            await self._connection.send(message)
        except (ConnectionLost, DeadlineExceeded):
            raise
        except TransportError as error:
            raise CommandEndedError from error

    async def wait(self) -> int:
        """Wait for the end of the command, and return its exit code.

        Output that arrives before the end can be read afterwards. Raises OutputNotReadError if the buffers are too
        small for it, CommandStartError if the command could not be started, and CommandInterrupted if the
        connection was lost before the exit code arrived.
        """
        while self._ended is None:
            await self._receive_one(None)
        return self._exit_code()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> tuple[Output, bytes]:
        # Not a generator: the cancellation of one step would end the iteration.
        if (buffer := await self.receive()) is None:
            raise StopAsyncIteration
        return buffer.name, buffer.take()

    async def receive(self) -> OutputBuffer | None:
        """Return an output with data, which the caller takes, or None at the end. Also called by the copy of files."""
        while True:
            for buffer in self._outputs:
                if buffer.size:
                    return buffer
            if self._ended is not None:
                self._exit_code()
                return None
            await self._receive_one(None)

    async def read(self, buffer: OutputBuffer, max_bytes: int) -> bytes:
        """Return data of one output, or `b""` at its end. Called by `OutputReader`."""
        buffer.reader = current_task()
        while not buffer.size:
            if self._ended is not None:
                self._exit_code()
                return b""
            await self._receive_one(buffer)
        return bytes(buffer.take_view(max_bytes))

    def _exit_code(self) -> int:
        if isinstance(self._result, ApiError):
            raise self._result
        if self._result is not None:
            return self._result
        cause = self._ended if isinstance(self._ended, KubexError) else None
        if cause is not None and type(cause) is not ConnectionLost:
            raise cause
        problem = "the connection ended before the exit code arrived; the command may still be running"
        if isinstance(cause, ConnectionLost):
            problem = f"{problem} ({cause.problem})"
        raise CommandInterrupted(problem, "GET", self._connection.path) from cause

    async def _receive_one(self, wanted: OutputBuffer | None) -> None:
        """Receive one message and store its data, or wait until another task has done so."""
        if self._is_receiving:
            self._received = self._received or anyio.Event()
            await self._received.wait()
            return
        self._is_receiving = True  # faster than a lock
        try:
            for buffer in self._outputs:
                while buffer.size >= LIMIT and buffer is not wanted:
                    await self._wait_for_reader(buffer)
            message = await (self._connection.receive() if self._result is None else self._receive_close())
            if message is None:
                self._ended = True
            else:
                self._store(message)
        except (TransportError, DecodeError) as error:
            self._ended = error
        finally:
            self._is_receiving = False
            if self._received is not None:
                self._received.set()
                self._received = None

    async def _receive_close(self) -> bytes | None:
        with anyio.move_on_after(_CLOSE_LIMIT):
            return await self._connection.receive()
        return None

    def _store(self, message: bytes) -> None:
        # The first message of the server has only a channel; it confirms the protocol. kube-apiserver, too, ignores
        # messages without a channel.
        if len(message) < 2:
            return
        channel = message[0]
        if (buffer := self._buffers.get(channel)) is not None:
            buffer.put(message)
        elif channel == Channel.STATUS:
            self._result = decode_exit_status(message[1:], path=self._connection.path)

    async def _wait_for_reader(self, full: OutputBuffer) -> None:
        # Wait only for another task that has read this output before. Otherwise no task reads it.
        if full.reader is not None and full.reader is not current_task():
            with anyio.move_on_after(_READER_LIMIT):
                await full.wait_until_taken()
                return
        raise OutputNotReadError(full.name, LIMIT)

    async def write(self, data: bytes | memoryview) -> None:
        """Send data to the standard input. Called by `StdinWriter`, and by the copy of files."""
        messages = self._split_input(data)
        async with self._sending:
            try:
                if self._buffers:
                    await self._input.send(messages)
                else:  # a command without output cannot wait until its output is read
                    for message in messages:
                        await self._connection.send(message)
            except (ConnectionLost, DeadlineExceeded):
                raise
            except TransportError as error:
                raise CommandEndedError from error

    def _split_input(self, data: bytes | memoryview) -> Iterator[bytes]:
        view = memoryview(data)
        for start in range(0, len(view), _INPUT_SIZE):
            if isinstance(self._ended, DeadlineExceeded):
                raise self._ended
            if self._stdin_closed or self._ended is not None or self._result is not None:
                raise CommandEndedError
            yield encode_data(_STDIN, view[start : start + _INPUT_SIZE])

    async def _read_output(self) -> bool:
        if self._ended is None:
            await self._receive_one(None)
        if isinstance(self._ended, DeadlineExceeded):
            raise self._ended
        return self._ended is None

    async def close_stdin(self) -> None:
        """Close the standard input. Called by `StdinWriter`."""
        if self._stdin_closed or self._ended is not None or self._result is not None:
            return
        if not self.can_close_stdin:
            raise StdinCloseError
        async with self._sending:
            if not self._stdin_closed:  # another task may have closed it
                with suppress(TransportError):  # the command has ended, or receiving raises the error
                    await self._connection.send(encode_close(Channel.STDIN))
                self._stdin_closed = True


class StdinWriter(ByteSendStream):
    """The standard input of a `Process`."""

    def __init__(self, process: Process) -> None:
        self._process = process

    @override
    async def send(self, item: bytes) -> None:
        """Send data, and wait while the command does not read it.

        Raises CommandEndedError if the command has ended, and DeadlineExceeded after the total of `request_timeout`.
        """
        await self._process.write(item)

    @override
    async def aclose(self) -> None:
        """Close the standard input. Raise StdinCloseError if the server supports only v4 of the protocol."""
        await self._process.close_stdin()


class OutputReader(ByteReceiveStream):
    """One output of a `Process`."""

    def __init__(self, process: Process, buffer: OutputBuffer) -> None:
        self._process = process
        self._buffer = buffer

    @override
    async def receive(self, max_bytes: int = 65536) -> bytes:
        """Return data; at the end, raise `anyio.EndOfStream`, CommandStartError or CommandInterrupted."""
        if max_bytes < 1:
            raise ValueError("max_bytes must be a positive integer")
        data = await self._process.read(self._buffer, max_bytes)
        if not data:
            raise anyio.EndOfStream
        return data

    @override
    async def aclose(self) -> None:
        """Do nothing. Both outputs share one connection, which is closed at the end of the block."""
