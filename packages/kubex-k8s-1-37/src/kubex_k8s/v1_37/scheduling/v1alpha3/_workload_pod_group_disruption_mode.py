# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model

from ._topology_constraint import TopologyConstraint


class WorkloadPodGroupAllDisruptionMode(Model):
    pass


class WorkloadPodGroupBasicSchedulingPolicy(Model):
    pass


class WorkloadPodGroupSingleDisruptionMode(Model):
    pass


class WorkloadPodGroupDisruptionMode(Model):
    all: WorkloadPodGroupAllDisruptionMode | None = None
    single: WorkloadPodGroupSingleDisruptionMode | None = None


class WorkloadPodGroupGangSchedulingPolicy(Model):
    min_count: int | None = None


class WorkloadPodGroupResourceClaim(Model):
    name: str
    resource_claim_name: str | None = None
    resource_claim_template_name: str | None = None


class WorkloadPodGroupSchedulingConstraints(Model):
    topology: list[TopologyConstraint] | None = None


class WorkloadPodGroupSchedulingPolicy(Model):
    basic: WorkloadPodGroupBasicSchedulingPolicy | None = None
    gang: WorkloadPodGroupGangSchedulingPolicy | None = None
