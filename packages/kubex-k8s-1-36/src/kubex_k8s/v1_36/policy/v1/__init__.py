# Made by kubex-codegen. Changes are lost when it runs again.
"""Models of policy/v1."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._eviction import Eviction
    from ._pod_disruption_budget import PodDisruptionBudget, PodDisruptionBudgetSpec, PodDisruptionBudgetStatus
else:
    from kubex.lazy_import import lazy_attributes

    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "Eviction": "_eviction",
            "PodDisruptionBudget": "_pod_disruption_budget",
            "PodDisruptionBudgetSpec": "_pod_disruption_budget",
            "PodDisruptionBudgetStatus": "_pod_disruption_budget",
        },
    )

__all__ = [
    "Eviction",
    "PodDisruptionBudget",
    "PodDisruptionBudgetSpec",
    "PodDisruptionBudgetStatus",
]
