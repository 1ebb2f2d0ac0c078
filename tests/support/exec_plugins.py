"""Exec plugins for tests: Python scripts that run as real programs."""

import json
import os
import socket
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

import anyio.to_thread
from typing_extensions import Self

from kubex.configuration import ExecPlugin

V1 = "client.authentication.k8s.io/v1"
V1BETA1 = "client.authentication.k8s.io/v1beta1"

PRELUDE = """
import json, os, signal, socket, sys, time
here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "runs"), "a") as log:
    log.write(os.environ["KUBERNETES_EXEC_INFO"] + "\\n")
with open(os.path.join(here, "runs")) as log:
    run = len(log.readlines())

def print_credential(**status):
    info = json.loads(os.environ["KUBERNETES_EXEC_INFO"])
    print(json.dumps({"apiVersion": info["apiVersion"], "kind": "ExecCredential", "status": status}))

def connect(port):
    '''Connect to the listener of the test. The connection is closed when this process exits.'''
    connection = socket.create_connection(("127.0.0.1", int(port)))
    connection.sendall(b"%d\\n" % os.getpid())
    return connection
"""


class PluginScript:
    """A plugin with a Python body: `run` is the number of the run; `print_credential(token=...)`; `connect(port)`."""

    def __init__(self, folder: Path, body: str) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "plugin.py"
        self.replace_body(body)

    def replace_body(self, body: str) -> None:
        """Use another body from the next run on."""
        self.path.write_text(PRELUDE + body)

    def plugin(self, **fields: Any) -> ExecPlugin:
        """Return the `ExecPlugin` that runs the script."""
        args = (*("-I", "-S", str(self.path)), *fields.pop("args", ()))
        return ExecPlugin(command=sys.executable, args=args, **fields)

    @property
    def exec_infos(self) -> list[Any]:
        """The value of `KUBERNETES_EXEC_INFO` in each run."""
        runs = self.folder / "runs"
        return [json.loads(line) for line in runs.read_text().splitlines()] if runs.exists() else []

    @property
    def runs(self) -> int:
        """The number of runs."""
        return len(self.exec_infos)


def plugin_output(status: object = ..., *, api_version: str = V1, **other: object) -> bytes:
    """Return an `ExecCredential` as a plugin prints it."""
    document: dict[str, object] = {"apiVersion": api_version, "kind": "ExecCredential", **other}
    if status is not ...:
        document["status"] = status
    return json.dumps(document).encode()


WAIT_TIMEOUT = 20.0
"""The maximum time to wait for a plugin."""


class PluginListener:
    """Accepts connections of plugins, which then wait until the test lets them proceed."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(WAIT_TIMEOUT)
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._listener.close()

    async def accept(self) -> "RunningPlugin":
        """Wait for a plugin to connect."""
        return await anyio.to_thread.run_sync(self._accept)

    def _accept(self) -> "RunningPlugin":
        connection, _ = self._listener.accept()
        connection.settimeout(WAIT_TIMEOUT)
        with connection.makefile() as lines:
            return RunningPlugin(connection, int(lines.readline()))


class RunningPlugin:
    """A plugin that has connected to the listener."""

    def __init__(self, connection: socket.socket, pid: int) -> None:
        self._connection = connection
        self._pid = pid

    def proceed(self) -> None:
        """Let the plugin return from its `recv()`."""
        self._connection.sendall(b"x")
        self._connection.close()

    async def wait_for_exit(self) -> None:
        """Wait until the plugin has exited."""

        def wait() -> None:
            with self._connection as connection:
                try:
                    while connection.recv(1):
                        pass
                except ConnectionResetError:
                    return

        await anyio.to_thread.run_sync(wait)

    def was_reaped(self) -> bool:
        """Return whether the process has exited and its parent has waited for it, so that it is not a zombie."""
        try:
            os.kill(self._pid, 0)
        except ProcessLookupError:
            return True
        return False
