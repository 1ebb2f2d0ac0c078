"""What single kinds do beyond being stored: defaults, status, scale, grace periods, bindings."""

import threading
from typing import Any

import pytest

STRATEGIC = "application/strategic-merge-patch+json"


def pod(name: str, **spec: Any) -> dict[str, Any]:
    containers = [{"name": "main", "image": "nginx"}]
    return {"metadata": {"name": name, "labels": {"app": name}}, "spec": {"containers": containers, **spec}}


def deployment(name: str) -> dict[str, Any]:
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}}
    return {"metadata": {"name": name}, "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": template}}


def test_a_pod_gets_defaults_and_waits(wire: Any) -> None:
    created = wire.create("pods", {**pod("a"), "status": {"phase": "Running"}}).document
    assert (created["status"]["phase"], created["status"]["qosClass"]) == ("Pending", "BestEffort")
    assert created["metadata"]["generation"] == 1
    spec = created["spec"]
    assert (spec["restartPolicy"], spec["dnsPolicy"], spec["terminationGracePeriodSeconds"]) == (
        "Always",
        "ClusterFirst",
        30,
    )
    assert [item["key"] for item in spec["tolerations"]] == [
        "node.kubernetes.io/not-ready",
        "node.kubernetes.io/unreachable",
    ]
    assert spec["containers"][0]["imagePullPolicy"] == "Always"


INVALID = [
    ({"metadata": {"name": "x"}}, "spec.containers"),
    ({"metadata": {"name": "x"}, "spec": {"containers": [{"name1": "a", "image": "b"}]}}, "spec.containers[0].name"),
]


@pytest.mark.parametrize(("body", "field"), INVALID)
def test_a_pod_needs_named_containers(wire: Any, body: dict[str, Any], field: str) -> None:
    answer = wire.request("POST", wire.path("pods"), body)
    assert (answer.status, answer.causes) == (422, [("FieldValueRequired", field)])


def test_warnings_come_with_errors_too(wire: Any) -> None:
    answer = wire.request("POST", wire.path("pods"), INVALID[1][0])
    assert (answer.status, answer.warnings) == (422, ['299 - "unknown field \\"spec.containers[0].name1\\""'])


def test_the_spec_of_a_pod_stays(wire: Any) -> None:
    wire.create("pods", pod("a"))
    answer = wire.patch(wire.path("pods", "a"), {"spec": {"containers": [{"name": "zz", "image": "b"}]}})
    assert (answer.status, answer.causes) == (422, [("FieldValueForbidden", "spec")])


def test_the_status_of_a_pod_has_its_own_path(wire: Any) -> None:
    wire.create("pods", pod("a"))
    ignored = wire.patch(wire.path("pods", "a"), {"status": {"phase": "Failed"}})
    assert ignored.document["status"]["phase"] == "Pending"
    change = {"status": {"phase": "Running"}, "spec": {"nodeName": "no"}, "metadata": {"labels": {"via": "status"}}}
    patched = wire.patch(wire.path("pods", "a", "status"), change)
    assert patched.document["status"]["phase"] == "Running"
    assert "nodeName" not in patched.document["spec"]
    assert patched.document["metadata"]["labels"]["via"] == "status"
    assert patched.document["metadata"]["generation"] == 1
    entries = patched.document["metadata"]["managedFields"]
    assert "status" in [entry.get("subresource") for entry in entries]
    assert wire.request("GET", wire.path("pods", "a", "status")).document["kind"] == "Pod"


def test_an_unscheduled_pod_goes_at_once_and_is_shown(wire: Any) -> None:
    wire.create("pods", pod("a"))
    answer = wire.request("DELETE", wire.path("pods", "a"))
    assert (answer.status, answer.document["kind"]) == (200, "Pod")
    assert answer.document["metadata"]["deletionGracePeriodSeconds"] == 0
    assert wire.request("GET", wire.path("pods", "a")).status == 404


