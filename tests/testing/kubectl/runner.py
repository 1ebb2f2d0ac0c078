"""Run the groups of the matrix on one server."""

import http.client
import os
import re
import shlex
import shutil
import signal
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kubex_testing import ServerHandle
from kubex_testing.embedded import EmbeddedServer
from support.kubectl import environment
from testing.kubectl.model import Command, Group

MANIFESTS = Path(__file__).parent / "manifests"

# kubectl needs less CPU time with one thread and without garbage collection.
GO_SETTINGS = {"GOMAXPROCS": "1", "GOGC": "off"}

# In seconds; only a failure takes so long.
LIMIT = 40
TIMED_OUT = -1


@dataclass(frozen=True)
class Result:
    """What a command returned: its exit code, stdout and then stderr."""

    exit_code: int
    output: str


class PreparationError(Exception):
    """Raised if a command that prepares a group fails."""


class Runner:
    """kubectl with the kubeconfig of one server. Groups can run at the same time in several threads."""

    def __init__(
        self, kubectl: str, server: ServerHandle | EmbeddedServer, directory: Path, port: int, namespace_prefix: str
    ) -> None:
        self._kubectl = kubectl
        self._embedded = server if isinstance(server, EmbeddedServer) else None
        self._handle = server.handle_for_programs if isinstance(server, EmbeddedServer) else server
        self._directory = directory
        self._port = port
        self._prefix = namespace_prefix
        directory.mkdir()

    def namespace(self, group: Group) -> str:
        """Return the name of the namespace of a group."""
        return f"{self._prefix}-{group.name}"

    def run_group(self, group: Group) -> list[Result]:
        """Run the commands of a group in a new namespace, and return their results."""
        namespace = self.namespace(group)
        folder = self._copy_files(group)
        if self._embedded is not None and group.setup is not None:
            group.setup(self._embedded, namespace)
        try:
            for line in (f"create namespace {namespace}", *group.prepare):
                result = self._run(Command(line), namespace, folder)
                if result.exit_code:
                    raise PreparationError(f"group {group.name}: kubectl {line}\n{result.output}")
            return [self._run(command, namespace, folder) for command in group.commands]
        finally:
            for line in (*group.cleanup, f"delete namespace {namespace} --wait=false"):
                self._run(Command(line), namespace, folder)

    def _copy_files(self, group: Group) -> Path:
        folder = self._directory / group.name
        folder.mkdir()
        for path in MANIFESTS.iterdir():
            text = path.read_text(encoding="utf-8").replace("$NAMESPACE", self.namespace(group))
            (folder / path.name).write_text(text, encoding="utf-8")
        self._handle.write_kubeconfig(folder / "kubeconfig", self.namespace(group))
        return folder

    def _run(self, command: Command, namespace: str, folder: Path) -> Result:
        line = command.line.replace("$NAMESPACE", namespace).replace("$PORT", str(self._port))
        # A cache of the discovery that all groups share saves most of the requests.
        cache = f"--cache-dir={self._directory / 'cache'}"
        words = [self._kubectl, "--kubeconfig=kubeconfig", cache, *shlex.split(line)]
        variables = {**environment(), **GO_SETTINGS, "KUBE_EDITOR": command.editor or "false"}
        if command.until:
            return self._run_until(command, words, folder, variables)
        try:
            done = subprocess.run(
                words,
                cwd=folder,
                env=variables,
                input=command.stdin,
                capture_output=True,
                text=True,
                timeout=LIMIT,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Result(TIMED_OUT, f"the command did not end within {LIMIT} s\n")
        return Result(done.returncode, done.stdout + done.stderr)

    def _run_until(self, command: Command, words: Sequence[str], folder: Path, variables: dict[str, str]) -> Result:
        """Run a command that does not end, until its output contains a text."""
        process = subprocess.Popen(
            words, cwd=folder, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        guard = threading.Timer(LIMIT, process.kill)  # real time: a guard
        guard.start()
        lines: list[str] = []
        with process:
            assert process.stdout is not None
            for line in process.stdout:
                lines.append(line)
                if command.until in line:
                    break
            found = bool(lines) and command.until in lines[-1]
            if found and command.connect:
                lines.append(_response_of(lines[-1]))
            process.send_signal(signal.SIGINT)
            process.stdout.read()
        guard.cancel()
        return Result(0 if found else process.returncode, "".join(lines))


def _response_of(line: str) -> str:
    """Send a request to the port that a line of port-forward names, and return the response."""
    match = re.search(r"127\.0\.0\.1:(\d+)", line)
    assert match is not None, line
    connection = http.client.HTTPConnection("127.0.0.1", int(match[1]), timeout=LIMIT)
    try:
        connection.request("GET", "/")
        return connection.getresponse().read().decode()
    except (OSError, http.client.HTTPException) as error:
        return f"{type(error).__name__}\n"
    finally:
        connection.close()


def find_kubectl() -> str | None:
    """Return the path of the program in KUBEX_KUBECTL, or of kubectl in KUBEBUILDER_ASSETS."""
    named = os.environ.get("KUBEX_KUBECTL")
    return named or shutil.which("kubectl", path=os.environ.get("KUBEBUILDER_ASSETS", ""))
