"""OpenAPI documents of definitions with unusual schemas: each request returns a document."""

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from kubex_testing.embedded import EmbeddedServer
from kubex_testing.embedded._crd import resource_types
from kubex_testing.embedded._messages import RecordedRequest
from kubex_testing.embedded._openapi.service import OpenApi
from kubex_testing.embedded._registry import Registry

PROTOBUF = (("accept", "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"),)
SEEDS = 300
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 10**30, "", "object", "array", "\ud800", "ü", [], {}, [None], {"a": None},
    ["a", 1], {"type": "string"}, [{"type": "integer"}], {"": {}}, {"$ref": "#/definitions/x"},
)  # fmt: skip
KEYS = (
    "type", "format", "title", "description", "default", "example", "enum", "required", "nullable", "properties",
    "items", "additionalProperties", "additionalItems", "patternProperties", "definitions", "dependencies", "allOf",
    "anyOf", "oneOf", "not", "pattern", "maximum", "exclusiveMaximum", "minLength", "multipleOf", "uniqueItems", "$ref",
    "$schema", "id", "externalDocs", "x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource",
    "x-kubernetes-int-or-string", "x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type",
    "x-kubernetes-validations", "x-kubernetes-group-version-kind",
)  # fmt: skip


def random_schema(source: random.Random, depth: int = 0) -> dict[str, Any]:
    """Return a schema in which any key may have any value."""
    schema: dict[str, Any] = {}
    for key in source.sample(KEYS, source.randint(0, 6)):
        nested = depth < 4 and source.random() < 0.6
        if nested and key in ("properties", "patternProperties", "definitions", "dependencies"):
            schema[key] = {
                name: random_schema(source, depth + 1) for name in source.sample(["a", "type", "", "x-b"], 2)
            }
        elif nested and key in ("items", "additionalProperties", "not"):
            schema[key] = random_schema(source, depth + 1)
        elif nested and key in ("allOf", "anyOf", "oneOf"):
            schema[key] = [random_schema(source, depth + 1), source.choice(VALUES)]
        else:
            schema[key] = source.choice(VALUES)
    return schema


def definition(schema: Any) -> dict[str, Any]:
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = {"plural": "gadgets", "kind": "Gadget"}
    spec = {"group": "ex.io", "scope": "Namespaced", "names": names, "versions": [version]}
    return {"metadata": {"name": "gadgets.ex.io"}, "spec": spec}


class GadgetRegistry(Registry):
    """A registry with only the resource of a definition, so that the documents are small."""

    def __init__(self, schema: Any) -> None:
        super().__init__()
        self._versions.clear()
        for resource in resource_types(definition(schema)):
            self.add(resource)


def check_documents(schema: Any) -> None:
    openapi = OpenApi(GadgetRegistry(schema))
    index = openapi.handle(RecordedRequest("GET", "/openapi/v3", ()))
    url = json.loads(index.body)["paths"]["apis/ex.io/v1"]["serverRelativeURL"]
    for path, headers in ((url, ()), ("/openapi/v2", ()), ("/openapi/v2", PROTOBUF)):
        response = openapi.handle(RecordedRequest("GET", path, headers))
        assert (response.status, response.body != b"") == (200, True)
        if not headers:
            json.loads(response.body)


def test_random_schemas_have_documents() -> None:
    source = random.Random(17)  # noqa: S311 - a fixed seed makes the schemas reproducible
    for number in range(SEEDS):
        schema = random_schema(source)
        try:
            resource_types(definition(schema))
        except (AttributeError, TypeError, ValueError):
            # The server rejects these definitions, because fields of a CRD have types.
            continue
        try:
            check_documents(schema)
        except Exception as error:  # noqa: BLE001 - report the schema
            pytest.fail(f"schema {number} {schema!r} failed: {error!r}")


def nested_schema(key: str, levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        schema = {"type": "object", key: {"a": schema} if key == "properties" else schema}
    return {"type": "object", "properties": {"spec": schema}}


@pytest.mark.parametrize("key", ["properties", "items", "additionalProperties", "not"])
def test_deeply_nested_schemas_have_documents(key: str) -> None:
    check_documents(nested_schema(key, 150))


@pytest.mark.parametrize(("levels", "status"), [(150, 201), (300, 400)])
def test_server_rejects_definitions_with_too_many_levels(
    make_client: Callable[..., Any], levels: int, status: int
) -> None:
    server = EmbeddedServer()
    with server as handle:
        client = make_client(handle, create=False)
        body = definition(nested_schema("properties", levels))
        answer = client.request("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", body)
        assert answer.status == status
        for headers in ((), PROTOBUF):
            assert client.request("GET", "/openapi/v2", headers=headers, accept=None).status == 200
    assert server.failures == []
