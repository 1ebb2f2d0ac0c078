"""Run the matrix on two servers at the same time, and compare the results."""

import difflib
import http.server
import threading
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kubex_testing import ServerHandle
from kubex_testing.embedded import EmbeddedServer
from testing.kubectl.model import Command, Group
from testing.kubectl.normalize import normalize
from testing.kubectl.runner import PreparationError, Result, Runner

# More threads do not help: the limit is the CPU time of kubectl.
THREADS = 8


@dataclass(frozen=True)
class Row:
    """One command with its results on both servers. `difference` is empty if they are equal."""

    group: str
    command: Command
    real: Result
    embedded: Result
    difference: str

    @property
    def works_on_real(self) -> bool:
        return self.real.exit_code == self.command.exit_code

    @property
    def works_on_embedded(self) -> bool:
        return self.embedded.exit_code == self.command.exit_code


def run_matrix(
    kubectl: str, real: ServerHandle, embedded: EmbeddedServer, groups: Sequence[Group], directory: Path
) -> list[Row]:
    """Run all groups on both servers."""
    prefix = f"matrix-{uuid.uuid4().hex[:6]}"
    with _http_server() as port, ThreadPoolExecutor(THREADS) as pool:
        embedded.set_port_target(port, port)
        runners = [
            Runner(kubectl, server, directory / name, port, prefix)
            for name, server in (("real", real), ("embedded", embedded))
        ]
        pending = [[pool.submit(_run_group, runner, group) for runner in runners] for group in groups]
        return [
            row
            for group, (on_real, on_embedded) in zip(groups, pending, strict=True)
            for row in _rows(group, f"{prefix}-{group.name}", on_real.result(), on_embedded.result())
        ]


def _run_group(runner: Runner, group: Group) -> list[Result]:
    try:
        return runner.run_group(group)
    except PreparationError as error:
        return [Result(-1, str(error)) for _ in group.commands]


def _rows(group: Group, namespace: str, on_real: list[Result], on_embedded: list[Result]) -> Iterator[Row]:
    for command, real, embedded in zip(group.commands, on_real, on_embedded, strict=True):
        yield Row(group.name, command, real, embedded, _difference(command, real, embedded, namespace))


def _difference(command: Command, real: Result, embedded: Result, namespace: str) -> str:
    if command.compare == "none":
        return ""
    if real.exit_code != embedded.exit_code:
        return (
            f"exit code {embedded.exit_code} instead of {real.exit_code}\n"
            f"real:\n{real.output}\nembedded:\n{embedded.output}"
        )
    if command.compare == "exit":
        return ""
    expected, actual = normalize(real.output, namespace), normalize(embedded.output, namespace)
    if command.compare == "lines":
        expected, actual = sorted(expected), sorted(actual)
    return "\n".join(difflib.unified_diff(expected, actual, "real", "embedded", lineterm="", n=1))


@contextmanager
def running_embedded_server() -> Iterator[EmbeddedServer]:
    """Run an embedded server with everything that the real control plane has."""
    server = EmbeddedServer(controllers=("namespace-controller", "gc", "bootstrap"), workloads=True)
    with server:
        yield server


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"response of the pod\n")

    def log_message(self, format: str, *args: object) -> None:
        """Do not write to stderr."""


@contextmanager
def _http_server() -> Iterator[int]:
    """Serve HTTP on a port of this machine, to which both servers forward connections."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()
