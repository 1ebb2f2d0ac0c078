"""The result and the errors of commands in containers, and of port-forwards."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from kubex.core._api_errors import ApiError, BadRequest, InternalError
from kubex.core._transport_errors import ConnectionLost, TransportError
from kubex.models._errors import KubexError

# The maximum length of the standard error in the text of an ExecError, in characters.
_EXCERPT = 500


@dataclass(frozen=True, slots=True)
class ExecResult:
    """The complete output and the exit code of a command. With a terminal, `stdout` contains all output."""

    stdout: bytes = field(repr=False)
    stderr: bytes = field(repr=False)
    exit_code: int

    @property
    def stdout_text(self) -> str:
        """The standard output as text; bytes that are not UTF-8 become U+FFFD."""
        return self.stdout.decode("utf-8", "replace")

    @property
    def stderr_text(self) -> str:
        """The standard error as text; bytes that are not UTF-8 become U+FFFD."""
        return self.stderr.decode("utf-8", "replace")


@dataclass(eq=False, repr=False)
class ExecError(KubexError):
    """A command ended with an exit code other than 0. `result` contains the code and the output."""

    command: Sequence[str]
    result: ExecResult

    def __str__(self) -> str:
        text = self.result.stderr_text.strip()
        if len(text) > _EXCERPT:
            text = f"...{text[-_EXCERPT:]}"
        # The arguments may contain secrets, so only the program is named.
        return f"{self.command[0]!r} ended with exit code {self.result.exit_code}{f': {text}' if text else ''}"


class CommandStartError(InternalError):
    """The command could not be started, for example because the container does not contain the program."""

    def __str__(self) -> str:
        return (
            f"{super().__str__()}: check that the container contains the program. A command is not run by a shell; "
            'for a shell, pass ["sh", "-c", "..."]'
        )


class ContainerNotRunning(ApiError):
    """The container, or its pod, is not running."""

    def __str__(self) -> str:
        return (
            f"{super().__str__()}: wait until the container is running; logs.get(name, previous=True) returns the log "
            "of its previous run"
        )


class ContainerNameRequired(BadRequest):
    """The pod has several containers, and `container=` does not select one."""

    @property
    def containers(self) -> list[str]:
        """The names of the containers; empty if the message of the server does not contain them."""
        found = re.search(r"choose one of: \[([^\]]*)\]", self.message)
        return found[1].split() if found is not None else []

    def __str__(self) -> str:
        return f"{super().__str__()}: pass container="


@dataclass(eq=False, repr=False)
class CommandInterrupted(ConnectionLost):
    """The connection ended before the exit code of the command arrived; the command may still be running.

    `stdout` and `stderr` contain the output so far, if the call collects it.
    """

    stdout: bytes = b""
    stderr: bytes = b""


@dataclass(eq=False, repr=False)
class CommandEndedError(KubexError, RuntimeError):
    """Data was sent to the standard input of a command that has ended, or to a stream that is closed."""

    problem: str = "the command has ended, or its standard input is closed: process.wait() returns the exit code"

    def __str__(self) -> str:
        return self.problem


class StdinCloseError(KubexError, RuntimeError):
    """The standard input cannot be closed, since the server supports only v4 of the protocol (before Kubernetes 1.30).

    The command does not see the end of its input.
    """

    def __str__(self) -> str:
        return (
            "this API server cannot close the standard input of a command, which requires version 5 of the protocol "
            "(Kubernetes 1.30 or newer): use a command that ends without the end of its input, such as `head -c SIZE`"
        )


@dataclass(eq=False, repr=False)
class OutputNotReadError(KubexError, RuntimeError):
    """An output of a command filled its buffer because the program does not read it."""

    output: str
    limit: int

    def __str__(self) -> str:
        return (
            f"{self.limit} bytes of {self.output} were not read: read stdout and stderr in separate tasks, iterate "
            f"over the process (`async for channel, data in process`), or open it with {self.output}=False"
        )


class PortForwardError(TransportError):
    """A pod refused a forwarded connection, or ended it with an error."""


@dataclass(eq=False, repr=False)
class NoReadyPodError(KubexError):
    """No pod of the target of a port-forward is ready. `target` is its kind and name, such as `svc/web`."""

    target: str
    problem: str

    def __str__(self) -> str:
        return f"{self.target}: {self.problem}"


@dataclass(eq=False, repr=False)
class FileTransferError(KubexError):
    """A file or folder could not be copied. `path` is the one in the container, with the name of the pod."""

    problem: str
    path: str = ""

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}" if self.path else self.problem


@dataclass(eq=False, repr=False)
class RemoteFileNotFoundError(FileTransferError, FileNotFoundError):
    """The file, or the folder for it, does not exist in the container."""


@dataclass(eq=False, repr=False)
class TargetExistsError(FileTransferError, FileExistsError):
    """The target exists and cannot be replaced: only files and empty folders are replaced."""


@dataclass(eq=False, repr=False)
class UnsafeMemberError(FileTransferError):
    """A member of a downloaded folder would leave the target, or is not a file, a folder or a link."""

    member: str = ""

    def __str__(self) -> str:
        problem = f"the member {self.member!r} of the archive is not safe: {self.problem}. Nothing was unpacked"
        return f"{self.path}: {problem}" if self.path else problem


@dataclass(eq=False, repr=False)
class ProgramNotFoundError(FileTransferError):
    """The container does not contain a program that the copy needs, such as `tar`."""

    program: str = ""


_BAD_REQUEST = 400
_NAME_REQUIRED = "a container name must be specified"
_NOT_RUNNING = re.compile(
    r"container not found|does not have a host assigned|container (\S+ )?is not (running|created)"
    r"|container not running|is in (?:CONTAINER_)?(?:exited|created|unknown) state"
    r"|cannot exec in a (?:stopped|deleted) (?:state|container)",
    re.IGNORECASE,
)


def refine_error(error: ApiError) -> ApiError:
    """Return a more specific error for common failures of exec, attach and port-forward, otherwise the same error."""
    kind: type[ApiError] | None = None
    if error.status == _BAD_REQUEST and _NAME_REQUIRED in error.message:
        kind = ContainerNameRequired
    elif _NOT_RUNNING.search(error.message):
        kind = ContainerNotRunning
    if kind is None:
        return error
    return kind(error.status, error.api_status, error.method, error.path, retry_after=error.retry_after)
