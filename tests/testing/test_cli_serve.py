"""The command `kubex-testing`, run as a subprocess."""

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
from urllib.request import Request, urlopen

import pytest
import yaml

from kubex_testing import ServerHandle
from kubex_testing._pki import Identity, client_context
from kubex_testing.compliance._ports import free_port
from kubex_testing.controlplane import ControlPlaneUnavailable
from kubex_testing.controlplane._assets import find_assets
from kubex_testing.controlplane._probe import Probe

COMMAND = (sys.executable, "-m", "kubex_testing")


def run(*arguments: str | Path, **environ: str) -> "subprocess.CompletedProcess[str]":
    """Run the command until it exits."""
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, check=False, timeout=50, env={**os.environ, **environ}
    )


@contextmanager
def running_command(*arguments: str | Path) -> Iterator["subprocess.Popen[str]"]:
    """Run the command in the background, and wait until it serves."""
    command = [*COMMAND, "serve", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            assert re.match(r"serving at https?://127\.0\.0\.1:\d+; press Ctrl-C to stop$", process.stderr.readline())
            yield process
        finally:
            process.kill()


def stop(process: "subprocess.Popen[str]", by: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
    """Stop the command, and return its exit code and the remaining output."""
    process.send_signal(by)
    output, errors = process.communicate(timeout=20)
    return process.returncode, output, errors


def authenticated_user(handle: ServerHandle) -> tuple[str, list[str]]:
    """Return the user and the groups of a handle, as the server reports them."""
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


def parse_kubeconfig(kubeconfig: str) -> ServerHandle:
    """Parse a kubeconfig that the command printed."""
    document = yaml.safe_load(kubeconfig)
    return ServerHandle(
        document["clusters"][0]["cluster"]["server"],
        token=document["users"][0]["user"].get("token"),
    )


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_serve_prints_only_a_kubeconfig_and_exits_with_0(how: signal.Signals) -> None:
    with running_command("--namespace", "work") as process:
        code, output, errors = stop(process, how)
    document = yaml.safe_load(output)
    assert (code, errors) == (0, "")
    assert (document["kind"], document["contexts"][0]["context"]["namespace"]) == ("Config", "work")


def test_printed_kubeconfig_connects_to_the_running_server() -> None:
    with running_command("--http") as process:
        assert process.stdout is not None
        document = "".join(iter(process.stdout.readline, "current-context: kubex-testing\n"))
        handle = parse_kubeconfig(document)
        assert handle.url.startswith("http://127.0.0.1:")
        assert Probe(handle).is_ready()
        assert stop(process)[0] == 0


def test_serve_loads_files_and_records_requests(tmp_path: Path) -> None:
    manifest, kubeconfig, recording = tmp_path / "a.yaml", tmp_path / "kubeconfig", tmp_path / "requests.jsonl"
    manifest.write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: default}\ndata: {b: c}\n")
    with running_command("--http", "--load", manifest, "--record", recording, "--kubeconfig", kubeconfig) as process:
        handle = parse_kubeconfig(kubeconfig.read_text())
        path = "/api/v1/namespaces/default/configmaps/a"
        request = Request(f"{handle.url}{path}", headers={"Authorization": f"Bearer {handle.token}"})  # noqa: S310
        with urlopen(request, timeout=20) as response:  # noqa: S310 - the server on loopback
            assert json.load(response)["data"] == {"b": "c"}
        assert stop(process)[0] == 0
    text = recording.read_text()
    assert [(line["method"], line["target"], line["status"]) for line in map(json.loads, text.splitlines())] == [
        ("GET", path, 200)
    ]
    assert str(handle.token) not in text


def test_kubeconfig_has_a_token_and_a_client_certificate_of_one_administrator(tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    with running_command("--kubeconfig", path):
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
        assert [authenticated_user(only_token), authenticated_user(only_certificate)] == [administrator, administrator]


def test_kubeconfig_file_exists_while_the_server_runs(tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    with running_command("--kubeconfig", path) as process:
        assert path.stat().st_mode & 0o777 == 0o600
        assert yaml.safe_load(path.read_text())["clusters"]
        assert stop(process) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


def test_existing_kubeconfig_file_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text("precious")
    result = run("serve", "--kubeconfig", path)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == (
        f"kubex-testing: error: {path} already exists; remove it or select another path with --kubeconfig\n"
    )
    assert path.read_text() == "precious"


def test_unwritable_kubeconfig_file_is_a_one_line_error(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "config"
    result = run("serve", "--kubeconfig", path)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == (
        f"kubex-testing: error: cannot write {path}: No such file or directory; select another path with --kubeconfig\n"
    )
    with pytest.raises(FileNotFoundError) as caught:
        ServerHandle("https://127.0.0.1:1").write_kubeconfig(path)
    assert caught.value.filename == str(path)


def test_port_can_be_selected_and_a_port_in_use_is_a_one_line_error() -> None:
    port = str(free_port())
    with socket.create_server(("127.0.0.1", int(port))):
        result = run("serve", "--port", port)
    assert (result.returncode, result.stdout) == (1, "")
    assert re.fullmatch(
        rf"kubex-testing: error: cannot listen on port {port}: .* select another port with --port\n", result.stderr
    )
    with running_command("--http", "--port", port) as process, urlopen(f"http://127.0.0.1:{port}/version") as answer:
        assert answer.status == 200
        process.kill()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "required: command"),
        (("fly",), "invalid choice: 'fly'"),
        (("serve", "--port", "x"), "--port: 'x' is not a port number between 0 and 65535"),
        (("serve", "--port", "65536"), "'65536' is not a port number between 0 and 65535"),
        (
            ("serve", "--namespace", "Bad_Ns"),
            "--namespace: 'Bad_Ns' is not a valid namespace name: a lowercase RFC 1123",
        ),
        (("serve", "--namespace", ""), "'' is not a valid namespace name"),
        (("serve", "--http", "--control-plane"), "--http and --control-plane cannot be combined"),
        (("serve", "--no-workloads", "--control-plane"), "--no-workloads and --control-plane cannot be combined"),
        (("serve", "--run-pods", "--control-plane"), "--run-pods and --control-plane cannot be combined"),
        (("serve", "--control", "--control-plane"), "--control and --control-plane cannot be combined"),
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: Sequence[str], message: str) -> None:
    result = run(*arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert message in result.stderr


def test_version_and_help_start_no_server() -> None:
    assert re.fullmatch(r"kubex-testing \d+\.\d+\.\d+\n", run("--version").stdout)
    assert "KUBEBUILDER_ASSETS" in run("--help").stdout
    assert "--control-plane" in run("serve", "--help").stdout


def test_missing_control_plane_is_exit_code_1(tmp_path: Path) -> None:
    result = run("serve", "--control-plane", KUBEBUILDER_ASSETS=str(tmp_path), USE_EXISTING_CLUSTER="")
    assert (result.returncode, result.stdout) == (1, "")
    assert re.fullmatch(r"kubex-testing: error: no etcd at .*KUBEBUILDER_ASSETS.*\n", result.stderr)


def test_control_plane_is_served_like_the_embedded_server(tmp_path: Path) -> None:
    try:
        find_assets(os.environ)
    except ControlPlaneUnavailable as error:
        pytest.skip(str(error))
    path = tmp_path / "kubeconfig"
    with running_command("--control-plane", "--kubeconfig", path) as process:
        document = yaml.safe_load(path.read_text())
        address = urlsplit(document["clusters"][0]["cluster"]["server"])
        with socket.create_connection((address.hostname or "", address.port or 0)):
            pass
        assert stop(process) == (0, "", "")
