"""`api.exec` and `api.attach`: run commands in containers."""

from __future__ import annotations

from collections.abc import Sequence

from kubex.api._endpoint import Endpoint
from kubex.api._options import ExecOptions
from kubex.core.params import NamespaceTypes, TimeoutTypes
from kubex.errors import ConfigurationError
from kubex.models.markers import HasAttach, HasExec
from kubex.streaming import ExecResult, Input, Process
from kubex.streaming._channels import V4, V5
from kubex.streaming._connection import Connection
from kubex.streaming._exec import check_command, check_input, run_command

PING_INTERVAL = 30.0


class Exec:
    """The `exec` subresource: `api.exec.run(name, command)` and `api.exec.stream(name, command)`.

    See https://kubernetes.io/docs/tasks/debug/debug-application/get-shell-running-container/.
    """

    def __init__(self, endpoint: Endpoint[HasExec]) -> None:
        self._endpoint = endpoint

    async def run(
        self,
        name: str,
        command: Sequence[str] | str,
        *,
        container: str | None = None,
        stdin: Input | None = None,
        tty: bool = False,
        check: bool = False,
        namespace: NamespaceTypes = ...,
        request_timeout: TimeoutTypes = ...,
    ) -> ExecResult:
        """Run a command in a container, and return its output and exit code.

        `command` is the program and its arguments; a str is the name of one program. The command is not run by a
        shell: for pipes and variables pass `["sh", "-c", "..."]`. The complete output is kept in memory; use `stream()`
        for large output. `container` is required if the pod has several containers. `request_timeout` limits the
        complete run if you pass it; by default only opening the stream is limited.

        Raises ExecError for an exit code other than 0 if `check` is True, CommandStartError if the command cannot be
        started, ContainerNotRunning, ContainerNameRequired, and CommandInterrupted, which contains the output so far,
        if the connection is lost.

        Example:
            result = await pods.exec.run("web-0", ["cat", "/etc/os-release"], check=True)
            print(result.stdout_text)
        """
        arguments = check_command(command)
        check_input(stdin)
        process = self.stream(
            name,
            arguments,
            container=container,
            stdin=stdin is not None,
            tty=tty,
            namespace=namespace,
            request_timeout=request_timeout,
        )
        return await run_command(process, arguments, stdin, check=check)

    def stream(
        self,
        name: str,
        command: Sequence[str] | str,
        *,
        container: str | None = None,
        stdin: bool = False,
        stdout: bool = True,
        stderr: bool | None = None,
        tty: bool = False,
        ping_interval: float | None = PING_INTERVAL,
        namespace: NamespaceTypes = ...,
        request_timeout: TimeoutTypes = ...,
    ) -> Process:
        """Run a command, and read and write its streams: `async with api.exec.stream(name, command) as process`.

        `stderr` is True by default, and False with `tty`, because a terminal has one output. `ping_interval` is in
        seconds; None disables pings. If the server does not respond within two intervals while the program reads,
        ConnectionLost is raised.

        Example:
            async with pods.exec.stream("web-0", ["sh"], stdin=True) as process:
                await process.stdin.send(b"echo hello; exit 3\\n")
                async for channel, data in process:
                    print(channel, data)
                print(await process.wait())
        """
        options = ExecOptions(
            command=check_command(command),
            container=container,
            stdin=stdin or None,
            stdout=stdout or None,
            stderr=_stderr_option(stderr, tty),
            tty=tty or None,
        )
        block = "api.exec.stream(name, command) as process"
        return create_process(self._endpoint, "exec", name, options, ping_interval, namespace, request_timeout, block)


class Attach:
    """The `attach` subresource: `api.attach.stream(name)`.

    See https://kubernetes.io/docs/reference/kubectl/generated/kubectl_attach/.
    """

    def __init__(self, endpoint: Endpoint[HasAttach]) -> None:
        self._endpoint = endpoint

    def stream(
        self,
        name: str,
        *,
        container: str | None = None,
        stdin: bool = False,
        stdout: bool = True,
        stderr: bool | None = None,
        tty: bool = False,
        ping_interval: float | None = PING_INTERVAL,
        namespace: NamespaceTypes = ...,
        request_timeout: TimeoutTypes = ...,
    ) -> Process:
        """Attach to the main process of a container: `async with api.attach.stream(name) as process`.

        `stdin` and `tty` require a container that was started with `stdin: true` and `tty: true`. Leaving the block
        does not end the container. See `Exec.stream` for the arguments.

        Example:
            async with pods.attach.stream("web-0") as process:
                async for channel, data in process:
                    print(channel, data)
        """
        options = ExecOptions(
            container=container,
            stdin=stdin or None,
            stdout=stdout or None,
            stderr=_stderr_option(stderr, tty),
            tty=tty or None,
        )
        block = "api.attach.stream(name) as process"
        return create_process(self._endpoint, "attach", name, options, ping_interval, namespace, request_timeout, block)


def _stderr_option(stderr: bool | None, tty: bool) -> bool | None:
    if tty and stderr:
        raise ConfigurationError("cannot be True together with tty: a terminal has one output", field="stderr")
    return True if (not tty if stderr is None else stderr) else None


def create_process(
    endpoint: Endpoint[HasExec] | Endpoint[HasAttach],
    subresource: str,
    name: str,
    options: ExecOptions,
    ping_interval: float | None,
    namespace: NamespaceTypes,
    request_timeout: TimeoutTypes,
    block: str,
) -> Process:
    path = endpoint.object_path(name, namespace, subresource, subresource)
    request = endpoint.request("GET", path, request_timeout, query=options.query(), accept="*/*", upgrade=True)
    connection = Connection(endpoint.client, request, (V5, V4), ping_interval=ping_interval, block=block)
    return Process(
        connection,
        stdin=bool(options.stdin),
        stdout=bool(options.stdout),
        stderr=bool(options.stderr),
        tty=bool(options.tty),
    )
