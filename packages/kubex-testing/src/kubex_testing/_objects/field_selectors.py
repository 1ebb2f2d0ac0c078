"""Field selectors, and the selectable fields of each kind.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/.
"""

import re
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from .json_types import JsonObject, array_at, is_object, object_at

COMMON_FIELDS = frozenset({"metadata.name", "metadata.namespace"})
_EVENT_FIELDS = {
    *(f"involvedObject.{name}" for name in ("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion")),
    *("involvedObject.fieldPath", "reason", "reportingComponent", "source", "type"),
}
_POD_FIELDS = {
    *(f"spec.{name}" for name in ("nodeName", "restartPolicy", "schedulerName", "serviceAccountName", "hostNetwork")),
    *(f"status.{name}" for name in ("phase", "podIP", "podIPs", "nominatedNodeName")),
}
_FIELDS: dict[tuple[str, str], AbstractSet[str]] = {
    ("", "Pod"): _POD_FIELDS,
    ("", "Event"): _EVENT_FIELDS,
    ("", "Namespace"): {"status.phase"},
    ("", "Node"): {"spec.unschedulable"},
    ("", "Secret"): {"type"},
    ("", "Service"): {"spec.clusterIP", "spec.type"},
    ("batch", "Job"): {"status.successful"},
    ("", "ReplicationController"): {"status.replicas"},
    ("certificates.k8s.io", "CertificateSigningRequest"): {"spec.signerName"},
    ("certificates.k8s.io", "ClusterTrustBundle"): {"spec.signerName"},
    ("certificates.k8s.io", "PodCertificateRequest"): {"spec.signerName", "spec.podName", "spec.nodeName"},
    ("resource.k8s.io", "ResourceSlice"): {"spec.nodeName", "spec.driver", "spec.pool.name"},
}


@dataclass(frozen=True)
class FieldSelector:
    """A parsed selector. Each term is a field, whether it must be equal, and a value."""

    terms: tuple[tuple[str, bool, str], ...]

    def __call__(self, obj: JsonObject) -> bool:
        return all((_field_value(obj, field) == value) is equal for field, equal, value in self.terms)

    def rename(self, names: Mapping[str, str]) -> "FieldSelector":
        """Return a selector of the fields with these names in another version of the kind."""
        return FieldSelector(tuple((names.get(field, field), equal, value) for field, equal, value in self.terms))

    @property
    def name(self) -> str:
        """The name that a selected object must have, or an empty string."""
        return next((value for field, equal, value in self.terms if (field, equal) == ("metadata.name", True)), "")


def selectable_fields(group: str, kind: str) -> frozenset[str]:
    """Return the selectable fields of a built-in kind."""
    return COMMON_FIELDS | _FIELDS.get((group, kind), frozenset())


def parse_field_selector(text: str, allowed: AbstractSet[str] = COMMON_FIELDS) -> FieldSelector:
    """Parse a `fieldSelector` parameter. An empty string matches all objects.

    Raises:
        ValueError: the selector is invalid or contains a field that is not in `allowed`. The message is the message of
            kube-apiserver.
    """
    selector = parse_field_terms(text)
    for field, _, _ in selector.terms:
        if field not in allowed:
            if allowed <= COMMON_FIELDS:
                supported = ", ".join(f'"{name}"' for name in sorted(allowed))
                raise ValueError(f'"{field}" is not a known field selector: only {supported}')
            raise ValueError(f"field label not supported: {field}")
    return selector


def parse_field_terms(text: str) -> FieldSelector:
    """Parse a `fieldSelector` parameter with any fields. Raises ValueError as `parse_field_selector()` does."""
    terms = [_parse_term(term, text) for term in re.findall(r"((?:\\.|[^,\\])+)(?:,|$)", text, re.DOTALL)]
    if text.endswith("\\") and not re.fullmatch(r"(?:\\.|[^\\])*", text, re.DOTALL):
        raise ValueError("invalid field selector: invalid escape sequence: \\")
    # kube-apiserver ignores terms without a field and a value, such as `=`.
    return FieldSelector(tuple(term for term in terms if term[0] or term[2]))


def _parse_term(term: str, text: str) -> tuple[str, bool, str]:
    match = re.match(r"(.*?)(!=|==|=)(.*)", term, re.DOTALL)
    if match is None:
        raise ValueError(f"invalid selector: '{text}'; can't understand '{term}'")
    return match[1], match[2] != "!=", _unescape(match[3])


def _unescape(value: str) -> str:
    if bad := re.search(r"\\([^\\,=]|$)", re.sub(r"\\[\\,=]", "", value)):
        raise ValueError(f"invalid field selector: invalid escape sequence: {bad[0]}")
    if bad := re.search(r"[,=]", re.sub(r"\\[\\,=]", "", value)):
        raise ValueError(f"invalid field selector: unescaped character in value: {ord(bad[0])}")
    return re.sub(r"\\([\\,=])", r"\1", value)


def _field_value(obj: JsonObject, field: str) -> str:
    if compute := _COMPUTED_FIELDS.get(field):
        return compute(obj)
    value: Any = obj
    for key in field.split("."):
        value = value.get(key) if is_object(value) else None
    return _to_string(value)


def _to_string(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _pod_ip(obj: JsonObject) -> str:
    ips = array_at(obj, "status", "podIPs")
    return _to_string(ips[0].get("ip") if ips else object_at(obj, "status").get("podIP"))


# Fields that are computed, or that have a value even if they are missing.
_COMPUTED_FIELDS: dict[str, Callable[[JsonObject], str]] = {
    "spec.hostNetwork": lambda obj: _to_string(bool(object_at(obj, "spec").get("hostNetwork"))),
    "spec.unschedulable": lambda obj: _to_string(bool(object_at(obj, "spec").get("unschedulable"))),
    "status.podIP": _pod_ip,
    "status.podIPs": _pod_ip,
    "status.successful": lambda obj: _to_string(object_at(obj, "status").get("succeeded", 0)),
    "source": lambda obj: _to_string(object_at(obj, "source").get("component") or obj.get("reportingComponent")),
}
