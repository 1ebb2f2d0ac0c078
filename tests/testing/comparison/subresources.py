"""Steps for subresources and for reviews."""

from typing import Any

from testing.comparison.builder import Builder
from testing.comparison.kinds import Kind
from testing.comparison.patches import send_patch
from testing.comparison.steps import Body, Edit

CONDITION = {
    "type": "Ready",
    "status": "True",
    "reason": "Test",
    "message": "m",
    "lastTransitionTime": "2020-01-02T03:04:05Z",
}
_PHASES = {
    "pods": "Running",
    "namespaces": "Active",
    "persistentvolumes": "Available",
    "persistentvolumeclaims": "Bound",
}


def subresource(builder: Builder) -> None:
    """Use a subresource of an object, or read the object if it has none."""
    kind = builder.kind()
    if not kind.subresources:
        name = builder.existing(kind)
        builder.add(
            f"get {kind.plural}/status", "GET", f"{builder.collection(kind)}/{name}/status", accept=builder.accept()
        )
        return
    name = builder.existing(kind)
    chosen = builder.random.choice([item for item in kind.subresources if item in _ACTIONS])
    _ACTIONS[chosen](builder, kind, name)


def _status(builder: Builder, kind: Kind, name: str) -> None:
    path = f"{builder.collection(kind)}/{name}/status"
    edits = [_status_edit(builder, kind)]
    if builder.chance(0.2):
        edits += builder.edits(kind, 0)
    action = builder.pick((2, "get"), (4, "put"), (4, "patch"), (0.3, "delete"))
    base = builder.base(kind, name)
    if action == "patch" or (action == "put" and base is None):
        send_patch(builder, kind, name, "status", edits)
    elif action == "put":
        body = Body(builder.body(kind, name, invalid=0), base=base, edits=tuple(edits))
        builder.add(
            f"update {kind.plural}/status", "PUT", path, builder.write_query(kind), body=body, accept=builder.accept()
        )
    else:
        builder.add(
            f"{action} {kind.plural}/status", {"get": "GET", "delete": "DELETE"}[action], path, accept=builder.accept()
        )


def _status_edit(builder: Builder, kind: Kind) -> Edit:
    if kind.plural in _PHASES and builder.chance(0.5):
        return Edit("status.phase", _PHASES[kind.plural])
    if kind.is_custom:
        return builder.pick(
            (2, Edit("status", {"ready": True})), (2, Edit("status.replicas", 2)), (1, Edit("status.ready", "yes"))
        )
    if kind.plural in ("deployments", "replicasets", "statefulsets", "replicationcontrollers"):
        return builder.pick(
            (2, Edit("status.replicas", 2)), (1, Edit("status.observedGeneration", 1)), (1, Edit("status.replicas", -1))
        )
    if kind.plural in ("pods", "nodes", "services", "jobs", "poddisruptionbudgets") and builder.chance(0.7):
        return Edit("status.conditions", [CONDITION])
    return Edit("status", {})


def _scale(builder: Builder, kind: Kind, name: str) -> None:
    path = f"{builder.collection(kind)}/{name}/scale"
    replicas = builder.pick((4, 3), (1, 0), (1, -1), (0.5, "many"))
    action = builder.pick((3, "get"), (3, "put"), (4, "patch"))
    if action == "get":
        builder.add(f"get {kind.plural}/scale", "GET", path, accept=builder.accept())
    elif action == "put":
        document = {
            "apiVersion": "autoscaling/v1",
            "kind": "Scale",
            "metadata": {"name": name, "namespace": builder.namespace},
            "spec": {"replicas": replicas},
        }
        builder.add(
            f"update {kind.plural}/scale",
            "PUT",
            path,
            builder.write_query(kind),
            body=Body(document),
            accept=builder.accept(),
        )
    else:
        media = builder.pick((4, "application/merge-patch+json"), (2, "application/strategic-merge-patch+json"))
        builder.add(
            f"patch {kind.plural}/scale",
            "PATCH",
            path,
            builder.write_query(kind),
            body=Body({"spec": {"replicas": replicas}}),
            content_type=media,
            accept=builder.accept(),
        )


def _ephemeral_containers(builder: Builder, kind: Kind, name: str) -> None:
    container = builder.pick(
        (4, {"name": "debug", "image": "example.com/debug:1"}),
        (1, {"name": "main", "image": "x"}),
        (1, {"name": "debug"}),
    )
    builder.add(
        f"patch {kind.plural}/ephemeralcontainers",
        "PATCH",
        f"{builder.collection(kind)}/{name}/ephemeralcontainers",
        builder.write_query(kind),
        body=Body({"spec": {"ephemeralContainers": [container]}}),
        content_type="application/strategic-merge-patch+json",
        accept=builder.accept(),
    )


def _resize(builder: Builder, kind: Kind, name: str) -> None:
    container = {
        "name": "main",
        "resources": {"requests": {"cpu": "200m"}, "limits": {"cpu": builder.pick((3, "1"), (1, "100m"))}},
    }
    builder.add(
        f"patch {kind.plural}/resize",
        "PATCH",
        f"{builder.collection(kind)}/{name}/resize",
        builder.write_query(kind),
        body=Body({"spec": {"containers": [container]}}),
        content_type="application/strategic-merge-patch+json",
        accept=builder.accept(),
    )


