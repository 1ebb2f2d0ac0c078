"""Causes of errors and other details of responses that the random comparison has found, in their order."""

from typing import Any

import pytest

STRATEGIC = "application/strategic-merge-patch+json"
YAML = "application/yaml"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
POD = {"spec": {"containers": [{"name": "main", "image": "app:1"}]}}
LABELS = {"app": "a"}
WORKLOAD = {"selector": {"matchLabels": LABELS}, "template": {"metadata": {"labels": LABELS}, **POD}}
PORTS = {"ports": [{"port": 80}]}


def fields(response: Any) -> list[str]:
    """Return the fields of all causes, with repeated ones."""
    return [cause["field"] for cause in response.document["details"]["causes"]]


def test_changes_of_metadata_are_checked_after_its_format(client: Any) -> None:
    client.create("configmaps", client.config_map("a", finalizers=["example.com/hold"]))
    client.request("DELETE", client.path("configmaps", "a"))
    metadata = {"finalizers": ["example.com/hold", "A B"], "labels": {"x": "not valid!"}}
    response = client.patch(client.path("configmaps", "a"), {"metadata": metadata})
    assert fields(response) == ["metadata.labels", *["metadata.finalizers"] * 2, "metadata.finalizers[1]"]
    assert "no new finalizers" in response.document["details"]["causes"][2]["message"]


def test_api_services_accept_finalizers_without_a_domain(client: Any) -> None:
    name = f"v1.{client.namespace}.example.com"
    spec = {"group": name[3:], "version": "v1", "groupPriorityMinimum": 100, "versionPriority": 11}
    body = {"metadata": {"name": name, "finalizers": ["nodomain"]}, "spec": spec}
    response = client.request("POST", "/apis/apiregistration.k8s.io/v1/apiservices?dryRun=All", body)
    assert response.status == 201


@pytest.mark.parametrize(
    ("spec", "expected"),
    [(PORTS, "spec.clusterIPs"), ({}, "spec.clusterIPs"), ({**PORTS, "clusterIP": "None"}, "metadata.name")],
)
def test_a_service_without_a_name_fails_when_its_address_is_allocated(
    client: Any, spec: dict[str, Any], expected: str
) -> None:
    assert fields(client.request("POST", client.path("services"), {"spec": spec})) == [expected]


def test_an_unknown_type_of_a_service_is_the_only_cause(client: Any) -> None:
    client.create("services", {"metadata": {"name": "s"}, "spec": PORTS})
    assert fields(client.patch(client.path("services", "s"), {"spec": {"type": "Wrong"}})) == ["spec.type"]


def test_a_negative_deadline_ends_the_checks_of_a_pod(client: Any) -> None:
    client.create("pods", {"metadata": {"name": "a"}, **POD})
    response = client.patch(client.path("pods", "a"), {"spec": {"activeDeadlineSeconds": -1, "hostname": "b"}})
    assert fields(response) == ["spec.activeDeadlineSeconds"] * 2


@pytest.mark.parametrize(("plural", "is_first"), [("daemonsets", True), ("deployments", False)])
def test_a_new_selector_of_a_workload_is_rejected(client: Any, plural: str, *, is_first: bool) -> None:
    client.create(plural, {"metadata": {"name": "a"}, "spec": WORKLOAD}, group="apps/v1")
    path = client.path(plural, "a", group="apps/v1")
    causes = fields(client.patch(path, {"spec": {"selector": {"matchLabels": {"app": "b"}}}}, STRATEGIC))
    assert causes == sorted(causes, reverse=not is_first)
    assert set(causes) == {"spec.selector", "spec.template.metadata.labels"}


@pytest.mark.parametrize(("kind", "text"), [("Wrong", "no kind"), ("Deployment", "unknown conversion")])
def test_unknown_kinds_are_not_registered(client: Any, kind: str, text: str) -> None:
    body = {"kind": kind, "metadata": {"name": "a"}, "spec": WORKLOAD}
    response = client.request("POST", client.path("daemonsets", group="apps/v1"), body)
    assert response.status == 400
    assert text in response.document["message"]


def test_a_pod_that_is_being_deleted_cannot_be_bound(client: Any) -> None:
    client.create("pods", {"metadata": {"name": "a", "finalizers": ["example.com/hold"]}, **POD})
    client.request("DELETE", client.path("pods", "a"))
    body = {"metadata": {"name": "a"}, "target": {"name": "node"}}
    response = client.request("POST", client.path("pods", "a", "binding"), body)
    assert (response.status, response.reason) == (409, "Conflict")


