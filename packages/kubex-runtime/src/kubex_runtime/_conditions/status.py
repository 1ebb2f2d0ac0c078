"""Conditions that read the status of an object: its `conditions`, its phase and its addresses.

See https://kubernetes.io/docs/reference/kubectl/generated/kubectl_wait/.
"""

from typing import Any

from kubex.models import Resource
from kubex_runtime._conditions.condition import Condition, Verdict, if_exists
from kubex_runtime._conditions.fields import items, kind_of, number, read, text

_FINAL_POD_PHASES = ("Succeeded", "Failed")


def condition(type: str, status: str = "True", reason: str | None = None) -> Condition[Resource]:
    """Wait for a condition in `status.conditions`.

    As in `kubectl wait`, the case of the type and the status does not matter. A condition that the controller has
    observed for an earlier generation of the object does not count: its own `observedGeneration` is compared, or else
    that of the status.

    Args:
        type: the type of the condition, such as "Available".
        status: "True", "False" or "Unknown".
        reason: also require this reason, such as "MinimumReplicasAvailable".

    Example:
        progressing = condition("Progressing", reason="NewReplicaSetAvailable")
        assert not progressing(await deployments.get("web"))
    """
    code = ", ".join(map(repr_of, [type] + [status] * (status != "True")))
    code += "" if reason is None else f", reason={repr_of(reason)}"
    return Condition(f"condition({code})", if_exists(lambda obj: condition_verdict(obj, type, status, reason)))


def available() -> Condition[Resource]:
    """Wait for the condition Available, for example of a Deployment or an APIService.

    Example:
        assert not available()(await deployments.get("web"))
    """
    return Condition("available()", if_exists(lambda obj: condition_verdict(obj, "Available")))


def established() -> Condition[Resource]:
    """Wait until the server has accepted a CustomResourceDefinition, so that you can use its kind.

    Example:
        assert repr(established()) == "established()"
    """
    return Condition("established()", if_exists(lambda obj: condition_verdict(obj, "Established")))


def ready() -> Condition[Resource]:
    """Wait for the condition Ready, for example of a Pod or a Node.

    A Pod without a controller that has succeeded or failed can never become ready. The text names the containers that
    do not run, with the reason.

    Example:
        assert ready()(await pods.get("web-0"))
    """
    return Condition("ready()", if_exists(_ready_verdict))


def complete() -> Condition[Resource]:
    """Wait until a Job is complete. A failed Job can never become complete.

    Use `complete() | condition("Failed")` to wait until the Job has ended.

    Example:
        assert repr(complete() | condition("Failed")) == 'complete() | condition("Failed")'
    """
    return Condition("complete()", if_exists(_complete_verdict))


def phase(*phases: str) -> Condition[Resource]:
    """Wait until `status.phase` is one of these phases. The case does not matter.

    A Pod without a controller that has succeeded or failed keeps its phase.

    Example:
        assert phase("Running", "Succeeded")(await pods.get("web-0"))

    Raises:
        ValueError: no phase was passed.
    """
    if not phases:
        raise ValueError('phase() needs at least one phase, such as phase("Running")')
    code = ", ".join(map(repr_of, phases))
    return Condition(f"phase({code})", if_exists(lambda obj: _phase_verdict(obj, phases)))


def bound() -> Condition[Resource]:
    """Wait until a PersistentVolumeClaim or a PersistentVolume is bound. A lost claim can never be bound.

    Example:
        assert repr(bound()) == "bound()"
    """
    return Condition("bound()", if_exists(_bound_verdict))


def load_balancer() -> Condition[Resource]:
    """Wait until the load balancer of a Service or an Ingress has an address.

    A Service of another type than LoadBalancer can never get one.

    Example:
        assert repr(load_balancer()) == "load_balancer()"
    """
    return Condition("load_balancer()", if_exists(_load_balancer_verdict))


def condition_verdict(obj: Resource, type_: str, status: str = "True", reason: str | None = None) -> Verdict:
    """Return whether `status.conditions` contains a condition with a status and a reason."""
    found = find_condition(obj, type_)
    if found is None:
        stale = stale_status(obj)
        others = ", ".join(filter(None, (text(other, "type") for other in items(obj, "status", "conditions"))))
        missing = f"the object does not have the condition {type_}" + (f", only {others}" if others else "")
        return stale or Verdict(False, missing)
    name = text(found, "type") or type_
    stale = _stale(obj, f"the condition {name}", _observed_generation(obj, found))
    if stale is not None:
        return stale
    has_status = (text(found, "status") or "").casefold() == status.casefold()
    has_reason = reason is None or (text(found, "reason") or "").casefold() == reason.casefold()
    return Verdict(has_status and has_reason, f"the condition {name} is {describe_condition(found)}")


