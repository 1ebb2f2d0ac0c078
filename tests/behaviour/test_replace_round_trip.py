"""Replacing an object after a change of its labels does not change other fields."""

import json
from typing import Any

import pytest

from behaviour.custom_resources import install_crd, make_crd
from kubex.api import Api
from kubex.client import Client
from kubex.core.params import DecodeMode
from kubex.models import ApiResource, LazyModel, Model, NamespacedResource, Timestamp, dynamic_resource
from kubex_k8s.v1_37.core.v1 import Pod

pytestmark = pytest.mark.anyio

SCHEMA = {
    "type": "object",
    "properties": {
        "spec": {
            "type": "object",
            "x-kubernetes-preserve-unknown-fields": True,
            "properties": {
                "size": {"type": "integer", "nullable": True, "default": 3},
                "notBefore": {"type": "string", "format": "date-time"},
                "steps": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {
                            "mode": {"type": "string", "nullable": True, "default": "auto"},
                            "at": {"type": "string", "format": "date-time"},
                        },
                    },
                },
            },
        },
    },
}
STEP = {"mode": None, "at": "2024-01-01T00:00:00+02:00"}
SPEC: dict[str, Any] = {
    "size": None,
    "notBefore": "2024-02-29T23:59:59.123456789Z",
    "steps": [STEP, {"mode": "a" * 400, "at": "2024-01-01T00:00:00.500Z"}],
    "other": {"nested": None},
}


class Step(Model):
    mode: str | None = "auto"
    at: Timestamp | None = None


class KnobSpec(LazyModel):
    size: int | None = 3
    not_before: Timestamp | None = None
    steps: list[Step] | None = None


class Knob(NamespacedResource):
    __resource__ = ApiResource(group="example.com", version="v1", kind="Knob", plural="knobs")
    spec: KnobSpec | None = None


DECODE_MODES: list[DecodeMode] = ["lazy", "eager"]


async def get_json(client: Client, path: str) -> Any:
    return json.loads((await client.request("GET", path)).body)


def without_volatile_metadata(item: dict[str, Any]) -> dict[str, Any]:
    """Return the object without its labels and the metadata that each write changes."""
    changing = ("labels", "resourceVersion", "managedFields", "generation")
    return {**item, "metadata": {key: value for key, value in item["metadata"].items() if key not in changing}}


@pytest.mark.parametrize("decode", DECODE_MODES)
async def test_replace_of_a_custom_resource_changes_only_the_labels(
    client: Client, namespace: str, decode: DecodeMode
) -> None:
    await install_crd(client, make_crd("Knob", "knobs", SCHEMA))
    path = f"/apis/example.com/v1/namespaces/{namespace}/knobs/one"
    raw = dynamic_resource("example.com/v1", "Knob", plural="knobs").model_validate(
        {"metadata": {"name": "one"}, "spec": SPEC}
    )
    await Api(type(raw), client).create(raw)
    before = await get_json(client, path)
    assert before["spec"] == SPEC
    api = Api(Knob, client)
    knob = await api.get("one", decode=decode)
    assert knob.spec is not None
    assert knob.spec.size is None
    knob.metadata.labels = {"changed": "true"}
    replaced = await api.replace(knob)
    after = await get_json(client, path)
    assert without_volatile_metadata(after) == without_volatile_metadata(before)
    assert after["metadata"]["labels"] == {"changed": "true"}
    assert replaced.to_dict()["spec"] == SPEC
    assert after["metadata"]["generation"] == before["metadata"]["generation"]


@pytest.mark.parametrize("decode", DECODE_MODES)
async def test_replace_of_a_pod_changes_only_the_labels(client: Client, namespace: str, decode: DecodeMode) -> None:
    container = {"name": "c", "image": "i", "resources": {"limits": {"cpu": "0.5"}}}
    body = {"metadata": {"name": "one"}, "spec": {"containers": [container]}}
    api = Api(Pod, client)
    await api.create(Pod.model_validate(body))
    path = f"/api/v1/namespaces/{namespace}/pods/one"
    before = await get_json(client, path)
    pod = await api.get("one", decode=decode)
    assert pod.spec is not None
    assert pod.spec.containers[0].image == "i"
    pod.metadata.labels = {"changed": "true"}
    await api.replace(pod)
    after = await get_json(client, path)
    assert without_volatile_metadata(after) == without_volatile_metadata(before)
    assert after["metadata"]["labels"] == {"changed": "true"}