def test_a_bound_pod_has_its_grace_period(wire: Any) -> None:
    wire.create("pods", pod("a"))
    binding = {"metadata": {"name": "a"}, "target": {"kind": "Node", "name": "n1"}}
    bound = wire.request("POST", wire.path("pods", "a", "binding"), binding)
    assert (bound.status, bound.document["status"], bound.document["code"]) == (201, "Success", 201)
    scheduled = wire.request("GET", wire.path("pods", "a")).document
    assert scheduled["spec"]["nodeName"] == "n1"
    assert [(item["type"], item["status"]) for item in scheduled["status"]["conditions"]] == [("PodScheduled", "True")]
    deleted = wire.request("DELETE", wire.path("pods", "a"))
    metadata = deleted.document["metadata"]
    assert (metadata["deletionGracePeriodSeconds"], metadata["generation"]) == (30, 2)
    assert wire.request("DELETE", wire.path("pods", "a")).version == deleted.version
    assert wire.request("DELETE", wire.path("pods", "a", gracePeriodSeconds="0")).status == 200
    assert wire.request("GET", wire.path("pods", "a")).status == 404


def test_an_eviction_deletes(wire: Any) -> None:
    wire.create("pods", pod("a"))
    path = wire.path("pods", "a", "eviction")
    for metadata in ({}, {"name": "zz"}):
        assert wire.request("POST", path, {"metadata": metadata}).status == 400
    evicted = wire.request("POST", path, {"metadata": {"name": "a"}})
    assert (evicted.status, evicted.document["status"], evicted.document["code"]) == (201, "Success", 201)
    assert wire.request("POST", path, {"metadata": {"name": "a"}}).status == 404


BUDGETS = {"group": "policy/v1"}


def test_a_budget_decides_about_evictions(wire: Any) -> None:
    wire.create("pods", pod("a", nodeName="n1"))
    ready = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
    wire.patch(wire.path("pods", "a", "status"), {"status": ready})
    spec = {"minAvailable": 1, "selector": {"matchLabels": {"app": "a"}}}
    created = wire.create("poddisruptionbudgets", {"metadata": {"name": "pdb"}, "spec": spec}, **BUDGETS)
    assert created.document["status"]["disruptionsAllowed"] == 0
    budget = wire.path("poddisruptionbudgets", "pdb", **BUDGETS)

    def evict() -> Any:
        return wire.request("POST", wire.path("pods", "a", "eviction"), {"metadata": {"name": "a"}})

    unseen = evict()
    assert (unseen.status, unseen.reason, unseen.header("Retry-After")) == (429, "TooManyRequests", "10")
    assert unseen.document["details"]["retryAfterSeconds"] == 10
    counts = {"observedGeneration": 1, "currentHealthy": 1, "desiredHealthy": 1, "expectedPods": 1}
    wire.patch(f"{budget}/status", {"status": {**counts, "disruptionsAllowed": 0}})
    blocked = evict()
    assert (blocked.status, blocked.header("Retry-After")) == (429, None)
    assert blocked.document["details"]["causes"][0]["reason"] == "DisruptionBudget"
    wire.patch(f"{budget}/status", {"status": {"disruptionsAllowed": 1}})
    assert evict().status == 201
    spent = wire.request("GET", budget).document["status"]
    assert (spent["disruptionsAllowed"], list(spent["disruptedPods"])) == (0, ["a"])
    conditions = wire.request("GET", wire.path("pods", "a")).document["status"]["conditions"]
    assert ("DisruptionTarget", "EvictionByEvictionAPI") in [(c["type"], c.get("reason")) for c in conditions]


def test_a_pod_without_a_node_has_no_log(wire: Any) -> None:
    wire.create("pods", pod("a"))
    answer = wire.request("GET", wire.path("pods", "a", "log"))
    assert (answer.status, answer.body) == (204, b"")


BAD_LOGS = [
    ({"container": "nope"}, 400),
    ({"tailLines": "-1"}, 422),
    ({"sinceSeconds": "1", "sinceTime": "2020-01-01T00:00:00Z"}, 422),
]


