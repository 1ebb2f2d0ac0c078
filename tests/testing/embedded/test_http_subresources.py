"""Subresources of Pods and scales, byte for byte as a real kube-apiserver takes them."""

from typing import Any

import pytest

STRATEGIC = "application/strategic-merge-patch+json"
APPLY = "application/apply-patch+yaml"
POLICY = "policy/v1"


def pod(name: str, **spec: Any) -> dict[str, Any]:
    containers = [{"name": "main", "image": "app:1"}]
    return {"metadata": {"name": name, "labels": {"app": "web"}}, "spec": {"containers": containers, **spec}}


def seen(answer: Any) -> tuple[int, str | None, list[str]]:
    """Return status, reason and the fields of the causes of a refusal."""
    details = answer.document.get("details") or {}
    fields = [cause.get("field", "") for cause in details.get("causes", [])]
    return answer.status, answer.document.get("reason"), list(dict.fromkeys(fields))


NODE = {"kind": "Node", "name": "n1"}
BINDINGS = [
    ({"metadata": {"name": "a"}}, 500, None),
    ({"metadata": {"name": "a"}, "target": {"kind": "Pod", "name": "n1"}}, 500, None),
    ({"metadata": {"name": "b"}, "target": NODE}, 400, "BadRequest"),
    ({"target": NODE}, 400, "BadRequest"),
    ({"metadata": {"name": "a", "uid": "other"}, "target": NODE}, 409, "Conflict"),
    ({"metadata": {"name": "a", "resourceVersion": "1"}, "target": NODE}, 409, "Conflict"),
    ({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "target": NODE}, 400, "BadRequest"),
]


@pytest.mark.parametrize(("body", "status", "reason"), BINDINGS)
def test_bindings_that_are_refused(wire: Any, body: dict[str, Any], status: int, reason: str | None) -> None:
    wire.create("pods", pod("a"))
    answer = wire.request("POST", wire.path("pods", "a", "binding"), body)
    assert (answer.status, answer.document.get("reason")) == (status, reason)
    assert "nodeName" not in wire.request("GET", wire.path("pods", "a")).document["spec"]


def test_a_binding_gives_a_pod_its_node(wire: Any) -> None:
    wire.create("pods", pod("a"))
    body = {"metadata": {"name": "a", "labels": {"l": "m"}, "annotations": {"x": "y"}}, "target": NODE}
    assert wire.request("POST", wire.path("pods", "a", "binding", dryRun="All"), body).status == 201
    # Without a name in the path the body says which Pod.
    answer = wire.request("POST", wire.path("bindings"), body)
    assert (answer.status, answer.document["status"], answer.document["code"]) == (201, "Success", 201)
    bound = wire.request("GET", wire.path("pods", "a")).document
    assert bound["spec"]["nodeName"] == "n1"
    assert bound["metadata"]["labels"] == {"app": "web", "l": "m"}
    assert bound["metadata"]["annotations"] == {"x": "y"}
    assert [item["type"] for item in bound["status"]["conditions"]] == ["PodScheduled"]
    assert wire.request("POST", wire.path("pods", "a", "binding"), body).reason == "Conflict"
    assert wire.request("GET", wire.path("bindings")).status == 405
    assert wire.request("GET", wire.path("bindings", "a")).status == 404
    assert wire.request("POST", wire.path("bindings"), {"target": NODE}).status == 400


