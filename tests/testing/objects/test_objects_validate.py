"""Validation of built-in kinds: reasons, fields and (where a real server's are known) messages."""

import copy
from typing import Any

import pytest

from kubex_testing._objects.defaults import default_builtin
from kubex_testing._objects.validate import validate_builtin

Object = dict[str, Any]
Found = list[tuple[str, str]]

REQUIRED, INVALID, FORBIDDEN = "FieldValueRequired", "FieldValueInvalid", "FieldValueForbidden"
DUPLICATE, UNSUPPORTED, TOO_LONG = "FieldValueDuplicate", "FieldValueNotSupported", "FieldValueTooLong"
IMMUTABLE = "Forbidden: field is immutable when `immutable` is set"


def problems(group: str, kind: str, body: Object, old: Object | None = None) -> list[Any]:
    new = default_builtin(group, kind, {"kind": kind, **body})
    before = default_builtin(group, kind, {"kind": kind, **old}) if old is not None else None
    arguments = copy.deepcopy((new, before))
    found = validate_builtin(group, kind, new, before)
    assert (new, before) == arguments
    return found


def found(group: str, kind: str, body: Object, old: Object | None = None) -> Found:
    return [(cause.reason, cause.field) for cause in problems(group, kind, body, old)]


def named(**body: Any) -> Object:
    return {"metadata": {"name": "x"}, **body}


def test_causes_name_the_field_and_the_value() -> None:
    assert list(map(str, problems("apps", "Deployment", named()))) == [
        "spec.selector: Required value",
        "spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`",
        "spec.template.spec.containers: Required value",
    ]


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({}, [(REQUIRED, "metadata.name")]),
        ({"name": "Bad_Name"}, [(INVALID, "metadata.name")]),
        ({"name": "a", "generateName": "Bad_"}, [(INVALID, "metadata.generateName")]),
        ({"name": "a", "generateName": "ok-"}, []),
        ({"name": "a", "labels": {"a b": "c"}}, [(INVALID, "metadata.labels")]),
        ({"name": "a", "annotations": {"/a": "c"}}, [(INVALID, "metadata.annotations")]),
        ({"name": "a", "annotations": {"a": "x" * 262144}}, [(TOO_LONG, "metadata.annotations")]),
        ({"name": "a", "finalizers": ["a.b/c", "nodomain"]}, [(INVALID, "metadata.finalizers[1]")]),
        ({"name": "a", "finalizers": ["orphan", "foregroundDeletion"]}, [(INVALID, "metadata.finalizers")]),
        ({"name": "a", "generation": -1}, [(INVALID, "metadata.generation")]),
        (
            {"name": "a", "ownerReferences": [{"apiVersion": "v1", "kind": "K", "name": "n"}]},
            [(REQUIRED, "metadata.ownerReferences[0].uid")],
        ),
        (
            {"name": "a", "ownerReferences": [{"apiVersion": "a/b/c", "kind": "K", "name": "n", "uid": "u"}]},
            [(INVALID, "metadata.ownerReferences[0].apiVersion")],
        ),
        (
            {
                "name": "a",
                "ownerReferences": [
                    {"apiVersion": "v1", "kind": "K", "name": n, "uid": n, "controller": True} for n in "ab"
                ],
            },
            [(INVALID, "metadata.ownerReferences")],
        ),
    ],
)
def test_metadata(metadata: Object, expected: Found) -> None:
    assert found("", "ConfigMap", {"metadata": metadata}) == expected


OLD = {"metadata": {"name": "x", "uid": "1", "creationTimestamp": "2026-01-01T00:00:00Z", "finalizers": ["a.b/c"]}}
DELETED = {"metadata": {**OLD["metadata"], "deletionTimestamp": "2026-01-02T00:00:00Z"}}


