"""Conditions for `wait_for()`.

Each function returns a condition. Call a condition with an object, pass it to `wait_for()`, or combine conditions with
`&`, `|` and `~`. Conditions accept objects of all model packages, of classes that you have defined, and of
`dynamic_resource()`.
"""

from kubex_runtime._conditions.condition import Condition, OptionalCondition, Verdict
from kubex_runtime._conditions.existence import deleted, exists
from kubex_runtime._conditions.rollouts import rolled_out
from kubex_runtime._conditions.status import (
    available,
    bound,
    complete,
    condition,
    established,
    load_balancer,
    phase,
    ready,
)

__all__ = [
    "Condition",
    "OptionalCondition",
    "Verdict",
    "available",
    "bound",
    "complete",
    "condition",
    "deleted",
    "established",
    "exists",
    "load_balancer",
    "phase",
    "ready",
    "rolled_out",
]
