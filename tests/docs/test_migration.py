"""The pages about other clients: their programs print the same, and the code in their tables runs."""

import os
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from docs.blocks import ROOT, Block, blocks, page_name, run_block
from docs.running_pod import create_running_pod, create_workloads, run_command
from kubex.client import create_client
from kubex_testing.embedded import EmbeddedServer

PROGRAMS = ROOT / "examples" / "migration"
# The page of each client. kubex 0.1 has the import name of Kubex, so it cannot be in the environment of the tests.
PAGES = {
    path.stem.removeprefix("with_"): ROOT / "docs" / "migration" / f"{path.stem[5:].replace('_', '-')}.md"
    for path in sorted(PROGRAMS.glob("with_*.py"))
    if path.stem != "with_kubex"
}
INSTALLED = sorted(PAGES.keys() - {"kubex_0_1"})
PRINTED = """\
created migrated
running
log: ready
exec: hello
labels: {'app': 'migration', 'tier': 'web'}
listed migrated
deleted migrated
error: 404
"""


@pytest.fixture
def server(kubex_server: EmbeddedServer) -> EmbeddedServer:
    """Run pods, and give the pod of the programs a log."""
    kubex_server.set_exec_handler(run_command)
    kubex_server.run_pods()
    kubex_server.set_pod_log("default", "migrated", "app", b"ready\n")
    return kubex_server


@pytest.mark.parametrize("client", INSTALLED)
def test_program_with_another_client_prints_what_the_page_shows(
    client: str, server: EmbeddedServer, kubex_kubeconfig: Path
) -> None:
    # `kubex_kubeconfig` is the kubeconfig of the server.
    command = [sys.executable, str(PROGRAMS / f"with_{client}.py")]
    environment = {**os.environ, "KUBECONFIG": str(kubex_kubeconfig)}
    completed = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert completed.stdout == PRINTED, completed.stderr
    assert completed.returncode == 0
    assert server.failures == []


@pytest.mark.anyio
async def test_program_with_kubex_prints_the_same(
    cluster: EmbeddedServer, server: EmbeddedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    await runpy.run_path(str(PROGRAMS / "with_kubex.py"))["main"]()
    assert capsys.readouterr().out == PRINTED


@pytest.mark.parametrize("client", PAGES)
def test_page_shows_both_programs_and_their_output(client: str) -> None:
    text = PAGES[client].read_text(encoding="utf-8")
    assert re.findall(r"^```\{literalinclude\} \.\./\.\./examples/migration/(\S+)", text, re.MULTILINE) == [
        f"with_{client}.py",
        "with_kubex.py",
    ]
    assert [block.text for block in blocks(PAGES[client], "text")] == [PRINTED]


def code_of_the_rows(path: Path) -> Iterator[str]:
    """Yield the calls in the last column of the tables. Names of functions in links are not calls."""
    for row in re.findall(r"^\|.*\| (.+) \|$", path.read_text(encoding="utf-8"), re.MULTILINE):
        for text in re.findall(r"`([^`]+)`", re.sub(r"\[[^\]]*\]\([^)]*\)", "", row)):
            if "await " in text or "async for" in text:
                yield text


@pytest.mark.anyio
@pytest.mark.parametrize("path", PAGES.values(), ids=page_name)
async def test_code_of_the_rows_runs(path: Path, cluster: EmbeddedServer) -> None:
    rows = list(code_of_the_rows(path))
    async with create_client() as client:
        await create_running_pod(cluster, client)
        await create_workloads(client)
        names: dict[str, Any] = {"__name__": "page", "client": client}
        for text in (*(block.text for block in blocks(path, "python")), *rows):
            await run_block(Block(path, 1, "python", text), names)
            if names["client"] is not client:  # the row that creates a client
                await names["client"].aclose()
                names["client"] = client
    assert len(rows) > 8