@pytest.mark.parametrize(
    ("old", "change", "expected"),
    [
        (OLD, {"uid": "other"}, [(INVALID, "metadata.uid")]),
        (OLD, {"uid": None, "creationTimestamp": None}, []),
        (OLD, {"deletionTimestamp": "2000-01-01T00:00:00Z"}, [(INVALID, "metadata.deletionTimestamp")]),
        (OLD, {"finalizers": ["a.b/c", "a.b/d"]}, []),
        (DELETED, {"finalizers": ["a.b/c", "a.b/d"]}, [(FORBIDDEN, "metadata.finalizers")]),
        (DELETED, {"finalizers": [], "labels": {"a": "b"}}, []),
    ],
)
def test_changes_of_metadata(old: Object, change: Object, expected: Found) -> None:
    assert found("", "ConfigMap", {"metadata": {**old["metadata"], **change}}, old) == expected


def test_immutable_metadata_and_new_finalizers_are_worded_as_the_server_does() -> None:
    (cause,) = problems("", "ConfigMap", {"metadata": {"name": "x", "uid": "other"}}, OLD)
    assert cause.message == 'Invalid value: "other": field is immutable'
    (cause,) = problems("", "ConfigMap", {"metadata": {"name": "x", "finalizers": ["a.b/c", "example.com/y"]}}, DELETED)
    assert cause.message == (
        "Forbidden: no new finalizers can be added if the object is being deleted, "
        'found new finalizers []string{"example.com/y"}'
    )


@pytest.mark.parametrize(
    ("kind", "name", "valid"),
    [("Namespace", "a.b", False), ("Service", "a.b", False), ("ConfigMap", "a.b", True), ("Namespace", "a-b", True)],
)
def test_namespaces_and_services_are_labels(kind: str, name: str, valid: bool) -> None:
    body = {"metadata": {"name": name}, **({"spec": {"ports": [{"port": 80}]}} if kind == "Service" else {})}
    assert found("", kind, body) == ([] if valid else [(INVALID, "metadata.name")])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"data": {"a": "b"}, "binaryData": {"c": "Yg=="}}, []),
        ({"data": {"a/b": ""}}, [(INVALID, "data[a/b]")]),
        ({"data": {"a": ""}, "binaryData": {"a": "Yg=="}}, [(INVALID, "data[a]")]),
        ({"data": {"a": "x" * 1048576}}, []),
        ({"data": {"a": "x" * 1048577}}, [(TOO_LONG, "[]")]),
    ],
)
def test_config_maps(body: Object, expected: Found) -> None:
    assert found("", "ConfigMap", named(**body)) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"data": {"a": "Yg=="}}, []),
        ({"stringData": {"..": "x"}}, [(INVALID, "data[..]")]),
        ({"stringData": {"a": "x" * 1048577}}, [(TOO_LONG, "data")]),
        ({"type": "kubernetes.io/tls"}, [(REQUIRED, "data[tls.crt]"), (REQUIRED, "data[tls.key]")]),
        ({"type": "kubernetes.io/basic-auth", "stringData": {"username": "u"}}, []),
        ({"type": "kubernetes.io/dockerconfigjson"}, [(REQUIRED, "data[.dockerconfigjson]")]),
        (
            {"type": "kubernetes.io/dockerconfigjson", "stringData": {".dockerconfigjson": "x"}},
            [(INVALID, "data[.dockerconfigjson]")],
        ),
        ({"type": "kubernetes.io/basic-auth"}, [(REQUIRED, "data[username]"), (REQUIRED, "data[password]")]),
        (
            {"type": "kubernetes.io/service-account-token"},
            [(REQUIRED, "metadata.annotations[kubernetes.io/service-account.name]")],
        ),
    ],
)
def test_secrets(body: Object, expected: Found) -> None:
    assert found("", "Secret", named(**body)) == expected


@pytest.mark.parametrize("kind", ["ConfigMap", "Secret"])
def test_immutable_data_stays(kind: str) -> None:
    old = named(immutable=True, data={"a": "Yg=="})
    assert found("", kind, old, old) == []
    (cause,) = problems("", kind, named(immutable=True, data={"a": "Yw=="}), old)
    assert (cause.reason, cause.field, cause.message) == (FORBIDDEN, "data", IMMUTABLE)
    assert found("", kind, named(data={"a": "Yg=="}), old) == [(FORBIDDEN, "immutable")]


