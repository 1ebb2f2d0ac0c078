"""The order of the checks of requests, and details of responses that the random comparison has found."""

from typing import Any

import pytest

JSON_PATCH = "application/json-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
SERVICE = {"metadata": {"name": "s"}, "spec": {"ports": [{"port": 80}]}}


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [("[]", "application/merge-patch+json", 404), ("{", JSON_PATCH, 400), ("[]", "text/plain", 415)],
)
def test_patch_of_a_missing_object_checks_the_body_first(
    client: Any, body: str, content_type: str, status: int
) -> None:
    response = client.patch(client.path("configmaps", "missing"), body, content_type)
    assert response.status == status


@pytest.mark.parametrize("accept", ["application/*", "text/html"])
def test_built_in_kinds_need_an_exact_media_type(client: Any, accept: str) -> None:
    response = client.request("GET", client.path("configmaps"), accept=accept)
    assert (response.status, response.reason, response.document["details"]) == (406, "NotAcceptable", {})


def test_list_options_report_all_causes(client: Any) -> None:
    response = client.request("GET", client.path("configmaps", resourceVersionMatch="Wrong"))
    assert response.causes == [
        ("FieldValueForbidden", "resourceVersionMatch"),
        ("FieldValueNotSupported", "resourceVersionMatch"),
    ]


@pytest.mark.parametrize(("selector", "status"), [("a b", 400), ("spec.no=x", 422)])
def test_list_options_are_checked_between_the_syntax_and_the_fields_of_selectors(
    client: Any, selector: str, status: int
) -> None:
    path = client.path("configmaps", fieldSelector=selector, resourceVersionMatch="Exact")
    assert client.request("GET", path).status == status


def test_patch_options_report_all_causes(client: Any) -> None:
    path = client.path("configmaps", "a", fieldManager="a\x07", force="true", dryRun="Some")
    fields = [field for _, field in client.patch(path, {}).causes]
    assert fields == ["force", "fieldManager", "dryRun"]


def test_an_object_without_a_name_reports_its_other_problems(client: Any) -> None:
    response = client.request("POST", client.path("configmaps"), {"data": {"a b": "x"}})
    assert response.causes == [("FieldValueRequired", "metadata.name"), ("FieldValueInvalid", "data[a b]")]


def test_reviews_have_managed_fields(client: Any) -> None:
    spec = {"resourceAttributes": {"verb": "get", "resource": "pods"}}
    path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
    (entry,) = client.request("POST", path, {"spec": spec}).document["metadata"]["managedFields"]
    assert entry["fieldsV1"] == {"f:spec": {"f:resourceAttributes": {".": {}, "f:resource": {}, "f:verb": {}}}}


@pytest.mark.parametrize("accept", ["application/json", TABLE])
def test_bookmarks_contain_an_empty_object(client: Any, accept: str) -> None:
    query = {"watch": "1", "sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan"}
    path = client.path("deployments", group="apps/v1", allowWatchBookmarks="true", timeoutSeconds="1", **query)
    with client.watch(path, accept) as watch:
        bookmark = watch.next()["object"]
    if accept == TABLE:
        assert [row["cells"][0] for row in bookmark["rows"]] == [""]
        assert bookmark["columnDefinitions"][0]["name"] == "Name"
    else:
        template = {"metadata": {}, "spec": {"containers": None}}
        assert bookmark["spec"] == {"replicas": 0, "selector": None, "strategy": {}, "template": template}


def test_an_update_to_a_node_port_service_allocates_ports(client: Any) -> None:
    client.create("services", SERVICE)
    response = client.patch(client.path("services", "s"), {"spec": {"type": "NodePort"}})
    assert response.document["spec"]["ports"][0]["nodePort"] >= 30000
    entries = [str(entry["fieldsV1"]) for entry in response.document["metadata"]["managedFields"]]
    assert "nodePort" not in "".join(entries)
    response = client.patch(client.path("services", "s"), {"spec": {"type": "ClusterIP"}})
    assert "nodePort" not in response.document["spec"]["ports"][0]


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ({"type": "NodePort", "clusterIP": "None"}, "spec.clusterIPs[0]"),
        ({"ipFamilies": ["IPv6"]}, "spec.ipFamilies[0]"),
        ({"clusterIP": "1.2.3.4"}, "spec.clusterIPs"),
        ({"externalTrafficPolicy": "Local"}, "spec.externalTrafficPolicy"),
        ({"loadBalancerClass": "a/b"}, "spec.loadBalancerClass"),
        ({"healthCheckNodePort": 31000}, "spec.healthCheckNodePort"),
    ],
)
def test_invalid_services_are_rejected(client: Any, spec: dict[str, Any], field: str) -> None:
    body = {**SERVICE, "spec": {**SERVICE["spec"], **spec}}  # type: ignore[dict-item]  # the values are dictionaries
    response = client.request("POST", client.path("services"), body)
    assert (response.status, [name for _, name in response.causes]) == (422, [field])


