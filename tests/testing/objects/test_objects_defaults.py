"""Defaults and the fields that the server sets, compared with kube-apiserver."""

import copy
from typing import Any

import pytest

from kubex_testing._objects.defaults import default_builtin
from kubex_testing._objects.pod_defaults import pull_policy, qos_class
from kubex_testing._objects.prepare_create import prepare_builtin_for_create

Object = dict[str, Any]

CONTAINER = {
    "image": "nginx",
    "resources": {},
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
    "imagePullPolicy": "Always",
}
TEMPLATE_SPEC = {
    "restartPolicy": "Always",
    "terminationGracePeriodSeconds": 30,
    "dnsPolicy": "ClusterFirst",
    "securityContext": {},
    "schedulerName": "default-scheduler",
}
TOLERATIONS = [
    {"key": f"node.kubernetes.io/{name}", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}
    for name in ("not-ready", "unreachable")
]


def create_with_defaults(group: str, kind: str, **body: Any) -> Object:
    obj = {"metadata": {"name": "x", "uid": "u-1"}, **body}
    before = copy.deepcopy(obj)
    defaulted = default_builtin(group, kind, obj)
    result = prepare_builtin_for_create(
        group, kind, defaulted, allocate_ip=lambda: "10.0.0.158", allocate_node_port=lambda: 30123
    )
    assert obj == before
    assert {key: value for key, value in result.pop("metadata").items() if key in {"name", "uid"}} == before["metadata"]
    return result


def test_pod_defaults_are_set() -> None:
    spec = {"containers": [{"name": "main", "image": "nginx"}]}
    assert create_with_defaults("", "Pod", spec=spec, status={"phase": "Running"}) == {
        "spec": {
            **TEMPLATE_SPEC,
            "containers": [{"name": "main", **CONTAINER}],
            "tolerations": TOLERATIONS,
            "priority": 0,
            "enableServiceLinks": True,
            "preemptionPolicy": "PreemptLowerPriority",
        },
        "status": {"phase": "Pending", "qosClass": "BestEffort"},
    }


def test_deployment_defaults_are_set() -> None:
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}}
    assert create_with_defaults(
        "apps", "Deployment", spec={"selector": {"matchLabels": {"a": "b"}}, "template": template}
    ) == {
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": {"a": "b"}},
            "template": {
                "metadata": {"labels": {"a": "b"}},
                "spec": {**TEMPLATE_SPEC, "containers": [{"name": "c", **CONTAINER}]},
            },
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"}},
            "revisionHistoryLimit": 10,
            "progressDeadlineSeconds": 600,
        },
        "status": {},
    }


def test_service_defaults_are_set() -> None:
    assert create_with_defaults("", "Service", spec={"ports": [{"port": 80}]}) == {
        "spec": {
            "ports": [{"protocol": "TCP", "port": 80, "targetPort": 80}],
            "clusterIP": "10.0.0.158",
            "clusterIPs": ["10.0.0.158"],
            "type": "ClusterIP",
            "sessionAffinity": "None",
            "ipFamilies": ["IPv4"],
            "ipFamilyPolicy": "SingleStack",
            "internalTrafficPolicy": "Cluster",
        },
        "status": {"loadBalancer": {}},
    }


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"clusterIP": "None"}, {"clusterIP": "None", "clusterIPs": ["None"], "ipFamilyPolicy": "RequireDualStack"}),
        ({"clusterIP": "None", "selector": {"a": "b"}}, {"ipFamilyPolicy": "SingleStack", "ipFamilies": ["IPv4"]}),
        ({"clusterIP": "10.0.0.7"}, {"clusterIP": "10.0.0.7", "clusterIPs": ["10.0.0.7"]}),
        ({"type": "NodePort", "ports": [{"port": 80}]}, {"externalTrafficPolicy": "Cluster"}),
        ({"type": "LoadBalancer"}, {"allocateLoadBalancerNodePorts": True, "externalTrafficPolicy": "Cluster"}),
        ({"sessionAffinity": "ClientIP"}, {"sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 10800}}}),
        (
            {"ports": [{"port": 80, "targetPort": "http"}]},
            {"ports": [{"protocol": "TCP", "port": 80, "targetPort": "http"}]},
        ),
    ],
)
def test_defaults_of_other_service_types_are_set(spec: Object, expected: Object) -> None:
    found = create_with_defaults("", "Service", spec=spec)["spec"]
    assert {key: found[key] for key in expected} == expected


