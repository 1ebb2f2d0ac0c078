"""The behaviour of built-in kinds: defaults, status, scale, grace periods and immutable fields."""

from typing import Any

import pytest

from support.polling import wait_until

STRATEGIC = "application/strategic-merge-patch+json"


def pod(name: str, **spec: Any) -> dict[str, Any]:
    containers = [{"name": "main", "image": "nginx"}]
    return {"metadata": {"name": name, "labels": {"app": name}}, "spec": {"containers": containers, **spec}}


def deployment(name: str) -> dict[str, Any]:
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}}
    return {"metadata": {"name": name}, "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": template}}


def test_new_pod_has_defaults_and_is_pending(client: Any) -> None:
    created = client.create("pods", {**pod("a"), "status": {"phase": "Running"}}).document
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


INVALID_PODS = [
    ({"metadata": {"name": "x"}}, "spec.containers"),
    ({"metadata": {"name": "x"}, "spec": {"containers": [{"name1": "a", "image": "b"}]}}, "spec.containers[0].name"),
]


@pytest.mark.parametrize(("body", "field"), INVALID_PODS)
def test_pod_containers_require_names(client: Any, body: dict[str, Any], field: str) -> None:
    answer = client.request("POST", client.path("pods"), body)
    assert (answer.status, answer.causes) == (422, [("FieldValueRequired", field)])


def test_error_responses_contain_warnings(client: Any) -> None:
    answer = client.request("POST", client.path("pods"), INVALID_PODS[1][0])
    assert (answer.status, answer.warnings) == (422, ['299 - "unknown field \\"spec.containers[0].name1\\""'])


def test_pod_spec_is_immutable(client: Any) -> None:
    client.create("pods", pod("a"))
    answer = client.patch(client.path("pods", "a"), {"spec": {"containers": [{"name": "zz", "image": "b"}]}})
    assert (answer.status, answer.causes) == (422, [("FieldValueForbidden", "spec")])


def test_pod_status_is_written_through_its_subresource(client: Any) -> None:
    client.create("pods", pod("a"))
    ignored = client.patch(client.path("pods", "a"), {"status": {"phase": "Failed"}})
    assert ignored.document["status"]["phase"] == "Pending"
    change = {"status": {"phase": "Running"}, "spec": {"nodeName": "no"}, "metadata": {"labels": {"via": "status"}}}
    patched = client.patch(client.path("pods", "a", "status"), change)
    assert patched.document["status"]["phase"] == "Running"
    assert "nodeName" not in patched.document["spec"]
    assert patched.document["metadata"]["labels"]["via"] == "status"
    assert patched.document["metadata"]["generation"] == 1
    entries = patched.document["metadata"]["managedFields"]
    assert "status" in [entry.get("subresource") for entry in entries]
    assert client.request("GET", client.path("pods", "a", "status")).document["kind"] == "Pod"


def test_unscheduled_pod_is_deleted_at_once_and_returned(client: Any) -> None:
    client.create("pods", pod("a"))
    answer = client.request("DELETE", client.path("pods", "a"))
    assert (answer.status, answer.document["kind"]) == (200, "Pod")
    assert answer.document["metadata"]["deletionGracePeriodSeconds"] == 0
    assert client.request("GET", client.path("pods", "a")).status == 404


def test_scheduled_pod_is_deleted_after_its_grace_period(client: Any) -> None:
    client.create("pods", pod("a"))
    binding = {"metadata": {"name": "a"}, "target": {"kind": "Node", "name": "n1"}}
    bound = client.request("POST", client.path("pods", "a", "binding"), binding)
    assert (bound.status, bound.document["status"], bound.document["code"]) == (201, "Success", 201)
    scheduled = client.request("GET", client.path("pods", "a")).document
    assert scheduled["spec"]["nodeName"] == "n1"
    assert [(item["type"], item["status"]) for item in scheduled["status"]["conditions"]] == [("PodScheduled", "True")]
    deleted = client.request("DELETE", client.path("pods", "a"))
    metadata = deleted.document["metadata"]
    assert (metadata["deletionGracePeriodSeconds"], metadata["generation"]) == (30, 2)
    assert client.request("DELETE", client.path("pods", "a")).resource_version == deleted.resource_version
    assert client.request("DELETE", client.path("pods", "a", gracePeriodSeconds="0")).status == 200
    assert client.request("GET", client.path("pods", "a")).status == 404


