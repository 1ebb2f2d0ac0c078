"""Validation of built-in kinds: the reasons and fields of the causes, and some messages."""

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


def validate(group: str, kind: str, body: Object, old: Object | None = None) -> list[Any]:
    new = default_builtin(group, kind, {"kind": kind, **body})
    before = default_builtin(group, kind, {"kind": kind, **old}) if old is not None else None
    arguments = copy.deepcopy((new, before))
    causes_of = validate_builtin(group, kind, new, before)
    assert (new, before) == arguments
    return causes_of


def causes_of(group: str, kind: str, body: Object, old: Object | None = None) -> Found:
    return [(cause.reason, cause.field) for cause in validate(group, kind, body, old)]


def with_name(**body: Any) -> Object:
    return {"metadata": {"name": "x"}, **body}


def test_causes_name_the_field_and_the_value() -> None:
    assert list(map(str, validate("apps", "Deployment", with_name()))) == [
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
def test_invalid_metadata_is_reported(metadata: Object, expected: Found) -> None:
    assert causes_of("", "ConfigMap", {"metadata": metadata}) == expected


OLD_OBJECT = {
    "metadata": {"name": "x", "uid": "1", "creationTimestamp": "2026-01-01T00:00:00Z", "finalizers": ["a.b/c"]}
}
TERMINATING_OBJECT = {"metadata": {**OLD_OBJECT["metadata"], "deletionTimestamp": "2026-01-02T00:00:00Z"}}


@pytest.mark.parametrize(
    ("old", "change", "expected"),
    [
        (OLD_OBJECT, {"uid": "other"}, [(INVALID, "metadata.uid")]),
        (OLD_OBJECT, {"uid": None, "creationTimestamp": None}, []),
        (OLD_OBJECT, {"deletionTimestamp": "2000-01-01T00:00:00Z"}, [(INVALID, "metadata.deletionTimestamp")]),
        (OLD_OBJECT, {"finalizers": ["a.b/c", "a.b/d"]}, []),
        (TERMINATING_OBJECT, {"finalizers": ["a.b/c", "a.b/d"]}, [(FORBIDDEN, "metadata.finalizers")]),
        (TERMINATING_OBJECT, {"finalizers": [], "labels": {"a": "b"}}, []),
    ],
)
def test_invalid_changes_of_metadata_are_reported(old: Object, change: Object, expected: Found) -> None:
    assert causes_of("", "ConfigMap", {"metadata": {**old["metadata"], **change}}, old) == expected


def test_immutable_metadata_and_new_finalizers_use_the_messages_of_kube_apiserver() -> None:
    (cause,) = validate("", "ConfigMap", {"metadata": {"name": "x", "uid": "other"}}, OLD_OBJECT)
    assert cause.message == 'Invalid value: "other": field is immutable'
    (cause,) = validate(
        "", "ConfigMap", {"metadata": {"name": "x", "finalizers": ["a.b/c", "example.com/y"]}}, TERMINATING_OBJECT
    )
    assert cause.message == (
        "Forbidden: no new finalizers can be added if the object is being deleted, "
        'found new finalizers []string{"example.com/y"}'
    )


@pytest.mark.parametrize(
    ("kind", "name", "valid"),
    [("Namespace", "a.b", False), ("Service", "a.b", False), ("ConfigMap", "a.b", True), ("Namespace", "a-b", True)],
)
def test_namespace_and_service_names_are_dns_labels(kind: str, name: str, valid: bool) -> None:
    body = {"metadata": {"name": name}, **({"spec": {"ports": [{"port": 80}]}} if kind == "Service" else {})}
    assert causes_of("", kind, body) == ([] if valid else [(INVALID, "metadata.name")])


@pytest.mark.parametrize(
    ("group", "kind", "name", "valid"),
    [
        ("rbac.authorization.k8s.io", "ClusterRole", "system:admin", True),
        ("certificates.k8s.io", "ClusterTrustBundle", "example.com:signer:a", True),
        ("certificates.k8s.io", "CertificateSigningRequest", "a:b", True),
        ("networking.k8s.io", "IPAddress", "2001:db8::1", True),
        ("certificates.k8s.io", "ClusterTrustBundle", "a/b", False),
        ("networking.k8s.io", "ServiceCIDR", "a:b", False),
    ],
)
def test_names_of_some_kinds_may_contain_colons(group: str, kind: str, name: str, valid: bool) -> None:
    assert (("FieldValueInvalid", "metadata.name") not in causes_of(group, kind, {"metadata": {"name": name}})) is valid


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
def test_invalid_config_maps_are_reported(body: Object, expected: Found) -> None:
    assert causes_of("", "ConfigMap", with_name(**body)) == expected


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
def test_invalid_secrets_are_reported(body: Object, expected: Found) -> None:
    assert causes_of("", "Secret", with_name(**body)) == expected


@pytest.mark.parametrize("kind", ["ConfigMap", "Secret"])
def test_immutable_data_cannot_change(kind: str) -> None:
    old = with_name(immutable=True, data={"a": "Yg=="})
    assert causes_of("", kind, old, old) == []
    (cause,) = validate("", kind, with_name(immutable=True, data={"a": "Yw=="}), old)
    assert (cause.reason, cause.field, cause.message) == (FORBIDDEN, "data", IMMUTABLE)
    assert causes_of("", kind, with_name(data={"a": "Yg=="}), old) == [(FORBIDDEN, "immutable")]


def test_secret_type_is_immutable() -> None:
    assert causes_of("", "Secret", with_name(type="a"), with_name()) == [(INVALID, "type")]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"ports": [{"port": 80}]}, []),
        ({}, [(REQUIRED, "spec.ports")]),
        ({"clusterIP": "None", "clusterIPs": ["None"]}, []),
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
def test_invalid_services_are_reported(spec: Object, expected: Found) -> None:
    assert causes_of("", "Service", with_name(spec=spec)) == expected