def test_services_with_external_addresses_have_a_warning(client: Any) -> None:
    body = {**SERVICE, "spec": {"ports": [{"port": 80}], "externalIPs": ["192.0.2.1"]}}
    response = client.request("POST", client.path("services"), body)
    assert [text.partition('"')[2][:14] for text in response.warnings] == ["spec.externalI"]
    assert response.document["spec"]["externalTrafficPolicy"] == "Cluster"


@pytest.mark.parametrize(
    ("container", "field"),
    [
        ({"livenessProbe": {"exec": {"command": []}}}, "livenessProbe.exec.command"),
        ({"livenessProbe": {"httpGet": {"port": 0}}}, "livenessProbe.httpGet.port"),
        ({"readinessProbe": {"tcpSocket": {"port": 80}, "timeoutSeconds": -1}}, "readinessProbe.timeoutSeconds"),
    ],
)
def test_invalid_probes_are_rejected(client: Any, container: dict[str, Any], field: str) -> None:
    containers = [{"name": "c", "image": "i:1", **container}]
    response = client.request(
        "POST", client.path("pods"), {"metadata": {"name": "p"}, "spec": {"containers": containers}}
    )
    assert [name for _, name in response.causes] == [f"spec.containers[0].{field}"]


def test_a_strategic_patch_with_a_wrong_type_has_the_error_of_the_converter(client: Any) -> None:
    client.create("configmaps", client.config_map("a"))
    response = client.patch(client.path("configmaps", "a"), {"data": {"k": 5}}, STRATEGIC)
    (cause,) = response.document["details"]["causes"]
    assert cause["message"] == 'Invalid value: "map[data:map[k:5]]": cannot convert int64 to string'


def test_a_dry_run_of_a_delete_returns_the_unchanged_object(client: Any) -> None:
    client.create("services", SERVICE)
    response = client.request("DELETE", client.path("services", "s", dryRun="All"))
    assert "deletionTimestamp" not in response.document["metadata"]


def test_the_first_delete_of_a_namespace_only_marks_it(client: Any) -> None:
    namespace = client.request("GET", f"/api/v1/namespaces/{client.namespace}").document
    path = f"/api/v1/namespaces/{client.namespace}"
    client.request("PUT", f"{path}/finalize", {**namespace, "spec": {"finalizers": []}})
    assert client.request("DELETE", path).document["status"]["phase"] == "Terminating"
    assert client.request("DELETE", path).status == 200
    assert client.request("GET", path).status == 404


def test_a_claim_has_a_finalizer_and_a_phase(client: Any) -> None:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    document = client.create("persistentvolumeclaims", {"metadata": {"name": "a"}, "spec": spec}).document
    assert document["metadata"]["finalizers"] == ["kubernetes.io/pvc-protection"]
    assert document["status"] == {"phase": "Pending"}


def test_zero_values_that_go_does_not_encode_are_dropped(client: Any) -> None:
    parent = {"group": "", "resource": "services", "namespace": "a", "name": "x"}
    path = "/apis/networking.k8s.io/v1/ipaddresses"
    created = client.request("POST", path, {"metadata": {"name": "10.200.0.1"}, "spec": {"parentRef": parent}})
    assert created.document["spec"]["parentRef"] == {"resource": "services", "namespace": "a", "name": "x"}
    (entry,) = created.document["metadata"]["managedFields"]
    assert "f:group" not in entry["fieldsV1"]["f:spec"]["f:parentRef"]


def test_empty_strings_of_pointers_are_kept(client: Any) -> None:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, "storageClassName": ""}
    document = client.create("persistentvolumeclaims", {"metadata": {"name": "a"}, "spec": spec}).document
    assert document["spec"]["storageClassName"] == ""


def test_unknown_versions_of_the_core_group_have_a_status(client: Any) -> None:
    response = client.request("GET", "/api/v2")
    assert (response.status, response.reason) == (404, "NotFound")


def test_a_put_of_a_missing_status_creates_a_service_without_addresses(client: Any) -> None:
    path = client.path("services", "s")
    response = client.request("PUT", f"{path}/status", SERVICE)
    assert (response.status, "clusterIP" in response.document["spec"]) == (201, False)
    updated = client.request("PUT", path, {**SERVICE, "spec": {"ports": [{"port": 80}], "type": "NodePort"}})
    assert "nodePort" in updated.document["spec"]["ports"][0]
    assert updated.document["spec"]["ipFamilies"] == ["IPv4"]