def test_eviction_deletes_the_pod(client: Any) -> None:
    client.create("pods", pod("a"))
    path = client.path("pods", "a", "eviction")
    for metadata in ({}, {"name": "zz"}):
        assert client.request("POST", path, {"metadata": metadata}).status == 400
    evicted = client.request("POST", path, {"metadata": {"name": "a"}})
    assert (evicted.status, evicted.document["status"], evicted.document["code"]) == (201, "Success", 201)
    assert client.request("POST", path, {"metadata": {"name": "a"}}).status == 404


BUDGET_GROUP = {"group": "policy/v1"}


def test_disruption_budget_limits_evictions(client: Any) -> None:
    client.create("pods", pod("a", nodeName="n1"))
    ready = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
    client.patch(client.path("pods", "a", "status"), {"status": ready})
    spec = {"minAvailable": 1, "selector": {"matchLabels": {"app": "a"}}}
    created = client.create("poddisruptionbudgets", {"metadata": {"name": "pdb"}, "spec": spec}, **BUDGET_GROUP)
    assert created.document["status"]["disruptionsAllowed"] == 0
    budget = client.path("poddisruptionbudgets", "pdb", **BUDGET_GROUP)

    def evict() -> Any:
        return client.request("POST", client.path("pods", "a", "eviction"), {"metadata": {"name": "a"}})

    unseen = evict()
    assert (unseen.status, unseen.reason, unseen.header("Retry-After")) == (429, "TooManyRequests", "10")
    assert unseen.document["details"]["retryAfterSeconds"] == 10
    counts = {"observedGeneration": 1, "currentHealthy": 1, "desiredHealthy": 1, "expectedPods": 1}
    client.patch(f"{budget}/status", {"status": {**counts, "disruptionsAllowed": 0}})
    blocked = evict()
    assert (blocked.status, blocked.header("Retry-After")) == (429, None)
    assert blocked.document["details"]["causes"][0]["reason"] == "DisruptionBudget"
    client.patch(f"{budget}/status", {"status": {"disruptionsAllowed": 1}})
    assert evict().status == 201
    spent = client.request("GET", budget).document["status"]
    assert (spent["disruptionsAllowed"], list(spent["disruptedPods"])) == (0, ["a"])
    conditions = client.request("GET", client.path("pods", "a")).document["status"]["conditions"]
    assert ("DisruptionTarget", "EvictionByEvictionAPI") in [(c["type"], c.get("reason")) for c in conditions]


def test_log_of_a_pod_without_a_node_is_empty(client: Any) -> None:
    client.create("pods", pod("a"))
    answer = client.request("GET", client.path("pods", "a", "log"))
    assert (answer.status, answer.body) == (204, b"")


INVALID_LOG_OPTIONS = [
    ({"container": "nope"}, 400),
    ({"tailLines": "-1"}, 422),
    ({"sinceSeconds": "1", "sinceTime": "2020-01-01T00:00:00Z"}, 422),
]


@pytest.mark.parametrize(("query", "status"), INVALID_LOG_OPTIONS)
def test_log_options_are_validated(client: Any, query: dict[str, str], status: int) -> None:
    client.create("pods", pod("a"))
    answer = client.request("GET", client.path("pods", "a", "log", **query))
    assert answer.status == status
    if status == 422:
        assert answer.document["details"]["kind"] == "PodLogOptions"


def test_log_of_a_pod_with_several_containers_requires_a_container_name(client: Any) -> None:
    containers = [{"name": name, "image": "x"} for name in ("one", "two")]
    client.create("pods", {"metadata": {"name": "a"}, "spec": {"containers": containers}})
    answer = client.request("GET", client.path("pods", "a", "log"))
    assert (answer.status, answer.reason) == (400, "BadRequest")
    assert answer.document["message"].startswith(
        "a container name must be specified for pod a, choose one of: [one two]"
    )


@pytest.mark.parametrize("subresource", ["exec", "attach", "portforward"])
def test_exec_in_a_pod_without_a_node_is_a_bad_request(client: Any, subresource: str) -> None:
    client.create("pods", pod("a"))
    answer = client.request("GET", client.path("pods", "a", subresource, command="ls", stdout="1", ports="80"))
    assert (answer.status, answer.document["message"]) == (400, "pod a does not have a host assigned")


