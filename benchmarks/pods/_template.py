"""A Pod of a Deployment on a running cluster: 6.6 KB, about a third of it `managedFields`."""

from typing import Any

_SINCE = "2026-03-04T09:58:12Z"


def _probe(path: str) -> dict[str, Any]:
    return {
        "httpGet": {"path": path, "port": "http", "scheme": "HTTP"},
        "initialDelaySeconds": 5,
        "timeoutSeconds": 2,
        "periodSeconds": 10,
        "successThreshold": 1,
        "failureThreshold": 3,
    }


def _container(name: str, image: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "image": image,
        "resources": {
            "limits": {"cpu": "500m", "memory": "256Mi"},
            "requests": {"cpu": "100m", "memory": "128Mi"},
        },
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "imagePullPolicy": "IfNotPresent",
        "securityContext": {
            "capabilities": {"drop": ["ALL"]},
            "runAsNonRoot": True,
            "allowPrivilegeEscalation": False,
        },
        **more,
    }


def _container_status(name: str, image: str, letter: str) -> dict[str, Any]:
    return {
        "name": name,
        "state": {"running": {"startedAt": "2026-03-04T09:58:15Z"}},
        "lastState": {},
        "ready": True,
        "restartCount": 0,
        "image": image,
        "imageID": f"sha256:{letter * 64}",
        "containerID": f"containerd://{letter * 64}",
        "started": True,
    }


def _condition(kind: str, since: str) -> dict[str, Any]:
    return {"type": kind, "status": "True", "lastProbeTime": None, "lastTransitionTime": since}


def _owned(*names: str) -> dict[str, Any]:
    return {".": {}} | {f"f:{name}": {} for name in names}


def _owned_container(*names: str) -> dict[str, Any]:
    return _owned("image", "imagePullPolicy", "name", "terminationMessagePath", "terminationMessagePolicy", *names)


_TOKEN = {
    "name": "kube-api-access-x7k2p",
    "readOnly": True,
    "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount",
}

_SERVER = "registry.example.com/shop/checkout:2.14.1"
_PROXY = "registry.example.com/mesh/proxy:1.8.0"

_MANAGED = [
    {
        "manager": "kube-controller-manager",
        "operation": "Update",
        "apiVersion": "v1",
        "time": _SINCE,
        "fieldsType": "FieldsV1",
        "fieldsV1": {
            "f:metadata": {
                "f:annotations": _owned("checksum/config", "prometheus.io/port", "prometheus.io/scrape"),
                "f:generateName": {},
                "f:labels": _owned("app.kubernetes.io/name", "app.kubernetes.io/part-of", "pod-template-hash"),
                "f:ownerReferences": {".": {}, 'k:{"uid":"0f6a4a52-7f0d-4a3c-9a55-1c1a4b1d9e77"}': {}},
            },
            "f:spec": {
                "f:containers": {
                    'k:{"name":"proxy"}': _owned_container("args")
                    | {"f:resources": _owned("limits", "requests"), "f:securityContext": _owned("runAsNonRoot")},
                    'k:{"name":"server"}': _owned_container()
                    | {
                        "f:env": {".": {}, 'k:{"name":"LOG_LEVEL"}': _owned("name", "value")},
                        "f:livenessProbe": _owned("failureThreshold", "httpGet", "periodSeconds", "timeoutSeconds"),
                        "f:ports": {".": {}, 'k:{"containerPort":8080,"protocol":"TCP"}': _owned("containerPort")},
                        "f:resources": _owned("limits", "requests"),
                        "f:volumeMounts": {".": {}, 'k:{"mountPath":"/etc/checkout"}': _owned("mountPath", "name")},
                    },
                },
                "f:dnsPolicy": {},
                "f:enableServiceLinks": {},
                "f:restartPolicy": {},
                "f:schedulerName": {},
                "f:securityContext": _owned("fsGroup"),
                "f:terminationGracePeriodSeconds": {},
                "f:volumes": {".": {}, 'k:{"name":"config"}': _owned("configMap", "name")},
            },
        },
    },
    {
        "manager": "kubelet",
        "operation": "Update",
        "apiVersion": "v1",
        "time": "2026-03-04T09:58:16Z",
        "fieldsType": "FieldsV1",
        "fieldsV1": {
            "f:status": {
                "f:conditions": {
                    'k:{"type":"ContainersReady"}': _owned("lastProbeTime", "lastTransitionTime", "status", "type"),
                    'k:{"type":"Ready"}': _owned("lastProbeTime", "lastTransitionTime", "status", "type"),
                },
                "f:containerStatuses": {},
                "f:hostIP": {},
                "f:phase": {},
                "f:podIP": {},
                "f:podIPs": {".": {}, 'k:{"ip":"10.0.0.1"}': _owned("ip")},
                "f:startTime": {},
            }
        },
        "subresource": "status",
    },
]