@pytest.mark.parametrize(("query", "status"), BAD_LOGS)
def test_wrong_log_options_are_refused(wire: Any, query: dict[str, str], status: int) -> None:
    wire.create("pods", pod("a"))
    answer = wire.request("GET", wire.path("pods", "a", "log", **query))
    assert answer.status == status
    if status == 422:
        assert answer.document["details"]["kind"] == "PodLogOptions"


def test_one_of_several_containers_must_be_named(wire: Any) -> None:
    containers = [{"name": name, "image": "x"} for name in ("one", "two")]
    wire.create("pods", {"metadata": {"name": "a"}, "spec": {"containers": containers}})
    answer = wire.request("GET", wire.path("pods", "a", "log"))
    assert (answer.status, answer.reason) == (400, "BadRequest")
    assert answer.document["message"].startswith(
        "a container name must be specified for pod a, choose one of: [one two]"
    )


@pytest.mark.parametrize("subresource", ["exec", "attach", "portforward"])
def test_nothing_runs_in_a_pod_without_a_host(wire: Any, subresource: str) -> None:
    wire.create("pods", pod("a"))
    answer = wire.request("GET", wire.path("pods", "a", subresource, command="ls", stdout="1", ports="80"))
    assert (answer.status, answer.document["message"]) == (400, "pod a does not have a host assigned")


def test_ephemeral_containers_are_added_through_their_own_path(wire: Any) -> None:
    wire.create("pods", pod("a"))
    path = wire.path("pods", "a", "ephemeralcontainers")
    debugger = {"name": "debug", "image": "busybox"}
    change = {"metadata": {"labels": {"x": "y"}}, "spec": {"ephemeralContainers": [debugger]}}
    patched = wire.patch(path, change, STRATEGIC)
    assert (patched.status, patched.document["kind"]) == (200, "Pod")
    assert [item["name"] for item in patched.document["spec"]["ephemeralContainers"]] == ["debug"]
    assert patched.document["metadata"]["labels"] == {"app": "a"}
    removed = wire.patch(path, {"spec": {"ephemeralContainers": []}})
    assert (removed.status, removed.causes) == (422, [("FieldValueForbidden", "spec.ephemeralContainers")])
    doubled = wire.patch(path, {"spec": {"ephemeralContainers": [{"name": "main", "image": "x"}]}}, STRATEGIC)
    assert ("FieldValueDuplicate", "spec.ephemeralContainers[0].name") in doubled.causes


def test_resources_are_changed_through_resize_alone(wire: Any) -> None:
    resources = {"requests": {"cpu": "100m"}, "limits": {"cpu": "200m"}}
    container = {"name": "main", "image": "nginx", "resources": resources}
    wire.create("pods", {"metadata": {"name": "a"}, "spec": {"containers": [container]}})
    change = {"spec": {"containers": [{"name": "main", "image": "other", "resources": {"requests": {"cpu": "150m"}}}]}}
    patched = wire.patch(wire.path("pods", "a", "resize"), change, STRATEGIC)
    (resized,) = patched.document["spec"]["containers"]
    assert (resized["image"], resized["resources"]["requests"]) == ("nginx", {"cpu": "150m"})
    assert patched.document["metadata"]["generation"] == 2
    added = {"spec": {"containers": [{"name": "new", "image": "x"}]}}
    refused = wire.patch(wire.path("pods", "a", "resize"), added, STRATEGIC)
    assert (refused.status, refused.causes) == (422, [("FieldValueForbidden", "spec.containers")])


def test_pods_are_selected_by_their_fields(wire: Any) -> None:
    wire.create("pods", pod("a", nodeName="n1"))
    wire.create("pods", pod("b"))
    assert wire.request("GET", wire.path("pods", fieldSelector="spec.nodeName=n1")).names == ["a"]
    assert wire.request("GET", wire.path("pods", fieldSelector="status.phase!=Pending")).names == []
    answer = wire.request("GET", wire.path("pods", fieldSelector="spec.foo=x"))
    assert (answer.status, answer.document["message"]) == (400, "field label not supported: spec.foo")