EVICTIONS = [
    ({}, {}, 400, "BadRequest"),
    ({"metadata": {"name": "b"}}, {}, 400, "BadRequest"),
    ({"metadata": {"name": "a", "namespace": "other"}}, {}, 400, "BadRequest"),
    ({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}, {}, 400, "BadRequest"),
    ({"metadata": {"name": "a"}, "deleteOptions": {"gracePeriodSeconds": "x"}}, {}, 400, "BadRequest"),
    ({"metadata": {"name": "a"}, "color": "red"}, {"fieldValidation": "Strict"}, 400, "BadRequest"),
    ({"metadata": {"name": "a"}, "deleteOptions": {"dryRun": ["X"]}}, {}, 422, "Invalid"),
    ({"metadata": {"name": "a"}, "deleteOptions": {"propagationPolicy": "X"}}, {}, 422, "Invalid"),
    ({"metadata": {"name": "a"}}, {"dryRun": "X"}, 422, "Invalid"),
    ({"metadata": {"name": "a"}, "deleteOptions": {"preconditions": {"resourceVersion": "1"}}}, {}, 409, "Conflict"),
    ({"apiVersion": "policy/v1beta1", "kind": "Eviction", "metadata": {"name": "a"}}, {}, 201, None),
]


@pytest.mark.parametrize(("body", "query", "status", "reason"), EVICTIONS)
def test_evictions_with_and_without_faults(
    wire: Any, body: dict[str, Any], query: dict[str, str], status: int, reason: str | None
) -> None:
    wire.create("pods", pod("a"))
    answer = wire.request("POST", wire.path("pods", "a", "eviction", **query), body)
    assert (answer.status, answer.document.get("reason")) == (status, reason)
    assert wire.request("GET", wire.path("pods", "a")).status == (404 if status == 201 else 200)


def _run(wire: Any, name: str, *, ready: bool = True) -> None:
    conditions = [{"type": "Ready", "status": str(ready)}]
    status = {"status": {"phase": "Running", "conditions": conditions}}
    assert wire.patch(wire.path("pods", name, "status"), status).status == 200


def _evict(wire: Any, name: str, **query: str) -> Any:
    return wire.request("POST", wire.path("pods", name, "eviction", **query), {"metadata": {"name": name}})


def _budget(wire: Any, *, allowed: int, healthy: int, desired: int = 1, **spec: Any) -> None:
    selector = {"matchLabels": {"app": "web"}}
    body = {"metadata": {"name": "web"}, "spec": {"minAvailable": 1, "selector": selector, **spec}}
    wire.create("poddisruptionbudgets", body, group=POLICY)
    counts = {"disruptionsAllowed": allowed, "currentHealthy": healthy, "desiredHealthy": desired}
    status = {"status": {"observedGeneration": 1, "expectedPods": healthy, **counts}}
    assert wire.patch(wire.path("poddisruptionbudgets", "web", "status", group=POLICY), status).status == 200


def _why(answer: Any) -> str:
    assert (answer.status, answer.reason, answer.header("Retry-After")) == (429, "TooManyRequests", None)
    (cause,) = answer.document["details"]["causes"]
    assert cause["reason"] == "DisruptionBudget"
    return str(cause["message"])


def test_a_budget_says_why_not(wire: Any) -> None:
    for name in ("a", "b"):
        wire.create("pods", pod(name, nodeName="n1"))
        _run(wire, name)
    _budget(wire, allowed=1, healthy=2)
    assert _evict(wire, "a").status == 201
    # A Pod that is leaving may be evicted again, and is not counted twice.
    assert _evict(wire, "a").status == 201
    assert _why(_evict(wire, "b")) == "The disruption budget web does not allow evicting pods currently"
    status = wire.request("GET", wire.path("poddisruptionbudgets", "web", group=POLICY)).document["status"]
    assert (status["disruptionsAllowed"], list(status["disruptedPods"])) == (0, ["a"])
    assert [item["reason"] for item in status["conditions"]] == ["InsufficientPods"]


def test_pods_that_are_not_ready_may_go_while_enough_are(wire: Any) -> None:
    wire.create("pods", pod("a"))
    _run(wire, "a", ready=False)
    _budget(wire, allowed=0, healthy=0)
    assert _why(_evict(wire, "a")) == "The disruption budget web needs 1 healthy pods and has 0 currently"
    path = wire.path("poddisruptionbudgets", "web", "status", group=POLICY)
    wire.patch(path, {"status": {"currentHealthy": 1}})
    assert _evict(wire, "a", dryRun="All").status == 201
    _run(wire, "a")
    assert _why(_evict(wire, "a")) == "The disruption budget web needs 1 healthy pods and has 1 currently"


