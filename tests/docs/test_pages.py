"""The Python blocks of the documentation run, and its commands and links are valid."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import metadata
from pathlib import Path

import pytest

from docs.blocks import FENCE, PAGES, ROOT, Block, blocks, page_name, run_block
from docs.running_pod import create_running_pod, create_workloads
from kubex.client import create_client
from kubex_testing.embedded import EmbeddedServer
from support.backend_pairs import PAIRS, BackendPair

BACKENDS = {f"kubex-{pair.backend}" for pair in PAIRS}
# The README of a backend runs only on that backend.
PAGES_AND_PAIRS = [
    pytest.param(path, pair, id=f"{page_name(path)}-{pair}")
    for path in PAGES
    for pair in PAIRS
    if any(block.file_name is None for block in blocks(path, "python"))
    if path.parent.name not in BACKENDS - {f"kubex-{pair.backend}"}
]
PAGES_WITH_TESTS = [path for path in PAGES if any(block.is_test for block in blocks(path, "python"))]
LANGUAGES = {"python", "sh", "yaml", "json", "toml", "diff", "text"} | {
    "{eval-rst}",
    "{figure}",
    "{image}",
    "{include}",
    "{literalinclude}",
    "{raw}",
    "{toctree}",
}
SHELL_BLOCKS = [block for path in PAGES for block in blocks(path, "sh")]
DISTRIBUTIONS = {path.parent.name for path in ROOT.glob("packages/*/pyproject.toml")}


def block_id(block: Block) -> str:
    return f"{page_name(block.path)}:{block.line}"


@pytest.mark.anyio
@pytest.mark.parametrize(("path", "pair"), PAGES_AND_PAIRS)
async def test_python_blocks_of_a_page_run_in_order(path: Path, pair: BackendPair, cluster: EmbeddedServer) -> None:
    async with create_client() as client:
        await create_running_pod(cluster, client)
        await create_workloads(client)
        names = {"__name__": "page", "client": client}
        for block in blocks(path, "python"):
            if block.file_name is None:
                await run_block(block, names)


@pytest.mark.parametrize("backend", sorted({pair.backend for pair in PAIRS}))
@pytest.mark.parametrize("path", PAGES_WITH_TESTS, ids=page_name)
def test_tests_of_a_page_pass_on_each_backend(path: Path, backend: str, tmp_path: Path) -> None:
    for block in blocks(path, "python"):
        if block.file_name is not None:
            (tmp_path / block.file_name).write_text(block.text, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    environment = {**os.environ, "HOME": str(tmp_path), "KUBEX_BACKEND": backend}
    completed = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert completed.returncode == 0, completed.stdout + completed.stderr


def words(block: Block) -> Iterator[str]:
    for line in block.text.splitlines():
        yield from shlex.split(line, comments=True)


@pytest.mark.parametrize("block", SHELL_BLOCKS, ids=block_id)
def test_distributions_and_files_in_shell_commands_exist(block: Block) -> None:
    for word in words(block):
        requirement = re.fullmatch(r"(?:\./packages/)?(kubex[a-z0-9-]*)(?:\[([a-z0-9,-]+)\])?", word)
        if requirement is not None:
            name, extras = requirement.groups()
            assert name in DISTRIBUTIONS, word
            assert set((extras or "").split(",")) <= {"", *(metadata(name).get_all("Provides-Extra") or ())}, word
        elif re.fullmatch(r"[\w./-]+\.(py|sh)|docs|\.ci/run", word):
            assert (ROOT / word).exists(), word


@pytest.mark.parametrize("block", SHELL_BLOCKS, ids=block_id)
def test_commands_of_dev_py_exist(block: Block) -> None:
    offered = subprocess.run([sys.executable, "dev.py", "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
    for used in re.findall(r"\bdev\.py (\w+)", block.text):
        assert re.search(rf"^  {used} ", offered.stdout, re.MULTILINE), used


@pytest.mark.parametrize("path", PAGES, ids=page_name)
def test_links_to_files_are_valid(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (path.parent / target).exists(), target


@pytest.mark.parametrize("path", sorted(ROOT.glob("packages/*/README.md")), ids=page_name)
def test_links_of_a_long_description_lead_to_pages(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text)
    for target in targets:
        page = re.fullmatch(r"https://kubex\.example/docs/(.+)\.html", target)
        assert page is None or (ROOT / "docs" / f"{page[1]}.md").exists(), target
        source = re.fullmatch(r"https://kubex\.example/source/blob/main/(.+)", target)
        assert source is None or (ROOT / source[1]).exists(), target
    assert len(targets) > 1


@pytest.mark.parametrize("path", sorted(ROOT.glob("packages/*/README.md")), ids=page_name)
def test_long_description_has_an_installation_and_an_example(path: Path) -> None:
    assert next(blocks(path, "sh")).text.startswith("pip install ")
    assert path.parent.name in next(blocks(path, "sh")).text
    assert list(blocks(path, "python"))


@pytest.mark.parametrize("path", PAGES, ids=page_name)
def test_each_block_has_a_language_that_is_tested(path: Path) -> None:
    """`text` is for output. A `{code-block}` is not executed, which only the pages about backends need."""
    used = {match["language"] for match in FENCE.finditer(path.read_text(encoding="utf-8"))}
    fragments = {"{code-block}"} if path.parent.name == "plugins" else set()
    assert used - LANGUAGES - fragments == set()
