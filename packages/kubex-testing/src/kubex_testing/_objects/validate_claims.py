"""Validation of PersistentVolumeClaims, Endpoints and ControllerRevisions: mostly of their changes."""

from decimal import Decimal

from .json_types import JsonObject, array_at, json_equal, object_at
from .quantities import parse_quantity
from .status_causes import StatusCause, forbidden, invalid, not_supported, required

_ACCESS_MODES = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")
_IMMUTABLE_MESSAGE = (
    "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"
)


def validate_claim(obj: JsonObject, old: JsonObject | None) -> list[StatusCause]:
    """Validate the access modes of a PersistentVolumeClaim, and its changes."""
    modes = array_at(obj, "spec", "accessModes")
    causes = [not_supported("spec.accessModes", mode, _ACCESS_MODES) for mode in modes if mode not in _ACCESS_MODES]
    if old is None:
        return causes
    spec, before = object_at(obj, "spec"), object_at(old, "spec")
    allowed = ["volumeName"] if not before.get("volumeName") else []
    if not before.get("storageClassName"):
        allowed.append("storageClassName")
    if object_at(obj, "status").get("phase") == "Bound":
        allowed += ["resources", "volumeAttributesClassName"]
    if any(not json_equal(spec.get(key), before.get(key)) for key in {*spec, *before} - set(allowed)):
        causes.append(forbidden("spec", _IMMUTABLE_MESSAGE))
    size = _size(spec, "resources", "requests")
    if size < _size(before, "resources", "requests") and size <= _size(object_at(old, "status"), "capacity"):
        causes.append(forbidden("spec.resources.requests.storage", "field can not be less than status.capacity"))
    if spec.get("volumeMode") != before.get("volumeMode"):
        causes.append(invalid("volumeMode", spec.get("volumeMode"), "field is immutable"))
    return causes


def _size(part: JsonObject, *path: str) -> Decimal:
    return parse_quantity(object_at(part, *path).get("storage") or "0")


def validate_endpoints(obj: JsonObject, old: JsonObject | None) -> list[StatusCause]:
    """Validate that each subset of Endpoints has addresses."""
    del old
    text = "must specify `addresses` or `notReadyAddresses`"
    return [
        required(f"subsets[{index}]", text)
        for index, subset in enumerate(array_at(obj, "subsets"))
        if not array_at(subset, "addresses") and not array_at(subset, "notReadyAddresses")
    ]


def validate_controller_revision(obj: JsonObject, old: JsonObject | None) -> list[StatusCause]:
    """Validate that the data of a ControllerRevision has not changed."""
    if old is None or json_equal(obj.get("data"), old.get("data")):
        return []
    return [invalid("data", obj.get("data"), "field is immutable")]
