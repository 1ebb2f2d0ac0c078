"""Kinds with two served versions, and kinds that are computed, on both servers."""

import json
from typing import Any

import pytest

TARGET = {"kind": "Deployment", "name": "d", "apiVersion": "apps/v1"}
V1, V2 = {"group": "autoscaling/v1"}, {"group": "autoscaling/v2"}
HPA = "horizontalpodautoscalers"
PREFIX = "autoscaling.alpha.kubernetes.io/"
CPU = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 60}}}
SELECTOR = {"matchLabels": {"a": "b"}}
METRICS = [
    CPU,
    {"type": "Resource", "resource": {"name": "memory", "target": {"type": "AverageValue", "averageValue": "1Gi"}}},
    {
        "type": "ContainerResource",
        "containerResource": {
            "name": "cpu",
            "container": "c",
            "target": {"type": "Utilization", "averageUtilization": 5},
        },
    },
    {
        "type": "Pods",
        "pods": {
            "metric": {"name": "m", "selector": SELECTOR},
            "target": {"type": "AverageValue", "averageValue": "5"},
        },
    },
    {
        "type": "Object",
        "object": {
            "describedObject": {"kind": "Service", "name": "s"},
            "metric": {"name": "o"},
            "target": {"type": "Value", "value": "3"},
        },
    },
    {
        "type": "Object",
        "object": {
            "describedObject": {"kind": "Service", "name": "s"},
            "metric": {"name": "o2"},
            "target": {"type": "AverageValue", "averageValue": "3"},
        },
    },
    {
        "type": "External",
        "external": {"metric": {"name": "e"}, "target": {"type": "AverageValue", "averageValue": "7"}},
    },
]
BEHAVIOR = {"scaleDown": {"stabilizationWindowSeconds": 60}}


def get(client: Any, plural: str, **group: str) -> dict[str, Any]:
    document: dict[str, Any] = client.request("GET", client.path(plural, "a", **group)).document
    return document


def test_autoscaler_of_version_2_has_the_target_of_version_1(client: Any) -> None:
    spec = {"scaleTargetRef": TARGET, "maxReplicas": 3, "targetCPUUtilizationPercentage": 60}
    created = client.create(HPA, {"metadata": {"name": "a"}, "spec": spec}, **V1).document
    assert (created["apiVersion"], created["spec"]) == ("autoscaling/v1", {**spec, "minReplicas": 1})
    assert created["status"] == {"currentReplicas": 0, "desiredReplicas": 0}
    found = get(client, HPA, **V2)
    assert found["apiVersion"] == "autoscaling/v2"
    assert found["spec"] == {"scaleTargetRef": TARGET, "minReplicas": 1, "maxReplicas": 3, "metrics": [CPU]}
    assert found["metadata"]["uid"] == created["metadata"]["uid"]
    assert found["status"] == {"currentMetrics": None, "desiredReplicas": 0}


def test_annotations_of_version_1_contain_the_metrics_of_version_2(client: Any) -> None:
    spec = {"scaleTargetRef": TARGET, "maxReplicas": 3, "metrics": METRICS, "behavior": BEHAVIOR}
    created = client.create(HPA, {"metadata": {"name": "a"}, "spec": spec}, **V2).document
    old = get(client, HPA, **V1)
    assert old["spec"]["targetCPUUtilizationPercentage"] == 60
    annotations = old["metadata"]["annotations"]
    assert json.loads(annotations[f"{PREFIX}metrics"]) == [
        {"type": "Resource", "resource": {"name": "memory", "targetAverageValue": "1Gi"}},
        {
            "type": "ContainerResource",
            "containerResource": {"name": "cpu", "container": "c", "targetAverageUtilization": 5},
        },
        {"type": "Pods", "pods": {"metricName": "m", "targetAverageValue": "5", "selector": SELECTOR}},
        {
            "type": "Object",
            "object": {"target": {"kind": "Service", "name": "s"}, "metricName": "o", "targetValue": "3"},
        },
        {
            "type": "Object",
            "object": {
                "target": {"kind": "Service", "name": "s"},
                "metricName": "o2",
                "targetValue": "0",
                "averageValue": "3",
            },
        },
        {"type": "External", "external": {"metricName": "e", "targetAverageValue": "7"}},
    ]
    behavior = json.loads(annotations[f"{PREFIX}behavior"])
    assert behavior["ScaleDown"]["StabilizationWindowSeconds"] == 60
    assert (behavior["ScaleDown"]["Tolerance"], behavior["ScaleUp"]["SelectPolicy"]) == (None, "Max")
    old["spec"]["maxReplicas"] = 5
    updated = client.request("PUT", client.path(HPA, "a", **V1), old)
    assert (updated.status, updated.document["metadata"]["annotations"].keys()) == (200, annotations.keys())
    found = get(client, HPA, **V2)
    # Version 1 contains the target for the CPU in another field, so it becomes the last metric.
    assert found["spec"] == {**created["spec"], "maxReplicas": 5, "metrics": [*METRICS[1:], CPU]}
    assert "annotations" not in found["metadata"]


