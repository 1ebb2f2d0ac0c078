"""The HTTP method, path and content type of each verb."""

from typing import Any

import pytest

from kubex.api import Api
from kubex.models import ObjectMeta, Scale, ScaleSpec
from kubex.patch import ApplyPatch, JsonPatch, MergePatch, StrategicMergePatch
from kubex_k8s.v1_37.apps.v1 import Deployment
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_testing import MockResponse
from policy.conftest import scripted_client

pytestmark = pytest.mark.anyio

COLLECTION = "/api/v1/namespaces/default/configmaps"
OBJECT = f"{COLLECTION}/a"
SCALE = "/apis/apps/v1/namespaces/default/deployments/a/scale"
NAMED: dict[str, Any] = {"metadata": {"name": "a"}}


async def test_each_verb_sends_its_method_path_and_content_type() -> None:
    empty: dict[str, Any] = {"items": []}
    bodies = [NAMED, empty, *[NAMED] * 8, empty, *[NAMED] * 3]
    async with scripted_client(*[MockResponse(json=body) for body in bodies]) as (client, mock):
        api, scale = Api(ConfigMap, client), Api(Deployment, client).scale
        one = ConfigMap(metadata=ObjectMeta(name="a"))
        await api.get("a")
        await api.list()
        await api.create(one)
        await api.replace(one)
        await api.patch("a", MergePatch({}))
        await api.patch("a", StrategicMergePatch({}))
        await api.patch("a", JsonPatch([]))
        await api.patch("a", ApplyPatch({}), field_manager="m")
        await api.apply(one, field_manager="m")
        await api.delete("a")
        await api.delete_collection()
        await scale.get("a")
        await scale.replace(Scale(metadata=ObjectMeta(name="a"), spec=ScaleSpec(replicas=1)))
        await scale.patch("a", MergePatch({}))
        sent = [
            (each.method, each.target.partition("?")[0], dict(each.headers).get("Content-Type"))
            for each in mock.requests
        ]
    json, merge, apply = "application/json", "application/merge-patch+json", "application/apply-patch+yaml"
    assert sent == [
        ("GET", OBJECT, None),
        ("GET", COLLECTION, None),
        ("POST", COLLECTION, json),
        ("PUT", OBJECT, json),
        ("PATCH", OBJECT, merge),
        ("PATCH", OBJECT, "application/strategic-merge-patch+json"),
        ("PATCH", OBJECT, "application/json-patch+json"),
        ("PATCH", OBJECT, apply),
        ("PATCH", OBJECT, apply),
        ("DELETE", OBJECT, json),
        ("DELETE", COLLECTION, json),
        ("GET", SCALE, None),
        ("PUT", SCALE, json),
        ("PATCH", SCALE, merge),
    ]
