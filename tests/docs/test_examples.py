"""The examples run on the embedded API server."""

import os
import re
import runpy
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import pytest

from docs.blocks import ROOT
from kubex.api import Api
from kubex.client import ClientOptions, create_client
from kubex.errors import Forbidden
from kubex.models import ObjectMeta
from kubex_k8s.v1_37.apps.v1 import Deployment, DeploymentSpec
from kubex_k8s.v1_37.core.v1 import ConfigMap, Container, Pod, PodSpec, PodTemplateSpec
from kubex_k8s.v1_37.meta.v1 import LabelSelector
from kubex_testing import ServerHandle
from kubex_testing.embedded import Answer, Delay, EmbeddedServer
from support.backend_pairs import PAIRS, BackendPair

EXAMPLES = ROOT / "examples"
QUICKSTART_STEPS = [
    "connected",
    "created",
    "created",
    "created",
    "listed",
    "patched",
    "deleted",
    "watched",
    "deleted",
    "deleted",
]
JSON = (("Content-Type", "application/json"),)
EXPIRED_STATUS = b'{"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Expired", "code": 410}'
CONTEXT_OPTION = ("--context", "kubex-testing")


def run_module(name: str) -> dict[str, Any]:
    return runpy.run_path(str(EXAMPLES / name))


