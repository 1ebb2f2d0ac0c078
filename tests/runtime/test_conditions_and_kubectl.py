"""Conditions and kubectl have the same result for the same object, which an embedded server stores."""

import json
import random
import re
from collections.abc import Iterator
from typing import Any

import pytest

from kubex.models import Resource
from kubex_k8s.v1_37.apps.v1 import DaemonSet, Deployment, StatefulSet
from kubex_runtime.conditions import condition, rolled_out
from kubex_testing.embedded import EmbeddedServer
from support.kubectl import Kubectl, require_kubectl

SPEC = {
    "selector": {"matchLabels": {"app": "web"}},
    "template": {
        "metadata": {"labels": {"app": "web"}},
        "spec": {"containers": [{"name": "main", "image": "app:1"}]},
    },
}
MODELS: dict[str, type[Resource]] = {"Deployment": Deployment, "StatefulSet": StatefulSet, "DaemonSet": DaemonSet}
SAMPLES = 12


@pytest.fixture(scope="module")
def kubectl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kubectl]:
    """Return kubectl for an embedded server, which does not have controllers that change a status."""
    program = require_kubectl()
    with EmbeddedServer(controllers=()) as handle:
        kubeconfig = handle.write_kubeconfig(tmp_path_factory.mktemp("kubectl") / "kubeconfig")
        yield Kubectl(program, kubeconfig, "default")


def store(kubectl: Kubectl, kind: str, name: str, spec: dict[str, Any], status: dict[str, Any]) -> Resource:
    """Create an object, change it so that its generation is 2, set its status, and return it."""
    document = {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name}, "spec": {**SPEC, **spec}}
    resource = f"{kind.lower()}/{name}"
    kubectl.output("create", "--validate=false", "-f", "-", stdin=json.dumps(document).encode())
    kubectl.output("patch", resource, "--type=merge", "-p", '{"spec":{"minReadySeconds":1}}')
    kubectl.output("patch", resource, "--type=merge", "--subresource=status", "-p", json.dumps({"status": status}))
    stored = json.loads(kubectl.output("get", resource, "-o", "json"))
    assert stored["metadata"]["generation"] == 2
    return MODELS[kind].model_validate(stored)


def rollout_status(kubectl: Kubectl, kind: str, name: str) -> tuple[bool, bool]:
    """Return whether kubectl considers a rollout complete, and whether it reports an error."""
    result = kubectl.run("rollout", "status", f"{kind.lower()}/{name}", "--watch=false")
    is_complete = re.search(b"successfully rolled out|roll out complete|rolling update complete", result.stdout)
    return is_complete is not None, result.returncode != 0


def random_case(kind: str, seed: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a random spec and status, of which about a half are complete rollouts."""
    choice = random.Random(seed).choice  # noqa: S311 - test data
    total = choice([0, 1, 3])
    near = [total, total, total, max(total - 1, 0), 0]
    observed = choice([2, 2, 2, 1])
    if kind == "Deployment":
        progressing = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}
        status = {
            "observedGeneration": observed,
            "replicas": choice([total, total, total + 1]),
            "updatedReplicas": choice(near),
            "availableReplicas": choice(near),
            "conditions": choice([[], [], [], [progressing]]),
        }
        status["readyReplicas"] = status["availableReplicas"]
        return {"replicas": total}, status
    strategy = choice(["RollingUpdate", "RollingUpdate", "RollingUpdate", "OnDelete"])
    if kind == "DaemonSet":
        status = {
            "observedGeneration": observed,
            "desiredNumberScheduled": total,
            "currentNumberScheduled": total,
            "numberMisscheduled": 0,
            "numberReady": total,
            "updatedNumberScheduled": choice(near),
            "numberAvailable": choice(near),
        }
        return {"updateStrategy": {"type": strategy}}, status
    spec: dict[str, Any] = {"replicas": total, "serviceName": "web", "updateStrategy": {"type": strategy}}
    if strategy == "RollingUpdate":
        spec["updateStrategy"]["rollingUpdate"] = {"partition": choice([0, 0, 1, 5])}
    status = {
        "observedGeneration": observed,
        "replicas": total,
        "readyReplicas": choice(near),
        "updatedReplicas": choice(near),
        "currentRevision": "a",
        "updateRevision": choice(["a", "b"]),
    }
    return spec, status


@pytest.mark.parametrize("seed", range(SAMPLES))
@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet"])
def test_rolled_out_agrees_with_kubectl_rollout_status(kubectl: Kubectl, kind: str, seed: int) -> None:
    spec, status = random_case(kind, seed)
    name = f"rollout-{seed}"
    obj = store(kubectl, kind, name, spec, status)
    verdict = rolled_out().evaluate(obj)
    assert rollout_status(kubectl, kind, name) == (verdict.holds is True, verdict.final), (spec, status, verdict)


def condition_holds(kubectl: Kubectl, name: str, condition: str) -> bool:
    result = kubectl.run("wait", f"deployment/{name}", f"--for=condition={condition}", "--timeout=0")
    return result.returncode == 0


@pytest.mark.parametrize(
    ("number", "status", "expected"),
    [
        (1, {"observedGeneration": 2, "conditions": [{"type": "Available", "status": "True"}]}, True),
        (2, {"observedGeneration": 2, "conditions": [{"type": "Available", "status": "False"}]}, False),
        (3, {"observedGeneration": 1, "conditions": [{"type": "Available", "status": "True"}]}, False),
        (4, {"conditions": [{"type": "Available", "status": "True"}]}, True),
        (5, {"observedGeneration": 2, "conditions": [{"type": "Progressing", "status": "True"}]}, False),
        (6, {"observedGeneration": 2}, False),
    ],
)
def test_condition_agrees_with_kubectl_wait(
    kubectl: Kubectl, number: int, status: dict[str, Any], expected: bool
) -> None:
    obj = store(kubectl, "Deployment", f"wait-{number}", {}, status)
    for status_text in ("true", "FALSE"):
        holds = condition("available", status_text).evaluate(obj).holds is True
        assert holds == condition_holds(kubectl, f"wait-{number}", f"available={status_text}")
    assert condition("Available")(obj) is expected
