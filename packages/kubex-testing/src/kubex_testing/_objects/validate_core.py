"""Validation of config maps, secrets, namespaces, events and leases."""

import base64
from collections.abc import Iterator

from .json_types import JsonObject, array_at, is_integer, json_equal, object_at
from .names import (
    config_key_problems,
    qualified_name_problems,
    validate_finalizer_domain,
    validate_finalizers,
)
from .status_causes import StatusCause, forbidden, invalid, required, too_long
from .strict_decode import DecodeError, decode_strict

MAX_DATA_BYTES = 1024 * 1024
_IMMUTABLE_MESSAGE = "field is immutable when `immutable` is set"
_SECRET_KEYS = {
    "kubernetes.io/dockercfg": [".dockercfg"],
    "kubernetes.io/dockerconfigjson": [".dockerconfigjson"],
    "kubernetes.io/ssh-auth": ["ssh-privatekey"],
    "kubernetes.io/tls": ["tls.crt", "tls.key"],
}


def validate_config_map(obj: JsonObject, old: JsonObject | None) -> list[StatusCause]:
    """Validate the keys, the total size, and changes of an immutable config map."""
    data, binary = object_at(obj, "data"), object_at(obj, "binaryData")
    causes = [*_validate_keys(data, "data"), *_validate_keys(binary, "binaryData")]
    causes += [
        invalid(f"data[{key}]", key, "duplicate of key present in binaryData") for key in sorted(data) if key in binary
    ]
    if sum(len(value.encode()) for value in data.values()) + _decoded_size(binary) > MAX_DATA_BYTES:
        causes.append(too_long("[]", MAX_DATA_BYTES))
    return [*_validate_immutable(obj, old, "data", "binaryData"), *causes]


def validate_secret(obj: JsonObject, old: JsonObject | None) -> list[StatusCause]:
    """Validate the keys, the total size, the keys of its type, and changes of an immutable secret."""
    data = object_at(obj, "data")
    causes: list[StatusCause] = []
    if old is not None and obj.get("type") != old.get("type"):
        causes.append(invalid("type", obj.get("type"), "field is immutable"))
    causes += [*_validate_immutable(obj, old, "data"), *_validate_keys(data, "data")]
    if _decoded_size(data) > MAX_DATA_BYTES:
        causes.append(too_long("data", MAX_DATA_BYTES))
    kind = obj.get("type")
    causes += [required(f"data[{key}]") for key in _SECRET_KEYS.get(kind or "", []) if key not in data]
    if kind == "kubernetes.io/basic-auth" and not {"username", "password"} & set(data):
        causes += [required("data[username]"), required("data[password]")]
    causes += _validate_docker_config(data, _SECRET_KEYS.get(kind or "", []))
    account = "kubernetes.io/service-account.name"
    if kind == "kubernetes.io/service-account-token" and not object_at(obj, "metadata", "annotations").get(account):
        causes.append(required(f"metadata.annotations[{account}]"))
    return causes


def _validate_keys(data: JsonObject, field: str) -> Iterator[StatusCause]:
    for key in sorted(data):
        for problem in config_key_problems(key):
            yield invalid(f"{field}[{key}]", key, problem)


def _validate_docker_config(data: JsonObject, keys: list[str]) -> Iterator[StatusCause]:
    for key in keys:
        if key in data and key.startswith(".docker"):
            try:
                decode_strict(base64.b64decode(data[key]))
            except DecodeError as error:
                yield invalid(f"data[{key}]", "<secret contents redacted>", str(error))


def _decoded_size(data: JsonObject) -> int:
    return sum(len(base64.b64decode(value)) for value in data.values())


def _validate_immutable(obj: JsonObject, old: JsonObject | None, *fields: str) -> Iterator[StatusCause]:
    if old is None or not old.get("immutable"):
        return
    if not obj.get("immutable"):
        yield forbidden("immutable", _IMMUTABLE_MESSAGE)
    for field in fields:
        if not json_equal(obj.get(field) or {}, old.get(field) or {}):
            yield forbidden(field, _IMMUTABLE_MESSAGE)


def validate_lease(obj: JsonObject, old: JsonObject | None) -> list[StatusCause]:
    """Validate the numbers of a lease."""
    del old
    spec = object_at(obj, "spec")
    causes: list[StatusCause] = []
    if is_integer(seconds := spec.get("leaseDurationSeconds")) and seconds <= 0:
        causes.append(invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0"))
    if is_integer(transitions := spec.get("leaseTransitions")) and transitions < 0:
        causes.append(invalid("spec.leaseTransitions", transitions, "must be greater than or equal to 0"))
    return causes


def validate_event(obj: JsonObject, old: JsonObject | None) -> list[StatusCause]:
    """Validate the namespace of an event, and the required fields of an event with an `eventTime`."""
    del old
    namespace = object_at(obj, "metadata").get("namespace") or ""
    involved = object_at(obj, "involvedObject").get("namespace") or ""
    field = "involvedObject.namespace"
    has_event_time = obj.get("eventTime") is not None
    allowed = {"", "default", "kube-system"} if has_event_time else {"", "default"}
    mismatch = namespace not in allowed if not involved else (not has_event_time and namespace != involved)
    causes = [invalid(field, involved, "does not match event.namespace")] if mismatch else []
    if has_event_time:
        required_keys = ("reportingComponent", "reportingInstance", "action", "reason")
        causes += [required(key) for key in required_keys if not obj.get(key)]
        component = obj.get("reportingComponent") or ""
        causes += [invalid("reportingComponent", component, problem) for problem in qualified_name_problems(component)]
    return causes


def validate_namespace_status(obj: JsonObject) -> Iterator[StatusCause]:
    """Validate the phase of a namespace, which depends on whether the namespace is being deleted."""
    phase = object_at(obj, "status").get("phase")
    is_deleted = bool(object_at(obj, "metadata").get("deletionTimestamp"))
    if is_deleted and phase != "Terminating":
        yield invalid("status.Phase", phase, "may only be 'Terminating' if `deletionTimestamp` is not empty")
    if not is_deleted and phase != "Active":
        yield invalid("status.Phase", phase, "may only be 'Active' if `deletionTimestamp` is empty")


def validate_namespace(obj: JsonObject, old: JsonObject | None) -> list[StatusCause]:
    """Validate the finalizers of the spec, which must have a domain. The field of the causes is the list."""
    del old
    finalizers, field = array_at(obj, "spec", "finalizers"), "spec.finalizers"
    causes = validate_finalizers(finalizers, field)
    return causes + [cause for value in finalizers for cause in validate_finalizer_domain(value, field)]
