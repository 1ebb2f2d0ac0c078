# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, ClusterResource, Model
from kubex.models.markers import HasStatus

from ...meta.v1._condition import Condition
from ...meta.v1._group_resource import GroupResource


class StorageVersionMigrationSpec(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#storageversionmigrationspec-v1-storagemigration-k8s-io.
    """

    resource: GroupResource


class StorageVersionMigrationStatus(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#storageversionmigrationstatus-v1-storagemigration-k8s-io.
    """

    conditions: list[Condition] | None = None
    resource_version: str | None = None


class StorageVersionMigration(ClusterResource, HasStatus):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#storageversionmigration-v1-storagemigration-k8s-io.
    """

    __resource__ = ApiResource(
        group="storagemigration.k8s.io",
        version="v1",
        kind="StorageVersionMigration",
        plural="storageversionmigrations",
        subresources=frozenset({"status"}),
    )

    spec: StorageVersionMigrationSpec | None = None
    status: StorageVersionMigrationStatus | None = None