def test_watches_show_the_deletion_of_a_pod_before_its_removal(client: Any) -> None:
    version = client.create("pods", {"metadata": {"name": "a"}, **POD}).resource_version
    client.request("DELETE", client.path("pods", "a"))
    with client.watch(client.path("pods", watch="1", resourceVersion=version)) as watch:
        marked, removed = watch.take(2)
    assert (marked["type"], removed["type"]) == ("MODIFIED", "DELETED")
    assert marked["object"]["metadata"]["deletionGracePeriodSeconds"] == 0


def test_events_are_deleted_at_once(client: Any) -> None:
    client.create("events", {"metadata": {"name": "e"}, "involvedObject": {"namespace": client.namespace}})
    path = client.path("events", "e")
    response = client.request("DELETE", path, {"propagationPolicy": "Foreground"})
    assert (response.status, response.document["status"]) == (200, "Success")
    assert client.request("GET", path).status == 404


def test_a_deleted_namespace_has_the_finalizer_of_the_policy(client: Any) -> None:
    created = client.request("POST", "/api/v1/namespaces", {"metadata": {"generateName": "orphan-"}})
    (entry,) = created.document["metadata"]["managedFields"]
    assert entry["fieldsV1"] == {"f:metadata": {"f:generateName": {}}}
    path = f"/api/v1/namespaces/{created.document['metadata']['name']}"
    assert client.request("GET", path).document["metadata"]["labels"]
    response = client.request("DELETE", path, {"propagationPolicy": "Orphan"})
    assert response.document["metadata"]["finalizers"] == ["orphan"]


def test_options_of_a_watch_are_checked_before_its_format(client: Any) -> None:
    path = client.path("configmaps", watch="1", resourceVersionMatch="Exact")
    assert client.request("GET", path, accept=YAML).status == 422
    assert client.request("GET", client.path("configmaps", watch="1"), accept=YAML).status == 406


@pytest.mark.parametrize(
    ("spec", "status"),
    [
        ({"priorityClassName": "missing"}, 403),
        ({"priority": 3}, 403),
        ({"priorityClassName": "system-node-critical"}, 201),
    ],
)
def test_the_priority_of_a_pod_comes_from_its_class(client: Any, spec: dict[str, Any], status: int) -> None:
    body = {"metadata": {"name": "a"}, "spec": {**POD["spec"], **spec}}
    response = client.request("POST", client.path("pods"), body)
    assert response.status == status
    assert status == 403 or response.document["spec"]["priority"] == 2000001000


def test_nobody_owns_zero_replicas_after_a_scale(client: Any) -> None:
    client.create("replicasets", {"metadata": {"name": "a"}, "spec": WORKLOAD}, group="apps/v1")
    path = client.path("replicasets", "a", group="apps/v1")
    for replicas in (0, 3):
        assert client.patch(f"{path}/scale", {"spec": {"replicas": replicas}}).status == 200
        (entry,) = client.request("GET", path).document["metadata"]["managedFields"]
        assert "f:replicas" not in entry["fieldsV1"]["f:spec"]


def test_a_status_update_owns_no_labels_that_it_cannot_change(client: Any) -> None:
    client.create("deployments", {"metadata": {"name": "a", "labels": LABELS}, "spec": WORKLOAD}, group="apps/v1")
    path = client.path("deployments", "a", "status", group="apps/v1")
    response = client.patch(path, {"metadata": {"labels": {"app": "b"}}, "status": {"replicas": 2}})
    owners = response.document["metadata"]["managedFields"]
    assert [entry["fieldsV1"].get("f:metadata") for entry in owners] == [{"f:labels": {".": {}, "f:app": {}}}, None]


def test_the_status_of_a_resource_claim_has_no_table(client: Any) -> None:
    path = client.path("resourceclaims", "missing", "status", group="resource.k8s.io/v1")
    assert client.request("GET", path, accept=TABLE).status == 406


@pytest.mark.parametrize(("plural", "rows"), [("customresourcedefinitions", None), ("namespaces", [])])
def test_an_empty_table_of_definitions_has_no_rows(client: Any, plural: str, rows: object) -> None:
    prefix = "/apis/apiextensions.k8s.io/v1" if rows is None else "/api/v1"
    response = client.request("GET", f"{prefix}/{plural}?labelSelector=none%3Da", accept=TABLE)
    assert response.document["rows"] == rows


