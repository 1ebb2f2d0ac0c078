"""Conversions between the versions of built-in kinds that share a store."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from kubex_testing._objects.json_types import JsonObject


@dataclass(frozen=True)
class Conversion:
    """The stored version of a kind, and the functions that convert objects from and to it."""

    api_version: str
    """The API version of stored objects."""
    bucket: str
    from_storage: Callable[[JsonObject], JsonObject]
    to_storage: Callable[[JsonObject], JsonObject]
    field_labels: Mapping[str, str] = field(default_factory=dict[str, str])
    """The selectable fields, and the fields of the stored version that they select."""


# The names of the fields in the two versions of Event: v1, which is stored, and events.k8s.io/v1.
_EVENT_FIELDS = {
    "count": "deprecatedCount",
    "firstTimestamp": "deprecatedFirstTimestamp",
    "involvedObject": "regarding",
    "lastTimestamp": "deprecatedLastTimestamp",
    "message": "note",
    "reportingComponent": "reportingController",
    "source": "deprecatedSource",
}
_CORE_EVENT_FIELDS = {new: old for old, new in _EVENT_FIELDS.items()}
_REPORTING = ("reportingComponent", "reportingInstance")
_EVENT_LABELS = {
    **{
        f"regarding.{name}": f"involvedObject.{name}"
        for name in ("apiVersion", "fieldPath", "kind", "name", "namespace", "resourceVersion", "uid")
    },
    **{label: label for label in ("metadata.name", "metadata.namespace", "reason", "type")},
    "reportingController": "reportingComponent",
}


def _event_from_storage(document: JsonObject) -> JsonObject:
    event = {_EVENT_FIELDS.get(key, key): value for key, value in document.items() if value or key not in _REPORTING}
    return {**event, "apiVersion": "events.k8s.io/v1"}


def _event_to_storage(document: JsonObject) -> JsonObject:
    event = {_CORE_EVENT_FIELDS.get(key, key): value for key, value in document.items()}
    return {**dict.fromkeys(_REPORTING, ""), **event, "apiVersion": "v1"}


def _autoscaler_from_storage(document: JsonObject) -> JsonObject:
    from kubex_testing._objects.autoscalers import to_autoscaling_v1

    return to_autoscaling_v1(document)


def _autoscaler_to_storage(document: JsonObject) -> JsonObject:
    from kubex_testing._objects.autoscalers import to_autoscaling_v2

    return to_autoscaling_v2(document)


_CONVERSIONS = {
    ("events.k8s.io", "v1", "Event"): Conversion(
        "v1", "events.", _event_from_storage, _event_to_storage, _EVENT_LABELS
    ),
    ("autoscaling", "v1", "HorizontalPodAutoscaler"): Conversion(
        "autoscaling/v2", "horizontalpodautoscalers.autoscaling", _autoscaler_from_storage, _autoscaler_to_storage
    ),
}


def find_conversion(group: str, version: str, kind: str) -> Conversion | None:
    """Return the conversion of a kind, or None if the store contains this version."""
    return _CONVERSIONS.get((group, version, kind))