def test_node_ports_are_allocated_for_the_types_that_need_them() -> None:
    ports = [{"port": 80}, {"port": 81, "nodePort": 30007}]
    for kind, expected in (
        ("ClusterIP", [None, 30007]),
        ("NodePort", [30123, 30007]),
        ("LoadBalancer", [30123, 30007]),
    ):
        found = create_with_defaults("", "Service", spec={"type": kind, "ports": ports})["spec"]["ports"]
        assert [port.get("nodePort") for port in found] == expected


def test_external_name_service_gets_no_cluster_ip() -> None:
    found = create_with_defaults("", "Service", spec={"type": "ExternalName", "externalName": "a.example"})["spec"]
    assert found == {"type": "ExternalName", "externalName": "a.example", "sessionAffinity": "None"}


def test_secret_defaults_are_set() -> None:
    assert create_with_defaults("", "Secret", stringData={"a": "b"}) == {"data": {"a": "Yg=="}, "type": "Opaque"}
    assert create_with_defaults("", "Secret", data={"a": "eA==", "c": "eQ=="}, stringData={"a": "b"})["data"] == {
        "a": "Yg==",
        "c": "eQ==",
    }


def test_namespace_defaults_are_set() -> None:
    assert create_with_defaults("", "Namespace") == {
        "spec": {"finalizers": ["kubernetes"]},
        "status": {"phase": "Active"},
    }
    labelled = default_builtin("", "Namespace", {"metadata": {"name": "w", "labels": {"a": "b"}}})
    assert labelled["metadata"]["labels"] == {"a": "b", "kubernetes.io/metadata.name": "w"}


def test_event_defaults_are_set() -> None:
    body = {"involvedObject": {"kind": "Pod"}, "reason": "R", "message": "m", "type": "Normal"}
    assert create_with_defaults("", "Event", **body) == {
        **body,
        "source": {},
        "firstTimestamp": None,
        "lastTimestamp": None,
        "eventTime": None,
        "reportingComponent": "",
        "reportingInstance": "",
    }


@pytest.mark.parametrize("kind", ["ConfigMap", "ServiceAccount"])
def test_kinds_without_defaults_are_unchanged(kind: str) -> None:
    assert create_with_defaults("", kind) == {}


def test_defaults_of_other_workloads_are_set() -> None:
    spec: Object = {"template": {}}
    assert create_with_defaults("apps", "ReplicaSet", spec=spec)["spec"]["replicas"] == 1
    stateful = create_with_defaults("apps", "StatefulSet", spec=spec)
    assert stateful["spec"]["updateStrategy"] == {
        "type": "RollingUpdate",
        "rollingUpdate": {"partition": 0, "maxUnavailable": 1},
    }
    assert stateful["status"] == {"replicas": 0, "availableReplicas": 0}
    daemon = create_with_defaults("apps", "DaemonSet", spec=spec)
    assert daemon["spec"]["updateStrategy"]["rollingUpdate"] == {"maxUnavailable": 1, "maxSurge": 0}
    job = create_with_defaults("batch", "Job", spec=spec)["spec"]
    assert (job["completions"], job["parallelism"], job["backoffLimit"]) == (1, 1, 6)
    assert job["selector"] == {"matchLabels": {"batch.kubernetes.io/controller-uid": "u-1"}}
    assert job["template"]["metadata"]["labels"]["job-name"] == "x"
    assert daemon["status"]["numberReady"] == 0


def test_custom_resource_definition_defaults_are_set() -> None:
    names = {"plural": "widgets", "kind": "Widget"}
    versions = [{"name": "v1", "storage": False}, {"name": "v2", "storage": True}]
    found = create_with_defaults(
        "apiextensions.k8s.io", "CustomResourceDefinition", spec={"names": names, "versions": versions}
    )
    assert found["spec"]["names"] == {**names, "singular": "widget", "listKind": "WidgetList"}
    assert found["spec"]["conversion"] == {"strategy": "None"}
    assert found["status"]["storedVersions"] == ["v2"]


def test_new_node_has_the_not_ready_taint() -> None:
    assert create_with_defaults("", "Node")["spec"]["taints"] == [
        {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}
    ]


def pod_spec(**spec: Any) -> Object:
    found: Object = create_with_defaults("", "Pod", spec={"containers": [{"name": "c", "image": "i"}], **spec})["spec"]
    return found


