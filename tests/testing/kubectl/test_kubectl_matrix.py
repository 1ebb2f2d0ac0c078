"""kubectl has equal results on the embedded server and on a real control plane."""

from pathlib import Path

import pytest

from kubex_testing import ServerHandle
from support.kubectl import require_kubectl
from testing.kubectl import reasons
from testing.kubectl.comparison import run_matrix, running_embedded_server
from testing.kubectl.groups import GROUPS
from testing.kubectl.model import Command, groups_in_ci
from testing.kubectl.normalize import normalize

PAGE = Path(__file__).parents[3] / "docs" / "testing" / "kubectl.md"
VERBS = (
    "get describe create apply diff replace edit explain patch label annotate scale rollout set expose run autoscale "
    "wait delete logs exec cp attach port-forward auth certificate drain cordon uncordon taint debug events top "
    "api-resources api-versions version cluster-info config"
)
IN_CI = groups_in_ci(GROUPS)


def all_commands() -> list[Command]:
    return [command for group in IN_CI for command in group.commands]


@pytest.mark.timeout(300)  # runs hundreds of programs, on all cores
def test_commands_have_equal_results(kubex_control_plane: ServerHandle, tmp_path: Path) -> None:
    if not {"workloads", "exec"} <= kubex_control_plane.capabilities:
        pytest.skip("needs workloads and exec: kube-controller-manager and kubex-kubelet")
    with running_embedded_server() as embedded:
        rows = run_matrix(require_kubectl(), kubex_control_plane, embedded, IN_CI, tmp_path)
    assert [(row.command.line, row.real.output) for row in rows if not row.works_on_real] == []
    differences = [f"{row.group}: kubectl {row.command.line}\n{row.difference}" for row in rows if row.difference]
    assert differences == [], "\n\n".join(differences)


def test_matrix_covers_the_commands_of_kubectl() -> None:
    assert len(all_commands()) >= 120
    assert {command.line.split()[0] for command in all_commands()} >= set(VERBS.split())


def test_page_lists_each_reason_for_a_difference() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [reason for reason in reasons.ALL if f"| {reason} |" not in page] == []
    used = {command.reason for group in GROUPS for command in group.commands if command.reason}
    assert used == set(reasons.ALL)


@pytest.mark.parametrize(
    ("output", "lines"),
    [
        ("NAME   AGE\nweb-7d9c5b8f6d-x2x4z   12m\n", ["NAME AGE", "web-<hash>-<id> <age>"]),
        ("uid: 0f8c2d6e-1111-2222-3333-444455556666", ["uid: <uid>"]),
        (
            'resourceVersion: "12"\n\n\nResource Version:  7',
            ['resourceVersion: "<version>"', "Resource Version: <version>"],
        ),
        ("created in t1 at 2026-01-02T03:04:05Z by 10.0.0.7", ["created in <namespace> at <time> by <address>"]),
    ],
)
def test_normalized_output_is_equal_for_each_run(output: str, lines: list[str]) -> None:
    assert normalize(output, "t1") == lines