def find_condition(obj: Resource, type_: str) -> Any:
    """Return an element of `status.conditions`, or None if it does not exist."""
    conditions = items(obj, "status", "conditions")
    return next((item for item in conditions if (text(item, "type") or "").casefold() == type_.casefold()), None)


def describe_condition(found: object) -> str:
    """Return the status of a condition, its reason and its message."""
    details = ": ".join(filter(None, (text(found, "reason"), text(found, "message"))))
    return f"{text(found, 'status')}" + (f" ({details})" if details else "")


def stale_status(obj: Resource) -> Verdict | None:
    """Return a verdict if a controller has not observed the current generation of the object yet."""
    return _stale(obj, "the status", number(obj, "status", "observedGeneration"))


def repr_of(value: str) -> str:
    """Return a text as code, in double quotes."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _observed_generation(obj: Resource, found: object) -> int | None:
    own = number(found, "observedGeneration")
    return number(obj, "status", "observedGeneration") if own is None else own


def _stale(obj: Resource, subject: str, observed: int | None) -> Verdict | None:
    current = number(obj, "metadata", "generation")
    if observed is None or current is None or observed >= current:
        return None
    return Verdict(None, f"{subject} is stale: observed generation {observed}, current {current}")


def _ready_verdict(obj: Resource) -> Verdict:
    verdict = condition_verdict(obj, "Ready")
    if verdict.holds is not False or kind_of(obj) != ("", "Pod"):
        return verdict
    if _is_final_pod(obj):
        return Verdict(False, f"the Pod has ended with the phase {text(obj, 'status', 'phase')}", final=True)
    return Verdict(False, "; ".join([verdict.text, *_waiting_containers(obj)]))


def _waiting_containers(pod: Resource) -> list[str]:
    statuses = [*items(pod, "status", "initContainerStatuses"), *items(pod, "status", "containerStatuses")]
    reasons = [(text(status, "name"), text(status, "state", "waiting", "reason")) for status in statuses]
    return [f"the container {name} is waiting: {reason}" for name, reason in reasons if reason is not None]


def _is_final_pod(pod: Resource) -> bool:
    """Return whether the Pod has ended, and no controller replaces it with a Pod of the same name."""
    controlled = any(read(owner, "controller") for owner in items(pod, "metadata", "ownerReferences"))
    return text(pod, "status", "phase") in _FINAL_POD_PHASES and not controlled


def _complete_verdict(obj: Resource) -> Verdict:
    verdict = condition_verdict(obj, "Complete")
    if verdict.holds is not False:
        return verdict
    failed = find_condition(obj, "Failed")
    if failed is not None and condition_verdict(obj, "Failed").holds:
        return Verdict(False, f"the condition Failed is {describe_condition(failed)}", final=True)
    if kind_of(obj) != ("batch", "Job"):
        return verdict
    if read(obj, "spec", "suspend"):
        return Verdict(False, "the Job is suspended")
    succeeded, failures = number(obj, "status", "succeeded") or 0, number(obj, "status", "failed") or 0
    completions = number(obj, "spec", "completions")
    wanted = f" of {completions}" if completions is not None else ""
    return Verdict(False, f"{succeeded}{wanted} completions have succeeded, and {failures} pods have failed")


def _phase_verdict(obj: Resource, phases: tuple[str, ...]) -> Verdict:
    stale = stale_status(obj)
    if stale is not None:
        return stale
    current = text(obj, "status", "phase")
    if current is None:
        return Verdict(False, "the object does not have a phase")
    holds = current.casefold() in [wanted.casefold() for wanted in phases]
    final = not holds and kind_of(obj) == ("", "Pod") and _is_final_pod(obj)
    return Verdict(holds, f"the phase is {current}", final)


def _bound_verdict(obj: Resource) -> Verdict:
    verdict = _phase_verdict(obj, ("Bound",))
    lost = verdict.holds is False and text(obj, "status", "phase") == "Lost"
    return verdict._replace(final=lost)


def _load_balancer_verdict(obj: Resource) -> Verdict:
    service_type = text(obj, "spec", "type") or "ClusterIP"
    if kind_of(obj) == ("", "Service") and service_type != "LoadBalancer":
        return Verdict(False, f"the Service has the type {service_type}, not LoadBalancer", final=True)
    ingress = items(obj, "status", "loadBalancer", "ingress")
    addresses = [text(entry, "ip") or text(entry, "hostname") for entry in ingress]
    found = ", ".join(filter(None, addresses))
    return Verdict(bool(found), f"the load balancer has {f'the address {found}' if found else 'no address'}")
