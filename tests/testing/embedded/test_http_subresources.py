"""Subresources of pods, and scales, compared with kube-apiserver."""

from typing import Any

import pytest

STRATEGIC = "application/strategic-merge-patch+json"
APPLY = "application/apply-patch+yaml"
POLICY = "policy/v1"


def pod(name: str, **spec: Any) -> dict[str, Any]:
    containers = [{"name": "main", "image": "app:1"}]
    return {"metadata": {"name": name, "labels": {"app": "web"}}, "spec": {"containers": containers, **spec}}


def error_summary(answer: Any) -> tuple[int, str | None, list[str]]:
    """Return the status, the reason, and the fields of the causes of an error response."""
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
def test_invalid_bindings_are_rejected(client: Any, body: dict[str, Any], status: int, reason: str | None) -> None:
    client.create("pods", pod("a"))
    answer = client.request("POST", client.path("pods", "a", "binding"), body)
    assert (answer.status, answer.document.get("reason")) == (status, reason)
    assert "nodeName" not in client.request("GET", client.path("pods", "a")).document["spec"]


def test_binding_assigns_a_node_to_the_pod(client: Any) -> None:
    client.create("pods", pod("a"))
    body = {"metadata": {"name": "a", "labels": {"l": "m"}, "annotations": {"x": "y"}}, "target": NODE}
    assert client.request("POST", client.path("pods", "a", "binding", dryRun="All"), body).status == 201
    # If the path contains no name, the body names the pod.
    answer = client.request("POST", client.path("bindings"), body)
    assert (answer.status, answer.document["status"], answer.document["code"]) == (201, "Success", 201)
    bound = client.request("GET", client.path("pods", "a")).document
    assert bound["spec"]["nodeName"] == "n1"
    assert bound["metadata"]["labels"] == {"app": "web", "l": "m"}
    assert bound["metadata"]["annotations"] == {"x": "y"}
    assert [item["type"] for item in bound["status"]["conditions"]] == ["PodScheduled"]
    assert client.request("POST", client.path("pods", "a", "binding"), body).reason == "Conflict"
    assert client.request("GET", client.path("bindings")).status == 405
    assert client.request("GET", client.path("bindings", "a")).status == 404
    assert client.request("POST", client.path("bindings"), {"target": NODE}).status == 400


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
def test_evictions_are_validated(
    client: Any, body: dict[str, Any], query: dict[str, str], status: int, reason: str | None
) -> None:
    client.create("pods", pod("a"))
    answer = client.request("POST", client.path("pods", "a", "eviction", **query), body)
    assert (answer.status, answer.document.get("reason")) == (status, reason)
    assert client.request("GET", client.path("pods", "a")).status == (404 if status == 201 else 200)


def _set_running(client: Any, name: str, *, ready: bool = True) -> None:
    conditions = [{"type": "Ready", "status": str(ready)}]
    status = {"status": {"phase": "Running", "conditions": conditions}}
    assert client.patch(client.path("pods", name, "status"), status).status == 200


def _evict(client: Any, name: str, **query: str) -> Any:
    return client.request("POST", client.path("pods", name, "eviction", **query), {"metadata": {"name": name}})


def _budget(client: Any, *, allowed: int, healthy: int, desired: int = 1, **spec: Any) -> None:
    selector = {"matchLabels": {"app": "web"}}
    body = {"metadata": {"name": "web"}, "spec": {"minAvailable": 1, "selector": selector, **spec}}
    client.create("poddisruptionbudgets", body, group=POLICY)
    counts = {"disruptionsAllowed": allowed, "currentHealthy": healthy, "desiredHealthy": desired}
    status = {"status": {"observedGeneration": 1, "expectedPods": healthy, **counts}}
    assert client.patch(client.path("poddisruptionbudgets", "web", "status", group=POLICY), status).status == 200


def _cause_message(answer: Any) -> str:
    assert (answer.status, answer.reason, answer.header("Retry-After")) == (429, "TooManyRequests", None)
    (cause,) = answer.document["details"]["causes"]
    assert cause["reason"] == "DisruptionBudget"
    return str(cause["message"])


