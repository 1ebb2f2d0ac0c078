"""Validation of workloads, scales and disruption budgets."""

import re
from collections.abc import Iterator

from .json_types import JsonObject, array_at, is_integer, is_object, json_equal, object_at
from .label_selectors import match_label_selector
from .names import validate_labels
from .status_causes import StatusCause, forbidden, invalid, not_supported, required
from .validate_pod import validate_pod_template

PERCENT_MESSAGE = (
    "a valid percent string must be a numeric string followed by an ending '%' "
    "(e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"
)
_STATUS_COUNTS = {
    "Deployment": ("updatedReplicas", "readyReplicas", "availableReplicas", "unavailableReplicas"),
    "ReplicaSet": ("fullyLabeledReplicas", "readyReplicas", "availableReplicas"),
    "StatefulSet": ("readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas"),
}
_POD_MANAGEMENT_POLICIES = ("OrderedReady", "Parallel")
_UPDATE_STRATEGIES = ("RollingUpdate", "OnDelete")
NOT_NEGATIVE_MESSAGE = "must be greater than or equal to 0"
_EVICTION_POLICIES = ("AlwaysAllow", "IfHealthyBudget")
_BUDGET_COUNTS = ("disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods")


def validate_workload(obj: JsonObject, old: JsonObject | None) -> list[StatusCause]:
    """Validate a Deployment, ReplicaSet, StatefulSet or DaemonSet."""
    kind = obj.get("kind", "")
    spec = object_at(obj, "spec")
    selector = spec.get("selector")
    bad_selector = list(validate_selector(selector)) if is_object(selector) else []
    causes = [*validate_not_negative(spec, "spec", "replicas"), *bad_selector]
    # kube-apiserver does not compare an invalid selector with the template.
    if bad_selector:
        causes.append(invalid("spec.selector", selector, "invalid label selector"))
    else:
        causes += _validate_template(spec, kind)
    if kind == "Deployment":
        causes += _validate_deployment_strategy(spec)
    if kind == "StatefulSet":
        causes = [*_validate_stateful_set(spec), *causes]
    if kind == "DaemonSet":
        strategy = object_at(spec, "updateStrategy")
        if strategy.get("type") not in _UPDATE_STRATEGIES:
            causes.append(not_supported("spec.updateStrategy", strategy, _UPDATE_STRATEGIES))
    causes += _validate_counts(object_at(obj, "status"), kind)
    causes += validate_not_negative(spec, "spec", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds")
    deadline = spec.get("progressDeadlineSeconds")
    if kind == "Deployment" and is_integer(deadline) and deadline <= (spec.get("minReadySeconds") or 0):
        causes.append(invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds"))
    if old is not None:
        changes = validate_immutable(spec, object_at(old, "spec"), "selector")
        causes = [*changes, *causes] if kind == "DaemonSet" else [*causes, *changes]
    if old is not None and kind == "StatefulSet":
        fields = ("volumeClaimTemplates", "serviceName", "podManagementPolicy")
        causes += validate_immutable(spec, object_at(old, "spec"), *fields)
    return causes


def validate_immutable(
    spec: JsonObject, before: JsonObject, *keys: str, prefix: str = "spec."
) -> Iterator[StatusCause]:
    """Return a cause for each field of a spec that differs from the old one."""
    for key in keys:
        if not json_equal(spec.get(key), before.get(key)):
            yield invalid(f"{prefix}{key}", spec.get(key), "field is immutable")


def _validate_stateful_set(spec: JsonObject) -> Iterator[StatusCause]:
    if (policy := spec.get("podManagementPolicy")) not in _POD_MANAGEMENT_POLICIES:
        yield invalid("spec.podManagementPolicy", policy, "must be 'OrderedReady' or 'Parallel'")
    strategy = object_at(spec, "updateStrategy")
    if strategy.get("type") == "OnDelete":
        if (rolling := strategy.get("rollingUpdate")) is not None:
            text = "only allowed for updateStrategy 'RollingUpdate'"
            yield invalid("spec.updateStrategy.rollingUpdate", rolling, text)
    elif strategy.get("type") != "RollingUpdate":
        yield invalid("spec.updateStrategy", strategy, "must be 'RollingUpdate' or 'OnDelete'")


def _validate_counts(status: JsonObject, kind: str) -> Iterator[StatusCause]:
    """Validate the counts of a status, which cannot be greater than `replicas`."""
    counts = _STATUS_COUNTS.get(kind, ())
    yield from validate_not_negative(status, "status", "replicas", *counts, "observedGeneration")
    replicas, ready = status.get("replicas") or 0, status.get("readyReplicas") or 0
    for key in counts:
        if (value := status.get(key) or 0) > replicas and key != "unavailableReplicas":
            yield invalid(f"status.{key}", value, "cannot be greater than status.replicas")
    if counts and (value := status.get("availableReplicas") or 0) > ready:
        name = "status.readyReplicas" if kind == "StatefulSet" else "readyReplicas"
        yield invalid("status.availableReplicas", value, f"cannot be greater than {name}")


_JOB_COUNTS = ("parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished")
_COMPLETION_MODES = ("NonIndexed", "Indexed")
_JOB_DIRECTIVES = ("nodeSelector", "tolerations", "schedulingGates")


def validate_job(obj: JsonObject, old: JsonObject | None) -> list[StatusCause]:
    """Validate a Job. Its template is immutable."""
    spec = object_at(obj, "spec")
    causes = list(validate_not_negative(spec, "spec", *_JOB_COUNTS))
    causes += _validate_completion_mode(spec)
    template = object_at(spec, "template")
    causes += validate_pod_template(template, "spec.template")
    if object_at(template, "spec").get("restartPolicy") not in {"OnFailure", "Never"}:
        causes.append(required("spec.template.spec.restartPolicy", 'valid values: "OnFailure", "Never"'))
    selector, labels = spec.get("selector"), object_at(template, "metadata").get("labels")
    if selector is None:
        causes.append(required("spec.selector"))
    if not is_object(selector) or not match_label_selector(selector, labels or {}):
        causes.append(invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`"))
    if old is None:
        return causes
    before = object_at(old, "spec")
    if spec.get("completionMode") != "Indexed":
        causes += validate_immutable(spec, before, "completions")
    causes += validate_immutable(spec, before, "selector")
    causes += _validate_job_template(spec, before)
    fields = ("completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy")
    return [*causes, *validate_immutable(spec, before, *fields)]


def _validate_job_template(spec: JsonObject, before: JsonObject) -> Iterator[StatusCause]:
    """Validate that the template has not changed. A suspended job allows other resources and scheduling directives."""
    if not before.get("suspend"):
        yield from validate_immutable(spec, before, "template")
        return
    new = object_at(spec, "template", "spec")
    if not json_equal(_without_directives(new), _without_directives(object_at(before, "template", "spec"))):
        yield invalid("spec.template.spec", new, "field is immutable")


def _without_directives(spec: JsonObject) -> JsonObject:
    """Return a pod spec without the fields that an update of a suspended job can change."""
    kept = {key: value for key, value in spec.items() if key not in _JOB_DIRECTIVES}
    kept["affinity"] = {key: value for key, value in object_at(spec, "affinity").items() if key != "nodeAffinity"}
    for name in ("containers", "initContainers"):
        kept[name] = [
            {key: value for key, value in container.items() if key != "resources"} for container in array_at(spec, name)
        ]
    return kept


def _validate_completion_mode(spec: JsonObject) -> Iterator[StatusCause]:
    mode = spec.get("completionMode")
    if mode not in _COMPLETION_MODES:
        yield not_supported("spec.completionMode", mode, _COMPLETION_MODES)
    elif mode == "NonIndexed" and (limit := spec.get("backoffLimitPerIndex")) is not None:
        yield invalid("spec.backoffLimitPerIndex", limit, "requires indexed completion mode")
    elif mode == "Indexed" and spec.get("completions") is None:
        yield required("spec.completions", "when completion mode is Indexed")


def validate_scale(obj: JsonObject, old: JsonObject | None = None) -> list[StatusCause]:
    """Validate a Scale."""
    del old
    return list(validate_not_negative(object_at(obj, "spec"), "spec", "replicas"))


def validate_not_negative(part: JsonObject, field: str, *keys: str) -> Iterator[StatusCause]:
    """Return a cause for each negative number."""
    for key in keys:
        if is_integer(value := part.get(key)) and value < 0:
            yield invalid(f"{field}.{key}", value, NOT_NEGATIVE_MESSAGE)


def validate_selector(selector: JsonObject) -> Iterator[StatusCause]:
    """Validate the label selector of a spec."""
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


def _validate_template(spec: JsonObject, kind: str) -> Iterator[StatusCause]:
    template = object_at(spec, "template")
    labels = object_at(template, "metadata").get("labels")
    selector = spec.get("selector")
    if not is_object(selector):
        if kind != "DaemonSet":
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


def _validate_deployment_strategy(spec: JsonObject) -> Iterator[StatusCause]:
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
                yield invalid(f"spec.strategy.rollingUpdate.{key}", value, PERCENT_MESSAGE)
        both = [rolling.get("maxUnavailable"), rolling.get("maxSurge")]
        if all(value in {0, "0%"} for value in both):
            text = "may not be 0 when `maxSurge` is 0"
            yield invalid("spec.strategy.rollingUpdate.maxUnavailable", both[0], text)


def validate_disruption_budget(obj: JsonObject, old: JsonObject | None) -> list[StatusCause]:
    """Validate a PodDisruptionBudget and its status."""
    del old
    spec = object_at(obj, "spec")
    causes: list[StatusCause] = []
    if spec.get("minAvailable") is not None and spec.get("maxUnavailable") is not None:
        causes.append(invalid("spec", spec, "minAvailable and maxUnavailable cannot be both set"))
    for key in ("minAvailable", "maxUnavailable"):
        causes += _validate_amount(spec.get(key), f"spec.{key}")
    if is_object(selector := spec.get("selector")):
        causes += validate_selector(selector)
    policy = spec.get("unhealthyPodEvictionPolicy")
    if policy is not None and policy not in _EVICTION_POLICIES:
        causes.append(not_supported("spec.unhealthyPodEvictionPolicy", policy, _EVICTION_POLICIES))
    return [*causes, *validate_not_negative(object_at(obj, "status"), "status", *_BUDGET_COUNTS)]


def _validate_amount(value: object, field: str) -> Iterator[StatusCause]:
    if is_integer(value) and value < 0:
        yield invalid(field, value, NOT_NEGATIVE_MESSAGE)
    elif isinstance(value, str) and not re.fullmatch("[0-9]+%", value):
        yield invalid(field, value, PERCENT_MESSAGE)
    elif isinstance(value, str) and (len(digits := value[:-1].lstrip("0")) > 3 or int(digits or "0") > 100):
        yield invalid(field, value, "must not be greater than 100%")
