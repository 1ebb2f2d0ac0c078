"""Discovery of all kinds: both servers serve the resources in the table of the embedded server."""

import base64
import hashlib
import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kubex_testing.embedded._resource_table import (
    ResourceRow,
    parse_resource_table,
    read_resource_table,
    table_from_discovery,
)

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
TOOL = Path(__file__).parents[3] / "packages/kubex-testing/tools/generate_resource_table.py"
ROWS = parse_resource_table(read_resource_table())
VERSIONS = list(dict.fromkeys((row.group, row.version) for row in ROWS))


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """Import the generator, which is a script."""
    spec = importlib.util.spec_from_file_location("generate_resource_table", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_table_has_the_resources_of_aggregated_discovery(client: Any, tool: ModuleType) -> None:
    documents = [client.request("GET", path, accept=AGGREGATED).document for path in ("/api", "/apis")]
    for document in documents:
        # Other tests create definitions, and their groups have other names.
        document["items"] = [item for item in document["items"] if not is_custom(item["metadata"].get("name", ""))]
    assert table_from_discovery(documents, tool.resource_flags()) == read_resource_table()
    assert (len(ROWS), sum(len(row.subresources) for row in ROWS)) == (72, 49)


def is_custom(group: str) -> bool:
    return group not in {row.group for row in ROWS}


def test_generator_rejects_flags_of_unknown_resources() -> None:
    with pytest.raises(ValueError, match="flags for resources that the server does not have: pods"):
        table_from_discovery([], {"pods.": ["generation"]})


def test_groups_are_in_the_order_of_their_priority(client: Any) -> None:
    groups = client.request("GET", "/apis").document["groups"]
    expected: dict[str, list[str]] = {}
    for group, version in VERSIONS:
        expected.setdefault(group, []).append(version)
    expected.pop("")
    served = [item for item in groups if not is_custom(item["name"])]
    assert served == [group_document(group, versions) for group, versions in expected.items()]
    one = client.request("GET", "/apis/autoscaling").document
    assert one == {"kind": "APIGroup", "apiVersion": "v1", **group_document("autoscaling", ["v2", "v1"])}


def group_document(group: str, versions: list[str]) -> dict[str, Any]:
    items = [{"groupVersion": f"{group}/{version}", "version": version} for version in versions]
    return {"name": group, "versions": items, "preferredVersion": items[0]}


@pytest.mark.parametrize(("group", "version"), VERSIONS)
def test_resource_list_has_the_resources_of_the_table(client: Any, group: str, version: str) -> None:
    path = f"/apis/{group}/{version}" if group else f"/api/{version}"
    expected: list[dict[str, Any]] = []
    for row in sorted(ROWS, key=lambda row: row.plural):
        if (row.group, row.version) == (group, version):
            expected += [resource_document(row), *subresource_documents(row)]
    head = {"kind": "APIResourceList", "groupVersion": f"{group}/{version}".lstrip("/"), "resources": expected}
    assert client.request("GET", path).document == ({**head, "apiVersion": "v1"} if group else head)


def resource_document(row: ResourceRow) -> dict[str, Any]:
    document: dict[str, Any] = {
        "name": row.plural,
        "singularName": row.kind.lower(),
        "namespaced": row.namespaced,
        "kind": row.kind,
        "verbs": list(row.verbs),
    }
    optional = {"shortNames": list(row.short_names), "categories": list(row.categories)}
    document.update({key: value for key, value in optional.items() if value})
    if "watch" in row.verbs:
        stored = row.flag_value("storage") or f"{row.group}/{row.version}"
        text = f"{stored}/{row.kind}" if "/" in stored else f"/{stored}/{row.kind}"
        document["storageVersionHash"] = base64.b64encode(hashlib.sha256(text.encode()).digest()[:8]).decode()
    return document


def subresource_documents(row: ResourceRow) -> list[dict[str, Any]]:
    documents: list[dict[str, Any]] = []
    for item in row.subresources:
        document: dict[str, Any] = {"name": f"{row.plural}/{item.name}", "singularName": "", "verbs": list(item.verbs)}
        document.update(namespaced=row.namespaced, kind=item.kind or row.kind)
        if item.version:
            document.update(group=item.group, version=item.version)
        documents.append(document)
    return documents
