"""Evaluate conditions for objects of several classes."""

from typing import Any

import kubex_k8s.v1_35.apps.v1 as apps_v1_35
import kubex_k8s.v1_35.batch.v1 as batch_v1_35
import kubex_k8s.v1_35.core.v1 as core_v1_35
import kubex_k8s.v1_37.apps.v1 as apps_v1_37
import kubex_k8s.v1_37.batch.v1 as batch_v1_37
import kubex_k8s.v1_37.core.v1 as core_v1_37
from kubex.models import Resource, dynamic_resource
from kubex_runtime.conditions import Condition, Verdict

GROUPS = {
    "apps/v1": (apps_v1_35, apps_v1_37),
    "batch/v1": (batch_v1_35, batch_v1_37),
    "v1": (core_v1_35, core_v1_37),
}

SPECS: dict[str, dict[str, Any]] = {
    "apps/v1": {"selector": {}, "template": {}},
    "batch/v1": {"template": {}},
    "v1": {"containers": []},
}
"""The required fields."""


def kinds(api_version: str, kind: str) -> list[type[Resource]]:
    """Return the classes of a kind: of two model packages, and a dynamic one."""
    generated = [getattr(module, kind) for module in GROUPS[api_version]]
    return [*generated, dynamic_resource(api_version, kind, plural=f"{kind.lower()}s")]


def check(
    api_version: str, kind: str, document: dict[str, Any], tested: Condition[Resource], expected: Verdict
) -> None:
    """Evaluate a condition for an object of each class of a kind."""
    document = {"apiVersion": api_version, "kind": kind, "spec": SPECS[api_version], **document}
    document["metadata"] = {"name": "web", **document.get("metadata", {})}
    for model in kinds(api_version, kind):
        assert tested.evaluate(model.model_validate(document)) == expected, model


def conditions(**statuses: str) -> list[dict[str, Any]]:
    return [{"type": type_, "status": status} for type_, status in statuses.items()]
