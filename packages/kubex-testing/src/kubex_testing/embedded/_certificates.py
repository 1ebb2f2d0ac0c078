"""CertificateSigningRequests: who asks, and which path may write which part.

See https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/.
"""

from kubex_testing._objects.causes import forbidden
from kubex_testing._objects.json_types import JsonObject, array_at, json_copy, object_at
from kubex_testing._objects.validate_certificates import DECISIONS

from . import _errors as errors
from ._auth import user_document
from ._cluster import now
from ._messages import Identity

SIGNING_REQUESTS = "certificatesigningrequests.certificates.k8s.io"
_REQUESTER = ("username", "uid", "groups", "extra")


def name_requester(document: JsonObject, user: Identity) -> None:
    """Say in a new request who made it, whatever it says itself."""
    known = user_document(user)
    spec = document["spec"]
    for key in _REQUESTER:
        spec.pop(key, None)
        if key in known:
            spec[key] = known[key]


def take_written(new: JsonObject, old: JsonObject, subresource: str) -> JsonObject:
    """Return what a write through this path may change: conditions, the status, or metadata alone. Raises 422."""
    result: JsonObject = {**new, "spec": json_copy(old["spec"])}
    before = object_at(old, "status")
    if not subresource:
        return {**result, "status": before}
    conditions = array_at(new, "status", "conditions")
    if subresource == "status":
        result["status"] = dict(object_at(new, "status"))
        _refuse_decisions(new, old)
    else:
        result["status"] = {key: value for key, value in before.items() if key != "conditions"}
    result["status"].pop("conditions", None)
    if conditions:
        known = {item["type"]: item for item in array_at(old, "status", "conditions")}
        result["status"]["conditions"] = [_timed(item, known.get(item.get("type"))) for item in conditions]
    return result


def _refuse_decisions(new: JsonObject, old: JsonObject) -> None:
    known = {item["type"] for item in array_at(old, "status", "conditions")}
    added = [kind for kind in _kinds(new) if kind in DECISIONS and kind not in known]
    if added:
        causes = [forbidden("status.conditions", f'updates may not add a condition of type "{kind}"') for kind in added]
        name = new["metadata"]["name"]
        dumped = [item.as_dict() for item in causes]
        raise errors.invalid("CertificateSigningRequest", "certificates.k8s.io", name, dumped)


def _kinds(document: JsonObject) -> list[str]:
    return [item.get("type") or "" for item in array_at(document, "status", "conditions")]


def _timed(condition: JsonObject, known: JsonObject | None) -> JsonObject:
    same = known is not None and known.get("status") == condition.get("status")
    changed = known["lastTransitionTime"] if known is not None and same else now()
    return {
        **condition,
        "lastUpdateTime": condition.get("lastUpdateTime") or now(),
        "lastTransitionTime": condition.get("lastTransitionTime") or changed,
    }
