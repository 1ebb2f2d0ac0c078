# Made by kubex-codegen. Changes are lost when it runs again.
"""Models of scheduling/v1alpha1."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._workload import (
        BasicSchedulingPolicy,
        GangSchedulingPolicy,
        PodGroup,
        PodGroupPolicy,
        TypedLocalObjectReference,
        Workload,
        WorkloadSpec,
    )
else:
    from kubex.lazy_import import lazy_attributes

    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "BasicSchedulingPolicy": "_workload",
            "GangSchedulingPolicy": "_workload",
            "PodGroup": "_workload",
            "PodGroupPolicy": "_workload",
            "TypedLocalObjectReference": "_workload",
            "Workload": "_workload",
            "WorkloadSpec": "_workload",
        },
    )

__all__ = [
    "BasicSchedulingPolicy",
    "GangSchedulingPolicy",
    "PodGroup",
    "PodGroupPolicy",
    "TypedLocalObjectReference",
    "Workload",
    "WorkloadSpec",
]
