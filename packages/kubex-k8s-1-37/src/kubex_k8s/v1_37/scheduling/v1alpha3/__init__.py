# Made by kubex-codegen. Changes are lost when it runs again.
"""Models of scheduling/v1alpha3."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._composite_disruption_mode import (
        AllCompositeDisruptionMode,
        CompositeBasicSchedulingPolicy,
        CompositeDisruptionMode,
        CompositeGangSchedulingPolicy,
        CompositePodGroupSchedulingConstraints,
        CompositePodGroupSchedulingPolicy,
        SingleCompositeDisruptionMode,
    )
    from ._composite_pod_group import CompositePodGroup, CompositePodGroupSpec, CompositePodGroupStatus
    from ._disruption_mode import (
        AllDisruptionMode,
        BasicSchedulingPolicy,
        DisruptionMode,
        GangSchedulingPolicy,
        PodGroupResourceClaim,
        PodGroupSchedulingConstraints,
        PodGroupSchedulingPolicy,
        SingleDisruptionMode,
    )
    from ._pod_group import PodGroup, PodGroupResourceClaimStatus, PodGroupSpec, PodGroupStatus
    from ._topology_constraint import TopologyConstraint
    from ._workload import (
        CompositePodGroupTemplate,
        PodGroupTemplate,
        TypedLocalObjectReference,
        Workload,
        WorkloadSpec,
    )
    from ._workload_pod_group_disruption_mode import (
        WorkloadPodGroupAllDisruptionMode,
        WorkloadPodGroupBasicSchedulingPolicy,
        WorkloadPodGroupDisruptionMode,
        WorkloadPodGroupGangSchedulingPolicy,
        WorkloadPodGroupResourceClaim,
        WorkloadPodGroupSchedulingConstraints,
        WorkloadPodGroupSchedulingPolicy,
        WorkloadPodGroupSingleDisruptionMode,
    )
    from ._workload_reference import WorkloadReference
else:
    from kubex.lazy_import import lazy_attributes

    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "AllCompositeDisruptionMode": "_composite_disruption_mode",
            "AllDisruptionMode": "_disruption_mode",
            "BasicSchedulingPolicy": "_disruption_mode",
            "CompositeBasicSchedulingPolicy": "_composite_disruption_mode",
            "CompositeDisruptionMode": "_composite_disruption_mode",
            "CompositeGangSchedulingPolicy": "_composite_disruption_mode",
            "CompositePodGroup": "_composite_pod_group",
            "CompositePodGroupSchedulingConstraints": "_composite_disruption_mode",
            "CompositePodGroupSchedulingPolicy": "_composite_disruption_mode",
            "CompositePodGroupSpec": "_composite_pod_group",
            "CompositePodGroupStatus": "_composite_pod_group",
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
            "SingleCompositeDisruptionMode": "_composite_disruption_mode",
            "SingleDisruptionMode": "_disruption_mode",
            "TopologyConstraint": "_topology_constraint",
            "TypedLocalObjectReference": "_workload",
            "Workload": "_workload",
            "WorkloadPodGroupAllDisruptionMode": "_workload_pod_group_disruption_mode",
            "WorkloadPodGroupBasicSchedulingPolicy": "_workload_pod_group_disruption_mode",
            "WorkloadPodGroupDisruptionMode": "_workload_pod_group_disruption_mode",
            "WorkloadPodGroupGangSchedulingPolicy": "_workload_pod_group_disruption_mode",
            "WorkloadPodGroupResourceClaim": "_workload_pod_group_disruption_mode",
            "WorkloadPodGroupSchedulingConstraints": "_workload_pod_group_disruption_mode",
            "WorkloadPodGroupSchedulingPolicy": "_workload_pod_group_disruption_mode",
            "WorkloadPodGroupSingleDisruptionMode": "_workload_pod_group_disruption_mode",
            "WorkloadReference": "_workload_reference",
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
    "CompositePodGroup",
    "CompositePodGroupSchedulingConstraints",
    "CompositePodGroupSchedulingPolicy",
    "CompositePodGroupSpec",
    "CompositePodGroupStatus",
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
    "WorkloadPodGroupAllDisruptionMode",
    "WorkloadPodGroupBasicSchedulingPolicy",
    "WorkloadPodGroupDisruptionMode",
    "WorkloadPodGroupGangSchedulingPolicy",
    "WorkloadPodGroupResourceClaim",
    "WorkloadPodGroupSchedulingConstraints",
    "WorkloadPodGroupSchedulingPolicy",
    "WorkloadPodGroupSingleDisruptionMode",
    "WorkloadReference",
    "WorkloadSpec",
]
