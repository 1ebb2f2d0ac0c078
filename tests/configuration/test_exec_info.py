"""Tests of the input of exec plugins: environment, `KUBERNETES_EXEC_INFO`, open files, and finding the program."""

import base64
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from configuration.conftest import WriteKubeconfig
from kubex.configuration import ClientConfiguration, ExecPlugin, configure_from_kubeconfig, credentials_for
from kubex.credentials import Authentication, ExecCredentials
from kubex.errors import ConfigurationError
from support.exec_plugins import V1, V1BETA1, PluginScript

pytestmark = pytest.mark.anyio

URL = "https://api.example.com:6443"


def token(authentication: Authentication) -> str:
    return dict(authentication.headers)["Authorization"].removeprefix("Bearer ")


@pytest.fixture
def script(tmp_path: Path) -> PluginScript:
    return PluginScript(tmp_path / "plugin", 'print_credential(token="t")')


@pytest.mark.covers("pitfall-30")
@pytest.mark.parametrize("version", [V1, V1BETA1])
async def test_cluster_is_passed_only_with_provide_cluster_info(script: PluginScript, version: str) -> None:
    plugin = script.plugin(api_version=version, interactive_mode="Never", cluster_config={"a": 1})
    await credentials_for(ClientConfiguration(url=URL, exec=plugin)).authenticate()
    assert script.exec_infos == [{"kind": "ExecCredential", "apiVersion": version, "spec": {"interactive": False}}]


async def cluster_info(script: PluginScript, config: object = None, **fields: Any) -> dict[str, Any]:
    plugin = script.plugin(provide_cluster_info=True, cluster_config=config)
    await credentials_for(ClientConfiguration(url=URL, exec=plugin, **fields)).authenticate()
    cluster: dict[str, Any] = script.exec_infos[-1]["spec"]["cluster"]
    return cluster


@pytest.mark.covers("pitfall-30")
async def test_cluster_info_contains_the_configured_fields(script: PluginScript, tmp_path: Path) -> None:
    assert await cluster_info(script) == {"server": URL}
    assert await cluster_info(script, insecure_skip_tls_verify=True) == {
        "server": URL,
        "insecure-skip-tls-verify": True,
    }
    settings = {"audience": "é", "list": [1, None]}
    (tmp_path / "ca.pem").write_text("PEM of a file")
    cluster = await cluster_info(
        script,
        settings,
        tls_server_name="other",
        server_ca_file=tmp_path / "ca.pem",
        proxy_url="http://u:p@127.0.0.1:3128",
        disable_compression=True,
    )
    assert cluster == {
        "server": URL,
        "tls-server-name": "other",
        "certificate-authority-data": base64.b64encode(b"PEM of a file").decode(),
        "proxy-url": "http://u:p@127.0.0.1:3128",
        "disable-compression": True,
        "config": settings,
    }
    cluster = await cluster_info(script, server_ca_data="PEM")
    assert cluster["certificate-authority-data"] == base64.b64encode(b"PEM").decode()


async def test_unreadable_ca_file_raises_and_is_named(script: PluginScript, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"ca\.pem, server_ca_file: cannot be read"):
        await cluster_info(script, server_ca_file=tmp_path / "ca.pem")
    assert script.runs == 0


@pytest.mark.covers("pitfall-30")
async def test_variables_are_added_to_those_of_this_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBEX_OWN", "own")
    monkeypatch.setenv("KUBEX_BOTH", "own")
    monkeypatch.setenv("KUBERNETES_EXEC_INFO", "of the parent process")
    body = 'print_credential(token="-".join([os.environ["KUBEX_OWN"], os.environ["KUBEX_BOTH"], *sys.argv[1:]]))'
    script = PluginScript(tmp_path / "plugin", body)
    plugin = script.plugin(
        env={"KUBEX_BOTH": "plugin", "KUBERNETES_EXEC_INFO": "{}", "PATH": "nowhere"}, args=("$HOME", "a;b")
    )
    assert token(await ExecCredentials(plugin).authenticate()) == "own-plugin-$HOME-a;b"
    assert script.exec_infos[0]["kind"] == "ExecCredential", "a variable of the plugin does not replace it"


