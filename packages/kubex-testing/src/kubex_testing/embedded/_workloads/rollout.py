"""The sizes of the ReplicaSets of a Deployment during a rolling update.

See https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from kubex_testing._objects.json_types import JsonObject, object_at


@dataclass(frozen=True)
class Size:
    """The size of a ReplicaSet: the replicas in its spec, and how many of them are available."""

    replicas: int
    available: int

    @classmethod
    def of(cls, replica_set: JsonObject) -> "Size":
        """Return the size of a ReplicaSet."""
        replicas = replica_set["spec"].get("replicas", 1)
        # The status is older than the spec, and may still count pods that will be deleted.
        return cls(replicas, min(object_at(replica_set, "status").get("availableReplicas", 0), replicas))


@dataclass(frozen=True)
class Limits:
    """How many pods a rolling update may add, and how many may be unavailable."""

    desired: int
    surge: int
    unavailable: int

    @classmethod
    def of(cls, deployment: JsonObject) -> "Limits":
        """Return the limits of a Deployment. Percentages round up for the surge, and down for unavailable pods."""
        desired = deployment["spec"].get("replicas", 1)
        rolling = object_at(deployment, "spec", "strategy", "rollingUpdate")
        if not rolling:
            return cls(desired, 0, 0)
        surge = _resolve(rolling.get("maxSurge", 0), desired, round_up=True)
        unavailable = _resolve(rolling.get("maxUnavailable", 0), desired, round_up=False)
        # A percentage of few pods can be 0, and an update with two zeros could not start.
        return cls(desired, surge, unavailable or (0 if surge else 1))

    def new_size(self, new: int, old: Sequence[Size]) -> int:
        """Return the next size of the new ReplicaSet."""
        room = self.desired + self.surge - new - sum(size.replicas for size in old)
        return min(new + max(room, 0), self.desired) if new < self.desired else self.desired

    def old_sizes(self, new: Size, old: Sequence[Size]) -> list[int]:
        """Return the next sizes of the old ReplicaSets, which are sorted by age, oldest first."""
        sizes = [size.replicas for size in old]
        minimum = self.desired - self.unavailable
        removable = new.replicas + sum(sizes) - minimum - (new.replicas - new.available)
        if removable <= 0:
            return sizes
        # Delete unavailable pods of old ReplicaSets first, because this does not reduce the availability.
        sizes = _reduce(sizes, [size.replicas - size.available for size in old], removable)
        spare = new.available + sum(size.available for size in old) - minimum
        return _reduce(sizes, sizes, spare)


def _reduce(sizes: Sequence[int], removable: Sequence[int], total: int) -> list[int]:
    """Subtract at most `removable` from each size, and at most `total` from all of them."""
    result: list[int] = []
    for size, limit in zip(sizes, removable, strict=True):
        step = max(min(limit, total), 0)
        total -= step
        result.append(size - step)
    return result


def _resolve(value: int | str, total: int, *, round_up: bool) -> int:
    if isinstance(value, int):
        return value
    exact = int(value.removesuffix("%")) * total / 100
    return math.ceil(exact) if round_up else math.floor(exact)