@pytest.mark.parametrize(
    "annotation",
    [
        ("metrics", "[" * 20_000),
        ("metrics", '[{"type": 5}]'),
        ("metrics", '[5, {"type": "Pods", "pods": {"metricName": "x", "targetAverageValue": "1"}}]'),
        ("metrics", '[{"type": "Pods", "pods": 5}]'),
        ("metrics", '[{"type": "Resource", "resource": {"name": "cpu", "targetAverageUtilization": "x"}}]'),
        ("behavior", '{"ScaleUp": {"Policies": [5]}}'),
        ("behavior", '{"ScaleUp": 5}'),
        ("conditions", '[{"type": {}}]'),
        ("current-metrics", '[{"type": "Object", "object": {"target": 7}}]'),
    ],
)
def test_annotations_of_version_1_with_wrong_types_are_ignored(client: Any, annotation: tuple[str, str]) -> None:
    name, value = annotation
    metadata = {"name": "a", "annotations": {f"{PREFIX}{name}": value}}
    client.create(HPA, {"metadata": metadata, "spec": {"scaleTargetRef": TARGET, "maxReplicas": 3}}, **V1)
    assert "annotations" not in get(client, HPA, **V1)["metadata"]
    found = get(client, HPA, **V2)
    default = {"type": "Utilization", "averageUtilization": 80}
    assert found["spec"]["metrics"] == [{"type": "Resource", "resource": {"name": "cpu", "target": default}}]
    assert "behavior" not in found["spec"]


def test_status_of_an_autoscaler_is_converted(client: Any) -> None:
    client.create(HPA, {"metadata": {"name": "a"}, "spec": {"scaleTargetRef": TARGET, "maxReplicas": 3}}, **V2)
    current = {"name": "cpu", "current": {"averageUtilization": 30, "averageValue": "100m"}}
    condition = {"type": "AbleToScale", "status": "True", "lastTransitionTime": "2026-01-02T03:04:05Z"}
    status = {
        "currentReplicas": 2,
        "desiredReplicas": 2,
        "currentMetrics": [{"type": "Resource", "resource": current}],
        "conditions": [condition],
    }
    assert client.patch(client.path(HPA, "a", "status", **V2), {"status": status}).status == 200
    old = get(client, HPA, **V1)
    assert old["status"] == {"currentReplicas": 2, "desiredReplicas": 2, "currentCPUUtilizationPercentage": 30}
    annotations = {key: json.loads(value) for key, value in old["metadata"]["annotations"].items()}
    metric = {"name": "cpu", "currentAverageUtilization": 30, "currentAverageValue": "100m"}
    assert annotations == {
        f"{PREFIX}conditions": [condition],
        f"{PREFIX}current-metrics": [{"type": "Resource", "resource": metric}],
    }
    assert client.patch(client.path(HPA, "a", **V1), {"metadata": {"labels": {"x": "y"}}}).status == 200
    assert get(client, HPA, **V2)["status"] == status


