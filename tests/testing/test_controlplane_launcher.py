"""The launcher, with scripts that replace etcd and the Kubernetes programs."""

import asyncio
import contextlib
import os
import re
import select
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import pytest
from cryptography import x509

from kubex_testing.compliance._ports import free_port
from kubex_testing.controlplane import ControlPlane, ControlPlaneStartError, TokenUser
from kubex_testing.controlplane._probe import Probe

# The name of the script selects the program to simulate. Files with its name in the same folder select failures.
FAKE_PROGRAM = f"""#!{sys.executable} -IS
import http.server, json, pathlib, signal, socket, ssl, sys
here, name = pathlib.Path(sys.argv[0]).parent, pathlib.Path(sys.argv[0]).name
flags = dict(flag[2:].split("=", 1) for flag in sys.argv[1:])

def has_failure(failure):
    return (here / f"{{name}}.{{failure}}").exists()

def stop(*_):
    with (here / "stopped").open("a") as file:
        file.write(name + "\\n")
    sys.exit(0)

signal.signal(signal.SIGTERM, signal.SIG_IGN if has_failure("ignores-sigterm") else stop)
(here / f"{{name}}.arguments").write_text("\\n".join(sys.argv[1:]))
alive = socket.create_connection(("127.0.0.1", int((here / "alive").read_text())))
alive.sendall(name.encode() + b"\\n")
print("hello from", name, flush=True)
for number in range(100):
    if has_failure("fails"):
        print("line", number)
if has_failure("fails"):
    sys.exit((here / f"{{name}}.fails").read_text())
if has_failure("fails-once"):
    message = (here / f"{{name}}.fails-once").read_text()
    (here / f"{{name}}.fails-once").unlink()
    sys.exit(message)
if not has_failure("hangs"):
    (here / f"{{name}}.ready").touch()
if name != "kube-apiserver" or has_failure("hangs"):
    while True:
        signal.pause()

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        # Like the real program, it is not ready before etcd runs.
        found = (here / "etcd.arguments").exists()
        if "serviceaccounts" in self.path:
            found = (here / "kube-controller-manager.ready").exists()
        body = b"{{}}"
        if self.path.endswith("/nodes"):
            ready = str((here / "kubex-kubelet.ready").exists())
            node = {{"status": {{"conditions": [{{"type": "Ready", "status": ready}}]}}}}
            body = json.dumps({{"items": [node]}}).encode()
        self.send_response(200 if found else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=flags["client-ca-file"])
context.verify_mode = ssl.CERT_REQUIRED
context.load_cert_chain(flags["tls-cert-file"], flags["tls-private-key-file"])
server = http.server.HTTPServer((flags["bind-address"], int(flags["secure-port"])), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
"""
ETCD, API_SERVER = "etcd", "kube-apiserver"
CONTROLLER_MANAGER, KUBELET = "kube-controller-manager", "kubex-kubelet"