def start_quickstart(pair: BackendPair, *arguments: str, **environ: str) -> "subprocess.Popen[str]":
    """Start the quickstart in a process, with the backend and the runtime of the pair."""
    script = str(EXAMPLES / "quickstart.py")
    return subprocess.Popen(
        [sys.executable, "-W", "error", script, "--backend", pair.backend, "--runtime", pair.runtime, *arguments],
        env={**os.environ, **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(process: "subprocess.Popen[str]") -> tuple[int, str]:
    """Wait for the process; return its exit code and output."""
    try:
        printed, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    return process.returncode, printed


def steps(printed: str) -> list[str]:
    """Return the steps that the quickstart printed. The events of a watch count as one step."""
    verbs = re.findall(r"^(connected|created|listed|patched|deleted|watched)", printed, re.MULTILINE)
    return [verb for index, verb in enumerate(verbs) if verb != "watched" or verbs[index - 1] != "watched"]


def namespace_deletions(server: EmbeddedServer) -> list[str]:
    return [
        request.path
        for request in server.requests
        if request.method == "DELETE"
        and request.path.startswith("/api/v1/namespaces/kubex-quickstart-")
        and request.path.count("/") == 4
    ]


def test_quickstart_does_not_need_a_cluster_or_a_kubeconfig(pair: BackendPair, tmp_path: Path) -> None:
    code, printed = finish(start_quickstart(pair, KUBECONFIG=str(tmp_path / "missing")))
    assert code == 0, printed
    assert steps(printed) == QUICKSTART_STEPS, printed


def test_quickstart_can_use_the_cluster_of_a_context(
    pair: BackendPair, kubex_control_plane: ServerHandle, tmp_path: Path
) -> None:
    kubeconfig = kubex_control_plane.write_kubeconfig(tmp_path / "kubeconfig")
    code, printed = finish(start_quickstart(pair, *CONTEXT_OPTION, KUBECONFIG=str(kubeconfig)))
    assert code == 0, printed
    assert steps(printed) == QUICKSTART_STEPS, printed


def test_quickstart_deletes_its_namespace_after_a_failure(
    pair: BackendPair, kubex_server: EmbeddedServer, kubex_kubeconfig: Path
) -> None:
    kubex_server.inject(
        lambda request: request.path.endswith("/deployments"), Answer(403, b"deployments are not allowed")
    )
    code, printed = finish(start_quickstart(pair, *CONTEXT_OPTION, KUBECONFIG=str(kubex_kubeconfig)))
    assert code == 1
    assert "deployments are not allowed" in printed
    assert "Traceback" not in printed
    assert len(namespace_deletions(kubex_server)) == 1


def test_quickstart_deletes_its_namespace_after_ctrl_c(
    pair: BackendPair, kubex_server: EmbeddedServer, kubex_kubeconfig: Path
) -> None:
    patch_delay = Delay()
    kubex_server.inject("PATCH *", patch_delay)
    with start_quickstart(pair, *CONTEXT_OPTION, KUBECONFIG=str(kubex_kubeconfig)) as process:
        assert patch_delay.arrived.wait(20)
        process.send_signal(signal.SIGINT)
        code, printed = finish(process)
    patch_delay.release()
    assert code == 130, printed
    assert "Traceback" not in printed
    assert len(namespace_deletions(kubex_server)) == 1


@pytest.mark.anyio
async def test_custom_resource_registers_uses_and_deletes_its_kind(
    cluster: EmbeddedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    await run_module("custom_resource.py")["main"]()
    printed = capsys.readouterr().out
    assert "backups.kubex.example.com is established" in printed
    assert "patched nightly, which keeps 14" in printed
    assert "refused: spec.schedule Invalid value" in printed
    assert cluster.requests[-1].method == "DELETE"


@pytest.mark.anyio
async def test_server_side_apply_prints_a_conflict_and_resolves_it(
    cluster: EmbeddedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    await run_module("server_side_apply.py")["main"]()
    lines = capsys.readouterr().out.splitlines()
    assert lines[2] == 'editor    wants another color: .data.color conflict with "designer"'
    assert lines[4].endswith("{'color': 'red', 'font': 'serif', 'size': 'large'}")


@pytest.mark.anyio
async def test_logs_prints_the_last_lines_and_follows_the_log(
    cluster: EmbeddedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    async with create_client() as client:
        spec = PodSpec(containers=[Container(name="app", image="app:1")], node_name="node")
        await Api(Pod, client).create(Pod(metadata=ObjectMeta(name="web"), spec=spec))
    cluster.set_pod_log("default", "web", "app", b"one\ntwo\nthree\n", ended=False)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(run_module("logs.py")["main"], "web")
        await anyio.to_thread.run_sync(cluster.wait_for_request, lambda request: "follow=true" in request.target, 5.0)
        cluster.append_pod_log("default", "web", "app", b"four\n")
        cluster.end_pod_log("default", "web", "app")
    assert capsys.readouterr().out == "two\nthree\n--- following\nfour\n"


@pytest.mark.anyio
async def test_deployment_logs_follows_all_pods_and_reports_errors(
    cluster: EmbeddedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster.run_pods()
    cluster.inject(lambda request: request.path.endswith("/pods/web-2/log"), Answer(403, b"no access"))
    labels, spec = {"app": "web"}, PodSpec(containers=[Container(name="app", image="app:1")])
    async with create_client() as client, anyio.create_task_group() as tasks:
        template = PodTemplateSpec(metadata=ObjectMeta(labels=labels), spec=spec)
        deployment = DeploymentSpec(replicas=0, selector=LabelSelector(match_labels=labels), template=template)
        await Api(Deployment, client).create(Deployment(metadata=ObjectMeta(name="web"), spec=deployment))
        tasks.start_soon(run_module("deployment_logs.py")["main"], "web")
        for name in ("web-1", "web-2", "web-3"):
            cluster.set_pod_log("default", name, "app", f"hello from {name}\n".encode(), ended=False)
            await Api(Pod, client).create(Pod(metadata=ObjectMeta(name=name, labels=labels), spec=spec))
        printed = errors = ""
        with anyio.fail_after(20):
            while printed.count("\n") < 2 or not errors:
                await client.version()
                captured = capsys.readouterr()
                printed, errors = printed + captured.out, errors + captured.err
        tasks.cancel_scope.cancel()
    assert sorted(printed.splitlines()) == ["[pod/web-1/app] hello from web-1", "[pod/web-3/app] hello from web-3"]
    assert errors.startswith("[pod/web-2/app] ")


# Python 3.10 does not treat a TLS transport as closed if the peer closed the connection.
@pytest.mark.filterwarnings("ignore:unclosed transport:ResourceWarning")
@pytest.mark.anyio
async def test_watch_resume_continues_after_closed_watches_lost_connections_and_expired_versions(
    cluster: EmbeddedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    printed: list[str] = []

    async def next_lines(number: int) -> list[str]:
        with anyio.fail_after(20):
            while len(printed) < number:
                await other.version()
                printed.extend(capsys.readouterr().out.splitlines())
        lines, printed[:] = printed[:number], printed[number:]
        return lines

    async with create_client(options=ClientOptions(keep_alive=False)) as other, anyio.create_task_group() as tasks:
        api = Api(ConfigMap, other)
        await create(api, "first")
        tasks.start_soon(run_module("watch_resume.py")["main"])
        assert await next_lines(1) == ["Added     first"]
        await create(api, "second")
        assert await next_lines(1) == ["Added     second"]

        cluster.close_watches()
        await create(api, "third")
        assert await next_lines(1) == ["Added     third"]

        cluster.inject("watch configmaps", Answer(410, EXPIRED_STATUS, JSON))
        cluster.close_watches()
        await api.delete("first")
        await create(api, "fourth")
        assert sorted(await next_lines(2)) == ["Added     fourth", "Deleted   first"]

        cluster.drop_connections()
        await create(api, "fifth")
        assert await next_lines(1) == ["Added     fifth"]
        tasks.cancel_scope.cancel()


@pytest.mark.anyio
async def test_watch_resume_raises_a_permanent_error(cluster: EmbeddedServer) -> None:
    cluster.inject("GET *", Answer(403, b"access denied"))
    with pytest.raises(Forbidden, match="access denied"):
        await run_module("watch_resume.py")["main"]()


async def create(api: Api[ConfigMap], name: str) -> None:
    await api.create(ConfigMap(metadata=ObjectMeta(name=name)))


@pytest.mark.parametrize("backend", sorted({pair.backend for pair in PAIRS}))
@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("test_*.py")), ids=lambda path: path.name)
def test_example_tests_pass(path: Path, backend: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", str(path)]
    environment = {**os.environ, "KUBEX_BACKEND": backend}
    completed = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert completed.returncode == 0, completed.stdout + completed.stderr