def test_the_generation_of_a_deployment_counts_changes_of_its_spec(wire: Any) -> None:
    created = wire.create("deployments", deployment("d"), group="apps/v1").document
    assert (created["metadata"]["generation"], created["spec"]["replicas"]) == (1, 1)
    path = wire.path("deployments", "d", group="apps/v1")
    changed = wire.patch(path, {"spec": {"replicas": 3}})
    assert changed.document["metadata"]["generation"] == 2
    labelled = wire.patch(path, {"metadata": {"labels": {"x": "y"}}})
    assert labelled.document["metadata"]["generation"] == 2
    ignored = wire.patch(path, {"status": {"replicas": 9}})
    assert (ignored.document["status"], ignored.version) == ({}, labelled.version)
    status = wire.patch(f"{path}/status", {"status": {"replicas": 3, "observedGeneration": 2}})
    assert status.document["status"] == {"observedGeneration": 2, "replicas": 3}
    assert status.document["metadata"]["generation"] == 2


def test_scale_changes_the_replicas(wire: Any) -> None:
    created = wire.create("deployments", deployment("d"), group="apps/v1")
    path = wire.path("deployments", "d", "scale", group="apps/v1")
    scale = wire.request("GET", path).document
    assert (scale["kind"], scale["apiVersion"]) == ("Scale", "autoscaling/v1")
    assert (scale["spec"], scale["status"]) == ({"replicas": 1}, {"replicas": 0, "selector": "a=b"})
    assert scale["metadata"]["uid"] == created.document["metadata"]["uid"]
    put = wire.request("PUT", path, {"metadata": {"name": "d"}, "spec": {"replicas": 5}})
    assert (put.status, put.document["spec"]) == (200, {"replicas": 5})
    assert wire.patch(path, {"spec": {"replicas": 6}}).document["spec"] == {"replicas": 6}
    parent = wire.request("GET", wire.path("deployments", "d", group="apps/v1")).document
    assert (parent["spec"]["replicas"], parent["metadata"]["generation"]) == (6, 3)
    stale = {"metadata": {"name": "d", "resourceVersion": "1"}, "spec": {"replicas": 5}}
    conflict = wire.request("PUT", path, stale)
    assert (conflict.status, conflict.document["details"]["kind"]) == (409, "deployments")
    negative = wire.patch(path, {"spec": {"replicas": -1}})
    assert (negative.status, negative.document["details"]["kind"]) == (422, "Scale")


def test_the_selector_of_a_deployment_stays_and_fits(wire: Any) -> None:
    wire.create("deployments", deployment("d"), group="apps/v1")
    path = wire.path("deployments", "d", group="apps/v1")
    answer = wire.patch(path, {"spec": {"selector": {"matchLabels": {"q": "q"}}}})
    assert answer.status == 422
    assert ("FieldValueInvalid", "spec.selector") in answer.causes
    empty = wire.request("POST", wire.path("deployments", group="apps/v1"), {"metadata": {"name": "d3"}})
    assert [field for _, field in empty.causes] == [
        "spec.selector",
        "spec.template.metadata.labels",
        "spec.template.spec.containers",
    ]


def test_a_service_gets_an_address_and_keeps_it(wire: Any) -> None:
    spec = wire.create("services", {"metadata": {"name": "svc"}, "spec": {"ports": [{"port": 80}]}}).document["spec"]
    assert spec["clusterIP"].startswith("10.0.")
    assert spec["clusterIPs"] == [spec["clusterIP"]]
    assert spec["ports"] == [{"protocol": "TCP", "port": 80, "targetPort": 80}]
    body = {"metadata": {"name": "svc"}, "spec": {"ports": [{"port": 81}]}}
    replaced = wire.request("PUT", wire.path("services", "svc"), body)
    assert (replaced.status, replaced.document["spec"]["clusterIP"]) == (200, spec["clusterIP"])


