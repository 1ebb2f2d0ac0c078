"""Documents and helper functions for tests of apply sets."""

from typing import Any

from kubex.api import Api
from kubex.client import Client
from kubex.models import Resource
from kubex_k8s.v1_37.core.v1 import ConfigMap, Secret
from kubex_k8s.v1_37.rbac.v1 import ClusterRole
from kubex_ops import Report
from kubex_ops._plan.apply_sets import PART_OF

Json = dict[str, Any]

PREFIX = "applyset.kubernetes.io/"


def config_map(name: str, namespace: str | None = None, **data: str) -> Json:
    """Return a document of a ConfigMap."""
    metadata = {"name": name} if namespace is None else {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def secret(name: str, namespace: str | None = None) -> Json:
    """Return a document of a Secret."""
    return {**config_map(name, namespace, password="aHVudGVyMg=="), "kind": "Secret"}


def cluster_role(name: str) -> Json:
    """Return a document of a ClusterRole without rules."""
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": name},
        "rules": [],
    }


def outcomes(report: Report) -> list[tuple[str, str]]:
    """Return the name and the outcome of each result."""
    return [(result.document.name or "", result.outcome) for result in report.results]


async def members(client: Client, id_: str, namespaces: list[str]) -> set[tuple[str, str | None, str]]:
    """Return the kind, the namespace and the name of each object with the label of a set."""
    found: set[tuple[str, str | None, str]] = set()
    kinds: list[tuple[type[Resource], str | None]] = [(ClusterRole, None)]
    kinds += [(kind, namespace) for kind in (ConfigMap, Secret) for namespace in namespaces]
    for kind, namespace in kinds:
        items = await Api(kind, client, namespace=namespace).metadata.list(label_selector={PART_OF: id_})
        found |= {(kind.__name__, item.metadata.namespace, item.metadata.name or "") for item in items}
    return found


async def lists(client: Client, name: str, kind: type[Resource] = Secret) -> tuple[str, str] | None:
    """Return the kinds and the namespaces in the parent object of a set, or None if it does not exist."""
    parent = await Api(kind, client).metadata.get_or_none(name)
    if parent is None:
        return None
    annotations = parent.metadata.annotations or {}
    return annotations[PREFIX + "contains-group-kinds"], annotations[PREFIX + "additional-namespaces"]