def test_ephemeral_containers_are_added_through_their_subresource(client: Any) -> None:
    client.create("pods", pod("a"))
    path = client.path("pods", "a", "ephemeralcontainers")
    debugger = {"name": "debug", "image": "busybox"}
    change = {"metadata": {"labels": {"x": "y"}}, "spec": {"ephemeralContainers": [debugger]}}
    patched = client.patch(path, change, STRATEGIC)
    assert (patched.status, patched.document["kind"]) == (200, "Pod")
    assert [item["name"] for item in patched.document["spec"]["ephemeralContainers"]] == ["debug"]
    assert patched.document["metadata"]["labels"] == {"app": "a"}
    removed = client.patch(path, {"spec": {"ephemeralContainers": []}})
    assert (removed.status, removed.causes) == (422, [("FieldValueForbidden", "spec.ephemeralContainers")])
    doubled = client.patch(path, {"spec": {"ephemeralContainers": [{"name": "main", "image": "x"}]}}, STRATEGIC)
    assert ("FieldValueDuplicate", "spec.ephemeralContainers[0].name") in doubled.causes


def test_container_resources_change_only_through_resize(client: Any) -> None:
    resources = {"requests": {"cpu": "100m"}, "limits": {"cpu": "200m"}}
    container = {"name": "main", "image": "nginx", "resources": resources}
    client.create("pods", {"metadata": {"name": "a"}, "spec": {"containers": [container]}})
    change = {"spec": {"containers": [{"name": "main", "image": "other", "resources": {"requests": {"cpu": "150m"}}}]}}
    patched = client.patch(client.path("pods", "a", "resize"), change, STRATEGIC)
    (resized,) = patched.document["spec"]["containers"]
    assert (resized["image"], resized["resources"]["requests"]) == ("nginx", {"cpu": "150m"})
    assert patched.document["metadata"]["generation"] == 2
    added = {"spec": {"containers": [{"name": "new", "image": "x"}]}}
    refused = client.patch(client.path("pods", "a", "resize"), added, STRATEGIC)
    assert (refused.status, refused.causes) == (422, [("FieldValueForbidden", "spec.containers")])


def test_pods_are_selected_by_node_name_and_phase(client: Any) -> None:
    client.create("pods", pod("a", nodeName="n1"))
    client.create("pods", pod("b"))
    assert client.request("GET", client.path("pods", fieldSelector="spec.nodeName=n1")).names == ["a"]
    assert client.request("GET", client.path("pods", fieldSelector="status.phase!=Pending")).names == []
    answer = client.request("GET", client.path("pods", fieldSelector="spec.foo=x"))
    assert (answer.status, answer.document["message"]) == (400, "field label not supported: spec.foo")


def test_deployment_generation_increases_with_spec_changes(client: Any) -> None:
    created = client.create("deployments", deployment("d"), group="apps/v1").document
    assert (created["metadata"]["generation"], created["spec"]["replicas"]) == (1, 1)
    path = client.path("deployments", "d", group="apps/v1")
    changed = client.patch(path, {"spec": {"replicas": 3}})
    assert changed.document["metadata"]["generation"] == 2
    labelled = client.patch(path, {"metadata": {"labels": {"x": "y"}}})
    assert labelled.document["metadata"]["generation"] == 2
    ignored = client.patch(path, {"status": {"replicas": 9}})
    assert (ignored.document["status"], ignored.resource_version) == ({}, labelled.resource_version)
    status = client.patch(f"{path}/status", {"status": {"replicas": 3, "observedGeneration": 2}})
    assert status.document["status"] == {"observedGeneration": 2, "replicas": 3}
    assert status.document["metadata"]["generation"] == 2


def test_scale_updates_the_replicas(client: Any) -> None:
    created = client.create("deployments", deployment("d"), group="apps/v1")
    path = client.path("deployments", "d", "scale", group="apps/v1")
    scale = client.request("GET", path).document
    assert (scale["kind"], scale["apiVersion"]) == ("Scale", "autoscaling/v1")
    assert (scale["spec"], scale["status"]) == ({"replicas": 1}, {"replicas": 0, "selector": "a=b"})
    assert scale["metadata"]["uid"] == created.document["metadata"]["uid"]
    put = client.request("PUT", path, {"metadata": {"name": "d"}, "spec": {"replicas": 5}})
    assert (put.status, put.document["spec"]) == (200, {"replicas": 5})
    assert client.patch(path, {"spec": {"replicas": 6}}).document["spec"] == {"replicas": 6}
    parent = client.request("GET", client.path("deployments", "d", group="apps/v1")).document
    assert (parent["spec"]["replicas"], parent["metadata"]["generation"]) == (6, 3)
    stale = {"metadata": {"name": "d", "resourceVersion": "1"}, "spec": {"replicas": 5}}
    conflict = client.request("PUT", path, stale)
    assert (conflict.status, conflict.document["details"]["kind"]) == (409, "deployments")
    negative = client.patch(path, {"spec": {"replicas": -1}})
    assert (negative.status, negative.document["details"]["kind"]) == (422, "Scale")