def test_a_secret_takes_text_and_checks_its_data(wire: Any) -> None:
    created = wire.create("secrets", {"metadata": {"name": "s"}, "stringData": {"a": "b"}}).document
    assert (created["data"], created["type"], "stringData" in created) == ({"a": "Yg=="}, "Opaque", False)
    bad = wire.request("POST", wire.path("secrets"), {"metadata": {"name": "s2"}, "data": {"a": "###"}})
    assert (bad.status, bad.reason) == (400, "BadRequest")


def test_what_is_immutable_stays(wire: Any) -> None:
    wire.create("configmaps", wire.config_map("im", immutable=True, data={"a": "b"}))
    answer = wire.patch(wire.path("configmaps", "im"), {"data": {"a": "c"}})
    assert (answer.status, answer.causes) == (422, [("FieldValueForbidden", "data")])


def test_a_lease_has_microseconds_and_needs_a_version_to_be_replaced(wire: Any) -> None:
    spec = {"holderIdentity": "me", "renewTime": "2024-05-06T07:08:09.123456Z", "leaseDurationSeconds": 10}
    leases = "coordination.k8s.io/v1"
    body: dict[str, Any] = {"metadata": {"name": "l"}, "spec": spec}
    created = wire.create("leases", body, group=leases)
    assert created.document["spec"]["renewTime"] == "2024-05-06T07:08:09.123456Z"
    path = wire.path("leases", "l", group=leases)
    answer = wire.request("PUT", path, body)
    assert (answer.status, answer.causes) == (422, [("FieldValueInvalid", "metadata.resourceVersion")])
    body["metadata"]["resourceVersion"] = created.version
    assert wire.request("PUT", path, body).status == 200
    fresh = {"metadata": {"name": "new"}, "spec": spec}
    assert wire.request("PUT", wire.path("leases", "new", group=leases), fresh).status == 201


def test_a_namespace_is_active_and_labelled(wire: Any) -> None:
    document = wire.request("GET", f"/api/v1/namespaces/{wire.namespace}").document
    assert document["metadata"]["labels"] == {"kubernetes.io/metadata.name": wire.namespace}
    assert (document["spec"], document["status"]) == ({"finalizers": ["kubernetes"]}, {"phase": "Active"})


def test_finalizing_a_deleted_namespace_removes_it(wire: Any) -> None:
    path = f"/api/v1/namespaces/{wire.namespace}"
    deleted = wire.request("DELETE", path)
    assert deleted.document["status"]["phase"] == "Terminating"
    assert "deletionTimestamp" in wire.request("GET", path).document["metadata"]
    body = {"metadata": {"name": wire.namespace}, "spec": {"finalizers": []}}
    finalized = wire.request("PUT", f"{path}/finalize", body)
    assert (finalized.status, finalized.document["spec"]) == (200, {})
    assert wire.request("GET", path).status == 404


@pytest.mark.parametrize("name", ["default", "kube-system", "kube-public", "kube-node-lease"])
def test_some_namespaces_are_always_there(wire: Any, name: str) -> None:
    pause = threading.Event()
    for _ in range(1000):  # a real server makes them a moment after it has begun to serve
        answer = wire.request("GET", f"/api/v1/namespaces/{name}")
        if answer.status != 404:
            break
        pause.wait(0.02)
    assert answer.document["status"] == {"phase": "Active"}


def test_events_are_selected_by_what_they_are_about(wire: Any) -> None:
    about = {"kind": "Pod", "name": "a", "namespace": wire.namespace}
    body = {"metadata": {"generateName": "ev-"}, "involvedObject": about, "reason": "R", "type": "Normal"}
    wire.create("events", body)
    selector = "involvedObject.name=a,involvedObject.kind=Pod,type=Normal,reason=R"
    assert len(wire.request("GET", wire.path("events", fieldSelector=selector)).names) == 1
    assert wire.request("GET", wire.path("events", fieldSelector="reason=Other")).names == []


