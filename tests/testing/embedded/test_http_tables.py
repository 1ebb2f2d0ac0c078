"""Tables of built-in kinds, on both servers."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from kubex_testing.embedded._tables import column_table, read_column_table

TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
TOOL = Path(__file__).parents[3] / "packages/kubex-testing/tools/generate_columns.py"


def test_column_table_has_the_columns_of_all_kinds(client: Any) -> None:
    spec = importlib.util.spec_from_file_location("generate_columns", TOOL)
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    tables = {bucket: client.request("GET", path, accept=TABLE).document for bucket, path in tool.table_paths().items()}
    assert column_table(tables) == read_column_table()


def cells(client: Any, path: str) -> dict[str, Any]:
    """Return the cells of one object by the names of the columns, without its age."""
    table = client.request("GET", path, accept=TABLE).document
    names = [column["name"] for column in table["columnDefinitions"]]
    row = dict(zip(names, table["rows"][0]["cells"], strict=True))
    return {name: cell for name, cell in row.items() if name not in {"Name", "Age"}}


def create(client: Any, plural: str, body: dict[str, Any], status: Any = None, group: str = "") -> dict[str, Any]:
    """Create an object with a status, and return its cells."""
    client.create(plural, {"metadata": {"name": "a"}, **body}, group=group)
    if status is not None:
        patched = client.patch(client.path(plural, "a", "status", group=group), {"status": status})
        assert patched.status == 200, patched.body
    return cells(client, client.path(plural, "a", group=group))


CONTAINERS = {"containers": [{"name": "c", "image": "i:1"}, {"name": "d", "image": "j:1"}]}
TEMPLATE = {"metadata": {"labels": {"a": "b"}}, "spec": CONTAINERS}
SELECTOR = {"matchLabels": {"a": "b"}}
WIDE = {"Containers": "c,d", "Images": "i:1,j:1", "Selector": "a=b"}
RUNNING = {"ready": True, "restartCount": 0, "state": {"running": {}}, "image": "i", "imageID": "i"}


def container(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, **RUNNING, **more}


POD_STATUSES = [
    ({}, "0/2", "Pending", "0"),
    ({"phase": "Running", "containerStatuses": [container("c"), container("d")]}, "2/2", "Running", "0"),
    (
        {"containerStatuses": [container("c", ready=False, state={"waiting": {"reason": "ImagePullBackOff"}})]},
        "0/2",
        "ImagePullBackOff",
        "0",
    ),
    (
        {
            "phase": "Running",
            "containerStatuses": [
                container("c", restartCount=3),
                container("d", ready=False, state={"terminated": {"exitCode": 2}}),
            ],
        },
        "1/2",
        "ExitCode:2",
        "3",
    ),
    (
        {
            "phase": "Succeeded",
            "containerStatuses": [
                container("c", ready=False, state={"terminated": {"exitCode": 0, "reason": "Completed"}})
            ],
        },
        "0/2",
        "Completed",
        "0",
    ),
    ({"reason": "Evicted", "phase": "Failed"}, "0/2", "Evicted", "0"),
    (
        {"initContainerStatuses": [container("e", ready=False, restartCount=1, state={"waiting": {}})]},
        "0/2",
        "Init:0/1",
        "1",
    ),
    (
        {"initContainerStatuses": [container("e", ready=False, state={"terminated": {"exitCode": 1, "signal": 9}})]},
        "0/2",
        "Init:Signal:9",
        "0",
    ),
]


@pytest.mark.parametrize(("status", "ready", "state", "restarts"), POD_STATUSES)
def test_pod_cells_show_the_states_of_the_containers(
    client: Any, status: dict[str, Any], ready: str, state: str, restarts: str
) -> None:
    spec = {**CONTAINERS, "initContainers": [{"name": "e", "image": "k"}]}
    expected = {"Ready": ready, "Status": state, "Restarts": restarts}
    wide = {"IP": "<none>", "Node": "<none>", "Nominated Node": "<none>", "Readiness Gates": "<none>"}
    assert create(client, "pods", {"spec": spec}, status) == {**expected, **wide}


def test_service_cells_show_addresses_and_ports(client: Any) -> None:
    ports = [{"name": "a", "port": 80}, {"name": "b", "port": 53, "protocol": "UDP"}]
    found = create(client, "services", {"spec": {"selector": {"a": "b"}, "ports": ports, "clusterIP": "None"}})
    assert found == {
        "Type": "ClusterIP",
        "Cluster-IP": "None",
        "External-IP": "<none>",
        "Port(s)": "80/TCP,53/UDP",
        "Selector": "a=b",
    }


WORKLOADS = [
    (
        "deployments",
        {"replicas": 3, "selector": SELECTOR, "template": TEMPLATE},
        {"replicas": 3, "readyReplicas": 2, "updatedReplicas": 3, "availableReplicas": 1},
        {"Ready": "2/3", "Up-to-date": 3, "Available": 1, **WIDE},
    ),
    (
        "statefulsets",
        {"replicas": 2, "selector": SELECTOR, "template": TEMPLATE, "serviceName": "s"},
        {"replicas": 2, "readyReplicas": 1, "availableReplicas": 1},
        {"Ready": "1/2", "Containers": "c,d", "Images": "i:1,j:1"},
    ),
    (
        "daemonsets",
        {"selector": SELECTOR, "template": {**TEMPLATE, "spec": {**CONTAINERS, "nodeSelector": {"disk": "ssd"}}}},
        {"desiredNumberScheduled": 2, "currentNumberScheduled": 1, "numberMisscheduled": 0, "numberReady": 1},
        {
            "Desired": 2,
            "Current": 1,
            "Ready": 1,
            "Up-to-date": 0,
            "Available": 0,
            "Node Selector": "disk=ssd",
            **WIDE,
        },
    ),
    (
        "replicasets",
        {"replicas": 1, "selector": SELECTOR, "template": TEMPLATE},
        {"replicas": 1},
        {"Desired": 1, "Current": 1, "Ready": 0, **WIDE},
    ),
]


@pytest.mark.parametrize(("plural", "spec", "status", "expected"), WORKLOADS)
def test_workload_cells_show_replicas_and_containers(
    client: Any, plural: str, spec: dict[str, Any], status: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert create(client, plural, {"spec": spec}, status, group="apps/v1") == expected


def test_job_cells_show_the_state_and_the_completions(client: Any) -> None:
    template = {"spec": {**CONTAINERS, "restartPolicy": "Never"}}
    found = create(client, "jobs", {"spec": {"completions": 3, "template": template}}, group="batch/v1")
    expected = {"Status": "Running", "Completions": "0/3", "Duration": ""}
    assert {name: found[name] for name in expected} == expected


def test_cron_job_cells_show_the_schedule(client: Any) -> None:
    template = {"spec": {"template": {"spec": {**CONTAINERS, "restartPolicy": "Never"}}}}
    found = create(client, "cronjobs", {"spec": {"schedule": "* * * * *", "jobTemplate": template}}, group="batch/v1")
    assert found == {
        "Schedule": "* * * * *",
        "Timezone": "<none>",
        "Suspend": "False",
        "Active": 0,
        "Last Schedule": "<none>",
        **WIDE,
        "Selector": "<none>",
    }


def test_claim_cells_show_the_volume_after_it_is_bound(client: Any) -> None:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, "volumeName": "v"}
    status = {"phase": "Bound", "accessModes": ["ReadWriteOnce", "ReadOnlyMany"], "capacity": {"storage": "2Gi"}}
    found = create(client, "persistentvolumeclaims", {"spec": {**spec, "storageClassName": "s"}}, status)
    assert found == {
        "Status": "Bound",
        "Volume": "v",
        "Capacity": "2Gi",
        "Access Modes": "RWO,ROX",
        "StorageClass": "s",
        "VolumeAttributesClass": "<unset>",
        "VolumeMode": "Filesystem",
    }


def test_ingress_cells_show_hosts_and_addresses(client: Any) -> None:
    backend = {"service": {"name": "s", "port": {"number": 80}}}
    paths = {"http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}
    spec = {"rules": [{"host": f"h{number}.example.com", **paths} for number in range(4)], "tls": [{}]}
    status = {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}, {"hostname": "lb.example.com"}]}}
    assert create(client, "ingresses", {"spec": spec}, status, group="networking.k8s.io/v1") == {
        "Class": "<none>",
        "Hosts": "h0.example.com,h1.example.com,h2.example.com + 1 more...",
        "Address": "192.0.2.1,lb.example.com",
        "Ports": "80, 443",
    }


def test_autoscaler_cells_show_metrics_and_targets(client: Any) -> None:
    metrics = [
        {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 60}}},
        {"type": "Pods", "pods": {"metric": {"name": "m"}, "target": {"type": "AverageValue", "averageValue": "5"}}},
        {"type": "External", "external": {"metric": {"name": "q"}, "target": {"type": "Value", "value": "9"}}},
    ]
    spec = {"scaleTargetRef": {"kind": "Deployment", "name": "d", "apiVersion": "apps/v1"}, "maxReplicas": 4}
    current = [{"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": 30}}}]
    status = {"currentReplicas": 2, "desiredReplicas": 2, "currentMetrics": current}
    found = create(
        client, "horizontalpodautoscalers", {"spec": {**spec, "metrics": metrics}}, status, group="autoscaling/v2"
    )
    assert found == {
        "Reference": "Deployment/d",
        "Targets": "cpu: 30%/60%, <unknown>/5 + 1 more...",
        "MinPods": "1",
        "MaxPods": 4,
        "Replicas": 2,
    }


def test_event_cells_start_with_the_time(client: Any) -> None:
    involved = {"kind": "Pod", "name": "p", "namespace": client.namespace, "fieldPath": "spec"}
    body = {"involvedObject": involved, "reason": "Started", "message": " text \n", "type": "Normal", "count": 2}
    found = create(client, "events", {**body, "source": {"component": "kubelet", "host": "n"}})
    expected = {"Last Seen": "<unknown>", "Type": "Normal", "Reason": "Started", "Object": "pod/p", "Message": "text"}
    assert found == {
        **expected,
        "Subobject": "spec",
        "Source": "kubelet, n",
        "First Seen": "<unknown>",
        "Count": 2,
    }


def test_versions_of_a_definition_are_those_that_are_served(client: Any) -> None:
    schema = {"openAPIV3Schema": {"type": "object"}}
    versions = [("v2", True, False), ("v1", True, True), ("v1beta1", False, False)]
    group = f"{client.namespace}.example.com"
    spec = {
        "group": group,
        "scope": "Cluster",
        "names": {"plural": "tables", "kind": "Table"},
        "versions": [
            {"name": name, "served": served, "storage": storage, "schema": schema} for name, served, storage in versions
        ],
    }
    path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    assert client.request("POST", path, {"metadata": {"name": f"tables.{group}"}, "spec": spec}).status == 201
    found = cells(client, f"{path}/tables.{group}")
    assert (found["Scope"], found["Versions"]) == ("Cluster", "v1(storage),v2")
    assert client.request("DELETE", f"{path}/tables.{group}").status == 200
