"""Interactive Python runs the page about Jupyter, and a forked process cannot use the client of its parent."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from docs.blocks import ROOT, blocks
from docs.running_pod import create_running_pod
from docs.test_examples import run_module
from kubex.client import create_client
from kubex_testing.embedded import EmbeddedServer
from support.backend_pairs import PAIRS

PAGE = ROOT / "docs/how-to/use-kubex-in-jupyter.md"
ASYNCIO_PAIRS = [pair for pair in PAIRS if pair.runtime == "asyncio"]
TRIO_PAIRS = [pair for pair in PAIRS if pair.runtime == "trio"]
IPYTHON = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()
for cell in json.load(sys.stdin):
    shell.run_cell(cell).raise_error()
"""
FORK = """
import asyncio, os
from kubex import create_client

async def connect():
    global client
    client = await create_client()
    await client.version()

asyncio.run(connect())
if os.fork() == 0:
    try:
        asyncio.run(client.version())
    except Exception as error:
        print(type(error).__name__, flush=True)
    os._exit(0)
os.wait()
"""


def run(*arguments: str, text: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, *arguments]
    environment = {**os.environ, "PYTHON_COLORS": "0", "PYTHON_BASIC_REPL": "1"}
    return subprocess.run(command, input=text, env=environment, capture_output=True, text=True, check=False, timeout=60)


def lines_for_a_repl() -> str:
    """Return the statements of the page, one in each line.

    A statement of several lines is compiled, since the REPL of Python 3.13 can read it only from a terminal.
    """
    source = "".join(block.text for block in blocks(PAGE, "python"))
    statements = [ast.get_source_segment(source, node) or "" for node in ast.parse(source).body]
    compiled = "await eval(compile({!r}, 'page', 'exec', ast.PyCF_ALLOW_TOP_LEVEL_AWAIT))"
    lines = [compiled.format(statement) if "\n" in statement else statement for statement in statements]
    return "\n".join(["import ast", *lines, ""])


@pytest.mark.anyio
@pytest.mark.parametrize("pair", ASYNCIO_PAIRS, ids=str)
async def test_page_about_jupyter_runs_in_the_repl_of_asyncio(cluster: EmbeddedServer) -> None:
    async with create_client() as client:
        await create_running_pod(cluster, client)
    completed = run("-m", "asyncio", text=lines_for_a_repl())
    assert "Traceback" not in completed.stderr, completed.stderr
    assert "web-0 Running" in completed.stdout
    assert "starting\nready\n" in completed.stdout


@pytest.mark.anyio
@pytest.mark.parametrize("pair", ASYNCIO_PAIRS, ids=str)
async def test_cells_of_the_page_about_jupyter_run_in_ipython(
    cluster: EmbeddedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    async with create_client() as client:
        await create_running_pod(cluster, client)
    cells = json.dumps([block.text for block in blocks(PAGE, "python")])
    completed = run("-c", IPYTHON, text=cells)
    assert completed.returncode == 0, completed.stdout + completed.stderr
    assert "web-0 Running" in completed.stdout
    assert "starting\nready\n" in completed.stdout


@pytest.mark.anyio
@pytest.mark.parametrize("pair", TRIO_PAIRS, ids=str)
async def test_trio_program_prints_the_logs_of_its_pods(
    cluster: EmbeddedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    async with create_client() as client:
        await create_running_pod(cluster, client)
    await run_module("trio_program.py")["main"]("app=web")
    assert capsys.readouterr().out == "web-0: starting\nweb-0: ready\n"


@pytest.mark.parametrize("pair", ASYNCIO_PAIRS, ids=str)
def test_forked_process_cannot_use_the_client_of_its_parent(cluster: EmbeddedServer) -> None:
    completed = run("-c", FORK, text="")
    assert completed.stdout == "ClientLoopError\n", completed.stderr
