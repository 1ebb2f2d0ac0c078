# Made by kubex-codegen. Changes are lost when it runs again.
"""Models of scheduling/v1beta1."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._disruption_mode import (
        AllDisruptionMode,
        BasicSchedulingPolicy,
        DisruptionMode,
        GangSchedulingPolicy,
        PodGroupResourceClaim,
        PodGroupSchedulingConstraints,
        PodGroupSchedulingPolicy,
        SingleDisruptionMode,
        TopologyConstraint,
    )
    from ._pod_group import PodGroup, PodGroupResourceClaimStatus, PodGroupSpec, PodGroupStatus, WorkloadReference
    from ._workload import (
        AllCompositeDisruptionMode,
        CompositeBasicSchedulingPolicy,
        CompositeDisruptionMode,
        CompositeGangSchedulingPolicy,
        CompositePodGroupSchedulingConstraints,
        CompositePodGroupSchedulingPolicy,
        CompositePodGroupTemplate,
        PodGroupTemplate,
        SingleCompositeDisruptionMode,
        TypedLocalObjectReference,
        Workload,
        WorkloadSpec,
    )
else:
    from kubex.lazy_import import lazy_attributes

    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "AllCompositeDisruptionMode": "_workload",
            "AllDisruptionMode": "_disruption_mode",
            "BasicSchedulingPolicy": "_disruption_mode",
            "CompositeBasicSchedulingPolicy": "_workload",
            "CompositeDisruptionMode": "_workload",
            "CompositeGangSchedulingPolicy": "_workload",
            "CompositePodGroupSchedulingConstraints": "_workload",
            "CompositePodGroupSchedulingPolicy": "_workload",
            "CompositePodGroupTemplate": "_workload",
            "DisruptionMode": "_disruption_mode",
            "GangSchedulingPolicy": "_disruption_mode",
            "PodGroup": "_pod_group",
            "PodGroupResourceClaim": "_disruption_mode",
            "PodGroupResourceClaimStatus": "_pod_group",
            "PodGroupSchedulingConstraints": "_disruption_mode",
            "PodGroupSchedulingPolicy": "_disruption_mode",
            "PodGroupSpec": "_pod_group",
            "PodGroupStatus": "_pod_group",
            "PodGroupTemplate": "_workload",
            "SingleCompositeDisruptionMode": "_workload",
            "SingleDisruptionMode": "_disruption_mode",
            "TopologyConstraint": "_disruption_mode",
            "TypedLocalObjectReference": "_workload",
            "Workload": "_workload",
            "WorkloadReference": "_pod_group",
            "WorkloadSpec": "_workload",
        },
    )

__all__ = [
    "AllCompositeDisruptionMode",
    "AllDisruptionMode",
    "BasicSchedulingPolicy",
    "CompositeBasicSchedulingPolicy",
    "CompositeDisruptionMode",
    "CompositeGangSchedulingPolicy",
    "CompositePodGroupSchedulingConstraints",
    "CompositePodGroupSchedulingPolicy",
    "CompositePodGroupTemplate",
    "DisruptionMode",
    "GangSchedulingPolicy",
    "PodGroup",
    "PodGroupResourceClaim",
    "PodGroupResourceClaimStatus",
    "PodGroupSchedulingConstraints",
    "PodGroupSchedulingPolicy",
    "PodGroupSpec",
    "PodGroupStatus",
    "PodGroupTemplate",
    "SingleCompositeDisruptionMode",
    "SingleDisruptionMode",
    "TopologyConstraint",
    "TypedLocalObjectReference",
    "Workload",
    "WorkloadReference",
    "WorkloadSpec",
]