def test_deployment_selector_is_immutable_and_must_match_the_template(client: Any) -> None:
    client.create("deployments", deployment("d"), group="apps/v1")
    path = client.path("deployments", "d", group="apps/v1")
    answer = client.patch(path, {"spec": {"selector": {"matchLabels": {"q": "q"}}}})
    assert answer.status == 422
    assert ("FieldValueInvalid", "spec.selector") in answer.causes
    empty = client.request("POST", client.path("deployments", group="apps/v1"), {"metadata": {"name": "d3"}})
    assert [field for _, field in empty.causes] == [
        "spec.selector",
        "spec.template.metadata.labels",
        "spec.template.spec.containers",
    ]


def test_service_keeps_its_allocated_cluster_ip(client: Any) -> None:
    spec = client.create("services", {"metadata": {"name": "svc"}, "spec": {"ports": [{"port": 80}]}}).document["spec"]
    assert spec["clusterIP"].startswith("10.0.")
    assert spec["clusterIPs"] == [spec["clusterIP"]]
    assert spec["ports"] == [{"protocol": "TCP", "port": 80, "targetPort": 80}]
    body = {"metadata": {"name": "svc"}, "spec": {"ports": [{"port": 81}]}}
    replaced = client.request("PUT", client.path("services", "svc"), body)
    assert (replaced.status, replaced.document["spec"]["clusterIP"]) == (200, spec["clusterIP"])


def test_secret_encodes_string_data_and_validates_data(client: Any) -> None:
    created = client.create("secrets", {"metadata": {"name": "s"}, "stringData": {"a": "b"}}).document
    assert (created["data"], created["type"], "stringData" in created) == ({"a": "Yg=="}, "Opaque", False)
    bad = client.request("POST", client.path("secrets"), {"metadata": {"name": "s2"}, "data": {"a": "###"}})
    assert (bad.status, bad.reason) == (400, "BadRequest")


def test_immutable_config_maps_and_secrets_cannot_change(client: Any) -> None:
    client.create("configmaps", client.config_map("im", immutable=True, data={"a": "b"}))
    answer = client.patch(client.path("configmaps", "im"), {"data": {"a": "c"}})
    assert (answer.status, answer.causes) == (422, [("FieldValueForbidden", "data")])


def test_lease_has_microseconds_and_update_requires_a_resource_version(client: Any) -> None:
    spec = {"holderIdentity": "me", "renewTime": "2024-05-06T07:08:09.123456Z", "leaseDurationSeconds": 10}
    leases = "coordination.k8s.io/v1"
    body: dict[str, Any] = {"metadata": {"name": "l"}, "spec": spec}
    created = client.create("leases", body, group=leases)
    assert created.document["spec"]["renewTime"] == "2024-05-06T07:08:09.123456Z"
    path = client.path("leases", "l", group=leases)
    answer = client.request("PUT", path, body)
    assert (answer.status, answer.causes) == (422, [("FieldValueInvalid", "metadata.resourceVersion")])
    body["metadata"]["resourceVersion"] = created.resource_version
    assert client.request("PUT", path, body).status == 200
    fresh = {"metadata": {"name": "new"}, "spec": spec}
    assert client.request("PUT", client.path("leases", "new", group=leases), fresh).status == 201


def test_new_namespace_is_active_and_has_the_name_label(client: Any) -> None:
    document = client.request("GET", f"/api/v1/namespaces/{client.namespace}").document
    assert document["metadata"]["labels"] == {"kubernetes.io/metadata.name": client.namespace}
    assert (document["spec"], document["status"]) == ({"finalizers": ["kubernetes"]}, {"phase": "Active"})


