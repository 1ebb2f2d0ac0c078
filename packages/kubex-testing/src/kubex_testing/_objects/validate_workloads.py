"""Validation of deployments and the other kinds that make pods."""

import re
from collections.abc import Iterator

from .causes import Cause, forbidden, invalid, not_supported, required
from .json_types import JsonObject, array_at, is_integer, is_object, json_equal, object_at
from .names import validate_labels
from .selectors import match_label_selector
from .validate_pod import validate_pod_template

PERCENT = (
    "a valid percent string must be a numeric string followed by an ending '%' "
    "(e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"
)
_COUNTS = ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas")
AT_LEAST_ZERO = "must be greater than or equal to 0"


def validate_workload(obj: JsonObject, old: JsonObject | None) -> list[Cause]:
    """Check a Deployment, ReplicaSet, StatefulSet or DaemonSet."""
    kind = obj.get("kind", "")
    spec = object_at(obj, "spec")
    selector = spec.get("selector")
    bad_selector = list(validate_selector(selector)) if is_object(selector) else []
    found = [*not_negative(spec, "spec", "replicas"), *bad_selector]
    if bad_selector:
        found.append(invalid("spec.selector", selector, "invalid label selector"))
    else:
        found += _template(spec, kind)
    if kind == "Deployment":
        found += _deployment_strategy(spec)
    found += not_negative(object_at(obj, "status"), "status", *_COUNTS)
    found += not_negative(spec, "spec", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds")
    deadline = spec.get("progressDeadlineSeconds")
    if kind == "Deployment" and is_integer(deadline) and deadline <= (spec.get("minReadySeconds") or 0):
        found.append(invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds"))
    if old is not None and not json_equal(spec.get("selector"), object_at(old, "spec").get("selector")):
        found.append(invalid("spec.selector", spec.get("selector"), "field is immutable"))
    return found


def validate_job(obj: JsonObject, old: JsonObject | None) -> list[Cause]:
    """Check a Job; its template cannot change."""
    spec = object_at(obj, "spec")
    found = list(not_negative(spec, "spec", "parallelism", "completions", "backoffLimit", "ttlSecondsAfterFinished"))
    template = object_at(spec, "template")
    found += validate_pod_template(template, "spec.template")
    if object_at(template, "spec").get("restartPolicy") not in {"OnFailure", "Never"}:
        found.append(required("spec.template.spec.restartPolicy", 'valid values: "OnFailure", "Never"'))
    if old is not None and not json_equal(template, object_at(old, "spec", "template")):
        found.append(invalid("spec.template", template, "field is immutable"))
    return found


def validate_scale(obj: JsonObject, old: JsonObject | None = None) -> list[Cause]:
    """Check a Scale."""
    del old
    return list(not_negative(object_at(obj, "spec"), "spec", "replicas"))


def not_negative(part: JsonObject, field: str, *keys: str) -> Iterator[Cause]:
    """Refuse numbers below zero."""
    for key in keys:
        if is_integer(value := part.get(key)) and value < 0:
            yield invalid(f"{field}.{key}", value, AT_LEAST_ZERO)


def validate_selector(selector: JsonObject) -> Iterator[Cause]:
    """Check the label selector of a spec."""
    yield from validate_labels(object_at(selector, "matchLabels"), "spec.selector.matchLabels")
    for index, expression in enumerate(array_at(selector, "matchExpressions")):
        field = f"spec.selector.matchExpressions[{index}]"
        operator, values = expression.get("operator"), array_at(expression, "values")
        if operator in {"In", "NotIn"} and not values:
            yield required(f"{field}.values", "must be specified when `operator` is 'In' or 'NotIn'")
        elif operator in {"Exists", "DoesNotExist"} and values:
            yield forbidden(f"{field}.values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
        elif operator not in {"In", "NotIn", "Exists", "DoesNotExist"}:
            yield invalid(f"{field}.operator", operator, "not a valid selector operator")


def _template(spec: JsonObject, kind: str) -> Iterator[Cause]:
    template = object_at(spec, "template")
    labels = object_at(template, "metadata").get("labels")
    selector = spec.get("selector")
    if not is_object(selector):
        yield required("spec.selector")
    elif not object_at(selector, "matchLabels") and not array_at(selector, "matchExpressions"):
        name = "deployment" if kind in {"Deployment", "ReplicaSet"} else kind.lower()
        yield invalid("spec.selector", selector, f"empty selector is invalid for {name}")
    if not is_object(selector) or not match_label_selector(selector, labels or {}):
        yield invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`")
    yield from validate_pod_template(template, "spec.template")
    policy = object_at(template, "spec").get("restartPolicy")
    if policy != "Always":
        yield not_supported("spec.template.spec.restartPolicy", policy, ["Always"])


def _deployment_strategy(spec: JsonObject) -> Iterator[Cause]:
    strategy = object_at(spec, "strategy")
    rolling, kind = strategy.get("rollingUpdate"), strategy.get("type")
    if kind == "Recreate":
        if rolling is not None:
            text = "may not be specified when strategy `type` is 'Recreate'"
            yield forbidden("spec.strategy.rollingUpdate", text)
    elif kind != "RollingUpdate":
        yield not_supported("spec.strategy", strategy, ["Recreate", "RollingUpdate"])
    elif is_object(rolling):
        for key in ("maxUnavailable", "maxSurge"):
            if isinstance(value := rolling.get(key), str) and not re.fullmatch("[0-9]+%", value):
                yield invalid(f"spec.strategy.rollingUpdate.{key}", value, PERCENT)
        both = [rolling.get("maxUnavailable"), rolling.get("maxSurge")]
        if all(value in {0, "0%"} for value in both):
            text = "may not be 0 when `maxSurge` is 0"
            yield invalid("spec.strategy.rollingUpdate.maxUnavailable", both[0], text)
