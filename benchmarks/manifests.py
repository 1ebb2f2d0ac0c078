"""Compare `kubex.manifests.load` with PyYAML's `CSafeLoader` in one process; see docs/benchmarks.md."""

import gc
import time
from collections.abc import Callable, Iterator
from typing import Any

import yaml

from benchmarks.goal_benchmark import run_goal_benchmark
from benchmarks.goals import Row
from benchmarks.pods import documents
from benchmarks.runner import Sample
from kubex.manifests import dump, load

PAIR = "manifests"
GOAL = 0.9

ROWS = (
    Row("read 200 Deployments", "deployments", "deployments", {PAIR: GOAL}, higher_is_better=True),
    Row("read 200 Pods with status", "pods", "pods", {PAIR: GOAL}, higher_is_better=True),
    Row("read 50 ConfigMaps with files", "config-maps", "config-maps", {PAIR: GOAL}, higher_is_better=True),
    Row("read 20 CustomResourceDefinitions", "definitions", "definitions", {PAIR: GOAL}, higher_is_better=True),
)


def _metadata(number: int) -> dict[str, Any]:
    labels = {"app.kubernetes.io/name": "web", "app.kubernetes.io/instance": f"web-{number}"}
    return {"name": f"web-{number}", "namespace": "production", "labels": labels}


def _deployment(number: int) -> dict[str, Any]:
    labels = {"app": f"web-{number}"}
    template = {"metadata": {"labels": labels}, "spec": documents.pod(number)["spec"]}
    spec = {"replicas": 3, "selector": {"matchLabels": labels}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": _metadata(number), "spec": spec}


def _config_map(number: int) -> dict[str, Any]:
    data = {f"application-{index}.yaml": "server:\n  port: 8080\n# comment\n" * 20 for index in range(8)}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": _metadata(number), "data": data}


def _schema(depth: int) -> dict[str, Any]:
    text = "A description of this field, which explains what it means and which values it can have."
    if depth == 0:
        return {"type": "string", "description": text, "maxLength": 253}
    properties = {name: _schema(depth - 1) for name in ("name", "reference", "selector", "template")}
    return {"type": "object", "description": text, "properties": properties, "required": ["name"]}


def _definition(number: int) -> dict[str, Any]:
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": _schema(4)}}
    spec = {"group": "example.com", "scope": "Namespaced", "versions": [version]}
    kind = "CustomResourceDefinition"
    return {"apiVersion": "apiextensions.k8s.io/v1", "kind": kind, "metadata": _metadata(number), "spec": spec}


def _pod(number: int) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Pod", **documents.pod(number)}


CASES: dict[str, tuple[int, Callable[[int], dict[str, Any]]]] = {
    "deployments": (200, _deployment),
    "pods": (200, _pod),
    "config-maps": (50, _config_map),
    "definitions": (20, _definition),
}
"""The number of objects of each case, and the function that creates one."""

SUBJECTS: dict[str, Callable[[str], int]] = {
    "limit": lambda text: len(list(yaml.load_all(text, Loader=yaml.CSafeLoader))),
    "kubex": lambda text: len(load(text)),
}


def samples(rounds: int, *, tiny: bool) -> Iterator[Sample]:
    """Read each text with both subjects in each round, in alternating order."""
    texts = {
        case: dump((create(number) for number in range(2 if tiny else count)), full=True)
        for case, (count, create) in CASES.items()
    }
    for number in range(rounds):
        for case, text in texts.items():
            for subject in sorted(SUBJECTS, reverse=bool(number % 2)):
                gc.collect()
                start = time.process_time()
                units = SUBJECTS[subject](text)
                yield Sample(number, PAIR, case, subject, units, time.process_time() - start)


def main() -> None:
    """Run the command of this benchmark."""
    run_goal_benchmark("manifests", __doc__, samples, ROWS, rounds=15)


if __name__ == "__main__":
    main()