def test_an_apply_of_a_missing_status_creates_a_service(client: Any) -> None:
    body = {"apiVersion": "v1", "kind": "Service", **SERVICE}
    path = f"{client.path('services', 's')}/status?fieldManager=a"
    assert client.patch(path, body, "application/apply-patch+yaml").status == 201


def test_a_service_gets_an_address_with_its_new_type(client: Any) -> None:
    external = {"type": "ExternalName", "externalName": "a.example.com"}
    client.create("services", {"metadata": {"name": "s"}, "spec": external})
    spec = client.request("PUT", client.path("services", "s"), SERVICE).document["spec"]
    assert spec["clusterIPs"] == [spec["clusterIP"]]


@pytest.mark.parametrize(
    ("spec", "field"),
    [({"completionMode": "Wrong"}, "completionMode"), ({"completionMode": "Indexed", "parallelism": 1}, "completions")],
)
def test_invalid_completion_modes_are_rejected(client: Any, spec: dict[str, Any], field: str) -> None:
    pod = {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i:1"}]}
    body = {"metadata": {"name": "j"}, "spec": {"template": {"spec": pod}, **spec}}
    path = f"/apis/batch/v1/namespaces/{client.namespace}/jobs"
    assert [name for _, name in client.request("POST", path, body).causes] == [f"spec.{field}"]


def _workload(**spec: Any) -> dict[str, Any]:
    labels = {"app": "a"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "i:1"}]}}
    return {"metadata": {"name": "a"}, "spec": {"selector": {"matchLabels": labels}, "template": template, **spec}}


def test_a_daemon_set_status_without_annotations_keeps_the_template_generation(client: Any) -> None:
    path = f"/apis/apps/v1/namespaces/{client.namespace}/daemonsets"
    client.request("POST", path, _workload())
    metadata = client.request("PUT", f"{path}/a/status", _workload()).document["metadata"]
    assert metadata["annotations"] == {"deprecated.daemonset.template.generation": "1"}
    assert [entry.get("subresource") for entry in metadata["managedFields"]] == [None, "status"]


def test_a_scale_without_a_change_moves_the_replicas_to_an_entry_without_a_time(client: Any) -> None:
    path = f"/apis/apps/v1/namespaces/{client.namespace}/replicasets"
    created = client.request("POST", path, _workload(replicas=2)).document["metadata"]
    client.request("PUT", f"{path}/a/scale", {"metadata": {"name": "a"}, "spec": {"replicas": 2}})
    metadata = client.request("GET", f"{path}/a").document["metadata"]
    assert metadata["resourceVersion"] != created["resourceVersion"]
    assert metadata["managedFields"][0]["fieldsV1"] == {"f:spec": {"f:replicas": {}}}
    assert ["time" in entry for entry in metadata["managedFields"]] == [False, True]


def test_an_autoscaler_of_version_1_owns_its_default_utilization(client: Any) -> None:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "a"}
    path = f"/apis/autoscaling/v1/namespaces/{client.namespace}/horizontalpodautoscalers"
    body = {"metadata": {"name": "a"}, "spec": {"maxReplicas": 2, "scaleTargetRef": target}}
    (entry,) = client.request("POST", path, body).document["metadata"]["managedFields"]
    assert "f:targetCPUUtilizationPercentage" in entry["fieldsV1"]["f:spec"]


def test_a_job_without_a_name_is_rejected(client: Any) -> None:
    response = client.request("POST", f"/apis/batch/v1/namespaces/{client.namespace}/jobs", "null")
    assert response.status == 422
    assert ("FieldValueRequired", "metadata.name") in response.causes


JOB = {"spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i:1"}]}}}}


@pytest.mark.parametrize(
    ("suspend", "template", "fields"),
    [
        (True, {"spec": {"restartPolicy": "OnFailure"}}, ["spec.template.spec"]),
        (False, {"spec": {"restartPolicy": "OnFailure"}}, ["spec.template"]),
        (
            False,
            {"metadata": {"labels": {"batch.kubernetes.io/controller-uid": "a"}}},
            ["spec.template.metadata.labels", "spec.template"],
        ),
    ],
)
def test_changes_of_the_template_of_a_job_are_rejected(
    client: Any, *, suspend: bool, template: dict[str, Any], fields: list[str]
) -> None:
    path = f"/apis/batch/v1/namespaces/{client.namespace}/jobs"
    client.request("POST", path, {"metadata": {"name": "j"}, "spec": {**JOB["spec"], "suspend": suspend}})
    response = client.patch(f"{path}/j", {"spec": {"template": template}}, STRATEGIC)
    assert [field for _, field in response.causes] == fields