def _eviction(builder: Builder, kind: Kind, name: str) -> None:
    named = builder.pick((6, name), (1, "other"), (1, ""))
    document = {
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": {"name": named, "namespace": builder.namespace},
    }
    builder.add(
        f"create {kind.plural}/eviction",
        "POST",
        f"{builder.collection(kind)}/{name}/eviction",
        body=Body(document),
        accept=builder.accept(),
    )


def _binding(builder: Builder, kind: Kind, name: str) -> None:
    target: dict[str, Any] = builder.pick(
        (4, {"kind": "Node", "name": "node-1"}), (1, {"kind": "Pod", "name": "x"}), (1, {})
    )
    document = {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": name}, "target": target}
    builder.add(
        f"create {kind.plural}/binding",
        "POST",
        f"{builder.collection(kind)}/{name}/binding",
        body=Body(document),
        accept=builder.accept(),
    )


def _log(builder: Builder, kind: Kind, name: str) -> None:
    query = builder.pick((3, {}), (1, {"container": "missing"}), (1, {"tailLines": "-1"}), (1, {"container": "main"}))
    builder.add(
        f"get {kind.plural}/log", "GET", f"{builder.collection(kind)}/{name}/log", query, accept=builder.accept()
    )


def _token(builder: Builder, kind: Kind, name: str) -> None:
    spec: dict[str, Any] = builder.pick(
        (3, {}), (2, {"expirationSeconds": 3600}), (2, {"expirationSeconds": 5}), (1, {"audiences": ["a"]})
    )
    document = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": spec}
    builder.add(
        f"create {kind.plural}/token",
        "POST",
        f"{builder.collection(kind)}/{name}/token",
        body=Body(document),
        accept=builder.accept(),
    )


def _finalize(builder: Builder, kind: Kind, name: str) -> None:
    base = builder.base(kind, name)
    edit = builder.pick((3, Edit("spec.finalizers", [])), (1, Edit("spec.finalizers", ["kubernetes", "example.com/x"])))
    body = Body(builder.body(kind, name, invalid=0), base=base, edits=(edit,))
    builder.add(
        f"update {kind.plural}/finalize",
        "PUT",
        f"{builder.collection(kind)}/{name}/finalize",
        body=body,
        accept=builder.accept(),
    )


def _approval(builder: Builder, kind: Kind, name: str) -> None:
    condition = {
        **CONDITION,
        "type": builder.pick((3, "Approved"), (1, "Denied"), (1, "Wrong")),
        "status": builder.pick((4, "True"), (1, "False")),
    }
    body = Body(
        builder.body(kind, name, invalid=0),
        base=builder.base(kind, name),
        edits=(Edit("status.conditions", [condition]),),
    )
    builder.add(
        f"update {kind.plural}/approval",
        "PUT",
        f"{builder.collection(kind)}/{name}/approval",
        body=body,
        accept=builder.accept(),
    )


_ACTIONS = {
    "status": _status,
    "scale": _scale,
    "ephemeralcontainers": _ephemeral_containers,
    "resize": _resize,
    "eviction": _eviction,
    "binding": _binding,
    "log": _log,
    "token": _token,
    "finalize": _finalize,
    "approval": _approval,
}


def review(builder: Builder) -> None:
    """Create a review."""
    attributes = {"namespace": builder.namespace, "verb": "get", "resource": "pods"}
    user = {"user": "nobody", "resourceAttributes": attributes}
    group, kind, spec = builder.pick(
        (2, ("authorization.k8s.io", "SelfSubjectAccessReview", {"resourceAttributes": attributes})),
        (
            1,
            (
                "authorization.k8s.io",
                "SelfSubjectAccessReview",
                {"nonResourceAttributes": {"path": "/healthz", "verb": "get"}},
            ),
        ),
        (1, ("authorization.k8s.io", "SelfSubjectAccessReview", {})),
        (1, ("authorization.k8s.io", "SelfSubjectRulesReview", {})),
        (2, ("authorization.k8s.io", "SubjectAccessReview", user)),
        (1, ("authorization.k8s.io", "SubjectAccessReview", {"resourceAttributes": attributes})),
        (2, ("authorization.k8s.io", "LocalSubjectAccessReview", user)),
        (1, ("authentication.k8s.io", "SelfSubjectReview", None)),
        (2, ("authentication.k8s.io", "TokenReview", {"token": "nonsense"})),
        (1, ("authentication.k8s.io", "TokenReview", {})),
    )
    scope = f"namespaces/{builder.namespace}/" if kind.startswith("Local") else ""
    document: dict[str, Any] = {"apiVersion": f"{group}/v1", "kind": kind}
    if spec is not None:
        document["spec"] = spec
    for edit in builder.metadata_edits(0.1):
        document.setdefault("metadata", {})[edit.path.rpartition(".")[2]] = edit.value
    if builder.chance(0.1):
        document["unknown"] = 1
    query = builder.pick(
        (5, {}), (1, {"dryRun": "All"}), (1, {"fieldManager": "m"}), (1, {"fieldValidation": "Strict"})
    )
    builder.add(
        f"create {kind.lower()}s",
        "POST",
        f"/apis/{group}/v1/{scope}{kind.lower()}s",
        query,
        body=Body(document),
        accept=builder.accept(),
    )
