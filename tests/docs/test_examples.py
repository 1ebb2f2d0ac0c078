"""Every example runs, and says what it is for."""

import io
import os
import re
import runpy
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import anyio.to_thread
import pytest

from docs.blocks import ROOT
from kubex.api import Api
from kubex.client import ClientOptions, create_client
from kubex.errors import ConnectionLost, Forbidden
from kubex.models import ObjectMeta
from kubex_k8s.v1_37.core.v1 import ConfigMap, Container, Pod, PodSpec
from kubex_testing import ServerHandle
from kubex_testing.embedded import Answer, Delay, EmbeddedServer, RecordedRequest
from support.pairs import PAIRS, Pair

EXAMPLES = ROOT / "examples"
STORY = ["connected", "created", "created", "created", "listed", "patched", "deleted", "watched", "deleted", "deleted"]
JSON = (("Content-Type", "application/json"),)
EXPIRED = b'{"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Expired", "code": 410}'
CONTEXT = ("--context", "kubex-testing")


def load(name: str) -> dict[str, Any]:
    return runpy.run_path(str(EXAMPLES / name))


def start(pair: Pair, *arguments: str, **environ: str) -> "subprocess.Popen[str]":
    """Start the quickstart on a pair."""
    script = str(EXAMPLES / "quickstart.py")
    return subprocess.Popen(
        [sys.executable, "-W", "error", script, "--backend", pair.backend, "--runtime", pair.runtime, *arguments],
        env={**os.environ, **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(process: "subprocess.Popen[str]") -> tuple[int, str]:
    """Return the exit code and what was printed."""
    printed, _ = process.communicate(timeout=30)
    return process.returncode, printed


def story(printed: str) -> list[str]:
    """Return what the quickstart says it did; a watch may see more events than one."""
    verbs = re.findall(r"^(connected|created|listed|patched|deleted|watched)", printed, re.MULTILINE)
    return [verb for index, verb in enumerate(verbs) if verb != "watched" or verbs[index - 1] != "watched"]


def is_watch(request: RecordedRequest) -> bool:
    return "watch" in request.query


def is_list(request: RecordedRequest) -> bool:
    return request.method == "GET" and not is_watch(request)


def scratch_deletions(server: EmbeddedServer) -> list[str]:
    return [
        request.path
        for request in server.requests
        if request.method == "DELETE"
        and request.path.startswith("/api/v1/namespaces/kubex-quickstart-")
        and request.path.count("/") == 4
    ]


def test_the_quickstart_needs_no_cluster_and_ignores_the_kubeconfig(pair: Pair, tmp_path: Path) -> None:
    code, printed = finish(start(pair, KUBECONFIG=str(tmp_path / "missing")))
    assert code == 0, printed
    assert story(printed) == STORY, printed


def test_the_quickstart_runs_on_the_cluster_of_a_context(
    pair: Pair, kubex_control_plane: ServerHandle, tmp_path: Path
) -> None:
    kubeconfig = kubex_control_plane.write_kubeconfig(tmp_path / "kubeconfig")
    code, printed = finish(start(pair, *CONTEXT, KUBECONFIG=str(kubeconfig)))
    assert code == 0, printed
    assert story(printed) == STORY, printed


def test_the_quickstart_deletes_its_namespace_after_a_failure(
    pair: Pair, kubex_server: EmbeddedServer, kubex_kubeconfig: Path
) -> None:
    kubex_server.inject(lambda request: request.path.endswith("/deployments"), Answer(403, b"no deployments today"))
    code, printed = finish(start(pair, *CONTEXT, KUBECONFIG=str(kubex_kubeconfig)))
    assert code == 1
    assert "no deployments today" in printed
    assert "Traceback" not in printed
    assert len(scratch_deletions(kubex_server)) == 1


def test_the_quickstart_deletes_its_namespace_after_ctrl_c(
    pair: Pair, kubex_server: EmbeddedServer, kubex_kubeconfig: Path
) -> None:
    held = Delay()
    kubex_server.inject("PATCH *", held)
    with start(pair, *CONTEXT, KUBECONFIG=str(kubex_kubeconfig)) as process:
        assert held.arrived.wait(20)
        process.send_signal(signal.SIGINT)
        code, printed = finish(process)
    held.release()
    assert code == 130, printed
    assert "Traceback" not in printed
    assert len(scratch_deletions(kubex_server)) == 1


@pytest.mark.anyio
async def test_the_custom_resource_is_registered_used_and_removed(
    cluster: EmbeddedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    await load("custom_resource.py")["main"]()
    printed = capsys.readouterr().out
    assert "backups.kubex.example.com is established" in printed
    assert "patched nightly, which keeps 14" in printed
    assert "refused: spec.schedule Invalid value" in printed
    assert cluster.requests[-1].method == "DELETE"


@pytest.mark.anyio
async def test_two_managers_share_an_object(cluster: EmbeddedServer, capsys: pytest.CaptureFixture[str]) -> None:
    await load("server_side_apply.py")["main"]()
    lines = capsys.readouterr().out.splitlines()
    assert lines[2] == 'editor    wants another color: .data.color conflict with "designer"'
    assert lines[4].endswith("{'color': 'red', 'font': 'serif', 'size': 'large'}")


@pytest.mark.anyio
async def test_a_log_is_read_and_followed(cluster: EmbeddedServer, capsys: pytest.CaptureFixture[str]) -> None:
    async with create_client() as client:
        spec = PodSpec(containers=[Container(name="app", image="app:1")], node_name="node")
        await Api(Pod, client).create(Pod(metadata=ObjectMeta(name="web"), spec=spec))
    cluster.set_pod_log("default", "web", "app", b"one\ntwo\nthree\n", ended=False)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(load("logs.py")["main"], "web")
        await anyio.to_thread.run_sync(cluster.wait_for_request, lambda request: "follow=true" in request.target, 5.0)
        cluster.append_pod_log("default", "web", "app", b"four\n")
        cluster.end_pod_log("default", "web", "app")
    assert capsys.readouterr().out == "two\nthree\n--- following\nfour\n"


# Python 3.10 does not count a TLS transport as closed when the peer has cut it.
@pytest.mark.filterwarnings("ignore:unclosed transport:ResourceWarning")
@pytest.mark.anyio
async def test_a_watch_is_followed_through_ends_breaks_and_forgotten_revisions(cluster: EmbeddedServer) -> None:
    send, receive = anyio.create_memory_object_stream[tuple[str, str | None]](10)

    def tell(event: str, item: ConfigMap) -> None:
        send.send_nowait((event, item.metadata.name))

    async with create_client() as client, anyio.create_task_group() as tasks, send, receive:
        api = Api(ConfigMap, client)
        await create(api, "first")
        tasks.start_soon(load("watch_resume.py")["follow"], api, tell)
        assert await receive.receive() == ("LISTED", "first")
        await create(api, "second")
        assert await receive.receive() == ("ADDED", "second")

        cluster.close_watches()
        await create(api, "third")
        assert await receive.receive() == ("ADDED", "third")

        cluster.inject(is_watch, Answer(410, EXPIRED, JSON))
        cluster.close_watches()
        assert [await receive.receive() for _ in range(3)] == [
            ("LISTED", name) for name in ("first", "second", "third")
        ]
        await create(api, "fourth")
        assert await receive.receive() == ("ADDED", "fourth")

        cluster.drop_connections()
        async with create_client() as other:
            await create(Api(ConfigMap, other), "fifth")
        assert await receive.receive() == ("ADDED", "fifth")
        tasks.cancel_scope.cancel()


@pytest.mark.anyio
async def test_objects_that_were_deleted_before_a_new_list_are_reported(cluster: EmbeddedServer) -> None:
    send, receive = anyio.create_memory_object_stream[tuple[str, str | None]](10)
    again = Delay()

    def tell(event: str, item: ConfigMap) -> None:
        send.send_nowait((event, item.metadata.name))

    async with create_client() as client, anyio.create_task_group() as tasks, send, receive:
        api = Api(ConfigMap, client)
        for name in ("kept", "listed", "replaced"):
            await create(api, name)
        tasks.start_soon(load("watch_resume.py")["follow"], api, tell)
        assert [await receive.receive() for _ in range(3)] == [("LISTED", n) for n in ("kept", "listed", "replaced")]
        await create(api, "watched")
        await create(api, "gone")
        await api.delete("gone")
        seen = [await receive.receive() for _ in range(3)]
        assert seen == [("ADDED", "watched"), ("ADDED", "gone"), ("DELETED", "gone")]

        cluster.inject(is_watch, Answer(410, EXPIRED, JSON))
        cluster.inject(is_list, again)
        cluster.close_watches()
        await anyio.to_thread.run_sync(again.arrived.wait, 5.0)
        for name in ("listed", "watched", "replaced"):
            await api.delete(name)
        await create(api, "replaced")
        again.release()
        assert sorted([await receive.receive() for _ in range(3)]) == [
            ("DELETED", name) for name in ("listed", "replaced", "watched")
        ]
        assert [await receive.receive() for _ in range(2)] == [("LISTED", "kept"), ("LISTED", "replaced")]
        tasks.cancel_scope.cancel()


@pytest.mark.parametrize("page", [b"<html>come back later</html>", b"<html>\ncome back later\n</html>\n"])
@pytest.mark.anyio
async def test_a_watch_is_followed_through_pages_of_a_load_balancer(
    cluster: EmbeddedServer, page: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_wait(_seconds: float) -> None:
        await anyio.lowlevel.checkpoint()

    send, receive = anyio.create_memory_object_stream[str](10)
    follow = load("watch_resume.py")["follow"]
    async with create_client() as client, anyio.create_task_group() as tasks, send, receive:
        api = Api(ConfigMap, client)
        await create(api, "first")
        answer = Answer(200, page, (("Content-Type", "text/html"),))
        cluster.inject(is_list, answer)
        cluster.inject(is_watch, answer)
        monkeypatch.setattr(anyio, "sleep", no_wait)
        tasks.start_soon(follow, api, lambda event, _: send.send_nowait(event))
        assert await receive.receive() == "LISTED"
        await create(api, "second")
        assert await receive.receive() == "ADDED"
        tasks.cancel_scope.cancel()


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
@pytest.mark.anyio
async def test_a_watch_is_followed_through_answers_of_a_server_in_trouble(cluster: EmbeddedServer, status: int) -> None:
    trouble = Answer(status, b"come back later", (("Retry-After", "0"),))
    send, receive = anyio.create_memory_object_stream[str](10)
    async with create_client(options=ClientOptions(retry=None)) as client, anyio.create_task_group() as tasks:
        api = Api(ConfigMap, client)
        await create(api, "first")
        cluster.inject(is_list, trouble, times=2)
        cluster.inject(is_watch, trouble, times=2)
        tasks.start_soon(load("watch_resume.py")["follow"], api, lambda event, _: send.send_nowait(event))
        assert await receive.receive() == "LISTED"

        await create(api, "second")
        assert await receive.receive() == "ADDED"
        tasks.cancel_scope.cancel()
    send.close()
    receive.close()


@pytest.mark.anyio
async def test_a_watch_waits_for_a_server_that_is_not_there(
    cluster: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting, listed = anyio.Event(), anyio.Event()

    class Told(io.StringIO):
        def write(self, text: str, /) -> int:
            if text.startswith("retrying in 0.5 s after: GET "):
                waiting.set()
            return super().write(text)

    monkeypatch.setattr(sys, "stdout", Told())
    async with create_client(options=ClientOptions(retry=None)) as client, anyio.create_task_group() as tasks:
        api = Api(ConfigMap, client)
        await create(api, "first")
        await anyio.to_thread.run_sync(cluster.stop)
        tasks.start_soon(load("watch_resume.py")["follow"], api, lambda *_: listed.set())
        await waiting.wait()
        await anyio.to_thread.run_sync(cluster.start)
        await listed.wait()
        tasks.cancel_scope.cancel()


@pytest.mark.anyio
async def test_a_watch_ends_where_waiting_is_in_vain(cluster: EmbeddedServer) -> None:
    cluster.inject("GET *", Answer(403, b"not for you"))
    async with create_client() as client:
        with pytest.raises(Forbidden, match="not for you"):
            await load("watch_resume.py")["follow"](Api(ConfigMap, client), print)


@pytest.mark.anyio
async def test_patience_grows_up_to_half_a_minute(capsys: pytest.CaptureFixture[str]) -> None:
    patience = load("watch_resume.py")["Patience"]()
    lost = ConnectionLost("gone")
    for failures in (0, 1, 5, 5000):
        patience.failures = failures
        with anyio.move_on_after(0):
            await patience.after(lost)
    assert re.findall(r"retrying in (\S+) s after: gone", capsys.readouterr().out) == ["0.5", "1", "16", "30"]


async def create(api: Api[ConfigMap], name: str) -> None:
    await api.create(ConfigMap(metadata=ObjectMeta(name=name)))


@pytest.mark.parametrize("backend", sorted({pair.backend for pair in PAIRS}))
@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("test_*.py")), ids=lambda path: path.name)
def test_the_tests_among_the_examples_pass(path: Path, backend: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", str(path)]
    environment = {**os.environ, "KUBEX_BACKEND": backend}
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