def test_finalize_removes_a_terminating_namespace(client: Any) -> None:
    path = f"/api/v1/namespaces/{client.namespace}"
    deleted = client.request("DELETE", path)
    assert deleted.document["status"]["phase"] == "Terminating"
    assert "deletionTimestamp" in client.request("GET", path).document["metadata"]
    body = {"metadata": {"name": client.namespace}, "spec": {"finalizers": []}}
    finalized = client.request("PUT", f"{path}/finalize", body)
    assert (finalized.status, finalized.document["spec"]) == (200, {})
    assert client.request("GET", path).status == 404


@pytest.mark.parametrize("name", ["default", "kube-system", "kube-public", "kube-node-lease"])
def test_initial_namespaces_exist(client: Any, name: str) -> None:
    def found() -> Any:
        response = client.request("GET", f"/api/v1/namespaces/{name}")
        return None if response.status == 404 else response

    # A real server creates them shortly after it starts to serve.
    assert wait_until(found, f"the namespace {name}").document["status"] == {"phase": "Active"}


def test_events_are_selected_by_their_involved_object(client: Any) -> None:
    about = {"kind": "Pod", "name": "a", "namespace": client.namespace}
    body = {"metadata": {"generateName": "ev-"}, "involvedObject": about, "reason": "R", "type": "Normal"}
    client.create("events", body)
    selector = "involvedObject.name=a,involvedObject.kind=Pod,type=Normal,reason=R"
    assert len(client.request("GET", client.path("events", fieldSelector=selector)).names) == 1
    assert client.request("GET", client.path("events", fieldSelector="reason=Other")).names == []


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
def test_pod_template_may_project_a_token_without_a_service_account(
    client: Any, plural: str, group: str, spec: dict[str, Any]
) -> None:
    client.create(plural, {"metadata": {"name": "a"}, "spec": spec}, group=group)


def test_pod_with_a_projected_token_requires_a_service_account(client: Any) -> None:
    answer = client.request("POST", client.path("pods"), {"metadata": {"name": "a"}, "spec": TOKEN_SPEC})
    field = "spec.volumes[0].projected.sources[0].serviceAccountToken"
    assert (answer.status, answer.causes) == (422, [("FieldValueForbidden", field)])


POD_SPEC = {"containers": [{"name": "c", "image": "x"}]}


@pytest.mark.parametrize(
    ("spec", "cause"),
    [
        ({"completionMode": "X"}, ("FieldValueNotSupported", "spec.completionMode")),
        ({"activeDeadlineSeconds": -1}, ("FieldValueInvalid", "spec.activeDeadlineSeconds")),
        ({"backoffLimitPerIndex": 1}, ("FieldValueInvalid", "spec.backoffLimitPerIndex")),
    ],
)
def test_job_with_a_wrong_field_is_invalid(client: Any, spec: dict[str, Any], cause: tuple[str, str]) -> None:
    body = {"metadata": {"name": "a"}, "spec": {"template": {"spec": {**POD_SPEC, "restartPolicy": "Never"}}, **spec}}
    answer = client.request("POST", client.path("jobs", group="batch/v1"), body)
    assert (answer.status, answer.causes) == (422, [cause])


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
def test_some_kinds_allow_unqualified_finalizers(
    client: Any, plural: str, group: str, body: dict[str, Any], accepted: bool
) -> None:
    answer = client.request(
        "POST", client.path(plural, group=group), {**body, "metadata": {"name": "f", "finalizers": ["nodomain"]}}
    )
    assert answer.status == (201 if accepted else 422)
    if not accepted:
        assert answer.causes == [("FieldValueInvalid", "metadata.finalizers[0]")]


def test_malformed_finalizer_is_invalid_in_all_kinds(client: Any) -> None:
    for plural, group in (("configmaps", ""), BUDGET_PATH):
        body = {"metadata": {"name": "f", "finalizers": ["a/b/c"]}}
        answer = client.request("POST", client.path(plural, group=group), body)
        assert (answer.status, answer.causes) == (422, [("FieldValueInvalid", "metadata.finalizers")])


def test_namespace_spec_finalizer_requires_a_domain(client: Any) -> None:
    body = {"metadata": {"name": f"{client.namespace}-f"}, "spec": {"finalizers": ["nodomain"]}}
    answer = client.request("POST", "/api/v1/namespaces", body)
    assert (answer.status, answer.causes) == (422, [("FieldValueInvalid", "spec.finalizers")])