def test_an_unknown_operator_of_a_toleration_has_two_causes(client: Any) -> None:
    body = {"metadata": {"name": "a"}, "spec": {**POD["spec"], "tolerations": [{"operator": "Wrong"}]}}
    assert fields(client.request("POST", client.path("pods"), body)) == ["spec.tolerations[0].operator"] * 2


@pytest.mark.parametrize("spec", [{"clusterIP": "1.2.3.4"}, {"clusterIP": "None"}, {"ipFamilies": ["IPv6"]}])
def test_the_address_of_a_service_cannot_change(client: Any, spec: dict[str, Any]) -> None:
    client.create("services", {"metadata": {"name": "s"}, "spec": PORTS})
    body = {"metadata": {"name": "s"}, "spec": {**PORTS, **spec}}
    assert fields(client.request("PUT", client.path("services", "s"), body)) == ["spec.clusterIPs[0]"]


def test_an_empty_definition_reports_its_names_before_its_status(client: Any) -> None:
    response = client.request("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", "null")
    assert fields(response)[-2:] == ["spec.names.listKind", "status.storedVersions"]
    assert "Invalid value: null" in response.document["details"]["causes"][3]["message"]


def test_a_collection_is_deleted_although_the_response_has_an_unsupported_format(client: Any) -> None:
    client.create("configmaps", client.config_map("a"))
    accept = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"
    assert client.request("DELETE", client.path("configmaps"), accept=accept).status == 406
    assert client.request("GET", client.path("configmaps", "a")).status == 404


def test_a_default_policy_keeps_the_finalizer_of_an_earlier_delete(client: Any) -> None:
    spec = {"template": {"spec": {**POD["spec"], "restartPolicy": "Never"}}}
    client.create("jobs", {"metadata": {"name": "a"}, "spec": spec}, group="batch/v1")
    path = client.path("jobs", "a", group="batch/v1")
    for body in ({"propagationPolicy": "Foreground"}, None):
        response = client.request("DELETE", path, body)
        assert response.document["metadata"]["finalizers"] == ["foregroundDeletion"]


def test_an_invalid_revision_is_an_internal_error_except_for_events(client: Any) -> None:
    assert client.request("GET", client.path("events", "a", resourceVersion="abc")).status == 400
    assert client.request("GET", client.path("pods", "a", resourceVersion="abc")).status == 500
    path = client.path("pods", watch="1", resourceVersion="abc", fieldSelector="spec.nope=x")
    assert client.request("GET", path).status == 400


def test_tables_are_not_available_for_some_subresources(client: Any) -> None:
    client.create("pods", {"metadata": {"name": "a"}, **POD})
    path = client.path("pods", "a", "ephemeralcontainers")
    assert client.request("GET", path, accept=TABLE).status == 406
    assert client.request("GET", path, accept=f"{TABLE},application/json").document["kind"] == "Pod"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"volumeMode": "Block"}, ["spec", "volumeMode"]),
        ({"resources": {"requests": {"storage": "2Gi"}}}, ["spec"]),
        ({"accessModes": ["Wrong"]}, ["spec.accessModes", "spec"]),
    ],
)
def test_the_spec_of_a_claim_cannot_change(client: Any, change: dict[str, Any], expected: list[str]) -> None:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    client.create("persistentvolumeclaims", {"metadata": {"name": "a"}, "spec": spec})
    path = client.path("persistentvolumeclaims", "a")
    assert fields(client.patch(path, {"spec": change})) == expected
    assert client.patch(path, {"spec": {"volumeName": "v"}}).status == 200


def test_subsets_of_endpoints_need_addresses(client: Any) -> None:
    body = {"metadata": {"name": "a"}, "subsets": [{"ports": [{"port": 80}]}]}
    assert fields(client.request("POST", client.path("endpoints"), body)) == ["subsets[0]"]


def test_the_data_of_a_controller_revision_cannot_change(client: Any) -> None:
    body = {"metadata": {"name": "a"}, "data": {"a": 1}, "revision": 1}
    client.create("controllerrevisions", body, group="apps/v1")
    path = client.path("controllerrevisions", "a", group="apps/v1")
    assert client.request("PUT", path, {**body, "revision": 2}).status == 200
    assert fields(client.request("PUT", path, {**body, "data": {"a": 2}})) == ["data"]
