# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model

from ._topology_constraint import TopologyConstraint


class AllDisruptionMode(Model):
    pass


class BasicSchedulingPolicy(Model):
    pass


class SingleDisruptionMode(Model):
    pass


class DisruptionMode(Model):
    all: AllDisruptionMode | None = None
    single: SingleDisruptionMode | None = None


class GangSchedulingPolicy(Model):
    min_count: int


class PodGroupResourceClaim(Model):
    name: str
    resource_claim_name: str | None = None
    resource_claim_template_name: str | None = None


class PodGroupSchedulingConstraints(Model):
    topology: list[TopologyConstraint] | None = None


class PodGroupSchedulingPolicy(Model):
    basic: BasicSchedulingPolicy | None = None
    gang: GangSchedulingPolicy | None = None