async def test_only_variables_and_standard_streams_are_inherited(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.set_inheritable(write, True)
    try:
        body = f"""
try:
    os.fstat({write})
    state = "open"
except OSError:
    state = "closed"
print_credential(token=state + "-" + (sys.stdin.read() or "end"))
"""
        plugin = PluginScript(tmp_path / "plugin", body).plugin()
        assert token(await ExecCredentials(plugin).authenticate()) == "closed-end"
    finally:
        os.close(read)
        os.close(write)


def shell_script(path: Path, text: str, mode: int = 0o755) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


SHELL = """#!/bin/sh
echo "running" > /dev/stderr
cat <<END
{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "$1-from-shell"}}
END
"""


@pytest.mark.parametrize("by_path", [True, False])
async def test_shell_script_is_run_by_path_and_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_path: bool
) -> None:
    path = shell_script(tmp_path / "bin" / "get-token", SHELL)
    if not by_path:
        monkeypatch.setenv("PATH", f"{path.parent}{os.pathsep}{os.environ['PATH']}")
    plugin = ExecPlugin(command=str(path) if by_path else "get-token", args=("one",))
    assert token(await ExecCredentials(plugin).authenticate()) == "one-from-shell"


@pytest.mark.covers("pitfall-30")
async def test_plugin_path_is_relative_to_the_kubeconfig(write_kubeconfig: WriteKubeconfig, tmp_path: Path) -> None:
    shell_script(tmp_path / "bin" / "get-token", SHELL)
    user = {"exec": {"apiVersion": V1, "command": "bin/get-token", "args": ["file"], "interactiveMode": "Never"}}
    configuration = await configure_from_kubeconfig(write_kubeconfig({}, user, path=tmp_path / "config"))
    assert token(await credentials_for(configuration).authenticate()) == "file-from-shell"


MakeCommand = Callable[[Path, pytest.MonkeyPatch], str]


def in_working_directory(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(shell_script(folder / "folder" / "get-token", SHELL).parent)
    monkeypatch.setenv("PATH", ".")
    return "get-token"


@pytest.mark.covers("pitfall-30")
@pytest.mark.parametrize(
    ("make", "problem", "has_hint"),
    [
        (lambda _folder, _patch: "kubex-no-such-program", "was not found on PATH", True),
        (lambda folder, _patch: str(folder / "missing"), "does not exist", True),
        (lambda folder, _patch: str(folder), "is a folder", True),
        (
            lambda folder, _patch: str(shell_script(folder / "x", SHELL, 0o644)),
            "cannot be executed; run chmod +x",
            True,
        ),
        (in_working_directory, "was found only in the working directory", True),
        (
            lambda folder, _patch: str(shell_script(folder / "x", "#!/no/such\n")),
            "interpreter in its first line",
            False,
        ),
        (lambda folder, _patch: str(shell_script(folder / "x", "")), "cannot be run: Exec format error", False),
    ],
)
async def test_program_that_cannot_be_run_raises_with_the_install_hint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: MakeCommand, problem: str, has_hint: bool
) -> None:
    command = make(tmp_path, monkeypatch)
    plugin = ExecPlugin(command=command, args=("s3cr3t",), install_hint="Get it at example.com.")
    with pytest.raises(ConfigurationError) as caught:
        await ExecCredentials(plugin).authenticate()
    assert caught.value.source == f"exec plugin {command!r}"
    assert problem in str(caught.value)
    assert str(caught.value).endswith("\nGet it at example.com.") == has_hint
    assert "s3cr3t" not in str(caught.value)


async def test_exec_info_is_one_line_of_ascii(script: PluginScript) -> None:
    await cluster_info(script, {"text": "é\nü"})
    line = (script.folder / "runs").read_text()
    assert line.isascii()
    assert json.loads(line)["spec"]["cluster"]["config"] == {"text": "é\nü"}
