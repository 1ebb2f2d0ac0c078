"""The page "From kubectl to Kubex" has a row for each command of kubectl, and the code in its rows runs."""

import re

import pytest

from docs.blocks import ROOT, Block, blocks, run_block
from docs.running_pod import create_running_pod, create_workloads
from kubex.client import create_client
from kubex_testing.embedded import EmbeddedServer

PAGE = ROOT / "docs" / "migration" / "kubectl.md"
ROW = re.compile(r"^\| (?P<kubectl>`.+?) \| (?P<kubex>.+) \|$", re.MULTILINE)
# The commands of `kubectl --help`, without `options`.
COMMANDS = [
    "annotate",
    "api-resources",
    "api-versions",
    "apply",
    "attach",
    "auth",
    "autoscale",
    "certificate",
    "cluster-info",
    "completion",
    "config",
    "cordon",
    "cp",
    "create",
    "debug",
    "delete",
    "describe",
    "diff",
    "drain",
    "edit",
    "events",
    "exec",
    "explain",
    "expose",
    "get",
    "kuberc",
    "kustomize",
    "label",
    "logs",
    "patch",
    "plugin",
    "port-forward",
    "proxy",
    "replace",
    "rollout",
    "run",
    "scale",
    "set",
    "taint",
    "top",
    "uncordon",
    "version",
    "wait",
]


def rows() -> list[tuple[str, str]]:
    """Return the cells of each row."""
    return [(match["kubectl"], match["kubex"]) for match in ROW.finditer(PAGE.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("command", COMMANDS)
def test_page_has_a_row_for_each_command_of_kubectl(command: str) -> None:
    assert any(re.search(rf"`{command}[ `]", cell) for cell, _ in rows())


@pytest.mark.parametrize(("kubectl", "kubex"), rows())
def test_each_row_has_code_or_a_link_or_no_equivalent(kubectl: str, kubex: str) -> None:
    assert code_in(kubex) or "](" in kubex or "no equivalent" in kubex or "`patch()`" in kubex


def code_in(cell: str) -> list[str]:
    """Return the code of a cell. Names of functions in links are not code."""
    return [
        text
        for text in re.findall(r"`([^`]+)`", re.sub(r"\[[^\]]*\]\([^)]*\)", "", cell))
        if re.search(r"await |^client\.", text)
    ]


@pytest.mark.anyio
async def test_code_of_the_rows_runs(cluster: EmbeddedServer) -> None:
    async with create_client() as client:
        await create_running_pod(cluster, client)
        await create_workloads(client)
        names = {"__name__": "page", "client": client}
        code = [
            *(block.text for block in blocks(PAGE, "python")),
            *(text for _, cell in rows() for text in code_in(cell)),
        ]
        for text in code:
            await run_block(Block(PAGE, 1, "python", text), names)
    assert len(code) > 30