@pytest.mark.parametrize(
    ("volume", "source"),
    [
        ({}, {"emptyDir": {}}),
        ({"secret": {"secretName": "s"}}, {"secret": {"secretName": "s", "defaultMode": 420}}),
        ({"configMap": {"name": "s", "defaultMode": 256}}, {"configMap": {"name": "s", "defaultMode": 256}}),
        ({"hostPath": {"path": "/x"}}, {"hostPath": {"path": "/x", "type": ""}}),
        (
            {"projected": {"sources": [{"serviceAccountToken": {"path": "t"}}]}},
            {
                "projected": {
                    "sources": [{"serviceAccountToken": {"path": "t", "expirationSeconds": 3600}}],
                    "defaultMode": 420,
                }
            },
        ),
        (
            {"downwardAPI": {"items": [{"path": "p", "fieldRef": {"fieldPath": "metadata.name"}}]}},
            {
                "downwardAPI": {
                    "items": [{"path": "p", "fieldRef": {"fieldPath": "metadata.name", "apiVersion": "v1"}}],
                    "defaultMode": 420,
                }
            },
        ),
    ],
)
def test_volume_defaults_are_set(volume: Object, source: Object) -> None:
    assert pod_spec(volumes=[{"name": "v", **volume}])["volumes"] == [{"name": "v", **source}]


def test_probe_port_and_environment_defaults_are_set() -> None:
    container = {
        "name": "c",
        "image": "i",
        "ports": [{"containerPort": 80}],
        "env": [{"name": "N", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}],
        "livenessProbe": {"httpGet": {"port": 80}, "periodSeconds": 3},
        "lifecycle": {"preStop": {"httpGet": {"port": 80}}},
    }
    (found,) = pod_spec(containers=[container], hostNetwork=True)["containers"]
    http = {"port": 80, "path": "/", "scheme": "HTTP"}
    assert found["ports"] == [{"containerPort": 80, "protocol": "TCP", "hostPort": 80}]
    assert found["env"][0]["valueFrom"] == {"fieldRef": {"fieldPath": "metadata.name", "apiVersion": "v1"}}
    assert found["livenessProbe"] == {
        "httpGet": http, "timeoutSeconds": 1, "periodSeconds": 3, "successThreshold": 1, "failureThreshold": 3
    }  # fmt: skip
    assert found["lifecycle"] == {"preStop": {"httpGet": http}}


def test_requests_default_to_limits_in_pods_but_not_in_templates() -> None:
    container = {
        "name": "c",
        "image": "i",
        "resources": {"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "500m"}},
    }
    (found,) = pod_spec(containers=[container])["containers"]
    assert found["resources"]["requests"] == {"cpu": "500m", "memory": "1Gi"}
    deployment = create_with_defaults("apps", "Deployment", spec={"template": {"spec": {"containers": [container]}}})
    (kept,) = deployment["spec"]["template"]["spec"]["containers"]
    assert kept["resources"] == container["resources"]


def test_tolerations_of_the_pod_replace_the_default_ones() -> None:
    own = [{"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute"}]
    assert pod_spec(tolerations=own)["tolerations"] == [*own, TOLERATIONS[1]]
    everything = [{"operator": "Exists"}]
    assert pod_spec(tolerations=everything)["tolerations"] == everything


def test_defaults_that_depend_on_other_pod_fields_are_set() -> None:
    assert pod_spec(serviceAccountName="sa")["serviceAccount"] == "sa"
    assert pod_spec(terminationGracePeriodSeconds=-1)["terminationGracePeriodSeconds"] == 1
    assert pod_spec(terminationGracePeriodSeconds=0)["terminationGracePeriodSeconds"] == 0


@pytest.mark.parametrize(
    ("image", "policy"),
    [
        ("nginx", "Always"),
        ("nginx:latest", "Always"),
        ("nginx:1.27", "IfNotPresent"),
        ("localhost:5000/nginx", "Always"),
        ("localhost:5000/nginx:1", "IfNotPresent"),
        ("nginx@sha256:abc", "IfNotPresent"),
        ("", "IfNotPresent"),
    ],
)
def test_default_pull_policy_depends_on_the_image_tag(image: str, policy: str) -> None:
    assert pull_policy(image) == policy


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ([{}], "BestEffort"),
        ([{"limits": {"nvidia.com/gpu": "1"}}], "BestEffort"),
        ([{"requests": {"cpu": "1"}}], "Burstable"),
        ([{"limits": {"cpu": "1", "memory": "1"}, "requests": {"cpu": "1", "memory": "1"}}], "Guaranteed"),
        ([{"limits": {"cpu": "1", "memory": "1"}, "requests": {"cpu": "1000m", "memory": "1"}}], "Guaranteed"),
        ([{"limits": {"cpu": "1", "memory": "1"}, "requests": {"cpu": "1", "memory": "0.5"}}], "Burstable"),
        ([{"limits": {"cpu": "1", "memory": "1"}}, {}], "Burstable"),
    ],
)
def test_quality_of_service_class_depends_on_the_resources(resources: list[Object], expected: str) -> None:
    assert qos_class({"containers": [{"resources": item} for item in resources]}) == expected
