# Made by kubex-codegen. Changes are lost when it runs again.
"""Models of scheduling/v1alpha2."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._pod_group import (
        PodGroup,
        PodGroupResourceClaimStatus,
        PodGroupSpec,
        PodGroupStatus,
        PodGroupTemplateReference,
        WorkloadPodGroupTemplateReference,
    )
    from ._pod_group_scheduling_policy import (
        BasicSchedulingPolicy,
        GangSchedulingPolicy,
        PodGroupResourceClaim,
        PodGroupSchedulingConstraints,
        PodGroupSchedulingPolicy,
        TopologyConstraint,
    )
    from ._workload import PodGroupTemplate, TypedLocalObjectReference, Workload, WorkloadSpec
else:
    from kubex.lazy_import import lazy_attributes

    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "BasicSchedulingPolicy": "_pod_group_scheduling_policy",
            "GangSchedulingPolicy": "_pod_group_scheduling_policy",
            "PodGroup": "_pod_group",
            "PodGroupResourceClaim": "_pod_group_scheduling_policy",
            "PodGroupResourceClaimStatus": "_pod_group",
            "PodGroupSchedulingConstraints": "_pod_group_scheduling_policy",
            "PodGroupSchedulingPolicy": "_pod_group_scheduling_policy",
            "PodGroupSpec": "_pod_group",
            "PodGroupStatus": "_pod_group",
            "PodGroupTemplate": "_workload",
            "PodGroupTemplateReference": "_pod_group",
            "TopologyConstraint": "_pod_group_scheduling_policy",
            "TypedLocalObjectReference": "_workload",
            "Workload": "_workload",
            "WorkloadPodGroupTemplateReference": "_pod_group",
            "WorkloadSpec": "_workload",
        },
    )

__all__ = [
    "BasicSchedulingPolicy",
    "GangSchedulingPolicy",
    "PodGroup",
    "PodGroupResourceClaim",
    "PodGroupResourceClaimStatus",
    "PodGroupSchedulingConstraints",
    "PodGroupSchedulingPolicy",
    "PodGroupSpec",
    "PodGroupStatus",
    "PodGroupTemplate",
    "PodGroupTemplateReference",
    "TopologyConstraint",
    "TypedLocalObjectReference",
    "Workload",
    "WorkloadPodGroupTemplateReference",
    "WorkloadSpec",
]
