"""`metadata.managedFields`: the fields of each manager, and their JSON form."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from .empty_objects import empty_object
from .field_sets import EMPTY, FieldSet, Path, from_fields_v1, to_fields_v1, without_prefixes
from .json_types import JsonArray, JsonObject, array_at, is_array, is_object, object_at
from .schema import Schema
from .typed_values import compare

MAX_UPDATE_MANAGERS = 10
_ANCIENT_CHANGES = "ancient-changes"

# No manager owns the identity and the system metadata of an object.
_SERVER_METADATA = (
    "name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation", "managedFields",
    "resourceVersion",
)  # fmt: skip
STRIPPED_FIELDS: FieldSet = frozenset(
    {("f:apiVersion",), ("f:kind",), ("f:metadata",), *(("f:metadata", f"f:{name}") for name in _SERVER_METADATA)}
)


@dataclass(frozen=True, order=True)
class Manager:
    """The owner of fields. `api_version` is empty for Apply, which has one entry for all versions."""

    name: str
    operation: str
    api_version: str
    subresource: str

    def __str__(self) -> str:
        text = f'"{self.name}"'
        if self.subresource:
            text += f' with subresource "{self.subresource}"'
        return f"{text} using {self.api_version}" if self.operation == "Update" else text


@dataclass(frozen=True)
class Ownership:
    """The fields of one manager, and the time of its last change (RFC 3339, or an empty string)."""

    fields: FieldSet
    api_version: str
    time: str = ""


ManagedFields = dict[Manager, Ownership]


def manager_key(name: str, operation: str, api_version: str, subresource: str | None) -> Manager:
    """Return the key of the entry of a manager."""
    version = "" if operation == "Apply" else api_version
    return Manager(name or "unknown", operation, version, subresource or "")


def decode_managed_fields(entries: Iterable[object]) -> ManagedFields:
    """Parse entries. Raises ValueError with the message of kube-apiserver for an invalid entry."""
    managed: ManagedFields = {}
    for index, entry in enumerate(entries):
        if not is_object(entry):
            raise ValueError(f"managed fields entry {index} must be an object")
        operation, version = entry.get("operation"), entry.get("apiVersion")
        if operation not in {"Apply", "Update"}:
            raise ValueError("operation must be `Apply` or `Update`")
        if not version:
            raise ValueError("apiVersion must not be empty")
        if entry.get("fieldsType") != "FieldsV1":
            problem = "invalid fieldsType" if entry.get("fieldsType") else "missing fieldsType"
            raise ValueError(f"{problem} in managed fields entry {index}")
        manager = manager_key(entry.get("manager", ""), operation, version, entry.get("subresource"))
        fields = from_fields_v1(object_at(entry, "fieldsV1"))
        managed[manager] = Ownership(fields, version, entry.get("time") or "")
    return managed


def encode_managed_fields(managed: ManagedFields) -> JsonArray:
    """Encode entries in the order of kube-apiserver: Apply first, then by time and name."""
    order = sorted(
        managed.items(), key=lambda item: (item[0].operation, item[1].time, item[0].name, item[1].api_version)
    )
    return [_encode(manager, ownership) for manager, ownership in order]


def _encode(manager: Manager, ownership: Ownership) -> JsonObject:
    entry: JsonObject = {
        "manager": manager.name,
        "operation": manager.operation,
        "apiVersion": ownership.api_version,
        "time": ownership.time,
        "fieldsType": "FieldsV1",
        "fieldsV1": to_fields_v1(ownership.fields),
        "subresource": manager.subresource,
    }
    return {key: value for key, value in entry.items() if value != ""}


def stored_managed_fields(obj: JsonObject | None) -> ManagedFields:
    """Return the entries of a stored object. Invalid entries are ignored, as in kube-apiserver."""
    try:
        return decode_managed_fields(array_at(obj, "metadata", "managedFields"))
    except ValueError:
        return {}


def without_managed_fields(obj: JsonObject) -> JsonObject:
    """Return the object without `managedFields`."""
    metadata = {key: value for key, value in object_at(obj, "metadata").items() if key != "managedFields"}
    return {**obj, "metadata": metadata} if "metadata" in obj else dict(obj)


def update_managed_fields(
    old: JsonObject | None,
    new: JsonObject,
    *,
    manager: str,
    operation: str = "Update",
    schema: Schema,
    api_version: str,
    now: str,
    subresource: str | None = None,
    ignore: Iterable[Path] = (),
) -> JsonArray:
    """Return the `managedFields` of `new` after a create (`old` is None), an update or a patch.

    `new` must have its defaults. An empty list means that the object has no `managedFields`. A request removes them
    with `managedFields: [{}]`.

    Args:
        now: the current time as RFC 3339.
        ignore: paths that the request cannot change, such as `("f:status",)` for the main resource of a kind with a
            status subresource.
    """
    managed = _initial_managed_fields(old, new, subresource)
    if not managed and old is not None:
        return []
    before = without_managed_fields(old) if old is not None else empty_object(api_version, new.get("kind", ""))
    difference = compare(schema, before, without_managed_fields(new))
    removed = without_prefixes(frozenset(difference.removed), ignore)
    changed = without_prefixes(frozenset(difference.added | difference.modified), ignore)
    managed = remove_fields(managed, changed | removed)
    if own := changed - STRIPPED_FIELDS:
        key = manager_key(manager, operation, api_version, subresource)
        previous = managed[key].fields if key in managed else EMPTY
        managed[key] = Ownership(previous | own, api_version, now)
    return encode_managed_fields(_merge_oldest_updaters(managed))


def remove_fields(managed: ManagedFields, fields: FieldSet) -> ManagedFields:
    """Remove fields from all managers, and managers without fields."""
    kept = {key: replace(ownership, fields=ownership.fields - fields) for key, ownership in managed.items()}
    return {key: ownership for key, ownership in kept.items() if ownership.fields}


def _initial_managed_fields(old: JsonObject | None, new: JsonObject, subresource: str | None) -> ManagedFields:
    """Return the entries before the request. A request may set them, except through a subresource."""
    entries = object_at(new, "metadata").get("managedFields")
    if subresource or not is_array(entries):
        return stored_managed_fields(old)
    if entries == [{}]:
        return {}
    return stored_managed_fields(new) or stored_managed_fields(old)


def _merge_oldest_updaters(managed: ManagedFields) -> ManagedFields:
    """Merge the oldest updaters of each version into one entry if there are too many."""
    updaters = sorted((key for key in managed if key.operation == "Update"), key=lambda key: (managed[key].time, key))
    excess = len(updaters) - MAX_UPDATE_MANAGERS
    result = dict(managed)
    oldest: dict[str, Manager] = {}
    for key in updaters:
        if excess <= 0:
            break
        first = oldest.setdefault(key.api_version, key)
        if first == key:
            continue
        bucket = Manager(_ANCIENT_CHANGES, "Update", key.api_version, "")
        own, merged = result.pop(key), result.pop(first)
        result[bucket] = replace(own, fields=own.fields | merged.fields)
        oldest[key.api_version] = bucket
        excess -= 1
    return result