def test_a_budget_may_let_all_go_that_are_not_ready(wire: Any) -> None:
    wire.create("pods", pod("a"))
    _run(wire, "a", ready=False)
    _budget(wire, allowed=0, healthy=0, unhealthyPodEvictionPolicy="AlwaysAllow")
    assert _evict(wire, "a").status == 201


BUDGETS = [
    ({"minAvailable": 1, "maxUnavailable": 1}, ["spec"]),
    ({"minAvailable": -1}, ["spec.minAvailable"]),
    ({"maxUnavailable": "120%"}, ["spec.maxUnavailable"]),
    ({"minAvailable": "many"}, ["spec.minAvailable"]),
    ({"minAvailable": 1, "unhealthyPodEvictionPolicy": "X"}, ["spec.unhealthyPodEvictionPolicy"]),
    (
        {"minAvailable": 1, "selector": {"matchExpressions": [{"key": "a", "operator": "X"}]}},
        ["spec.selector.matchExpressions[0].operator"],
    ),
]


@pytest.mark.parametrize(("spec", "fields"), BUDGETS)
def test_budgets_that_cannot_be(wire: Any, spec: dict[str, Any], fields: list[str]) -> None:
    path = wire.path("poddisruptionbudgets", group=POLICY)
    answer = wire.request("POST", path, {"metadata": {"name": "a"}, "spec": spec})
    assert seen(answer) == (422, "Invalid", fields)


def _containers(**resources: Any) -> dict[str, Any]:
    return {"spec": {"containers": [{"name": "main", **resources}]}}


BOTH = {"cpu": "2", "memory": "1Gi"}
RESIZES = [
    (_containers(resources={"requests": {"cpu": "1"}, "limits": {"cpu": "2"}}), ["spec"]),
    (_containers(resources={"limits": None}), ["spec", "spec.containers[0].resources.limits"]),
    (_containers(resources={"limits": {"example.com/gpu": "1"}}), ["spec"]),
    (_containers(resizePolicy=[{"resourceName": "cpu", "restartPolicy": "RestartContainer"}]), ["spec"]),
    ({"spec": {"containers": [{"name": "more", "image": "app:1"}]}}, ["spec", "spec.containers"]),
]


@pytest.mark.parametrize(("change", "fields"), RESIZES)
def test_resizes_that_cannot_be(wire: Any, change: dict[str, Any], fields: list[str]) -> None:
    body = pod("a")
    body["spec"]["containers"][0]["resources"] = {"requests": BOTH, "limits": BOTH}
    wire.create("pods", body)
    answer = wire.patch(wire.path("pods", "a", "resize"), change, STRATEGIC)
    assert seen(answer) == (422, "Invalid", fields)


def test_a_resize_of_a_pod_on_an_unknown_node_is_forbidden(wire: Any) -> None:
    body = pod("a", nodeName="nowhere")
    body["spec"]["containers"][0]["resources"] = {"requests": {"cpu": "1"}}
    wire.create("pods", body)
    change = _containers(resources={"requests": {"cpu": "2"}})
    assert wire.patch(wire.path("pods", "a", "resize"), change, STRATEGIC).status == 403
    assert wire.request("POST", wire.path("pods", "a", "resize"), {}).status == 405


EPHEMERAL = [
    ({"image": "i"}, "name", "application/merge-patch+json"),
    ({"name": "main", "image": "i"}, "name", STRATEGIC),
    ({"name": "debug"}, "image", STRATEGIC),
    ({"name": "debug", "image": "i", "targetContainerName": "none"}, "targetContainerName", STRATEGIC),
    ({"name": "debug", "image": "i", "livenessProbe": {"httpGet": {"port": 80}}}, "livenessProbe", STRATEGIC),
]