def test_blocked_eviction_names_the_disruption_budget(client: Any) -> None:
    for name in ("a", "b"):
        client.create("pods", pod(name, nodeName="n1"))
        _set_running(client, name)
    _budget(client, allowed=1, healthy=2)
    assert _evict(client, "a").status == 201
    # A terminating pod can be evicted again without decrementing the budget.
    assert _evict(client, "a").status == 201
    assert _cause_message(_evict(client, "b")) == "The disruption budget web does not allow evicting pods currently"
    status = client.request("GET", client.path("poddisruptionbudgets", "web", group=POLICY)).document["status"]
    assert (status["disruptionsAllowed"], list(status["disruptedPods"])) == (0, ["a"])
    assert [item["reason"] for item in status["conditions"]] == ["InsufficientPods"]


def test_unready_pods_can_be_evicted_while_enough_pods_are_healthy(client: Any) -> None:
    client.create("pods", pod("a"))
    _set_running(client, "a", ready=False)
    _budget(client, allowed=0, healthy=0)
    assert _cause_message(_evict(client, "a")) == "The disruption budget web needs 1 healthy pods and has 0 currently"
    path = client.path("poddisruptionbudgets", "web", "status", group=POLICY)
    client.patch(path, {"status": {"currentHealthy": 1}})
    assert _evict(client, "a", dryRun="All").status == 201
    _set_running(client, "a")
    assert _cause_message(_evict(client, "a")) == "The disruption budget web needs 1 healthy pods and has 1 currently"


def test_always_allow_policy_lets_unready_pods_be_evicted(client: Any) -> None:
    client.create("pods", pod("a"))
    _set_running(client, "a", ready=False)
    _budget(client, allowed=0, healthy=0, unhealthyPodEvictionPolicy="AlwaysAllow")
    assert _evict(client, "a").status == 201


INVALID_BUDGETS = [
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


@pytest.mark.parametrize(("spec", "fields"), INVALID_BUDGETS)
def test_invalid_disruption_budgets_are_rejected(client: Any, spec: dict[str, Any], fields: list[str]) -> None:
    path = client.path("poddisruptionbudgets", group=POLICY)
    answer = client.request("POST", path, {"metadata": {"name": "a"}, "spec": spec})
    assert error_summary(answer) == (422, "Invalid", fields)


def _containers(**resources: Any) -> dict[str, Any]:
    return {"spec": {"containers": [{"name": "main", **resources}]}}


CPU_AND_MEMORY = {"cpu": "2", "memory": "1Gi"}
INVALID_RESIZES = [
    (_containers(resources={"requests": {"cpu": "1"}, "limits": {"cpu": "2"}}), ["spec"]),
    (_containers(resources={"limits": None}), ["spec", "spec.containers[0].resources.limits"]),
    (_containers(resources={"limits": {"example.com/gpu": "1"}}), ["spec"]),
    (_containers(resizePolicy=[{"resourceName": "cpu", "restartPolicy": "RestartContainer"}]), ["spec"]),
    ({"spec": {"containers": [{"name": "more", "image": "app:1"}]}}, ["spec", "spec.containers"]),
]


@pytest.mark.parametrize(("change", "fields"), INVALID_RESIZES)
def test_invalid_resizes_are_rejected(client: Any, change: dict[str, Any], fields: list[str]) -> None:
    body = pod("a")
    body["spec"]["containers"][0]["resources"] = {"requests": CPU_AND_MEMORY, "limits": CPU_AND_MEMORY}
    client.create("pods", body)
    answer = client.patch(client.path("pods", "a", "resize"), change, STRATEGIC)
    assert error_summary(answer) == (422, "Invalid", fields)


def test_resize_of_a_pod_on_an_unknown_node_is_forbidden(client: Any) -> None:
    body = pod("a", nodeName="nowhere")
    body["spec"]["containers"][0]["resources"] = {"requests": {"cpu": "1"}}
    client.create("pods", body)
    change = _containers(resources={"requests": {"cpu": "2"}})
    assert client.patch(client.path("pods", "a", "resize"), change, STRATEGIC).status == 403
    assert client.request("POST", client.path("pods", "a", "resize"), {}).status == 405


INVALID_EPHEMERAL_CONTAINERS = [
    ({"image": "i"}, "name", "application/merge-patch+json"),
    ({"name": "main", "image": "i"}, "name", STRATEGIC),
    ({"name": "debug"}, "image", STRATEGIC),
    ({"name": "debug", "image": "i", "targetContainerName": "none"}, "targetContainerName", STRATEGIC),
    ({"name": "debug", "image": "i", "livenessProbe": {"httpGet": {"port": 80}}}, "livenessProbe", STRATEGIC),
]


@pytest.mark.parametrize(("container", "field", "media"), INVALID_EPHEMERAL_CONTAINERS)
def test_invalid_ephemeral_containers_are_rejected(
    client: Any, container: dict[str, Any], field: str, media: str
) -> None:
    client.create("pods", pod("a"))
    path = client.path("pods", "a", "ephemeralcontainers")
    answer = client.patch(path, {"spec": {"ephemeralContainers": [container]}}, media)
    assert error_summary(answer) == (422, "Invalid", [f"spec.ephemeralContainers[0].{field}"])


def test_ephemeral_containers_subresource_ignores_other_changes(client: Any) -> None:
    client.create("pods", pod("a"))
    path = client.path("pods", "a", "ephemeralcontainers")
    change = {"metadata": {"labels": {"x": "y"}}, "spec": {"activeDeadlineSeconds": 5}}
    changed = client.patch(path, change).document
    assert (changed["metadata"]["labels"], changed["metadata"]["generation"]) == ({"app": "web"}, 1)
    added = client.patch(path, {"spec": {"ephemeralContainers": [{"name": "d", "image": "i"}]}}, STRATEGIC).document
    assert added["metadata"]["generation"] == 2
    assert error_summary(client.patch(path, {"metadata": {"resourceVersion": "1"}, "spec": {}})) == (
        409,
        "Conflict",
        [],
    )
    assert client.request("DELETE", path).status == 405


def _deployment(name: str) -> dict[str, Any]:
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    return {"metadata": {"name": name}, "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": template}}


