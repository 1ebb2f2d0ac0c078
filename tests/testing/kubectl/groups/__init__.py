"""The groups of the matrix, one module for each subject."""

from testing.kubectl.groups import (
    access,
    apply,
    cluster,
    create,
    custom,
    describe,
    errors,
    get,
    modify,
    nodes,
    pods,
    workloads,
)
from testing.kubectl.model import Group

GROUPS: tuple[Group, ...] = (
    *pods.GROUPS,
    *workloads.GROUPS,
    *nodes.GROUPS,
    *get.GROUPS,
    *describe.GROUPS,
    *create.GROUPS,
    *apply.GROUPS,
    *modify.GROUPS,
    *custom.GROUPS,
    *cluster.GROUPS,
    *access.GROUPS,
    *errors.GROUPS,
)
"""The slowest groups are first, because the groups run at the same time."""
