"""Conversion of HorizontalPodAutoscalers between autoscaling/v1 and autoscaling/v2.

Version 1 knows only the average utilization of the CPU. As in kube-apiserver, annotations of it contain the other
metrics, the behavior and the conditions, with the field names of their time.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any

from .json_types import JsonArray, JsonObject, array_at, is_array, is_object, object_at
from .schema import builtin_schema
from .unmarshal_types import UnmarshalTypeError, check_types

_PREFIX = "autoscaling.alpha.kubernetes.io/"
_METRICS, _BEHAVIOR = f"{_PREFIX}metrics", f"{_PREFIX}behavior"
_CURRENT_METRICS, _CONDITIONS = f"{_PREFIX}current-metrics", f"{_PREFIX}conditions"
_ANNOTATIONS = frozenset(
    {_METRICS, _BEHAVIOR, _CURRENT_METRICS, _CONDITIONS}
    | {f"{_PREFIX}scale-{direction}-tolerance" for direction in ("up", "down")}
)
_DEFAULT_UTILIZATION = 80
_SHARED_SPEC = ("scaleTargetRef", "minReplicas", "maxReplicas")
_SHARED_STATUS = ("observedGeneration", "lastScaleTime", "currentReplicas", "desiredReplicas")


def to_autoscaling_v1(document: JsonObject) -> JsonObject:
    """Return the autoscaling/v1 form of a stored object."""
    spec, status = object_at(document, "spec"), object_at(document, "status")
    metrics, current = array_at(spec, "metrics"), array_at(status, "currentMetrics")
    conditions = array_at(status, "conditions")
    annotations = {
        _METRICS: [_to_v1_metric(item, "target") for item in metrics if _cpu_utilization(item, "target") is None],
        _CURRENT_METRICS: [_to_v1_metric(item, "current") for item in current],
        _CONDITIONS: [_conditions_with_time(item) for item in conditions],
        _BEHAVIOR: _to_go_behavior(object_at(spec, "behavior")),
    }
    result = {**document, "apiVersion": "autoscaling/v1"}
    result["metadata"] = _with_annotations(
        document, {key: _compact(value) for key, value in annotations.items() if value}
    )
    result["spec"] = {key: spec[key] for key in _SHARED_SPEC if key in spec}
    result["status"] = {"currentReplicas": 0, "desiredReplicas": 0}
    result["status"].update({key: status[key] for key in _SHARED_STATUS if key in status})
    utilizations = [value for item in metrics if (value := _cpu_utilization(item, "target")) is not None]
    if utilizations:
        result["spec"]["targetCPUUtilizationPercentage"] = utilizations[0]
    for item in current:
        if (value := _cpu_utilization(item, "current")) is not None:
            result["status"]["currentCPUUtilizationPercentage"] = value
    return result


def to_autoscaling_v2(document: JsonObject) -> JsonObject:
    """Return the stored form of an autoscaling/v1 object."""
    spec, status = object_at(document, "spec"), object_at(document, "status")
    annotations = object_at(document, "metadata", "annotations")
    metrics: JsonArray = _read_metrics(annotations, _METRICS, "target") or []
    if (utilization := spec.get("targetCPUUtilizationPercentage")) is not None:
        metrics.append(_cpu_metric("target", {"type": "Utilization", "averageUtilization": utilization}))
    if not metrics:
        metrics.append(_cpu_metric("target", {"type": "Utilization", "averageUtilization": _DEFAULT_UTILIZATION}))
    current: JsonArray = _read_metrics(annotations, _CURRENT_METRICS, "current") or []
    if not current and (utilization := status.get("currentCPUUtilizationPercentage")) is not None:
        current.append(_cpu_metric("current", {"averageUtilization": utilization}))
    result = {**document, "apiVersion": "autoscaling/v2", "metadata": _with_annotations(document, {})}
    result["spec"] = {**{key: spec[key] for key in _SHARED_SPEC if key in spec}, "metrics": metrics}
    if behavior := _decoded("spec", "behavior", _from_go_behavior(_read(annotations, _BEHAVIOR))):
        result["spec"]["behavior"] = behavior
    result["status"] = {key: status[key] for key in _SHARED_STATUS if key in status}
    if not result["status"].get("currentReplicas"):
        result["status"].pop("currentReplicas", None)
    result["status"]["currentMetrics"] = current or None
    if conditions := _decoded("status", "conditions", _read(annotations, _CONDITIONS)):
        result["status"]["conditions"] = conditions
    return result


def _with_annotations(document: JsonObject, added: dict[str, str]) -> JsonObject:
    """Return the metadata with other annotations for the conversion."""
    metadata = {**object_at(document, "metadata")}
    kept = {key: value for key, value in object_at(metadata, "annotations").items() if key not in _ANNOTATIONS}
    metadata.pop("annotations", None)
    return {**metadata, "annotations": {**kept, **added}} if kept or added else metadata


def _cpu_utilization(metric: JsonObject, field: str) -> int | None:
    resource = object_at(metric, "resource")
    if metric.get("type") != "Resource" or resource.get("name") != "cpu":
        return None
    utilization: int | None = object_at(resource, field).get("averageUtilization")
    return utilization


def _cpu_metric(field: str, value: JsonObject) -> JsonObject:
    return {"type": "Resource", "resource": {"name": "cpu", field: value}}


def _conditions_with_time(condition: JsonObject) -> JsonObject:
    return {"lastTransitionTime": None, **condition}


# The field of a metric that contains its source: `resource` for the type `Resource`.
_SOURCES = ("resource", "containerResource", "pods", "object", "external")


def _to_v1_metric(metric: JsonObject, field: str) -> JsonObject:
    """Return a metric as in autoscaling/v2beta1. `field` is `target` for a spec, and `current` for a status."""
    result: JsonObject = {"type": metric.get("type", "")}
    for name in _SOURCES:
        if is_object(source := metric.get(name)):
            result[name] = _to_v1_source(name, source, field)
    return result


def _to_v1_source(name: str, source: JsonObject, field: str) -> JsonObject:
    value, identifier = object_at(source, field), object_at(source, "metric")
    result: JsonObject
    required = field == "current"
    if name in ("resource", "containerResource"):
        result = {key: source[key] for key in ("name", "container") if key in source}
        _set(result, f"{field}AverageUtilization", value.get("averageUtilization"))
        _set(result, f"{field}AverageValue", value.get("averageValue"), "0" if required else None)
        return result
    if name == "pods":
        result = {"metricName": identifier.get("name", "")}
        _set(result, f"{field}AverageValue", value.get("averageValue"), "0")
        _set(result, "selector", identifier.get("selector"))
        return result
    if name == "object":
        described = object_at(source, "describedObject")
        result = {"target": described, "metricName": identifier.get("name", "")}
        _set(result, "targetValue" if field == "target" else "currentValue", value.get("value"), "0")
        _set(result, "selector", identifier.get("selector"))
        _set(result, "averageValue", value.get("averageValue"))
        return result
    result = {"metricName": identifier.get("name", "")}
    _set(result, "metricSelector", identifier.get("selector"))
    _set(result, f"{field}Value", value.get("value"), "0" if required else None)
    _set(result, f"{field}AverageValue", value.get("averageValue"))
    return result


def _to_v2_metric(metric: Any, field: str) -> Any:
    if not is_object(metric):
        return metric
    sources = {name: source for name in _SOURCES if (source := metric.get(name)) is not None}
    return {"type": metric.get("type", "")} | {
        name: _to_v2_source(name, source, field) if is_object(source) else source for name, source in sources.items()
    }


def _to_v2_source(name: str, source: JsonObject, field: str) -> JsonObject:
    values = _v2_values(name, source, field)
    if field == "target":
        values = {"type": _target_type(name, values), **values}
    if name in ("resource", "containerResource"):
        return {**{key: source[key] for key in ("name", "container") if key in source}, field: values}
    identifier: JsonObject = {"name": source.get("metricName", "")}
    _set(identifier, "selector", source.get("metricSelector" if name == "external" else "selector"))
    result: JsonObject = {"metric": identifier, field: values}
    if name == "object":
        result["describedObject"] = source.get("target") or {}
    return result


def _v2_values(name: str, source: JsonObject, field: str) -> JsonObject:
    values: JsonObject = {}
    average = "averageValue" if name == "object" else f"{field}AverageValue"
    _set(values, "averageUtilization", source.get(f"{field}AverageUtilization"))
    _set(values, "averageValue", source.get(average))
    value = source.get(f"{field}Value")
    # In version 1, the value of an object metric is 0 if only its average is set.
    if not (name == "object" and values.get("averageValue") is not None and value == "0"):
        _set(values, "value", value)
    return values


def _target_type(name: str, values: JsonObject) -> str:
    if "averageUtilization" in values:
        return "Utilization"
    if name in ("resource", "containerResource", "pods"):
        return "AverageValue"
    if name == "object":
        return "AverageValue" if "averageValue" in values else "Value"
    return "Value" if "value" in values else "AverageValue"


def _set(target: JsonObject, key: str, value: Any, default: Any = None) -> None:
    if value is None:
        value = default
    if value is not None:
        target[key] = value


# The annotation of the behavior has the names and the order of the Go fields, also of fields that are not set.
_DIRECTIONS = ("scaleUp", "scaleDown")
_RULE_FIELDS = ("stabilizationWindowSeconds", "selectPolicy", "policies", "tolerance")
_POLICY_FIELDS = ("type", "value", "periodSeconds")


def _to_go_behavior(behavior: JsonObject) -> JsonObject:
    return _with_go_names(behavior, _DIRECTIONS, _to_go_rules) if behavior else {}


def _to_go_rules(rules: Any) -> Any:
    return _with_go_names(rules, _RULE_FIELDS, _to_go_policies) if is_object(rules) else rules


def _to_go_policies(value: Any) -> Any:
    return [_with_go_names(item, _POLICY_FIELDS, _same) for item in value] if is_array(value) else value


def _same(value: Any) -> Any:
    return value


def _with_go_names(value: JsonObject, fields: Iterable[str], convert: Callable[[Any], Any]) -> JsonObject:
    return {f"{key[0].upper()}{key[1:]}": convert(value.get(key)) for key in fields}


def _from_go_behavior(value: Any) -> Any:
    if is_object(value):
        return {
            f"{key[:1].lower()}{key[1:]}": _from_go_behavior(item) for key, item in value.items() if item is not None
        }
    return [_from_go_behavior(item) for item in value] if is_array(value) else value


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _read_metrics(annotations: JsonObject, key: str, field: str) -> Any:
    """Return the metrics of an annotation in version 2. `field` is `target` or `current`."""
    value = _read(annotations, key)
    metrics = [_to_v2_metric(item, field) for item in value] if is_array(value) else value
    return _decoded(*(("spec", "metrics") if field == "target" else ("status", "currentMetrics")), metrics)


def _read(annotations: JsonObject, key: str) -> Any:
    """Return the JSON of an annotation, or None if it is missing or invalid: kube-apiserver ignores it."""
    try:
        return json.loads(annotations.get(key) or "null")
    except (ValueError, RecursionError):
        return None


def _decoded(part: str, field: str, value: Any) -> Any:
    """Return a value, or None if its types are wrong: kube-apiserver ignores the complete annotation."""
    try:
        check_types(builtin_schema("autoscaling", "v2", "HorizontalPodAutoscaler"), {part: {field: value}})
    except UnmarshalTypeError:
        return None
    return value