def test_a_suspended_job_allows_new_resources(client: Any) -> None:
    path = f"/apis/batch/v1/namespaces/{client.namespace}/jobs"
    client.request("POST", path, {"metadata": {"name": "j"}, "spec": {**JOB["spec"], "suspend": True}})
    containers = [{"name": "c", "resources": {"limits": {"cpu": "1"}}}]
    patch = {"spec": {"template": {"spec": {"containers": containers, "nodeSelector": {"disk": "ssd"}}}}}
    assert client.patch(f"{path}/j", patch, STRATEGIC).status == 200


@pytest.mark.parametrize(("orphan", "status"), [(False, 202), (True, 200)])
def test_a_cascading_delete_of_a_kept_object_is_accepted(client: Any, *, orphan: bool, status: int) -> None:
    client.create("configmaps", {"metadata": {"name": "a", "finalizers": ["example.com/hold"]}})
    response = client.request("DELETE", client.path("configmaps", "a"), {"orphanDependents": orphan})
    assert response.status == status


def test_delete_options_report_all_causes(client: Any) -> None:
    client.create("configmaps", {"metadata": {"name": "a"}})
    options = {"orphanDependents": True, "propagationPolicy": "Wrong", "dryRun": ["Some"]}
    response = client.request("DELETE", client.path("configmaps", "a"), options)
    assert response.causes == [
        ("FieldValueInvalid", "propagationPolicy"),
        ("FieldValueNotSupported", "propagationPolicy"),
        ("FieldValueNotSupported", "dryRun"),
    ]


def test_a_status_without_a_phase_keeps_the_default_phase(client: Any) -> None:
    created = client.request("GET", f"/api/v1/namespaces/{client.namespace}")
    patch: list[Any] = [{"op": "add", "path": "/status", "value": {}}]
    updated = client.patch(f"/api/v1/namespaces/{client.namespace}/status", patch, JSON_PATCH)
    assert updated.document["status"] == {"phase": "Active"}
    assert updated.resource_version == created.resource_version


def test_the_phase_of_a_namespace_depends_on_its_deletion(client: Any) -> None:
    response = client.patch(f"/api/v1/namespaces/{client.namespace}/status", {"status": {"phase": "Terminating"}})
    assert response.causes == [("FieldValueInvalid", "status.Phase")]


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ({"verbs": ["get"]}, ["rules[0].apiGroups", "rules[0].resources"]),
        ({"nonResourceURLs": ["/a"], "verbs": ["get"]}, ["rules[0].nonResourceURLs"]),
        ({"resources": ["pods"]}, ["rules[0].apiGroups", "rules[0].verbs"]),
    ],
)
def test_invalid_rules_of_roles_are_rejected(client: Any, rule: dict[str, Any], fields: list[str]) -> None:
    path = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{client.namespace}/roles"
    response = client.request("POST", path, {"metadata": {"name": "r"}, "rules": [rule]})
    assert [field for _, field in response.causes] == fields


def test_stateful_sets_need_the_name_of_a_label(client: Any) -> None:
    path = f"/apis/apps/v1/namespaces/{client.namespace}/statefulsets"
    body = {**_workload(serviceName="s"), "metadata": {"name": "a.b"}}
    assert client.request("POST", path, body).causes == [("FieldValueInvalid", "metadata.name")]


@pytest.mark.parametrize("patch", [{"apiVersion": "wrong/v9"}, {"kind": "Wrong"}])
def test_a_strategic_patch_cannot_change_the_kind(client: Any, patch: dict[str, Any]) -> None:
    client.create("configmaps", {"metadata": {"name": "a"}})
    response = client.patch(client.path("configmaps", "a"), {**patch, "data": {"a": "b"}}, STRATEGIC)
    assert (response.status, response.document["kind"]) == (200, "ConfigMap")


def test_a_patch_that_removes_the_version_is_rejected(client: Any) -> None:
    client.create("configmaps", {"metadata": {"name": "a"}})
    response = client.patch(client.path("configmaps", "a"), {"apiVersion": None})
    assert (response.status, response.reason) == (400, "BadRequest")


def test_a_dry_run_returns_node_ports_outside_the_range(client: Any) -> None:
    client.create("services", SERVICE)
    path = client.path("services", "s", dryRun="All")
    assert client.patch(path, {"spec": {"type": "NodePort"}}).document["spec"]["ports"][0]["nodePort"] == 32769


