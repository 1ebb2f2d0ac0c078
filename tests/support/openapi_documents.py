"""The OpenAPI documents from which the models are generated, and random objects that match their schemas."""

import random
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from kubex_codegen import Document, read_document
from kubex_codegen._naming import package_of
from kubex_codegen._resources import kinds_of_schema

ROOT = Path(__file__).resolve().parents[2]
CODEGEN = ROOT / "packages" / "kubex-codegen"
VERSIONS = ("1.35", "1.36", "1.37")

_META = "io.k8s.apimachinery.pkg.apis.meta.v1."
_CRD = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1."


def input_path(version: str) -> Path:
    """Return the path of the document for a Kubernetes version."""
    return CODEGEN / "inputs" / f"kubernetes-{version}.json.gz"


def package_folder(version: str) -> Path:
    """Return the folder of the generated package for a Kubernetes version."""
    source = ROOT / "packages" / f"kubex-k8s-{version.replace('.', '-')}" / "src" / "kubex_k8s"
    return source / f"v{version.replace('.', '_')}"


@cache
def document(version: str) -> Document:
    """Read the document of a Kubernetes version."""
    return read_document(input_path(version))


def model_class(version: str, schema: str) -> Any:
    """Return the generated class of a schema, imported from its public package."""
    group, api_version = package_of(schema, kinds_of_schema(document(version).schemas[schema]))
    package = import_module(f"kubex_k8s.v{version.replace('.', '_')}.{group}.{api_version}")
    return getattr(package, schema.rpartition(".")[2])


# Required fields that are pointers in Go, and that API servers return as null.
_NULLABLE = ("secretRef",)
_TIMES = (f"{_META}Time", f"{_META}MicroTime")
_ODD_TIMES = ("2024-02-29T23:59:59.123456+02:00", "0001-01-01T00:00:00.000000+02:00", "2024-01-02t03:04:05.000000z")


class RandomObjects:
    """Creates random valid objects for the schemas of a document. Each has a field that is not in its schema.

    With `odd`, many fields that may be null are null, and times have unusual forms.
    """

    def __init__(
        self, schemas: Mapping[str, Any], seed: object, *, probability: float = 0.8, odd: bool = False
    ) -> None:
        self._schemas = schemas
        self._random = random.Random(str(seed))  # noqa: S311 - a fixed seed makes the objects reproducible
        self._probability = probability
        self._odd = odd
        self._special: Mapping[str, Callable[[int], Any]] = {
            f"{_META}ObjectMeta": lambda _: self._metadata(),
            f"{_META}OwnerReference": lambda _: {"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "u"},
            f"{_META}Time": lambda _: self._time(""),
            f"{_META}MicroTime": lambda _: self._time(".000000"),
            f"{_META}FieldsV1": lambda _: {"f:spec": {}},
            "io.k8s.apimachinery.pkg.runtime.RawExtension": lambda _: {"nested": [1, {"value": True}]},
            "io.k8s.apimachinery.pkg.api.resource.Quantity": lambda _: self._random.choice(["100m", "1Gi", "0"]),
            "io.k8s.apimachinery.pkg.util.intstr.IntOrString": lambda _: self._random.choice([80, "http", "50%"]),
            f"{_CRD}JSON": lambda _: self._random.choice([1, "text", [True], {"key": 1.5}]),
            f"{_CRD}JSONSchemaPropsOrBool": lambda depth: self._either(depth, True),
            f"{_CRD}JSONSchemaPropsOrArray": lambda depth: self._either(depth, [{"type": "string"}]),
            f"{_CRD}JSONSchemaPropsOrStringArray": lambda depth: self._either(depth, ["name"]),
        }

    def make(self, schema: str, api_version: str, kind: str) -> dict[str, Any]:
        """Return a random object of a kind."""
        return {**self._schema_value(schema, 0), "apiVersion": api_version, "kind": kind, "metadata": self._metadata()}

    def _metadata(self) -> dict[str, Any]:
        fields = {
            "name": "web-1",
            "namespace": "default",
            "labels": {"app": "web", "a.b/c-d_e": ""},
            "creationTimestamp": "2026-01-01T00:00:00Z",
            "ownerReferences": [{"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "u", "extra": 1}],
            "generation": 3,
        }
        if self._odd:
            fields |= {
                "aLaterField": {"nested": [None]},
                "another": None,
                "deletionTimestamp": None,
                "finalizers": None,
            }
        return {name: value for name, value in fields.items() if self._random.random() < 0.7}

    def _time(self, fraction: str) -> str:
        if self._odd:
            return self._random.choice(_ODD_TIMES)
        return f"2026-0{self._random.randint(1, 9)}-01T00:00:00{fraction}Z"

    def _is_null(self, schema: Mapping[str, Any], *, required: bool = True, name: str = "") -> bool:
        empty = schema.get("type") in ("array", "object") and "properties" not in schema
        may_be = not required or empty or schema.get("$ref") in _TIMES or name in _NULLABLE
        return self._odd and may_be and self._random.random() < 0.5

    def _element(self, schema: Mapping[str, Any], depth: int) -> Any:
        return None if self._is_null(schema) else self._value(schema, depth + 1)

    def _either(self, depth: int, other: Any) -> Any:
        return (
            other
            if depth > 3 or self._random.random() < 0.5
            else self._schema_value(f"{_CRD}JSONSchemaProps", depth + 1)
        )

    def _schema_value(self, name: str, depth: int) -> Any:
        if name in self._special:
            return self._special[name](depth)
        schema = self._schemas[name]
        result = self._value(schema, depth)
        for group, version, kind in kinds_of_schema(schema) if "metadata" in schema.get("properties", ()) else ():
            result |= {"apiVersion": f"{group}/{version}" if group else version, "kind": kind}
            result.setdefault("metadata", {})
        return result

    def _value(self, schema: Mapping[str, Any], depth: int) -> Any:
        if "$ref" in schema:
            return self._schema_value(schema["$ref"], depth)
        kind = schema.get("type")
        if kind == "array":
            return [self._element(schema["items"], depth) for _ in range(self._random.randint(0, 2))]
        if kind == "object":
            return self._object(schema, depth)
        number = self._random.randint(0, 2**31)
        values = {"string": f"text {number}", "integer": number, "number": number / 8, "boolean": number % 2 == 0}
        return values.get(str(kind), {"free": number})

    def _object(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        if "properties" not in schema:
            values = schema.get("additionalProperties")
            return {"key": self._element(values, depth)} if values else {"free": [depth]}
        probability = self._probability if depth < 2 else self._probability / 2 if depth < 6 else 0
        result = {
            name: self._value(inner, depth + 1)
            for name, inner in schema["properties"].items()
            if name in schema.get("required", ()) or self._random.random() < probability
        }
        for name in sorted(result.keys() - {"apiVersion", "kind", "metadata"}) if self._odd else ():
            if self._is_null(schema["properties"][name], required=name in schema.get("required", ()), name=name):
                result[name] = None
        return {**result, "aFieldOfALaterVersion": None if self._odd and depth % 2 else {"preserved": [True]}}