@dataclass
class Programs:
    """The fake programs of a test. Each one keeps a connection to the test open while it runs."""

    folder: Path
    temporary: Path
    listener: socket.socket
    connections: list[socket.socket] = field(default_factory=list)

    def set_failure(self, name: str, failure: str, text: str = "") -> None:
        """Select a failure of one program."""
        (self.folder / f"{name}.{failure}").write_text(text)

    def install(self, name: str) -> None:
        """Add an optional program."""
        (self.folder / name).symlink_to(self.folder / "program")

    def arguments(self, name: str) -> list[str]:
        """Return the arguments of a program."""
        return (self.folder / f"{name}.arguments").read_text().splitlines()

    def flags(self, name: str) -> dict[str, str]:
        """Return the flags of a program with their values."""
        return dict(flag.split("=", 1) for flag in self.arguments(name))

    def wait_until_started(self) -> str:
        """Wait until the next program starts, and return its name."""
        connection, _ = self.listener.accept()
        connection.settimeout(20)
        self.connections.append(connection)
        with connection.makefile() as file:
            return file.readline().strip()

    def wait_until_all_ended(self) -> None:
        """Wait until the programs from `wait_until_started()` have ended."""
        for connection in self.connections:
            assert connection.recv(1) == b""

    def assert_cleaned_up(self) -> None:
        """Assert that all programs have ended, and that no files remain."""
        self.listener.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                self.wait_until_started()
        self.wait_until_all_ended()
        assert list(self.temporary.iterdir()) == []


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Run the async tests on asyncio and trio, without an HTTP backend."""
    chosen: str = request.param
    return chosen


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Programs]:
    """Create a folder with fake programs, and configure the launcher to use it."""
    folder, temporary = tmp_path / "programs", tmp_path / "temporary"
    folder.mkdir()
    temporary.mkdir()
    (folder / "program").write_text(FAKE_PROGRAM)
    (folder / "program").chmod(0o755)
    for name in (ETCD, API_SERVER):
        (folder / name).symlink_to(folder / "program")
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(folder))
    programs_of_user = ("ETCD", "KUBE_APISERVER", "KUBE_CONTROLLER_MANAGER", "KUBEX_KUBELET")
    for name in ("USE_EXISTING_CLUSTER", *(f"TEST_ASSET_{each}" for each in programs_of_user)):
        monkeypatch.delenv(name, raising=False)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(20)
        (folder / "alive").write_text(str(listener.getsockname()[1]))
        made = Programs(folder, temporary, listener)
        yield made
    for connection in made.connections:
        connection.close()


def test_control_plane_runs_within_a_with_block(programs: Programs) -> None:
    control_plane = ControlPlane()
    with control_plane as handle:
        assert handle == control_plane.handle
        assert handle.capabilities == {"api"}
        assert Probe(handle).get("/version") == b"{}"
        assert Probe(handle.anonymous()).get("/version") is None
    programs.assert_cleaned_up()
    with pytest.raises(RuntimeError, match="not running"):
        control_plane.handle  # noqa: B018  reading it raises


@pytest.mark.anyio
async def test_control_plane_runs_within_an_async_with_block(programs: Programs) -> None:
    async with ControlPlane() as handle:
        assert await anyio.to_thread.run_sync(Probe(handle).get, "/version") == b"{}"
    programs.assert_cleaned_up()


def test_control_plane_can_be_restarted_but_not_started_twice(programs: Programs) -> None:
    control_plane = ControlPlane()
    with control_plane as first, pytest.raises(RuntimeError, match="already running"):
        control_plane.start()
    with control_plane as second:
        assert second.ca_pem != first.ca_pem
    programs.assert_cleaned_up()


def test_controller_manager_adds_its_capabilities(programs: Programs) -> None:
    programs.install(CONTROLLER_MANAGER)
    with ControlPlane() as handle:
        assert handle.capabilities == {"api", "gc", "namespace-controller", "workloads"}
    # Programs stop in reverse order, so that each one can use the others until it ends.
    assert (programs.folder / "stopped").read_text().split() == [CONTROLLER_MANAGER, API_SERVER, ETCD]
    programs.assert_cleaned_up()


def test_controller_manager_can_be_disabled(programs: Programs) -> None:
    programs.install(CONTROLLER_MANAGER)
    with ControlPlane(controller_manager=False) as handle:
        assert handle.capabilities == {"api"}
    assert not (programs.folder / f"{CONTROLLER_MANAGER}.arguments").exists()


@pytest.mark.parametrize(
    ("name", "event"),
    [
        (CONTROLLER_MANAGER, "kube-controller-manager created a service account"),
        (KUBELET, "kubex-kubelet created a node"),
    ],
)
def test_start_waits_for_the_optional_programs(programs: Programs, name: str, event: str) -> None:
    programs.install(name)
    programs.set_failure(name, "hangs")
    with pytest.raises(ControlPlaneStartError, match=f"before {event}"):
        ControlPlane(start_timeout=5).start()
    programs.assert_cleaned_up()


def test_kubelet_adds_its_capabilities(programs: Programs) -> None:
    programs.install(KUBELET)
    with ControlPlane() as handle:
        assert handle.capabilities == {"api", "pod-runtime", "exec"}
    assert (programs.folder / "stopped").read_text().split() == [KUBELET, API_SERVER, ETCD]
    programs.assert_cleaned_up()


def test_kubelet_and_api_server_authenticate_each_other(programs: Programs) -> None:
    programs.install(KUBELET)
    with ControlPlane():
        kubelet, api_server = programs.flags(KUBELET), programs.flags(API_SERVER)
        certificate = x509.load_pem_x509_certificate(Path(kubelet["--tls-cert-file"]).read_bytes())
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        client = x509.load_pem_x509_certificate(Path(api_server["--kubelet-client-certificate"]).read_bytes())
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]
    assert f"CN={kubelet['--client-name']}" in client.subject.rfc4514_string().split(",")
    assert api_server["--kubelet-certificate-authority"] == kubelet["--client-ca-file"]


def test_kubelet_can_be_disabled(programs: Programs) -> None:
    programs.install(KUBELET)
    with ControlPlane(kubelet=False) as handle:
        assert handle.capabilities == {"api"}
    assert not (programs.folder / f"{KUBELET}.arguments").exists()


def test_extra_flags_come_last_and_all_programs_listen_on_loopback(programs: Programs) -> None:
    with ControlPlane(extra_etcd_args=["--quota-backend-bytes=1"], extra_apiserver_args=["--v=4"]) as handle:
        etcd, apiserver = programs.arguments(ETCD), programs.arguments(API_SERVER)
    assert (etcd[-1], apiserver[-1]) == ("--quota-backend-bytes=1", "--v=4")
    assert f"--secure-port={handle.url.rpartition(':')[2]}" in apiserver
    assert "--bind-address=127.0.0.1" in apiserver
    assert all(re.match(r"https://127\.0\.0\.1:\d+$", flag.split("=")[1]) for flag in etcd if "-urls=" in flag)


def test_extra_flags_of_the_controller_manager_come_last(programs: Programs) -> None:
    programs.install(CONTROLLER_MANAGER)
    flag = "--controllers=serviceaccount-controller,namespace-controller"
    with ControlPlane(extra_controller_manager_args=[flag]):
        assert programs.arguments(CONTROLLER_MANAGER)[-1] == flag


def test_port_can_be_selected(programs: Programs) -> None:
    port = free_port()
    with ControlPlane(port=port) as handle:
        assert handle.url == f"https://127.0.0.1:{port}"


def test_files_are_readable_only_by_the_owner(programs: Programs) -> None:
    with ControlPlane():
        [directory] = programs.temporary.iterdir()
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
        keys = [path for path in directory.iterdir() if path.suffix in {".key", ".csv", ".kubeconfig"}]
        assert len(keys) >= 5
        assert {stat.S_IMODE(path.stat().st_mode) for path in keys} == {0o600}


def test_token_users_are_written_to_the_token_file(programs: Programs) -> None:
    jane = TokenUser("jane", groups=("developers", "testers"))
    with ControlPlane(token_users=[jane, TokenUser("joe", token="t0ken")]):
        [flag] = [flag for flag in programs.arguments(API_SERVER) if flag.startswith("--token-auth-file=")]
        lines = Path(flag.partition("=")[2]).read_text().splitlines()
    assert lines == [f'{jane.token},jane,jane,"developers,testers"', 't0ken,joe,joe,""']
    assert jane.token not in repr(jane)
    assert jane.token != TokenUser("jane").token


@pytest.mark.parametrize("user", ["", "a,b", 'a"b', "a\nb"])
def test_token_user_with_invalid_characters_raises(user: str) -> None:
    with pytest.raises(ValueError, match="user"):
        TokenUser(user)


@pytest.mark.parametrize("name", [ETCD, API_SERVER])
def test_program_that_exits_is_reported_with_the_end_of_its_log(programs: Programs, name: str) -> None:
    programs.set_failure(API_SERVER, "hangs")
    programs.set_failure(name, "fails", "unknown flag: --x")
    with pytest.raises(ControlPlaneStartError) as caught:
        ControlPlane().start()
    message = str(caught.value)
    assert message.startswith(f"{name} ended with exit code 1 while the control plane started.")
    assert message.endswith("line 99\nunknown flag: --x")
    assert "line 0\n" not in message
    programs.assert_cleaned_up()


def test_start_timeout_is_reported_with_all_logs(programs: Programs) -> None:
    programs.set_failure(API_SERVER, "hangs")
    with pytest.raises(ControlPlaneStartError) as caught:
        ControlPlane(start_timeout=5).start()
    message = str(caught.value)
    assert message.startswith("timed out after 5 s before kube-apiserver was ready; ")
    assert "etcd:\nhello from etcd" in message
    assert "kube-apiserver:\nhello from kube-apiserver" in message
    programs.assert_cleaned_up()


@pytest.mark.parametrize("name", [ETCD, API_SERVER])
def test_port_taken_by_another_process_is_retried_with_another_port(programs: Programs, name: str) -> None:
    programs.set_failure(name, "fails-once", "listen tcp 127.0.0.1:1: bind: address already in use")
    with ControlPlane() as handle:
        assert Probe(handle).is_ready()
    programs.assert_cleaned_up()


def test_selected_port_in_use_is_an_error(programs: Programs) -> None:
    programs.set_failure(API_SERVER, "fails-once", "listen tcp 127.0.0.1:1: bind: address already in use")
    with pytest.raises(ControlPlaneStartError, match="address already in use"):
        ControlPlane(port=1).start()
    programs.assert_cleaned_up()


def test_program_that_ignores_sigterm_is_killed(programs: Programs) -> None:
    programs.set_failure(API_SERVER, "ignores-sigterm")
    with ControlPlane(stop_timeout=0.2):
        pass
    programs.assert_cleaned_up()


def test_exception_in_the_with_block_propagates_unchanged(programs: Programs) -> None:
    error = ValueError("mine")
    with pytest.raises(ValueError, match="mine") as caught, ControlPlane():
        raise error
    assert caught.value is error
    programs.assert_cleaned_up()


@pytest.mark.anyio
async def test_exception_in_the_async_with_block_propagates_unchanged(programs: Programs) -> None:
    error = ValueError("mine")
    with pytest.raises(ValueError, match="mine") as caught:
        async with ControlPlane():
            raise error
    assert caught.value is error
    programs.assert_cleaned_up()


@pytest.mark.anyio
async def test_cancelled_start_stops_the_programs(programs: Programs) -> None:
    programs.set_failure(API_SERVER, "hangs")

    async def start() -> None:
        async with ControlPlane():
            pytest.fail("started")

    async with anyio.create_task_group() as group:
        group.start_soon(start)
        started = {await anyio.to_thread.run_sync(programs.wait_until_started) for _ in range(2)}
        group.cancel_scope.cancel()
    assert started == {ETCD, API_SERVER}
    programs.assert_cleaned_up()


def test_start_cancelled_with_task_cancel_stops_the_programs(programs: Programs) -> None:
    programs.set_failure(API_SERVER, "hangs")

    async def main() -> None:
        task = asyncio.ensure_future(ControlPlane().__aenter__())
        await asyncio.to_thread(programs.wait_until_started)
        task.cancel()  # the step runs in a thread, so the cancellation takes effect after it
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    programs.assert_cleaned_up()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process wait for one that is not its child")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_programs_end_when_the_launcher_is_killed(programs: Programs, how: signal.Signals) -> None:
    script = """
from kubex_testing.controlplane import ControlPlane
control_plane = ControlPlane()
control_plane.start()
print(*(component.process.pid for component in control_plane._run.components), flush=True)
input()
"""
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as launcher:
        assert launcher.stdout is not None
        watchdogs = [os.pidfd_open(int(pid)) for pid in launcher.stdout.readline().split()]
        launcher.send_signal(how)
    for watchdog in watchdogs:
        assert select.select([watchdog], [], [], 20)[0]
        os.close(watchdog)
    assert len(watchdogs) == 2
    # They received SIGTERM, so that they could end the processes that they started.
    assert set((programs.folder / "stopped").read_text().split()) == {ETCD, API_SERVER}
    programs.assert_cleaned_up()


def test_program_that_ignores_sigterm_is_killed_after_the_launcher(programs: Programs) -> None:
    programs.set_failure(API_SERVER, "ignores-sigterm")
    script = "from kubex_testing.controlplane import ControlPlane; ControlPlane().start(); print(flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as launcher:
        assert launcher.stdout is not None
        launcher.stdout.readline()
        started = {programs.wait_until_started() for _ in range(2)}
        launcher.send_signal(signal.SIGKILL)
    assert started == {ETCD, API_SERVER}
    programs.wait_until_all_ended()