@pytest.mark.parametrize(("address", "expected"), [("10.0.0.1", []), ("10.0.0.2", [(INVALID, "spec.clusterIPs[0]")])])
def test_service_cluster_ip_is_immutable(address: str, expected: Found) -> None:
    old = with_name(spec={"ports": [{"port": 80}], "clusterIP": "10.0.0.1", "clusterIPs": ["10.0.0.1"]})
    new = with_name(spec={"ports": [{"port": 80}], "clusterIP": address, "clusterIPs": [address]})
    assert causes_of("", "Service", new, old) == expected


CONTAINER = {"name": "c", "image": "nginx"}


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"containers": [CONTAINER]}, []),
        (None, [(REQUIRED, "spec.containers")]),
        ({"containers": []}, [(REQUIRED, "spec.containers")]),
        ({"containers": [{"image": "b"}]}, [(REQUIRED, "spec.containers[0].name")]),
        ({"containers": [{"name": "c"}]}, [(REQUIRED, "spec.containers[0].image")]),
        ({"containers": [{"name": "C", "image": "b"}]}, [(INVALID, "spec.containers[0].name")]),
        ({"containers": [CONTAINER, CONTAINER]}, [(DUPLICATE, "spec.containers[1].name")]),
        ({"containers": [CONTAINER], "initContainers": [CONTAINER]}, [(DUPLICATE, "spec.initContainers[0].name")]),
        (
            {"containers": [{**CONTAINER, "imagePullPolicy": "Odd"}]},
            [(UNSUPPORTED, "spec.containers[0].imagePullPolicy")],
        ),
        ({"containers": [{**CONTAINER, "ports": [{}]}]}, [(REQUIRED, "spec.containers[0].ports[0].containerPort")]),
        (
            {"containers": [{**CONTAINER, "ports": [{"containerPort": 65536}]}]},
            [(INVALID, "spec.containers[0].ports[0].containerPort")],
        ),
        (
            {"containers": [{**CONTAINER, "ports": [{"containerPort": 1, "name": "0"}]}]},
            [(INVALID, "spec.containers[0].ports[0].name")],
        ),
        ({"containers": [{**CONTAINER, "env": [{"value": "x"}]}]}, [(REQUIRED, "spec.containers[0].env[0].name")]),
        (
            {"containers": [{**CONTAINER, "volumeMounts": [{"name": "v", "mountPath": "/x"}]}]},
            [("FieldValueNotFound", "spec.containers[0].volumeMounts[0].name")],
        ),
        (
            {"containers": [{**CONTAINER, "volumeMounts": [{"name": "v"}]}], "volumes": [{"name": "v"}]},
            [(REQUIRED, "spec.containers[0].volumeMounts[0].mountPath")],
        ),
        (
            {"containers": [CONTAINER], "volumes": [{"name": "v"}, {"name": "v"}, {}]},
            [(DUPLICATE, "spec.volumes[1].name"), (REQUIRED, "spec.volumes[2].name")],
        ),
        (
            {"containers": [CONTAINER], "volumes": [{"name": "v", "emptyDir": {}, "hostPath": {"path": "/"}}]},
            [(FORBIDDEN, "spec.volumes[0].hostPath")],
        ),
        ({"containers": [{**CONTAINER, "env": [{"name": "a=b"}]}]}, [(INVALID, "spec.containers[0].env[0].name")]),
        ({"containers": [{**CONTAINER, "livenessProbe": {}}]}, [(REQUIRED, "spec.containers[0].livenessProbe")]),
        (
            {"containers": [CONTAINER], "tolerations": [{"key": "k", "operator": "Odd"}]},
            [(UNSUPPORTED, "spec.tolerations[0].operator")],
        ),
        (
            {
                "containers": [CONTAINER],
                "volumes": [{"name": "v", "projected": {"sources": [{"serviceAccountToken": {"path": "t"}}]}}],
            },
            [(FORBIDDEN, "spec.volumes[0].projected.sources[0].serviceAccountToken")],
        ),
        ({"containers": [CONTAINER], "restartPolicy": "Odd"}, [(UNSUPPORTED, "spec.restartPolicy")]),
        ({"containers": [CONTAINER], "dnsPolicy": "Odd"}, [(UNSUPPORTED, "spec.dnsPolicy")]),
        ({"containers": [CONTAINER], "activeDeadlineSeconds": 0}, [(INVALID, "spec.activeDeadlineSeconds")]),
        ({"containers": [CONTAINER], "ephemeralContainers": [CONTAINER]}, [(FORBIDDEN, "spec.ephemeralContainers")]),
        (
            {"containers": [{**CONTAINER, "resources": {"limits": {"cpu": "1"}, "requests": {"cpu": "1500m"}}}]},
            [(INVALID, "spec.containers[0].resources.requests")],
        ),
        (
            {"containers": [{**CONTAINER, "resources": {"requests": {"cpu": "-1"}}}]},
            [(INVALID, "spec.containers[0].resources.requests[cpu]")],
        ),
    ],
)
def test_invalid_pods_are_reported(spec: Object, expected: Found) -> None:
    assert causes_of("", "Pod", with_name(spec=spec)) == expected


