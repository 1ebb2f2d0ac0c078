# Made by kubex-codegen. Changes are lost when it runs again.
"""Models of apps/v1."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._controller_revision import ControllerRevision
    from ._daemon_set import (
        DaemonSet,
        DaemonSetCondition,
        DaemonSetSpec,
        DaemonSetStatus,
        DaemonSetUpdateStrategy,
        RollingUpdateDaemonSet,
    )
    from ._deployment import (
        Deployment,
        DeploymentCondition,
        DeploymentSpec,
        DeploymentStatus,
        DeploymentStrategy,
        RollingUpdateDeployment,
    )
    from ._replica_set import ReplicaSet, ReplicaSetCondition, ReplicaSetSpec, ReplicaSetStatus
    from ._stateful_set import (
        RollingUpdateStatefulSetStrategy,
        StatefulSet,
        StatefulSetCondition,
        StatefulSetOrdinals,
        StatefulSetPersistentVolumeClaimRetentionPolicy,
        StatefulSetSpec,
        StatefulSetStatus,
        StatefulSetUpdateStrategy,
    )
else:
    from kubex.lazy_import import lazy_attributes

    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "ControllerRevision": "_controller_revision",
            "DaemonSet": "_daemon_set",
            "DaemonSetCondition": "_daemon_set",
            "DaemonSetSpec": "_daemon_set",
            "DaemonSetStatus": "_daemon_set",
            "DaemonSetUpdateStrategy": "_daemon_set",
            "Deployment": "_deployment",
            "DeploymentCondition": "_deployment",
            "DeploymentSpec": "_deployment",
            "DeploymentStatus": "_deployment",
            "DeploymentStrategy": "_deployment",
            "ReplicaSet": "_replica_set",
            "ReplicaSetCondition": "_replica_set",
            "ReplicaSetSpec": "_replica_set",
            "ReplicaSetStatus": "_replica_set",
            "RollingUpdateDaemonSet": "_daemon_set",
            "RollingUpdateDeployment": "_deployment",
            "RollingUpdateStatefulSetStrategy": "_stateful_set",
            "StatefulSet": "_stateful_set",
            "StatefulSetCondition": "_stateful_set",
            "StatefulSetOrdinals": "_stateful_set",
            "StatefulSetPersistentVolumeClaimRetentionPolicy": "_stateful_set",
            "StatefulSetSpec": "_stateful_set",
            "StatefulSetStatus": "_stateful_set",
            "StatefulSetUpdateStrategy": "_stateful_set",
        },
    )

__all__ = [
    "ControllerRevision",
    "DaemonSet",
    "DaemonSetCondition",
    "DaemonSetSpec",
    "DaemonSetStatus",
    "DaemonSetUpdateStrategy",
    "Deployment",
    "DeploymentCondition",
    "DeploymentSpec",
    "DeploymentStatus",
    "DeploymentStrategy",
    "ReplicaSet",
    "ReplicaSetCondition",
    "ReplicaSetSpec",
    "ReplicaSetStatus",
    "RollingUpdateDaemonSet",
    "RollingUpdateDeployment",
    "RollingUpdateStatefulSetStrategy",
    "StatefulSet",
    "StatefulSetCondition",
    "StatefulSetOrdinals",
    "StatefulSetPersistentVolumeClaimRetentionPolicy",
    "StatefulSetSpec",
    "StatefulSetStatus",
    "StatefulSetUpdateStrategy",
]
