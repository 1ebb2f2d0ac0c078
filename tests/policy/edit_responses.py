"""Responses and changes for the tests of `edit()`."""

import json
from typing import Any

from kubex.models import ObjectMeta
from kubex.transport import PreparedRequest
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_testing import MockResponse

PATH = "/api/v1/namespaces/default/configmaps"
GET, PUT, PATCH, POST = (f"GET {PATH}/one", f"PUT {PATH}/one", f"PATCH {PATH}/one", f"POST {PATH}")


def stored(version: int, name: str = "one", **data: str) -> MockResponse:
    """Return a response with a ConfigMap."""
    metadata = {"name": name, "namespace": "default", "uid": "u", "resourceVersion": str(version)}
    return MockResponse(json={"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data})


def failed(code: int, reason: str, name: str = "one") -> MockResponse:
    """Return an error response."""
    details = {"name": name, "kind": "configmaps"}
    status = {"kind": "Status", "status": "Failure", "reason": reason, "code": code, "details": details}
    return MockResponse(status=code, json={"apiVersion": "v1", **status})


CONFLICT, EXISTS, MISSING = failed(409, "Conflict"), failed(409, "AlreadyExists"), failed(404, "NotFound")


def sent(requests: list[PreparedRequest]) -> list[str]:
    return [f"{request.method} {request.target}" for request in requests]


def body(request: PreparedRequest) -> Any:
    assert request.body is not None
    return json.loads(request.body)


def paint(config_map: ConfigMap) -> None:
    config_map.data = {**(config_map.data or {}), "color": "red"}


def new(name: str | None = "one", **metadata: Any) -> ConfigMap:
    return ConfigMap(metadata=ObjectMeta(name=name, **metadata), data={"size": "1"})


def set_name(config_map: ConfigMap) -> None:
    config_map.metadata.name = "two"


def clear_name(config_map: ConfigMap) -> None:
    config_map.metadata.name = None


def set_namespace(config_map: ConfigMap) -> None:
    config_map.metadata.namespace = "other"


def set_uid(config_map: ConfigMap) -> None:
    config_map.metadata.uid = "v"


def set_version(config_map: ConfigMap) -> None:
    config_map.metadata.resource_version = "3"


def clear_metadata(config_map: ConfigMap) -> None:
    config_map.metadata = None  # type: ignore[assignment]
