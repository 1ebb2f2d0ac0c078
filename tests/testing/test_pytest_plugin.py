"""The fixtures of kubex-testing, used by another project."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = """
import json
import ssl
import urllib.request
from pathlib import Path

import yaml


def call(handle, method, path, body=None):
    headers = {"Authorization": f"Bearer {handle.token}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(handle.url + path, data=data, headers=headers, method=method)
    with urllib.request.urlopen(request, context=ssl.create_default_context(cadata=handle.ca_pem)) as answer:
        return json.load(answer)


def names(handle):
    return {item["metadata"]["name"] for item in call(handle, "GET", "/api/v1/namespaces")["items"]}


def create_namespace(handle, name):
    call(handle, "POST", "/api/v1/namespaces", {"metadata": {"name": name}})
"""


def run_project_tests(folder: Path, tests: str, **environ: str) -> str:
    """Run pytest in a separate project and return its output."""
    (folder / "test_project.py").write_text(PROJECT + tests)
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -rs -p no:randomly -p no:cacheprovider\n")
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "test_project.py"],
        cwd=folder,
        env={**os.environ, "COLUMNS": "500", **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    return result.stdout


def test_kubex_server_handle_is_a_new_server_in_each_test(tmp_path: Path) -> None:
    tests = """
def test_one(kubex_server_handle):
    create_namespace(kubex_server_handle, "one")
    assert "one" in names(kubex_server_handle)

def test_two(kubex_server_handle):
    assert "default" in names(kubex_server_handle)
    assert "one" not in names(kubex_server_handle)
"""
    assert "2 passed" in run_project_tests(tmp_path, tests)


def test_server_handle_and_kubeconfig_refer_to_the_same_server(tmp_path: Path) -> None:
    tests = """
def test_all(kubex_server, kubex_server_handle, kubex_kubeconfig):
    names(kubex_server_handle)
    assert [request.path for request in kubex_server.requests] == ["/api/v1/namespaces"]
    kubeconfig = yaml.safe_load(kubex_kubeconfig.read_text())
    assert kubeconfig["clusters"][0]["cluster"]["server"] == kubex_server_handle.url
"""
    assert "1 passed" in run_project_tests(tmp_path, tests)


def test_kubex_shared_server_handle_is_the_same_server_in_all_tests(tmp_path: Path) -> None:
    tests = """
def test_one(kubex_shared_server_handle):
    create_namespace(kubex_shared_server_handle, "shared")

def test_two(kubex_shared_server_handle):
    assert "shared" in names(kubex_shared_server_handle)
"""
    assert "2 passed" in run_project_tests(tmp_path, tests)


def test_kubex_control_plane_skips_without_programs_and_explains_how_to_enable_it(tmp_path: Path) -> None:
    tests = """
def test_real(kubex_control_plane):
    assert False
"""
    output = run_project_tests(
        tmp_path, tests, KUBEBUILDER_ASSETS=str(tmp_path), USE_EXISTING_CLUSTER="", TEST_ASSET_ETCD=""
    )
    assert "1 skipped" in output
    assert f"no etcd at {tmp_path}/etcd (from KUBEBUILDER_ASSETS). Set KUBEBUILDER_ASSETS to a folder" in output


def test_control_plane_that_fails_to_start_is_an_error_and_not_a_skip(tmp_path: Path) -> None:
    for name in ("etcd", "kube-apiserver"):
        (tmp_path / name).write_text("#!/bin/sh\necho broken >&2\nexit 3\n")
        (tmp_path / name).chmod(0o755)
    tests = """
def test_real(kubex_control_plane):
    assert False
"""
    output = run_project_tests(
        tmp_path, tests, KUBEBUILDER_ASSETS=str(tmp_path), USE_EXISTING_CLUSTER="", TEST_ASSET_ETCD=""
    )
    assert "1 error" in output
    assert "ended with exit code 3" in output


@pytest.mark.parametrize("module", ["kubex", "kubex_testing.embedded", "kubex_testing.controlplane", "cryptography"])
def test_plugin_does_not_import_servers_that_no_test_uses(tmp_path: Path, module: str) -> None:
    tests = f"""
def test_modules():
    import sys
    assert "kubex_testing.pytest_plugin" in sys.modules
    assert {module!r} not in sys.modules
"""
    assert "1 passed" in run_project_tests(tmp_path, tests)


def test_nothing_of_kubex_server_is_left_after_the_test(tmp_path: Path) -> None:
    tests = """
import socket
import threading

from kubex_testing.embedded import Answer, Delay, Silence

ports = []

def test_one(kubex_server):
    delay, silence = Delay(), Silence()
    kubex_server.inject("*", Answer(503), times=None)
    kubex_server.inject("list *", delay, times=None)
    kubex_server.inject("watch *", silence, times=None)
    kubex_server.hold("pods")
    kubex_server.set_clock_rate(100)
    ports.append(int(kubex_server.handle.url.rpartition(":")[2]))

def test_two(kubex_server, kubex_server_handle):
    assert names(kubex_server_handle) >= {"default"}
    assert [thread.name for thread in threading.enumerate()].count("kubex-embedded-api") == 1
    assert kubex_server.writes[-1].name == "kube-node-lease"

def test_three():
    assert [thread.name for thread in threading.enumerate()].count("kubex-embedded-api") == 0
    with socket.socket() as connection:
        assert connection.connect_ex(("127.0.0.1", ports[0])) != 0
"""
    assert "3 passed" in run_project_tests(tmp_path, tests)