OLD_POD_SPEC = {
    "containers": [CONTAINER],
    "activeDeadlineSeconds": 10,
    "tolerations": [{"key": "a", "tolerationSeconds": 1}],
}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"containers": [{**CONTAINER, "image": "nginx:latest"}]}, []),
        ({"activeDeadlineSeconds": 5}, []),
        ({"tolerations": [{"key": "a", "tolerationSeconds": 2}, {"key": "b"}]}, []),
        ({"containers": [{**CONTAINER, "name": "zz"}]}, [(FORBIDDEN, "spec")]),
        ({"nodeName": "n"}, [(FORBIDDEN, "spec")]),
        ({"containers": [CONTAINER, {"name": "d", "image": "x"}]}, [(FORBIDDEN, "spec.containers")]),
        ({"activeDeadlineSeconds": 11}, [(INVALID, "spec.activeDeadlineSeconds")]),
        ({"activeDeadlineSeconds": None}, [(INVALID, "spec.activeDeadlineSeconds")]),
        ({"tolerations": [{"key": "b"}]}, [(FORBIDDEN, "spec.tolerations")]),
        ({"schedulingGates": [{"name": "a.b/c"}]}, [(FORBIDDEN, "spec.schedulingGates[0].name")]),
    ],
)
def test_invalid_changes_of_pods_are_reported(change: Object, expected: Found) -> None:
    assert causes_of("", "Pod", with_name(spec={**OLD_POD_SPEC, **change}), with_name(spec=OLD_POD_SPEC)) == expected


def deployment(labels: Object | None = None, **spec: Any) -> Object:
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [CONTAINER]}}
    return with_name(spec={"selector": {"matchLabels": labels or {"a": "b"}}, "template": template, **spec})


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
                template={
                    "metadata": {"labels": {"a": "b"}},
                    "spec": {"containers": [CONTAINER], "restartPolicy": "Never"},
                }
            ),
            [(UNSUPPORTED, "spec.template.spec.restartPolicy")],
        ),
    ],
)
def test_invalid_deployments_are_reported(body: Object, expected: Found) -> None:
    assert causes_of("apps", "Deployment", body) == expected


def test_deployment_selector_and_template_use_the_messages_of_kube_apiserver() -> None:
    causes = validate("apps", "Deployment", deployment({"a": "b", "q": "q"}), deployment())
    assert [(cause.field, cause.message) for cause in causes] == [
        ("spec.template.metadata.labels", 'Invalid value: {"a":"b"}: `selector` does not match template `labels`'),
        ("spec.selector", 'Invalid value: {"matchLabels":{"a":"b","q":"q"}}: field is immutable'),
    ]


@pytest.mark.parametrize(
    ("group", "kind", "body", "expected"),
    [
        ("autoscaling", "Scale", with_name(spec={"replicas": -1}), [(INVALID, "spec.replicas")]),
        (
            "coordination.k8s.io",
            "Lease",
            with_name(spec={"leaseDurationSeconds": 0}),
            [(INVALID, "spec.leaseDurationSeconds")],
        ),
        (
            "coordination.k8s.io",
            "Lease",
            with_name(spec={"leaseTransitions": -1}),
            [(INVALID, "spec.leaseTransitions")],
        ),
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
            with_name(spec={"template": {"spec": {"containers": [CONTAINER]}}}),
            [
                (REQUIRED, "spec.template.spec.restartPolicy"),
                (REQUIRED, "spec.selector"),
                (INVALID, "spec.template.metadata.labels"),
            ],
        ),
        ("", "ServiceAccount", with_name(), []),
    ],
)
def test_invalid_objects_of_other_kinds_are_reported(group: str, kind: str, body: Object, expected: Found) -> None:
    assert causes_of(group, kind, body) == expected


def test_job_template_is_immutable() -> None:
    selector: Object = {"matchLabels": {}}
    old = with_name(
        spec={"selector": selector, "template": {"spec": {"containers": [CONTAINER], "restartPolicy": "Never"}}}
    )
    template = {"spec": {"containers": [{**CONTAINER, "image": "x"}], "restartPolicy": "Never"}}
    new = with_name(spec={"selector": selector, "template": template})
    assert causes_of("batch", "Job", new, old) == [(INVALID, "spec.template")]
