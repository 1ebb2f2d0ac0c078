"""The command `python -m kubex`, which prints what a bug report needs."""

import os
import re
import subprocess
import sys
from pathlib import Path

from kubex import __version__
from kubex_testing import ServerHandle

WITHOUT_BACKENDS = """
import runpy
import kubex.client._backend_selection as selection
selection.entry_points = lambda group: ()
runpy.run_module("kubex", run_name="__main__")
"""


def run(kubeconfig: Path, *arguments: str, backend: str = "") -> tuple[int, str]:
    """Return the exit code and stdout. Stderr must be empty."""
    environment = os.environ | {"KUBECONFIG": str(kubeconfig), "KUBEX_BACKEND": backend}
    command = [sys.executable, *(arguments or ("-m", "kubex"))]
    completed = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert completed.stderr == ""
    return completed.returncode, completed.stdout


def value_of(name: str, output: str) -> str:
    match = re.search(rf"^ *{name}: (.*)$", output, re.MULTILINE)
    assert match is not None, output
    return match[1]


def test_command_prints_versions_backends_configuration_and_server(server: ServerHandle, tmp_path: Path) -> None:
    kubeconfig = server.write_kubeconfig(tmp_path / "kubeconfig")
    code, output = run(kubeconfig)
    assert code == 0, output
    assert value_of("Python", output).startswith(".".join(map(str, sys.version_info[:3])))
    assert value_of("kubex-core", output) == __version__
    assert value_of("aiohttp", output.partition("Backends")[2]) == "priority 200, asyncio"
    assert value_of("selected on asyncio", output) == "aiohttp (the highest priority of those that can be used)"
    assert value_of("selected on trio", output) == "httpx2 (the highest priority of those that can be used)"
    assert value_of("kubeconfig", output).startswith(f"{kubeconfig}, context ")
    assert value_of("server", output) == server.url
    assert value_of("version", output).startswith("v1.37.")
    assert re.match(r"[+-][01] s compared with this machine", value_of("clock", output))
    assert "system:masters" in value_of("user", output)


def test_command_does_not_print_secrets(server: ServerHandle, tmp_path: Path) -> None:
    configuration = server.configuration()
    _, output = run(server.write_kubeconfig(tmp_path / "kubeconfig"))
    secrets = [configuration.token, configuration.password, configuration.client_key_data]
    assert [secret for secret in secrets if secret and secret in output] == []
    assert "PRIVATE" not in output


def test_command_names_the_backend_of_the_environment(server: ServerHandle, tmp_path: Path) -> None:
    code, output = run(server.write_kubeconfig(tmp_path / "kubeconfig"), backend="httpx")
    assert code == 0, output
    assert value_of("selected on asyncio", output) == "httpx (KUBEX_BACKEND=httpx)"
    assert value_of("selected on trio", output) == "httpx (KUBEX_BACKEND=httpx)"


def test_command_fails_if_the_server_is_not_reachable(tmp_path: Path) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(
        "clusters: [{name: a, cluster: {server: 'http://127.0.0.1:1'}}]\ncurrent-context: a\n"
        "contexts: [{name: a, context: {cluster: a}}]\n"
    )
    code, output = run(kubeconfig)
    assert code == 1
    assert value_of("server", output) == "http://127.0.0.1:1"
    assert value_of("credentials", output) == "none"
    assert value_of("error", output).startswith("ConnectError: ")


def test_command_fails_without_a_configuration(tmp_path: Path) -> None:
    code, output = run(tmp_path / "missing")
    assert code == 1
    assert value_of("selected on asyncio", output).startswith("aiohttp")
    assert value_of("error", output).startswith("ConfigurationError: KUBECONFIG: none of these files exists")
    assert "Server" not in output


def test_command_fails_without_a_backend(server: ServerHandle, tmp_path: Path) -> None:
    kubeconfig = server.write_kubeconfig(tmp_path / "kubeconfig")
    code, output = run(kubeconfig, "-c", WITHOUT_BACKENDS)
    assert code == 1
    assert value_of("selected on asyncio", output) == "no HTTP backend of kubex can be used on asyncio"
    assert "    install one: pip install kubex-aiohttp" in output
    assert value_of("server", output) == server.url
    code, output = run(kubeconfig, backend="unknown")
    assert code == 1
    assert "unknown: is not installed (installed: aiohttp, httpx, httpx2)" in output