def test_watch_of_one_version_shows_changes_of_another(client: Any) -> None:
    with client.watch(client.path(HPA, watch="1", **V1)) as stream:
        client.create(HPA, {"metadata": {"name": "a"}, "spec": {"scaleTargetRef": TARGET, "maxReplicas": 3}}, **V2)
        event = stream.next()
    assert (event["type"], event["object"]["apiVersion"]) == ("ADDED", "autoscaling/v1")
    assert event["object"]["spec"]["targetCPUUtilizationPercentage"] == 80


NEW_EVENT = {
    "eventTime": "2026-01-02T03:04:05.000006Z",
    "reportingController": "example.com/c",
    "reportingInstance": "i",
    "action": "Run",
    "reason": "Started",
    "type": "Normal",
    "note": "text",
}


def test_events_have_the_fields_of_both_versions(client: Any) -> None:
    regarding = {"kind": "Pod", "name": "p", "namespace": client.namespace}
    body = {"metadata": {"name": "a"}, **NEW_EVENT, "regarding": regarding}
    client.create("events", body, group="events.k8s.io/v1")
    old = get(client, "events")
    expected = {"message": "text", "involvedObject": regarding, "reportingComponent": "example.com/c", "source": {}}
    assert {key: old[key] for key in expected} == expected
    client.create("events", {"metadata": {"name": "b"}, "involvedObject": regarding, "message": "m", "count": 2})
    items = client.request("GET", client.path("events", group="events.k8s.io/v1")).document["items"]
    assert [(item.get("note"), item.get("deprecatedCount")) for item in items] == [("text", None), ("m", 2)]
    assert ["reportingController" in item for item in items] == [True, False]


@pytest.mark.parametrize(
    ("selector", "names"),
    [("regarding.name=p,reason=Started", ["a"]), ("reportingController!=example.com/c", ["b"]), ("type=Normal", ["a"])],
)
def test_field_selectors_of_events_have_the_names_of_the_version(client: Any, selector: str, names: list[str]) -> None:
    regarding = {"kind": "Pod", "name": "p", "namespace": client.namespace}
    client.create("events", {"metadata": {"name": "a"}, **NEW_EVENT, "regarding": regarding}, group="events.k8s.io/v1")
    client.create("events", {"metadata": {"name": "b"}, "involvedObject": regarding})
    path = client.path("events", group="events.k8s.io/v1", fieldSelector=selector)
    assert client.request("GET", path).names == names
    unknown = client.path("events", group="events.k8s.io/v1", fieldSelector="involvedObject.name=p")
    assert client.request("GET", unknown).status == 400


def test_component_statuses_are_computed(client: Any) -> None:
    listed = client.request("GET", "/api/v1/componentstatuses")
    # kube-apiserver checks the components at the same time, so their order varies.
    assert sorted(listed.names) == ["controller-manager", "etcd-0", "scheduler"]
    assert listed.warnings == ['299 - "v1 ComponentStatus is deprecated in v1.19+"']
    assert listed.document["metadata"] == {}
    one = client.request("GET", "/api/v1/componentstatuses/etcd-0").document
    assert one["conditions"] == [{"type": "Healthy", "status": "True", "message": "ok"}]
    assert client.request("DELETE", "/api/v1/componentstatuses/etcd-0").status == 405


def test_scale_of_a_replication_controller_sets_its_replicas(client: Any) -> None:
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    created = client.create("replicationcontrollers", {"metadata": {"name": "a"}, "spec": {"template": template}})
    assert created.document["spec"]["selector"] == {"a": "b"}
    path = client.path("replicationcontrollers", "a", "scale")
    scaled = client.patch(path, {"spec": {"replicas": 4}}).document
    assert (scaled["kind"], scaled["spec"], scaled["status"]) == (
        "Scale",
        {"replicas": 4},
        {"replicas": 0, "selector": "a=b"},
    )
    parent = get(client, "replicationcontrollers")
    assert (parent["spec"]["replicas"], parent["metadata"]["generation"]) == (4, 2)


def test_proxy_of_a_missing_object_is_not_found(client: Any) -> None:
    for plural in ("pods", "services"):
        assert client.request("GET", client.path(plural, "nope", "proxy", "path")).status in {404, 503}
    assert client.request("GET", "/api/v1/nodes/nope/proxy/metrics").status == 404