def test_the_type_of_a_secret_stays() -> None:
    assert found("", "Secret", named(type="a"), named()) == [(INVALID, "type")]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"ports": [{"port": 80}]}, []),
        ({}, [(REQUIRED, "spec.ports")]),
        ({"clusterIP": "None"}, []),
        ({"ports": [{"port": 0}]}, [(INVALID, "spec.ports[0].port"), (INVALID, "spec.ports[0].targetPort")]),
        ({"ports": [{"port": 80, "protocol": "X"}]}, [(UNSUPPORTED, "spec.ports[0].protocol")]),
        ({"ports": [{"port": 80, "name": "a"}, {"port": 81}]}, [(REQUIRED, "spec.ports[1].name")]),
        ({"ports": [{"port": 80, "name": "a"}, {"port": 81, "name": "a"}]}, [(DUPLICATE, "spec.ports[1].name")]),
        ({"ports": [{"port": 80, "name": "a"}, {"port": 80, "name": "b"}]}, [(DUPLICATE, "spec.ports[1]")]),
        ({"ports": [{"port": 80, "nodePort": 30000}]}, [(FORBIDDEN, "spec.ports[0].nodePort")]),
        ({"ports": [{"port": 80, "targetPort": "a--b"}]}, [(INVALID, "spec.ports[0].targetPort")]),
        ({"type": "ExternalName"}, [(REQUIRED, "spec.externalName")]),
        ({"type": "ExternalName", "externalName": "a.example."}, []),
        ({"type": "Odd", "ports": [{"port": 80}]}, [(UNSUPPORTED, "spec.type")]),
        ({"ports": [{"port": 80}], "sessionAffinity": "Odd"}, [(UNSUPPORTED, "spec.sessionAffinity")]),
        ({"ports": [{"port": 80}], "selector": {"a": "b c"}}, [(INVALID, "spec.selector")]),
        ({"ports": [{"port": 80}], "clusterIPs": ["10.0.0"]}, [(INVALID, "spec.clusterIPs[0]")]),
    ],
)
def test_services(spec: Object, expected: Found) -> None:
    assert found("", "Service", named(spec=spec)) == expected


@pytest.mark.parametrize(("address", "expected"), [("10.0.0.1", []), ("10.0.0.2", [(INVALID, "spec.clusterIPs[0]")])])
def test_the_address_of_a_service_stays(address: str, expected: Found) -> None:
    old = named(spec={"ports": [{"port": 80}], "clusterIP": "10.0.0.1", "clusterIPs": ["10.0.0.1"]})
    new = named(spec={"ports": [{"port": 80}], "clusterIP": address, "clusterIPs": [address]})
    assert found("", "Service", new, old) == expected


