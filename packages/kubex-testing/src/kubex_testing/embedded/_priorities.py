"""The admission plug-in Priority: the priority of new pods.

See https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/.
"""

from kubex_testing._objects.json_types import JsonObject

from . import _errors as errors
from ._cluster import Cluster

_CLASSES = "priorityclasses.scheduling.k8s.io"
# Each cluster has these classes. The embedded server knows them without objects.
_SYSTEM_CLASSES = {"system-node-critical": 2000001000, "system-cluster-critical": 2000000000}


def set_priority(cluster: Cluster, pod: JsonObject) -> None:
    """Set the priority of a new pod from its class, or from the default class. Raises 403."""
    metadata, spec = pod["metadata"], pod["spec"]
    name = spec.get("priorityClassName") or _default_class(cluster)
    if name:
        spec["priorityClassName"] = name
    stored = cluster.store.get(_CLASSES, name) if name else None
    if stored is not None:
        value, policy = stored.object["value"], stored.object.get("preemptionPolicy")
    elif name and name not in _SYSTEM_CLASSES:
        raise _forbidden(metadata, f"no PriorityClass with name {name} was found")
    else:
        value, policy = _SYSTEM_CLASSES.get(name, 0), None
    if spec.get("priority") not in (None, value):
        text = f"the integer value of priority ({spec['priority']}) must not be provided in pod spec"
        raise _forbidden(
            metadata, f"{text}; priority admission controller computed {value} from the given PriorityClass name"
        )
    spec["priority"] = value
    if policy and not spec.get("preemptionPolicy"):
        spec["preemptionPolicy"] = policy


def _default_class(cluster: Cluster) -> str:
    """Return the name of the default class with the lowest value, or an empty string."""
    classes = [item.object for item in cluster.store.bucket(_CLASSES).objects.values()]
    defaults = sorted((item["value"], item["metadata"]["name"]) for item in classes if item.get("globalDefault"))
    return str(defaults[0][1]) if defaults else ""


def _forbidden(metadata: JsonObject, detail: str) -> errors.ApiError:
    return errors.forbidden("pods", "", metadata.get("name") or "Unknown", detail)
