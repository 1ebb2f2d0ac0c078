"""The command `kubex-testing`, run as a user runs it."""

import base64
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from http.client import HTTPSConnection
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
import yaml

from kubex_testing import ServerHandle
from kubex_testing._pki import Identity, client_context
from kubex_testing.controlplane import ControlPlaneUnavailable
from kubex_testing.controlplane._assets import find_assets
from kubex_testing.controlplane._probe import Probe
from support.ports import free_port

COMMAND = (sys.executable, "-m", "kubex_testing")


def run(*arguments: str | Path, **environ: str) -> "subprocess.CompletedProcess[str]":
    """Run the command to its end."""
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, check=False, timeout=50, env={**os.environ, **environ}
    )


@contextmanager
def serving(*arguments: str | Path) -> Iterator["subprocess.Popen[str]"]:
    """Run the command in the background, from the moment it serves."""
    command = [*COMMAND, "serve", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            assert re.match(r"serving at https?://127\.0\.0\.1:\d+; stop with Ctrl-C$", process.stderr.readline())
            yield process
        finally:
            process.kill()


def stopped(process: "subprocess.Popen[str]", by: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
    """Stop the command; return its exit code and the rest of its output."""
    process.send_signal(by)
    output, errors = process.communicate(timeout=20)
    return process.returncode, output, errors


def who_am_i(handle: ServerHandle) -> tuple[str, list[str]]:
    """Return the user and the groups that the server sees for a handle."""
    identity = None
    if handle.client_cert_pem is not None and handle.client_key_pem is not None:
        identity = Identity(handle.client_cert_pem, handle.client_key_pem)
    headers = {"Content-Type": "application/json"}
    if handle.token:
        headers["Authorization"] = f"Bearer {handle.token}"
    address = urlsplit(handle.url).netloc
    connection = HTTPSConnection(address, context=client_context(handle.ca_pem, identity), timeout=20)
    with closing(connection):
        connection.request("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", b'{"metadata":{}}', headers)
        info = json.load(connection.getresponse())["status"]["userInfo"]
    return info["username"], info["groups"]


def handle_of(kubeconfig: str) -> ServerHandle:
    """Read back what the command printed."""
    document = yaml.safe_load(kubeconfig)
    return ServerHandle(
        document["clusters"][0]["cluster"]["server"],
        token=document["users"][0]["user"].get("token"),
    )


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_serve_prints_a_kubeconfig_and_nothing_else_and_ends_well(how: signal.Signals) -> None:
    with serving("--namespace", "work") as process:
        code, output, errors = stopped(process, how)
    document = yaml.safe_load(output)
    assert (code, errors) == (0, "")
    assert (document["kind"], document["contexts"][0]["context"]["namespace"]) == ("Config", "work")


def test_the_kubeconfig_is_printed_while_the_server_runs_and_leads_to_it() -> None:
    with serving("--http") as process:
        assert process.stdout is not None
        document = "".join(iter(process.stdout.readline, "current-context: kubex-testing\n"))
        handle = handle_of(document)
        assert handle.url.startswith("http://127.0.0.1:")
        assert Probe(handle).is_ready()
        assert stopped(process)[0] == 0


def test_the_kubeconfig_has_a_token_and_a_client_certificate_of_the_same_administrator(tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    with serving("--kubeconfig", path):
        document = yaml.safe_load(path.read_text())
        cluster, user = document["clusters"][0]["cluster"], document["users"][0]["user"]
        assert set(user) == {"token", "client-certificate-data", "client-key-data"}
        certificate, key, ca = (
            base64.b64decode(data).decode()
            for data in (
                user["client-certificate-data"],
                user["client-key-data"],
                cluster["certificate-authority-data"],
            )
        )
        only_token = ServerHandle(cluster["server"], ca, user["token"])
        only_certificate = ServerHandle(cluster["server"], ca, None, certificate, key)
        administrator = ("admin", ["system:masters", "system:authenticated"])
        assert [who_am_i(only_token), who_am_i(only_certificate)] == [administrator, administrator]


def test_a_kubeconfig_file_is_there_while_the_server_runs(tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    with serving("--kubeconfig", path) as process:
        assert path.stat().st_mode & 0o777 == 0o600
        assert yaml.safe_load(path.read_text())["clusters"]
        assert stopped(process) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


def test_a_kubeconfig_file_that_exists_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text("precious")
    result = run("serve", "--kubeconfig", path)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == (
        f"kubex-testing: error: {path} exists already; remove it or choose another path for --kubeconfig\n"
    )
    assert path.read_text() == "precious"


def test_a_kubeconfig_file_that_cannot_be_written_is_an_error_of_one_line(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "config"
    result = run("serve", "--kubeconfig", path)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == (
        f"kubex-testing: error: cannot write {path}: No such file or directory; choose another path for --kubeconfig\n"
    )
    with pytest.raises(FileNotFoundError) as caught:
        ServerHandle("https://127.0.0.1:1").write_kubeconfig(path)
    assert caught.value.filename == str(path)


def test_the_port_can_be_chosen_and_a_taken_one_is_an_error_of_one_line() -> None:
    port = str(free_port())
    with socket.create_server(("127.0.0.1", int(port))):
        result = run("serve", "--port", port)
    assert (result.returncode, result.stdout) == (1, "")
    assert re.fullmatch(
        rf"kubex-testing: error: cannot listen on port {port}: .* choose another --port\n", result.stderr
    )
    with serving("--http", "--port", port) as process, urlopen(f"http://127.0.0.1:{port}/version") as answer:
        assert answer.status == 200
        process.kill()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ((), "required: command"),
        (("fly",), "invalid choice: 'fly'"),
        (("serve", "--port", "x"), "--port: 'x' is not a number"),
        (("serve", "--port", "65536"), "65536 is not between 0 and 65535"),
        (("serve", "--namespace", "Bad_Ns"), "--namespace: 'Bad_Ns' is no name of a namespace: a lowercase RFC 1123"),
        (("serve", "--namespace", ""), "'' is no name of a namespace"),
        (("serve", "--http", "--control-plane"), "give --http or --control-plane, not both"),
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: Sequence[str], complaint: str) -> None:
    result = run(*arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert complaint in result.stderr


def test_version_and_help_are_answered_at_once() -> None:
    assert re.fullmatch(r"kubex-testing \d+\.\d+\.\d+\n", run("--version").stdout)
    assert "KUBEBUILDER_ASSETS" in run("--help").stdout
    assert "--control-plane" in run("serve", "--help").stdout


def test_a_control_plane_that_is_not_installed_is_exit_code_1(tmp_path: Path) -> None:
    result = run("serve", "--control-plane", KUBEBUILDER_ASSETS=str(tmp_path), USE_EXISTING_CLUSTER="")
    assert (result.returncode, result.stdout) == (1, "")
    assert re.fullmatch(r"kubex-testing: error: no etcd at .*KUBEBUILDER_ASSETS.*\n", result.stderr)


def test_a_control_plane_is_served_like_the_embedded_server(tmp_path: Path) -> None:
    try:
        find_assets(os.environ, controller_manager=None)
    except ControlPlaneUnavailable as error:
        pytest.skip(str(error))
    path = tmp_path / "kubeconfig"
    with serving("--control-plane", "--kubeconfig", path) as process:
        document = yaml.safe_load(path.read_text())
        address = urlsplit(document["clusters"][0]["cluster"]["server"])
        with socket.create_connection((address.hostname or "", address.port or 0)):
            pass
        assert stopped(process) == (0, "", "")
