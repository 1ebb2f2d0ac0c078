"""Exec plugins of the tests: real programs, written as Python scripts."""

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

def answer(**status):
    asked = json.loads(os.environ["KUBERNETES_EXEC_INFO"])
    print(json.dumps({"apiVersion": asked["apiVersion"], "kind": "ExecCredential", "status": status}))

def meet(port):
    '''Connect to the test, which sees by this connection that the plugin lives and by its end that it has ended.'''
    connection = socket.create_connection(("127.0.0.1", int(port)))
    connection.sendall(b"%d\\n" % os.getpid())
    return connection
"""


class PluginScript:
    """A plugin whose body is Python: `run` counts its runs, `answer(token=...)` prints, `meet(port)` connects."""

    def __init__(self, folder: Path, body: str) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "plugin.py"
        self.become(body)

    def become(self, body: str) -> None:
        """Do something else from the next run on."""
        self.path.write_text(PRELUDE + body)

    def settings(self, **fields: Any) -> ExecPlugin:
        """Describe how it is run."""
        args = (*("-I", "-S", str(self.path)), *fields.pop("args", ()))
        return ExecPlugin(command=sys.executable, args=args, **fields)

    @property
    def told(self) -> list[Any]:
        """What each run was told in `KUBERNETES_EXEC_INFO`."""
        runs = self.folder / "runs"
        return [json.loads(line) for line in runs.read_text().splitlines()] if runs.exists() else []

    @property
    def runs(self) -> int:
        """How often it was run."""
        return len(self.told)


def printed(status: object = ..., *, api_version: str = V1, **other: object) -> bytes:
    """Make what a plugin prints."""
    document: dict[str, object] = {"apiVersion": api_version, "kind": "ExecCredential", **other}
    if status is not ...:
        document["status"] = status
    return json.dumps(document).encode()


SECONDS = 20.0
"""No test waits longer for a plugin."""


class Meeting:
    """Where plugins connect to tell that they run, and wait to be told to go on."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(SECONDS)
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._listener.close()

    async def arrival(self) -> "Arrived":
        """Wait for a plugin."""
        return await anyio.to_thread.run_sync(self._accept)

    def _accept(self) -> "Arrived":
        connection, _ = self._listener.accept()
        connection.settimeout(SECONDS)
        with connection.makefile() as lines:
            return Arrived(connection, int(lines.readline()))


class Arrived:
    """A plugin that is running."""

    def __init__(self, connection: socket.socket, pid: int) -> None:
        self._connection = connection
        self._pid = pid

    def go_on(self) -> None:
        """Let it go on; it waits by `recv`."""
        self._connection.sendall(b"x")
        self._connection.close()

    async def gone(self) -> None:
        """Wait until it has ended."""

        def wait() -> None:
            with self._connection as connection:
                try:
                    while connection.recv(1):
                        pass
                except ConnectionResetError:
                    return

        await anyio.to_thread.run_sync(wait)

    def was_waited_for(self) -> bool:
        """Whether nothing is left of it: a process that nobody waited for still has its number."""
        try:
            os.kill(self._pid, 0)
        except ProcessLookupError:
            return True
        return False
