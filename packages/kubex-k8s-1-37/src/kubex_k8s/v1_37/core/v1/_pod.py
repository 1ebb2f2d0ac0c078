# Made by kubex-codegen. Changes are lost when it runs again.
from typing import Annotated

from kubex.models import ApiResource, LazyModel, Model, NamespacedResource, Quantity, Time
from kubex.models.fields import NullAsEmpty, json_aliases
from kubex.models.markers import (
    HasAttach,
    HasEphemeralContainers,
    HasEviction,
    HasExec,
    HasLogs,
    HasPortForward,
    HasResize,
    HasStatus,
)

from ._pod_spec import PodSpec, ResourceRequirements
from ._volume_health_condition import VolumeHealthCondition


class ContainerExtendedResourceRequest(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#containerextendedresourcerequest-v1-core.
    """

    container_name: str
    request_name: str
    resource_name: str


class ContainerStateRunning(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#containerstaterunning-v1-core."""

    started_at: Time | None = None


class ContainerStateTerminated(Model, alias_generator=json_aliases(container_id="containerID")):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#containerstateterminated-v1-core."""

    container_id: str | None = None
    exit_code: int
    finished_at: Time | None = None
    message: str | None = None
    reason: str | None = None
    signal: int | None = None
    started_at: Time | None = None


class ContainerStateWaiting(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#containerstatewaiting-v1-core."""

    message: str | None = None
    reason: str | None = None


class ContainerState(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#containerstate-v1-core."""

    running: ContainerStateRunning | None = None
    terminated: ContainerStateTerminated | None = None
    waiting: ContainerStateWaiting | None = None


class LinuxContainerUser(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#linuxcontaineruser-v1-core."""

    gid: int
    supplemental_groups: list[int] | None = None
    uid: int


class ContainerUser(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#containeruser-v1-core."""

    linux: LinuxContainerUser | None = None


class ResourceHealth(Model, alias_generator=json_aliases(resource_id="resourceID")):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#resourcehealth-v1-core."""

    health: str | None = None
    message: str | None = None
    resource_id: str


class ResourceStatus(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#resourcestatus-v1-core."""

    name: str
    resources: list[ResourceHealth] | None = None


class ImageVolumeStatus(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#imagevolumestatus-v1-core."""

    image_ref: str


class VolumeStatus(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#volumestatus-v1-core."""

    image: ImageVolumeStatus | None = None


class VolumeMountStatus(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#volumemountstatus-v1-core."""

    mount_path: str
    name: str
    read_only: bool | None = None
    recursive_read_only: str | None = None
    volume_status: VolumeStatus | None = None


class ContainerStatus(LazyModel, alias_generator=json_aliases(container_id="containerID", image_id="imageID")):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#containerstatus-v1-core."""

    allocated_resources: dict[str, Quantity] | None = None
    allocated_resources_status: list[ResourceStatus] | None = None
    container_id: str | None = None
    image: str
    image_id: str
    last_state: ContainerState | None = None
    name: str
    ready: bool
    resources: ResourceRequirements | None = None
    restart_count: int
    started: bool | None = None
    state: ContainerState | None = None
    stop_signal: str | None = None
    user: ContainerUser | None = None
    volume_mounts: list[VolumeMountStatus] | None = None


class HostIP(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#hostip-v1-core."""

    ip: str


class NodeAllocatableMappedResources(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#nodeallocatablemappedresources-v1-core.
    """

    name: str
    quantity: Quantity


class NodeAllocatableOverheadResources(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#nodeallocatableoverheadresources-v1-core.
    """

    name: str
    per_container: Quantity | None = None
    per_pod: Quantity | None = None


class NodeAllocatableResourceClaimStatus(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#nodeallocatableresourceclaimstatus-v1-core.
    """

    containers: list[str] | None = None
    mapping: list[NodeAllocatableMappedResources] | None = None
    overhead: list[NodeAllocatableOverheadResources] | None = None
    resource_claim_name: str


class PodCondition(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#podcondition-v1-core."""

    last_probe_time: Time | None = None
    last_transition_time: Time | None = None
    message: str | None = None
    observed_generation: int | None = None
    reason: str | None = None
    status: str
    type: str


class PodExtendedResourceClaimStatus(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#podextendedresourceclaimstatus-v1-core.
    """

    request_mappings: Annotated[list[ContainerExtendedResourceRequest], NullAsEmpty]
    resource_claim_name: str


class PodIP(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#podip-v1-core."""

    ip: str


class PodResourceClaimStatus(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#podresourceclaimstatus-v1-core."""

    name: str
    resource_claim_name: str | None = None


class PodVolumeHealth(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#podvolumehealth-v1-core."""

    health_conditions: list[VolumeHealthCondition] | None = None
    last_transition_time: Time | None = None
    name: str


class PodStatus(LazyModel):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#podstatus-v1-core."""

    allocated_resources: dict[str, Quantity] | None = None
    conditions: list[PodCondition] | None = None
    container_statuses: list[ContainerStatus] | None = None
    ephemeral_container_statuses: list[ContainerStatus] | None = None
    extended_resource_claim_status: PodExtendedResourceClaimStatus | None = None
    host_ip: str | None = None
    host_ips: list[HostIP] | None = None
    init_container_statuses: list[ContainerStatus] | None = None
    message: str | None = None
    node_allocatable_resource_claim_statuses: list[NodeAllocatableResourceClaimStatus] | None = None
    nominated_node_name: str | None = None
    observed_generation: int | None = None
    phase: str | None = None
    pod_ip: str | None = None
    pod_ips: list[PodIP] | None = None
    qos_class: str | None = None
    reason: str | None = None
    resize: str | None = None
    resource_claim_statuses: list[PodResourceClaimStatus] | None = None
    resources: ResourceRequirements | None = None
    start_time: Time | None = None
    volume_health: list[PodVolumeHealth] | None = None


class Pod(
    NamespacedResource,
    HasAttach,
    HasEphemeralContainers,
    HasEviction,
    HasExec,
    HasLogs,
    HasPortForward,
    HasResize,
    HasStatus,
):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#pod-v1-core."""

    __resource__ = ApiResource(
        version="v1",
        kind="Pod",
        plural="pods",
        subresources=frozenset(
            {
                "attach",
                "binding",
                "ephemeralcontainers",
                "eviction",
                "exec",
                "log",
                "portforward",
                "proxy",
                "resize",
                "status",
            }
        ),
    )

    spec: PodSpec | None = None
    status: PodStatus | None = None
