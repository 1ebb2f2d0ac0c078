"""Whether a rollout is complete, with the rules of `kubectl rollout status`.

See https://kubernetes.io/docs/reference/kubectl/generated/kubectl_rollout/kubectl_rollout_status/.
"""

from collections.abc import Callable

from kubex.models import Resource
from kubex_runtime._conditions.condition import Condition, Verdict, if_exists
from kubex_runtime._conditions.fields import kind_of, number, read, text
from kubex_runtime._conditions.status import describe_condition, find_condition


def rolled_out() -> Condition[Resource]:
    """Wait until all pods of a Deployment, a StatefulSet or a DaemonSet are updated and available.

    A Deployment that has exceeded its progress deadline has failed. A StatefulSet with a partition is complete if the
    pods above the partition are updated. The update strategy OnDelete is a failure, because the pods are updated only
    when somebody deletes them.

    Raises:
        TypeError: when it is called with an object of another kind.

    Example:
        assert not rolled_out()(await deployments.get("web"))
    """
    return Condition("rolled_out()", if_exists(_rollout_verdict))


def _rollout_verdict(obj: Resource) -> Verdict:
    group, kind = kind_of(obj)
    rule = _RULES.get(kind) if group == "apps" else None
    if rule is None:
        raise TypeError(f"rolled_out() supports {', '.join(_RULES)}, not {kind}: use condition() or a function")
    observed, current = number(obj, "status", "observedGeneration") or 0, number(obj, "metadata", "generation") or 0
    strategy = text(obj, "spec", "updateStrategy", "type")
    if strategy == "OnDelete":
        return Verdict(False, "the update strategy is OnDelete: pods are updated when you delete them", final=True)
    if observed < current:
        return Verdict(None, f"the status is stale: observed generation {observed}, current {current}")
    return rule(obj)


def _deployment(obj: Resource) -> Verdict:
    progressing = find_condition(obj, "Progressing")
    if text(progressing, "reason") == "ProgressDeadlineExceeded":
        return Verdict(False, f"the condition Progressing is {describe_condition(progressing)}", final=True)
    desired, total, updated, available = (
        _desired(obj),
        *_counts(obj, "replicas", "updatedReplicas", "availableReplicas"),
    )
    if updated < desired:
        paused = "; the Deployment is paused" if read(obj, "spec", "paused") else ""
        return Verdict(False, f"{updated} of {desired} replicas are updated{paused}")
    if total > updated:
        return Verdict(False, f"{total - updated} old replicas are not terminated yet")
    return _availability(available, updated)


def _stateful_set(obj: Resource) -> Verdict:
    desired, ready, updated = _desired(obj), *_counts(obj, "readyReplicas", "updatedReplicas")
    if ready < desired:
        return Verdict(False, f"{ready} of {desired} replicas are ready")
    partition = number(obj, "spec", "updateStrategy", "rollingUpdate", "partition")
    if partition is not None:
        wanted = max(desired - partition, 0)
        above = f" above the partition {partition}" if partition else ""
        return Verdict(updated >= wanted, f"{updated} of {wanted} replicas{above} are updated")
    revisions = text(obj, "status", "updateRevision"), text(obj, "status", "currentRevision")
    return Verdict(revisions[0] == revisions[1], f"{updated} of {desired} replicas are updated")


def _daemon_set(obj: Resource) -> Verdict:
    names = "desiredNumberScheduled", "updatedNumberScheduled", "numberAvailable"
    desired, updated, available = _counts(obj, *names)
    if updated < desired:
        return Verdict(False, f"{updated} of {desired} pods are updated")
    return _availability(available, desired)


def _availability(available: int, wanted: int) -> Verdict:
    return Verdict(available >= wanted, f"{available} of {wanted} updated replicas are available")


def _desired(obj: Resource) -> int:
    replicas = number(obj, "spec", "replicas")
    return 1 if replicas is None else replicas  # the default of the server


def _counts(obj: Resource, *names: str) -> list[int]:
    return [number(obj, "status", name) or 0 for name in names]


_RULES: dict[str, Callable[[Resource], Verdict]] = {
    "Deployment": _deployment,
    "StatefulSet": _stateful_set,
    "DaemonSet": _daemon_set,
}
