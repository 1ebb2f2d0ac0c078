"""Documents for tests of kubex_ops."""

from typing import Any

from behaviour.custom_resources import make_crd
from kubex.manifests import Document, load

SCHEMA = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


def config_map(name: str, data: dict[str, str] | None = None, **metadata: object) -> dict[str, Any]:
    """Return a ConfigMap as JSON; keyword arguments are fields of its metadata."""
    fields = {} if data is None else {"data": data}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, **metadata}, **fields}


def definition(kind: str, *, scope: str = "Namespaced") -> dict[str, Any]:
    """Return a CustomResourceDefinition in the group example.com as JSON."""
    crd = make_crd(kind, f"{kind.lower()}s", SCHEMA, scope=scope)
    return {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", **crd.to_dict()}


def custom_resource(kind: str, name: str, **metadata: object) -> dict[str, Any]:
    """Return an object of a kind of `definition()`."""
    return {"apiVersion": "example.com/v1", "kind": kind, "metadata": {"name": name, **metadata}, "spec": {"size": 1}}


def webhook(name: str, rule: dict[str, Any], *, namespace: str) -> dict[str, Any]:
    """Return a webhook configuration that rejects each matching request in a namespace, because nothing listens."""
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": name},
        "webhooks": [
            {
                "name": f"{name}.example.com",
                "admissionReviewVersions": ["v1"],
                "sideEffects": "None",
                "failurePolicy": "Fail",
                "timeoutSeconds": 1,
                "clientConfig": {"url": "https://127.0.0.1:1/"},
                "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
                "rules": [rule],
            }
        ],
    }


def documents(text: str) -> list[Document]:
    """Return the documents of a text."""
    return load(text)