C = {"name": "c", "image": "nginx"}


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"containers": [C]}, []),
        (None, [(REQUIRED, "spec.containers")]),
        ({"containers": []}, [(REQUIRED, "spec.containers")]),
        ({"containers": [{"image": "b"}]}, [(REQUIRED, "spec.containers[0].name")]),
        ({"containers": [{"name": "c"}]}, [(REQUIRED, "spec.containers[0].image")]),
        ({"containers": [{"name": "C", "image": "b"}]}, [(INVALID, "spec.containers[0].name")]),
        ({"containers": [C, C]}, [(DUPLICATE, "spec.containers[1].name")]),
        ({"containers": [C], "initContainers": [C]}, [(DUPLICATE, "spec.initContainers[0].name")]),
        ({"containers": [{**C, "imagePullPolicy": "Odd"}]}, [(UNSUPPORTED, "spec.containers[0].imagePullPolicy")]),
        ({"containers": [{**C, "ports": [{}]}]}, [(REQUIRED, "spec.containers[0].ports[0].containerPort")]),
        (
            {"containers": [{**C, "ports": [{"containerPort": 65536}]}]},
            [(INVALID, "spec.containers[0].ports[0].containerPort")],
        ),
        (
            {"containers": [{**C, "ports": [{"containerPort": 1, "name": "0"}]}]},
            [(INVALID, "spec.containers[0].ports[0].name")],
        ),
        ({"containers": [{**C, "env": [{"value": "x"}]}]}, [(REQUIRED, "spec.containers[0].env[0].name")]),
        (
            {"containers": [{**C, "volumeMounts": [{"name": "v", "mountPath": "/x"}]}]},
            [("FieldValueNotFound", "spec.containers[0].volumeMounts[0].name")],
        ),
        (
            {"containers": [{**C, "volumeMounts": [{"name": "v"}]}], "volumes": [{"name": "v"}]},
            [(REQUIRED, "spec.containers[0].volumeMounts[0].mountPath")],
        ),
        (
            {"containers": [C], "volumes": [{"name": "v"}, {"name": "v"}, {}]},
            [(DUPLICATE, "spec.volumes[1].name"), (REQUIRED, "spec.volumes[2].name")],
        ),
        (
            {"containers": [C], "volumes": [{"name": "v", "emptyDir": {}, "hostPath": {"path": "/"}}]},
            [(FORBIDDEN, "spec.volumes[0].hostPath")],
        ),
        ({"containers": [{**C, "env": [{"name": "a=b"}]}]}, [(INVALID, "spec.containers[0].env[0].name")]),
        ({"containers": [{**C, "livenessProbe": {}}]}, [(REQUIRED, "spec.containers[0].livenessProbe")]),
        ({"containers": [C], "tolerations": [{"operator": "Odd"}]}, [(UNSUPPORTED, "spec.tolerations[0].operator")]),
        (
            {
                "containers": [C],
                "volumes": [{"name": "v", "projected": {"sources": [{"serviceAccountToken": {"path": "t"}}]}}],
            },
            [(FORBIDDEN, "spec.volumes[0].projected.sources[0].serviceAccountToken")],
        ),
        ({"containers": [C], "restartPolicy": "Odd"}, [(UNSUPPORTED, "spec.restartPolicy")]),
        ({"containers": [C], "dnsPolicy": "Odd"}, [(UNSUPPORTED, "spec.dnsPolicy")]),
        ({"containers": [C], "activeDeadlineSeconds": 0}, [(INVALID, "spec.activeDeadlineSeconds")]),
        ({"containers": [C], "ephemeralContainers": [C]}, [(FORBIDDEN, "spec.ephemeralContainers")]),
        (
            {"containers": [{**C, "resources": {"limits": {"cpu": "1"}, "requests": {"cpu": "1500m"}}}]},
            [(INVALID, "spec.containers[0].resources.requests")],
        ),
        (
            {"containers": [{**C, "resources": {"requests": {"cpu": "-1"}}}]},
            [(INVALID, "spec.containers[0].resources.requests[cpu]")],
        ),
    ],
)
def test_pods(spec: Object, expected: Found) -> None:
    assert found("", "Pod", named(spec=spec)) == expected


POD_OLD = {"containers": [C], "activeDeadlineSeconds": 10, "tolerations": [{"key": "a", "tolerationSeconds": 1}]}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"containers": [{**C, "image": "nginx:latest"}]}, []),
        ({"activeDeadlineSeconds": 5}, []),
        ({"tolerations": [{"key": "a", "tolerationSeconds": 2}, {"key": "b"}]}, []),
        ({"containers": [{**C, "name": "zz"}]}, [(FORBIDDEN, "spec")]),
        ({"nodeName": "n"}, [(FORBIDDEN, "spec")]),
        ({"containers": [C, {"name": "d", "image": "x"}]}, [(FORBIDDEN, "spec.containers")]),
        ({"activeDeadlineSeconds": 11}, [(INVALID, "spec.activeDeadlineSeconds")]),
        ({"activeDeadlineSeconds": None}, [(INVALID, "spec.activeDeadlineSeconds")]),
        ({"tolerations": [{"key": "b"}]}, [(FORBIDDEN, "spec.tolerations")]),
        ({"schedulingGates": [{"name": "a.b/c"}]}, [(FORBIDDEN, "spec.schedulingGates[0].name")]),
    ],
)
def test_changes_of_pods(change: Object, expected: Found) -> None:
    assert found("", "Pod", named(spec={**POD_OLD, **change}), named(spec=POD_OLD)) == expected