@pytest.mark.parametrize("plural", ["deployments", "replicasets", "statefulsets"])
def test_scale_supports_server_side_apply(client: Any, plural: str) -> None:
    client.create(plural, _deployment("d"), group="apps/v1")
    scale = {"apiVersion": "autoscaling/v1", "kind": "Scale"}

    def apply(replicas: int, **query: str) -> Any:
        path = client.path(plural, "d", "scale", group="apps/v1", **query)
        return client.patch(path, {**scale, "spec": {"replicas": replicas}}, APPLY)

    assert apply(3, fieldManager="one", force="true").document["spec"] == {"replicas": 3}
    assert error_summary(apply(4, fieldManager="two")) == (409, "Conflict", [".spec.replicas"])
    assert apply(4, fieldManager="two", force="true").document["spec"] == {"replicas": 4}
    assert apply(4).status == 422
    stale = {"metadata": {"name": "d", "uid": "other"}, "spec": {"replicas": 1}}
    path = client.path(plural, "d", "scale", group="apps/v1")
    assert client.request("PUT", path, stale).reason == "Conflict"
    parent = client.request("GET", client.path(plural, "d", group="apps/v1")).document
    assert (parent["spec"]["replicas"], parent["metadata"]["generation"]) == (4, 3)


@pytest.mark.parametrize(("plural", "kept"), [("deployments", None), ("replicasets", "v"), ("statefulsets", "v")])
def test_status_update_changes_labels_only_for_some_kinds(client: Any, plural: str, kept: str | None) -> None:
    client.create(plural, _deployment("d"), group="apps/v1")
    path = client.path(plural, "d", "status", group="apps/v1")
    changed = client.patch(path, {"metadata": {"labels": {"l": "v"}}, "status": {"observedGeneration": 1}}).document
    assert changed["metadata"].get("labels", {}).get("l") == kept
    assert error_summary(client.patch(path, {"status": {"replicas": -1}}))[:2] == (422, "Invalid")


@pytest.mark.parametrize(("plural", "kind"), [("serviceaccounts", "ServiceAccount"), ("secrets", "Status")])
def test_delete_of_some_kinds_returns_the_object(client: Any, plural: str, kind: str) -> None:
    client.create(plural, {"metadata": {"name": "a"}})
    assert client.request("DELETE", client.path(plural, "a")).document["kind"] == kind