def test_a_create_checks_the_content_type_before_the_options(client: Any) -> None:
    path = client.path("configmaps", fieldManager="a\x07")
    assert client.request("POST", path, "a", content_type="text/plain").status == 415


def test_reviews_ignore_system_metadata(client: Any) -> None:
    metadata = {"creationTimestamp": "2020-01-02T03:04:05Z", "uid": "a", "selfLink": "/a"}
    spec = {"resourceAttributes": {"verb": "get", "resource": "pods"}}
    body = {"metadata": metadata, "spec": spec}
    response = client.request("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", body)
    assert list(response.document["metadata"]) == ["managedFields"]


def test_an_update_of_a_priority_class_cannot_change_its_policy(client: Any) -> None:
    path = "/apis/scheduling.k8s.io/v1/priorityclasses"
    name = f"{client.namespace}-a"
    client.request("POST", path, {"metadata": {"name": name}, "value": 1})
    response = client.patch(f"{path}/{name}", {"value": 2, "preemptionPolicy": "Never"})
    assert response.causes == [("FieldValueForbidden", "value"), ("FieldValueInvalid", "preemptionPolicy")]


def test_a_volume_status_with_another_phase_has_a_transition_time(client: Any) -> None:
    path, name = "/api/v1/persistentvolumes", f"{client.namespace}-a"
    spec = {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/a"}}
    client.request("POST", path, {"metadata": {"name": name}, "spec": spec})
    status = client.patch(f"{path}/{name}/status", {"status": {"phase": "Released"}}).document["status"]
    assert (status["phase"], "lastPhaseTransitionTime" in status) == ("Released", True)


@pytest.mark.parametrize("query", ["", "?dryRun=All"])
def test_empty_lists_that_go_encodes_have_an_owner(client: Any, query: str) -> None:
    path = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{client.namespace}/roles"
    role = client.request("POST", path + query, {"metadata": {"name": "r"}, "rules": []}).document
    assert role["rules"] is None
    assert role["metadata"]["managedFields"][0]["fieldsV1"] == {"f:rules": {}}


@pytest.mark.parametrize("content_type", ["application/merge-patch+json", "application/strategic-merge-patch+json"])
def test_request_that_changes_only_a_time_of_managed_fields_is_not_stored(client: Any, content_type: str) -> None:
    body = {"metadata": {"name": "empty", "labels": {"a": "b"}}, "rules": []}
    created = client.create("roles", body, group="rbac.authorization.k8s.io/v1").document
    path = client.path("roles", "empty", group="rbac.authorization.k8s.io/v1")
    (entry,) = created["metadata"]["managedFields"]
    created["metadata"].update(labels={}, managedFields=[{**entry, "time": "2020-01-01T00:00:00Z"}])
    # A manager that only removes fields has no entry.
    before = client.request("PUT", f"{path}?fieldManager=other", created).document
    # The stored list is null, so each of these requests sets it, and would change the time of its manager.
    same = client.patch(f"{path}?fieldManager={entry['manager']}", {"rules": []}, content_type).document
    assert same == before
    assert [entry["time"] for entry in same["metadata"]["managedFields"]] == ["2020-01-01T00:00:00Z"]
    changed = client.patch(f"{path}?fieldManager=third", {"rules": []}, content_type).document
    assert changed["metadata"]["resourceVersion"] != before["metadata"]["resourceVersion"]


@pytest.mark.parametrize(("kind", "status"), [("Table", 200), ("PartialObjectMetadata", 200), ("Unknown", 406)])
def test_scales_have_the_negotiated_representation(client: Any, kind: str, status: int) -> None:
    path = f"/apis/apps/v1/namespaces/{client.namespace}/replicasets"
    client.request("POST", path, _workload(replicas=2))
    accept = f"application/json;as={kind};v=v1;g=meta.k8s.io"
    response = client.request("GET", f"{path}/a/scale", accept=accept)
    assert response.status == status
    if kind == "Table":
        columns = [(item["name"], item["type"], item["format"]) for item in response.document["columnDefinitions"]]
        integers = [("Desired", "integer", ""), ("Available", "integer", "")]
        assert columns == [("Name", "string", ""), *integers, ("Age", "string", "")]
        assert response.document["rows"][0]["cells"][:3] == ["a", 2, 0]


def test_an_apply_with_an_invalid_format_is_an_error_of_the_conversion(client: Any) -> None:
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "binaryData": {"z": "%%"}}
    path = client.path("configmaps", "a", fieldManager="m")
    response = client.patch(path, body, "application/apply-patch+yaml")
    assert (response.status, response.reason) == (500, None)