POD: dict[str, Any] = {
    "kind": "Pod",
    "apiVersion": "v1",
    "metadata": {
        "name": "checkout-7d9f6c5b8d-00000",
        "generateName": "checkout-7d9f6c5b8d-",
        "namespace": "default",
        "uid": "5f0c2b1e-93a4-4d6b-8f1a-000000000000",
        "resourceVersion": "8000000",
        "creationTimestamp": _SINCE,
        "labels": {
            "app.kubernetes.io/name": "checkout",
            "app.kubernetes.io/part-of": "shop",
            "pod-template-hash": "7d9f6c5b8d",
        },
        "annotations": {
            "checksum/config": "9b" * 32,
            "prometheus.io/port": "9090",
            "prometheus.io/scrape": "true",
        },
        "ownerReferences": [
            {
                "apiVersion": "apps/v1",
                "kind": "ReplicaSet",
                "name": "checkout-7d9f6c5b8d",
                "uid": "0f6a4a52-7f0d-4a3c-9a55-1c1a4b1d9e77",
                "controller": True,
                "blockOwnerDeletion": True,
            }
        ],
        "managedFields": _MANAGED,
    },
    "spec": {
        "volumes": [
            {"name": "config", "configMap": {"name": "checkout", "defaultMode": 420}},
            {
                "name": "kube-api-access-x7k2p",
                "projected": {
                    "sources": [
                        {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
                        {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
                        {
                            "downwardAPI": {
                                "items": [
                                    {
                                        "path": "namespace",
                                        "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"},
                                    }
                                ]
                            }
                        },
                    ],
                    "defaultMode": 420,
                },
            },
        ],
        "containers": [
            _container(
                "server",
                _SERVER,
                ports=[{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
                env=[
                    {"name": "LOG_LEVEL", "value": "info"},
                    {"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "checkout-db", "key": "password"}}},
                ],
                volumeMounts=[{"name": "config", "mountPath": "/etc/checkout"}, _TOKEN],
                livenessProbe=_probe("/livez"),
            ),
            _container("proxy", _PROXY, args=["--admin-port=9901", "--drain=30s"], volumeMounts=[_TOKEN]),
        ],
        "restartPolicy": "Always",
        "terminationGracePeriodSeconds": 30,
        "dnsPolicy": "ClusterFirst",
        "serviceAccountName": "checkout",
        "serviceAccount": "checkout",
        "nodeName": "node-000",
        "securityContext": {"fsGroup": 2000},
        "schedulerName": "default-scheduler",
        "tolerations": [
            {
                "key": f"node.kubernetes.io/{taint}",
                "operator": "Exists",
                "effect": "NoExecute",
                "tolerationSeconds": 300,
            }
            for taint in ("not-ready", "unreachable")
        ],
        "priority": 0,
        "enableServiceLinks": True,
    },
    "status": {
        "phase": "Running",
        "conditions": [
            _condition("Initialized", _SINCE),
            _condition("Ready", "2026-03-04T09:58:16Z"),
            _condition("ContainersReady", "2026-03-04T09:58:16Z"),
            _condition("PodScheduled", _SINCE),
        ],
        "hostIP": "192.0.2.17",
        "podIP": "10.0.0.1",
        "podIPs": [{"ip": "10.0.0.1"}],
        "startTime": _SINCE,
        "containerStatuses": [_container_status("proxy", _PROXY, "a"), _container_status("server", _SERVER, "b")],
        "qosClass": "Burstable",
    },
}
