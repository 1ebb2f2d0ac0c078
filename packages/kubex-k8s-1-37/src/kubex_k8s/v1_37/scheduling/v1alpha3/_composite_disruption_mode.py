# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model

from ._topology_constraint import TopologyConstraint


class AllCompositeDisruptionMode(Model):
    pass


class CompositeBasicSchedulingPolicy(Model):
    pass


class SingleCompositeDisruptionMode(Model):
    pass


class CompositeDisruptionMode(Model):
    all: AllCompositeDisruptionMode | None = None
    single: SingleCompositeDisruptionMode | None = None


class CompositeGangSchedulingPolicy(Model):
    min_group_count: int


class CompositePodGroupSchedulingConstraints(Model):
    topology: list[TopologyConstraint] | None = None


class CompositePodGroupSchedulingPolicy(Model):
    basic: CompositeBasicSchedulingPolicy | None = None
    gang: CompositeGangSchedulingPolicy | None = None
