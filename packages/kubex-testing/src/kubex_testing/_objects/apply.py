"""Server-side apply. See https://kubernetes.io/docs/reference/using-api/server-side-apply/."""

from collections.abc import Iterable

from .apply_validation import configuration_problem
from .empty_objects import empty_object
from .field_sets import EMPTY, FieldSet, Path, format_path, with_named_parents, without_prefixes
from .json_types import JsonObject, json_equal, object_at
from .last_applied import fields_from_client, with_annotation
from .managed_fields import (
    STRIPPED_FIELDS,
    ManagedFields,
    Manager,
    Ownership,
    encode_managed_fields,
    manager_key,
    remove_fields,
    stored_managed_fields,
    without_managed_fields,
)
from .schema import Schema
from .status_causes import StatusCause
from .typed_values import compare, drop_emptied, field_set, merge, remove

_BEFORE_FIRST_APPLY_MANAGER = "before-first-apply"


class ApplyError(ValueError):
    """An invalid apply configuration. `code` is the HTTP status of the response."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message, code)
        self.message = message
        self.code = code

    def __str__(self) -> str:
        return self.message


class ApplyConflict(ApplyError):
    """A conflict with other managers (409). `causes` lists the fields."""

    def __init__(self, causes: list[StatusCause]) -> None:
        super().__init__(_conflict_message(causes), 409)
        self.causes = causes

    def __reduce__(self) -> tuple[type["ApplyConflict"], tuple[list[StatusCause]]]:
        return type(self), (self.causes,)


def _conflict_message(causes: list[StatusCause]) -> str:
    if len(causes) == 1:
        return f"Apply failed with 1 conflict: {causes[0].message}: {causes[0].field}"
    lines: list[str] = []
    for message in dict.fromkeys(cause.message for cause in causes):
        lines.append(f"{message.replace('conflict', 'conflicts', 1)}:")
        lines += [f"- {cause.field}" for cause in causes if cause.message == message]
    return f"Apply failed with {len(causes)} conflicts: " + "\n".join(lines)


def apply(
    live: JsonObject | None,
    config: JsonObject,
    *,
    manager: str,
    force: bool = False,
    schema: Schema,
    api_version: str,
    now: str,
    subresource: str | None = None,
    ignore: Iterable[Path] = (),
) -> JsonObject:
    """Apply a configuration to the live object (None if it does not exist), and return the result.

    The result includes `managedFields`. The caller sets defaults and system metadata, and validates. If the
    configuration changes nothing and its manager already has an entry, the result equals the live object.

    Args:
        now: the current time as RFC 3339.
        ignore: paths that the request cannot change; see `update_managed_fields()`.

    Raises:
        ApplyConflict: other managers own changed fields, and `force` is false.
        ApplyError: the configuration is invalid.
    """
    _check_configuration(config, api_version, schema)
    current = without_managed_fields(live or {})
    managed = _live_managed_fields(live, schema, api_version, now)
    key = manager_key(manager, "Apply", api_version, subresource)
    previous = managed.get(key)
    applied = without_prefixes(field_set(schema, config), ignore)
    managed[key] = Ownership(applied, api_version, previous.time if previous else "")
    merged_unpruned = merge(schema, current, config)
    merged = _prune(schema, merged_unpruned, previous.fields if previous else EMPTY, managed)
    allowed = fields_from_client(manager, current, schema=schema, api_version=api_version)
    managed = _resolve_conflicts(managed, key, schema, current, merged, force=force, ignore=ignore, allowed=allowed)
    merged = drop_emptied(schema, merged, merged_unpruned)
    if key in managed:
        # Nulls do not count as changes, because they are removed before the object is stored.
        changed = not json_equal(_without_nulls(current), _without_nulls(merged))
        time = now if changed or live is None else managed[key].time
        managed[key] = Ownership(managed[key].fields - STRIPPED_FIELDS, api_version, time)
    managed = remove_fields(managed, EMPTY)
    metadata = {**object_at(merged, "metadata"), "managedFields": encode_managed_fields(managed)}
    if not managed:
        del metadata["managedFields"]
    return with_annotation(manager, {**merged, "metadata": metadata}, config)


def _check_configuration(config: JsonObject, api_version: str, schema: Schema) -> None:
    if config.get("apiVersion") != api_version:
        raise ApplyError(
            "Incorrect version specified in apply patch. "
            f"Specified patch version: {config.get('apiVersion')}, expected: {api_version}",
            400,
        )
    metadata = object_at(config, "metadata")
    if metadata.get("managedFields") is not None:
        raise ApplyError("metadata.managedFields must be nil", 400)
    if problem := configuration_problem(schema, config):
        group_version = api_version if "/" in api_version else f"/{api_version}"
        name = f"{metadata.get('namespace') or ''}/{metadata.get('name') or ''}"
        identification = f"{name}; {group_version}, Kind={config.get('kind', '')}"
        raise ApplyError(f"failed to create typed patch object ({identification}): {problem}", 500)


def _live_managed_fields(live: JsonObject | None, schema: Schema, api_version: str, now: str) -> ManagedFields:
    """Return the managers of the live object. An untracked object gets the manager `before-first-apply`."""
    managed = stored_managed_fields(live)
    if managed or live is None:
        return managed
    empty = empty_object(api_version, live.get("kind", ""))
    difference = compare(schema, empty, without_managed_fields(live))
    fields = frozenset(difference.added | difference.modified) - STRIPPED_FIELDS
    key = manager_key(_BEFORE_FIRST_APPLY_MANAGER, "Update", api_version, None)
    return {key: Ownership(fields, api_version, now)} if fields else {}


def _resolve_conflicts(
    managed: ManagedFields,
    key: Manager,
    schema: Schema,
    live: JsonObject,
    merged: JsonObject,
    *,
    force: bool,
    ignore: Iterable[Path],
    allowed: FieldSet,
) -> ManagedFields:
    """Remove changed fields from other managers, or raise ApplyConflict unless they are allowed or `force` is true."""
    difference = compare(schema, live, merged)
    changed = without_prefixes(frozenset(difference.added | difference.modified), ignore)
    removed = without_prefixes(frozenset(difference.removed), ignore)
    others = {other: ownership for other, ownership in managed.items() if other != key}
    conflicts = [
        StatusCause("FieldManagerConflict", f"conflict with {other}", format_path(path))
        for other, ownership in sorted(others.items(), key=lambda item: item[0])
        for path in sorted((ownership.fields & changed) - allowed, key=_leaves_first)
    ]
    if conflicts and not force:
        raise ApplyConflict(conflicts)
    return {**remove_fields(others, changed | removed), key: managed[key]}


def _leaves_first(path: Path) -> list[tuple[bool, str]]:
    return [(depth < len(path), element) for depth, element in enumerate(path, start=1)]


def _prune(schema: Schema, merged: JsonObject, previous: FieldSet, managed: ManagedFields) -> JsonObject:
    """Remove the fields that this manager applied before but not now, unless another manager owns them."""
    if not previous:
        return merged
    applied_before = with_named_parents(previous, schema)
    before = with_named_parents(field_set(schema, merged), schema)
    pruned = remove(schema, merged, applied_before)
    owned = {path for ownership in managed.values() for path in ownership.fields}
    remaining = with_named_parents(field_set(schema, pruned) | owned, schema)
    pruned = remove(schema, merged, before - remaining)
    after = with_named_parents(field_set(schema, pruned), schema)
    result: JsonObject = remove(schema, merged, (before - after) & applied_before)
    return result


def _without_nulls(obj: JsonObject) -> JsonObject:
    return {key: value for key, value in obj.items() if value is not None}
