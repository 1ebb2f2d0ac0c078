"""The annotation of `kubectl apply`, when `kubectl apply --server-side` replaces it.

See https://kubernetes.io/docs/reference/using-api/server-side-apply/#migration-between-client-side-and-server-side-apply.
"""

import json

from .field_sets import EMPTY, FieldSet
from .json_types import JsonObject, is_object, object_at
from .names import MAX_ANNOTATION_BYTES
from .schema import Schema
from .typed_values import compare, field_set

_ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration"
_MANAGER = "kubectl"
"""The field manager of `kubectl apply --server-side`. The annotation has no effect on other managers."""
# Go escapes these characters in JSON.
_ESCAPED = str.maketrans({character: f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"})


def fields_from_client(manager: str, live: JsonObject, *, schema: Schema, api_version: str) -> FieldSet:
    """Return the fields that client-side apply has set, and that have not changed since. kubectl may change them."""
    if manager != _MANAGER or not (text := _annotation(live)):
        return EMPTY
    try:
        applied = json.loads(text)
    except (ValueError, RecursionError):
        return EMPTY
    if not is_object(applied) or applied.get("apiVersion") != api_version:
        return EMPTY
    difference = compare(schema, applied, live)
    changed = frozenset((*difference.added, *difference.modified, *difference.removed))
    return frozenset(field_set(schema, applied) - changed)


def with_annotation(manager: str, obj: JsonObject, config: JsonObject) -> JsonObject:
    """Store the configuration of kubectl in the annotation if the object has it. The object must not be too large."""
    if manager != _MANAGER or not _annotation(obj):
        return obj
    annotations = {**object_at(obj, "metadata", "annotations"), _ANNOTATION: _encode(_without_annotation(config))}
    if sum(len(key.encode()) + len(str(value).encode()) for key, value in annotations.items()) > MAX_ANNOTATION_BYTES:
        del annotations[_ANNOTATION]
    return {**obj, "metadata": {**obj["metadata"], "annotations": annotations}}


def _annotation(obj: JsonObject) -> str:
    value = object_at(obj, "metadata", "annotations").get(_ANNOTATION)
    return value if isinstance(value, str) else ""


def _without_annotation(config: JsonObject) -> JsonObject:
    annotations = object_at(config, "metadata", "annotations")
    if _ANNOTATION not in annotations:
        return config
    remaining = {key: value for key, value in annotations.items() if key != _ANNOTATION}
    return {**config, "metadata": {**config["metadata"], "annotations": remaining}}


def _encode(config: JsonObject) -> str:
    text = json.dumps(config, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
    return text.translate(_ESCAPED) + "\n"
