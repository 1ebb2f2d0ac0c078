"""Exec and attach: connect the channels of a client to the handler of a command."""

import asyncio
import contextlib
import logging
import secrets
from dataclasses import dataclass
from typing import Literal

from . import channels, statuses
from .channels import ChannelClose, ChannelData, Subprotocol
from .files import ContainerFiles
from .pipes import Pipe, ProcessInput, ProcessOutput
from .process import CommandNotFoundError, ContainerProcess, ProcessHandler, Terminal
from .runtime import ContainerRuntime
from .sessions import Session, cancel
from .wires import Wire

logger = logging.getLogger("kubex_testing.embedded")
HANGUP_CHECK_SECONDS = 0.5
KILLED_EXIT_CODE = 137
"""The exit code of a command whose container ended: 128 + SIGKILL."""


@dataclass(frozen=True)
class StreamOptions:
    """The streams that a client requested (PodExecOptions, PodAttachOptions)."""

    stdin: bool
    stdout: bool
    stderr: bool
    tty: bool

    @property
    def first_channel(self) -> int:
        """The channel of the first, empty message: the lowest one that the server writes to."""
        if self.stdout:
            return channels.STDOUT
        return channels.STDERR if self.stderr else channels.ERROR

    @property
    def problem(self) -> str:
        """The error of the kubelet for a request without streams, or an empty string."""
        # The kubelet ignores stderr of a terminal.
        if self.stdin or self.stdout or (self.stderr and not self.tty):
            return ""
        return "you must specify at least 1 of stdin, stdout, stderr"


@dataclass(frozen=True)
class Command:
    """A command to run, and its container."""

    kind: Literal["exec", "attach"]
    namespace: str
    pod: str
    pod_uid: str
    container: str
    argv: tuple[str, ...]
    env: dict[str, str]
    working_dir: str
    files: ContainerFiles
    streams: StreamOptions
    handler: ProcessHandler


class RemoteCommand(Session[bytes | None]):
    """One exec or attach session.

    With a `refusal`, no handler runs: in v5, kube-apiserver opens the WebSocket before it connects to the node, and
    sends the errors of the node as the status.
    """

    def __init__(
        self, runtime: ContainerRuntime, command: Command, subprotocol: Subprotocol, *, refusal: str = ""
    ) -> None:
        super().__init__(runtime, command.pod_uid, command.container)
        self._command = command
        self._subprotocol = subprotocol
        self._refusal = refusal
        self._stdin = Pipe()
        self._terminal = Terminal()
        if not command.streams.stdin:
            self._stdin.close_writer()

    @property
    def expected_channels(self) -> set[int]:
        """The channels that a client of SPDY opens: its streams, and the channel of the error."""
        streams = self._command.streams
        wanted = {channels.STDIN: streams.stdin, channels.STDOUT: streams.stdout}
        wanted |= {channels.STDERR: streams.stderr and not streams.tty, channels.ERROR: True}
        wanted |= {channels.RESIZE: streams.tty and self._subprotocol.version >= 3}
        return {channel for channel, expected in wanted.items() if expected}

    async def serve(self, wire: Wire) -> None:
        """Run the command, send its status and close the connection."""

        async def finish(status: bytes | None) -> None:
            self._stdin.close_reader()
            if self._killed:
                status = self._status(KILLED_EXIT_CODE)
            if status is not None:
                await wire.send(channels.ERROR, status)

        await self.run(wire, self._work(wire), self._receive(wire), finish)

    async def _work(self, wire: Wire) -> bytes | None:
        """Run the handler, and return the status."""
        command = self._command
        try:
            await wire.open(command.streams.first_channel)
            if self._refusal:
                return statuses.refused(self._subprotocol, f"unable to upgrade connection: {self._refusal}")
            return self._status(await command.handler(self._process(wire)) or 0)
        except CommandNotFoundError as error:
            # containerd and runc add these words to the message.
            return self._failure(
                f'failed to exec in container: failed to start exec "{secrets.token_hex(32)}": OCI runtime exec '
                f"failed: exec failed: unable to start container process: {error}"
            )
        except Exception as error:  # an error of the handler is an error of the node
            if wire.lost:
                return None
            logger.error(
                "the handler of %s in pod %s/%s failed", command.kind, command.namespace, command.pod, exc_info=error
            )
            self._runtime.failures.append(error)
            return self._failure(repr(error))

    def _status(self, code: int) -> bytes | None:
        # The exit code of an attached container is in the status of the pod only.
        if code == 0 or self._command.kind == "attach":
            return statuses.success(self._subprotocol)
        return statuses.exit_status(self._subprotocol, code)

    def _failure(self, problem: str) -> bytes:
        prefix = "executing command in" if self._command.kind == "exec" else "attaching to"
        return statuses.internal_error(self._subprotocol, f"error {prefix} container: {problem}")

    def _process(self, wire: Wire) -> ContainerProcess:
        command, streams = self._command, self._command.streams
        stdout = self._output(wire, channels.STDOUT, requested=streams.stdout)
        stderr = stdout if streams.tty else self._output(wire, channels.STDERR, requested=streams.stderr)
        return ContainerProcess(
            namespace=command.namespace,
            pod=command.pod,
            container=command.container,
            argv=command.argv,
            env=dict(command.env),
            working_dir=command.working_dir,
            tty=streams.tty,
            stdin=ProcessInput(self._stdin),
            stdout=stdout,
            stderr=stderr,
            files=command.files,
            terminal=self._terminal,
        )

    def _output(self, wire: Wire, channel: int, *, requested: bool) -> ProcessOutput:
        return ProcessOutput((lambda data: wire.send(channel, data)) if requested else None)

    async def _receive(self, wire: Wire) -> None:
        """Distribute the data of the client, until it disconnects or violates the protocol."""
        async with contextlib.aclosing(wire.receive()) as messages:
            async for message in messages:
                self._handle(message)
                if self._stdin.full and not await self._wait_for_reader(wire):
                    return

    async def _wait_for_reader(self, wire: Wire) -> bool:
        """Wait until the command reads its input. Return False if the client disconnects meanwhile."""
        # Unread data hides the end of the connection from the reader of the socket.
        waiting = asyncio.ensure_future(self._stdin.wait_until_not_full())
        try:
            while not waiting.done() and not wire.has_hung_up():
                await asyncio.wait({waiting}, timeout=HANGUP_CHECK_SECONDS)
            return waiting.done()
        finally:
            await cancel(waiting)

    def _handle(self, message: ChannelData | ChannelClose) -> None:
        match message:
            case ChannelData(channels.STDIN, data):
                self._stdin.put(data)
            case ChannelData(channels.RESIZE, data):
                self._terminal.resize(data)
            case ChannelClose(channels.STDIN):
                self._stdin.close_writer()
            case _:
                pass