def deployment(labels: Object | None = None, **spec: Any) -> Object:
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [C]}}
    return named(spec={"selector": {"matchLabels": labels or {"a": "b"}}, "template": template, **spec})


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (deployment(), []),
        (deployment({"z": "z"}), [(INVALID, "spec.template.metadata.labels")]),
        (deployment(replicas=-1), [(INVALID, "spec.replicas")]),
        (deployment(selector={}), [(INVALID, "spec.selector")]),
        (
            deployment(selector={"matchExpressions": [{"key": "a", "operator": "In"}]}),
            [(REQUIRED, "spec.selector.matchExpressions[0].values"), (INVALID, "spec.selector")],
        ),
        (deployment(strategy={"type": "Odd"}), [(UNSUPPORTED, "spec.strategy")]),
        (deployment(strategy={"type": "Recreate", "rollingUpdate": {}}), [(FORBIDDEN, "spec.strategy.rollingUpdate")]),
        (
            deployment(strategy={"rollingUpdate": {"maxSurge": 0, "maxUnavailable": "0%"}}),
            [(INVALID, "spec.strategy.rollingUpdate.maxUnavailable")],
        ),
        (
            deployment(strategy={"rollingUpdate": {"maxSurge": "x"}}),
            [(INVALID, "spec.strategy.rollingUpdate.maxSurge")],
        ),
        (deployment(minReadySeconds=600), [(INVALID, "spec.progressDeadlineSeconds")]),
        (
            deployment(
                template={"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [C], "restartPolicy": "Never"}}
            ),
            [(UNSUPPORTED, "spec.template.spec.restartPolicy")],
        ),
    ],
)
def test_deployments(body: Object, expected: Found) -> None:
    assert found("apps", "Deployment", body) == expected


def test_selector_and_template_of_a_deployment_are_worded_as_the_server_does() -> None:
    causes = problems("apps", "Deployment", deployment({"a": "b", "q": "q"}), deployment())
    assert [(cause.field, cause.message) for cause in causes] == [
        ("spec.template.metadata.labels", 'Invalid value: {"a":"b"}: `selector` does not match template `labels`'),
        ("spec.selector", 'Invalid value: {"matchLabels":{"a":"b","q":"q"}}: field is immutable'),
    ]


@pytest.mark.parametrize(
    ("group", "kind", "body", "expected"),
    [
        ("autoscaling", "Scale", named(spec={"replicas": -1}), [(INVALID, "spec.replicas")]),
        (
            "coordination.k8s.io",
            "Lease",
            named(spec={"leaseDurationSeconds": 0}),
            [(INVALID, "spec.leaseDurationSeconds")],
        ),
        ("coordination.k8s.io", "Lease", named(spec={"leaseTransitions": -1}), [(INVALID, "spec.leaseTransitions")]),
        (
            "",
            "Event",
            {"metadata": {"name": "e", "namespace": "a"}, "involvedObject": {"namespace": "b"}},
            [(INVALID, "involvedObject.namespace")],
        ),
        ("", "Event", {"metadata": {"name": "e", "namespace": "a"}, "involvedObject": {"namespace": "a"}}, []),
        (
            "",
            "Event",
            {
                "metadata": {"name": "e", "namespace": "a"},
                "involvedObject": {"namespace": "a"},
                "eventTime": "2026-01-01T00:00:00.000000Z",
                "action": "A",
                "reason": "R",
                "reportingComponent": "c",
            },
            [(REQUIRED, "reportingInstance")],
        ),
        (
            "batch",
            "Job",
            named(spec={"template": {"spec": {"containers": [C]}}}),
            [(REQUIRED, "spec.template.spec.restartPolicy")],
        ),
        ("", "ServiceAccount", named(), []),
    ],
)
def test_other_kinds(group: str, kind: str, body: Object, expected: Found) -> None:
    assert found(group, kind, body) == expected


def test_the_template_of_a_job_stays() -> None:
    old = named(spec={"template": {"spec": {"containers": [C], "restartPolicy": "Never"}}})
    new = named(spec={"template": {"spec": {"containers": [{**C, "image": "x"}], "restartPolicy": "Never"}}})
    assert found("batch", "Job", new, old) == [(INVALID, "spec.template")]
