"""CertificateSigningRequests: the requester, and the fields that each path may write.

See https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/.
"""

from kubex_testing._objects.json_types import JsonObject, array_at, json_copy, object_at
from kubex_testing._objects.status_causes import forbidden
from kubex_testing._objects.validate_certificates import DECISIONS

from . import _errors as errors
from ._auth import user_document
from ._cluster import now
from ._messages import Identity

CSR_BUCKET = "certificatesigningrequests.certificates.k8s.io"
_REQUESTER_FIELDS = ("username", "uid", "groups", "extra")


def set_requester(document: JsonObject, user: Identity) -> None:
    """Set the requester of a new request, and ignore the values of the client."""
    current = user_document(user)
    spec = document["spec"]
    for key in _REQUESTER_FIELDS:
        spec.pop(key, None)
        if key in current:
            spec[key] = current[key]


def apply_csr_update(new: JsonObject, old: JsonObject, subresource: str) -> JsonObject:
    """Return the object with the fields that a write through this path may change. Raises 422."""
    result: JsonObject = {**new, "spec": json_copy(old["spec"])}
    before = object_at(old, "status")
    if not subresource:
        return {**result, "status": before}
    conditions = array_at(new, "status", "conditions")
    if subresource == "status":
        result["status"] = dict(object_at(new, "status"))
        _check_no_decisions_added(new, old)
    else:
        result["status"] = {key: value for key, value in before.items() if key != "conditions"}
    result["status"].pop("conditions", None)
    if conditions:
        current = {item["type"]: item for item in array_at(old, "status", "conditions")}
        result["status"]["conditions"] = [_with_timestamps(item, current.get(item.get("type"))) for item in conditions]
    return result


def _check_no_decisions_added(new: JsonObject, old: JsonObject) -> None:
    current = {item["type"] for item in array_at(old, "status", "conditions")}
    added = [kind for kind in _condition_types(new) if kind in DECISIONS and kind not in current]
    if added:
        causes = [forbidden("status.conditions", f'updates may not add a condition of type "{kind}"') for kind in added]
        name = new["metadata"]["name"]
        entries = [item.to_dict() for item in causes]
        raise errors.invalid("CertificateSigningRequest", "certificates.k8s.io", name, entries)


def _condition_types(document: JsonObject) -> list[str]:
    return [item.get("type") or "" for item in array_at(document, "status", "conditions")]


def _with_timestamps(condition: JsonObject, current: JsonObject | None) -> JsonObject:
    unchanged = current is not None and current.get("status") == condition.get("status")
    changed = current["lastTransitionTime"] if current is not None and unchanged else now()
    return {
        **condition,
        "lastUpdateTime": condition.get("lastUpdateTime") or now(),
        "lastTransitionTime": condition.get("lastTransitionTime") or changed,
    }
