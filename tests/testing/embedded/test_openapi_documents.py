"""Compare the OpenAPI documents of the built-in kinds with the documents of a server, embedded or real."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from kubex_testing.embedded._messages import RecordedRequest
from kubex_testing.embedded._openapi.document import v3_document
from kubex_testing.embedded._openapi.service import OpenApi
from kubex_testing.embedded._registry import Registry

GVK = "x-kubernetes-group-version-kind"
# The embedded server does not contain texts, examples of values, and the zero values of Go.
TEXTS = ("description", "default")
DEFAULTS = (("x-kubernetes-list-type", "atomic"), ("x-kubernetes-map-type", "granular"))
# The server does not support shards.
UNSUPPORTED = "shardInfo"
GROUP_VERSIONS = sorted({(item.group, item.version) for item in Registry()})


@cache
def own_v3(group: str, version: str) -> dict[str, Any]:
    return v3_document(Registry().resources(group, version))


@cache
def own_v2() -> Any:
    import json

    response = OpenApi(Registry()).handle(RecordedRequest("GET", "/openapi/v2", ()))
    return json.loads(response.body)


def node(value: Any) -> Any:
    """Return a schema without its texts, and with references in one form."""
    if not isinstance(value, dict):
        return value
    found = {key: node(item) for key, item in value.items() if key not in TEXTS}
    for key, default in DEFAULTS:
        if found.get(key) == default:
            del found[key]
    references = found.pop("allOf", [])
    return {**found, **{key: item for reference in references for key, item in reference.items()}}


def fields(schema: Any) -> dict[str, Any]:
    return {key: node(value) for key, value in schema.get("properties", {}).items() if key != UNSUPPORTED}


def operations(document: Any) -> Iterator[tuple[str, str, Any]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                yield path, method, operation


def parameters(document: Any, path: str, method: str) -> set[str]:
    item = document["paths"][path]
    entries = [*item.get("parameters", ()), *item[method].get("parameters", ())]
    shared = document.get("parameters", {})
    resolved = [shared[entry["$ref"].rpartition("/")[2]] if "$ref" in entry else entry for entry in entries]
    return {f"{entry['in']}: {entry['name']}" for entry in resolved}


@pytest.mark.parametrize(("group", "version"), GROUP_VERSIONS)
def test_v3_schemas_have_the_fields_types_and_merge_rules_of_the_server(client: Any, group: str, version: str) -> None:
    path = f"apis/{group}/{version}" if group else f"api/{version}"
    theirs = client.request("GET", f"/openapi/v3/{path}").document["components"]["schemas"]
    ours = own_v3(group, version)["components"]["schemas"]
    assert set(ours) - set(theirs) == set()
    for name, schema in ours.items():
        assert fields(schema) == fields(theirs[name]), name
        assert schema.get("type") == theirs[name].get("type"), name
        assert schema.get("required", []) == theirs[name].get("required", []), name
        assert schema.get("x-kubernetes-map-type") == theirs[name].get("x-kubernetes-map-type"), name
        assert all(gvk in theirs[name][GVK] for gvk in schema.get(GVK, ())), name


@pytest.mark.parametrize(("group", "version"), GROUP_VERSIONS)
def test_v3_operations_agree_with_the_server(client: Any, group: str, version: str) -> None:
    path = f"apis/{group}/{version}" if group else f"api/{version}"
    theirs, ours = client.request("GET", f"/openapi/v3/{path}").document, own_v3(group, version)
    for path, method, operation in operations(ours):
        other = theirs["paths"][path][method]
        where = f"{method} {path}"
        assert operation["x-kubernetes-action"] == other["x-kubernetes-action"], where
        assert operation[GVK] == other[GVK], where
        assert parameters(ours, path, method) <= parameters(theirs, path, method), where
        assert set(operation["responses"]) <= set(other["responses"]), where
        assert bool(operation.get("requestBody")) == bool(other.get("requestBody")), where
        if operation["x-kubernetes-action"] == "patch":
            content = operation["requestBody"]["content"], other["requestBody"]["content"]
            assert sorted(content[0]) == [item for item in sorted(content[1]) if "cbor" not in item], where
        elif method in ("get", "post", "put") and operation["x-kubernetes-action"] != "connect":
            schemas = [
                item["responses"]["200"]["content"]["application/json"]["schema"]
                for item in (operation, other)
                if "content" in operation["responses"]["200"]
            ]
            assert schemas[:1] == schemas[1:], where


def test_v2_definitions_agree_with_the_server(client: Any) -> None:
    theirs = client.request("GET", "/openapi/v2").document["definitions"]
    for name, schema in own_v2()["definitions"].items():
        assert fields(schema) == fields(theirs[name]), name
        assert schema.get("type") == theirs[name].get("type"), name
        assert schema.get("required", []) == theirs[name].get("required", []), name
        assert all(gvk in theirs[name][GVK] for gvk in schema.get(GVK, ())), name


def test_v2_operations_agree_with_the_server(client: Any) -> None:
    theirs, ours = client.request("GET", "/openapi/v2").document, own_v2()
    for path, method, operation in operations(ours):
        other = theirs["paths"][path][method]
        where = f"{method} {path}"
        assert operation[GVK] == other[GVK], where
        assert parameters(ours, path, method) <= parameters(theirs, path, method), where
        if operation["x-kubernetes-action"] == "patch":
            assert sorted(operation["consumes"]) == [item for item in sorted(other["consumes"]) if "cbor" not in item]