@pytest.mark.parametrize(("container", "field", "media"), EPHEMERAL)
def test_ephemeral_containers_that_cannot_be(wire: Any, container: dict[str, Any], field: str, media: str) -> None:
    wire.create("pods", pod("a"))
    path = wire.path("pods", "a", "ephemeralcontainers")
    answer = wire.patch(path, {"spec": {"ephemeralContainers": [container]}}, media)
    assert seen(answer) == (422, "Invalid", [f"spec.ephemeralContainers[0].{field}"])


def test_only_the_ephemeral_containers_of_a_pod_are_taken(wire: Any) -> None:
    wire.create("pods", pod("a"))
    path = wire.path("pods", "a", "ephemeralcontainers")
    change = {"metadata": {"labels": {"x": "y"}}, "spec": {"activeDeadlineSeconds": 5}}
    changed = wire.patch(path, change).document
    assert (changed["metadata"]["labels"], changed["metadata"]["generation"]) == ({"app": "web"}, 1)
    added = wire.patch(path, {"spec": {"ephemeralContainers": [{"name": "d", "image": "i"}]}}, STRATEGIC).document
    assert added["metadata"]["generation"] == 2
    assert seen(wire.patch(path, {"metadata": {"resourceVersion": "1"}, "spec": {}})) == (409, "Conflict", [])
    assert wire.request("DELETE", path).status == 405


def _deployment(name: str) -> dict[str, Any]:
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    return {"metadata": {"name": name}, "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": template}}


@pytest.mark.parametrize("plural", ["deployments", "replicasets", "statefulsets"])
def test_a_scale_is_applied(wire: Any, plural: str) -> None:
    wire.create(plural, _deployment("d"), group="apps/v1")
    scale = {"apiVersion": "autoscaling/v1", "kind": "Scale"}

    def apply(replicas: int, **query: str) -> Any:
        path = wire.path(plural, "d", "scale", group="apps/v1", **query)
        return wire.patch(path, {**scale, "spec": {"replicas": replicas}}, APPLY)

    assert apply(3, fieldManager="one", force="true").document["spec"] == {"replicas": 3}
    assert seen(apply(4, fieldManager="two")) == (409, "Conflict", [".spec.replicas"])
    assert apply(4, fieldManager="two", force="true").document["spec"] == {"replicas": 4}
    assert apply(4).status == 422
    stale = {"metadata": {"name": "d", "uid": "other"}, "spec": {"replicas": 1}}
    path = wire.path(plural, "d", "scale", group="apps/v1")
    assert wire.request("PUT", path, stale).reason == "Conflict"
    parent = wire.request("GET", wire.path(plural, "d", group="apps/v1")).document
    assert (parent["spec"]["replicas"], parent["metadata"]["generation"]) == (4, 3)


@pytest.mark.parametrize(("plural", "kept"), [("deployments", None), ("replicasets", "v"), ("statefulsets", "v")])
def test_labels_that_come_with_a_status(wire: Any, plural: str, kept: str | None) -> None:
    wire.create(plural, _deployment("d"), group="apps/v1")
    path = wire.path(plural, "d", "status", group="apps/v1")
    changed = wire.patch(path, {"metadata": {"labels": {"l": "v"}}, "status": {"observedGeneration": 1}}).document
    assert changed["metadata"].get("labels", {}).get("l") == kept
    assert seen(wire.patch(path, {"status": {"replicas": -1}}))[:2] == (422, "Invalid")


@pytest.mark.parametrize(("plural", "kind"), [("serviceaccounts", "ServiceAccount"), ("secrets", "Status")])
def test_some_kinds_are_shown_when_they_are_gone(wire: Any, plural: str, kind: str) -> None:
    wire.create(plural, {"metadata": {"name": "a"}})
    assert wire.request("DELETE", wire.path(plural, "a")).document["kind"] == kind