TOKEN_VOLUME = {"name": "t", "projected": {"sources": [{"serviceAccountToken": {"path": "token"}}]}}
TOKEN_SPEC = {"volumes": [TOKEN_VOLUME], "containers": [{"name": "c", "image": "x"}]}
TOKEN_TEMPLATE = {"metadata": {"labels": {"a": "b"}}, "spec": TOKEN_SPEC}
WORKLOAD = {"selector": {"matchLabels": {"a": "b"}}, "template": TOKEN_TEMPLATE}


@pytest.mark.parametrize(
    ("plural", "group", "spec"),
    [
        ("deployments", "apps/v1", WORKLOAD),
        ("replicasets", "apps/v1", WORKLOAD),
        ("daemonsets", "apps/v1", WORKLOAD),
        ("statefulsets", "apps/v1", {**WORKLOAD, "serviceName": "s"}),
        ("jobs", "batch/v1", {"template": {"spec": {**TOKEN_SPEC, "restartPolicy": "Never"}}}),
    ],
)
def test_a_template_may_project_a_token_without_naming_an_account(
    wire: Any, plural: str, group: str, spec: dict[str, Any]
) -> None:
    wire.create(plural, {"metadata": {"name": "a"}, "spec": spec}, group=group)


def test_a_pod_may_not_project_a_token_without_an_account(wire: Any) -> None:
    answer = wire.request("POST", wire.path("pods"), {"metadata": {"name": "a"}, "spec": TOKEN_SPEC})
    field = "spec.volumes[0].projected.sources[0].serviceAccountToken"
    assert (answer.status, answer.causes) == (422, [("FieldValueForbidden", field)])


POD_SPEC = {"containers": [{"name": "c", "image": "x"}]}
BUDGET_PATH = ("poddisruptionbudgets", "policy/v1")


@pytest.mark.parametrize(
    ("plural", "group", "body", "accepted"),
    [
        ("configmaps", "", {}, False),
        ("secrets", "", {}, False),
        ("serviceaccounts", "", {}, False),
        ("endpoints", "", {}, False),
        ("services", "", {"spec": {"ports": [{"port": 80}]}}, False),
        ("pods", "", {"spec": POD_SPEC}, False),
        ("jobs", "batch/v1", {"spec": {"template": {"spec": {**POD_SPEC, "restartPolicy": "Never"}}}}, False),
        ("deployments", "apps/v1", {"spec": deployment("f")["spec"]}, False),
        ("leases", "coordination.k8s.io/v1", {}, True),
        (*BUDGET_PATH, {"spec": {}}, True),
    ],
)
def test_some_kinds_take_finalizers_without_a_domain(
    wire: Any, plural: str, group: str, body: dict[str, Any], accepted: bool
) -> None:
    answer = wire.request(
        "POST", wire.path(plural, group=group), {**body, "metadata": {"name": "f", "finalizers": ["nodomain"]}}
    )
    assert answer.status == (201 if accepted else 422)
    if not accepted:
        assert answer.causes == [("FieldValueInvalid", "metadata.finalizers[0]")]


def test_a_malformed_finalizer_is_invalid_everywhere(wire: Any) -> None:
    for plural, group in (("configmaps", ""), BUDGET_PATH):
        body = {"metadata": {"name": "f", "finalizers": ["a/b/c"]}}
        answer = wire.request("POST", wire.path(plural, group=group), body)
        assert (answer.status, answer.causes) == (422, [("FieldValueInvalid", "metadata.finalizers")])


def test_a_finalizer_of_the_spec_of_a_namespace_needs_a_domain(wire: Any) -> None:
    body = {"metadata": {"name": f"{wire.namespace}-f"}, "spec": {"finalizers": ["nodomain"]}}
    answer = wire.request("POST", "/api/v1/namespaces", body)
    assert (answer.status, answer.causes) == (422, [("FieldValueInvalid", "spec.finalizers")])
