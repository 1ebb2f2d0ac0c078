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


class ContainerExtendedResourceRequest(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#containerextendedresourcerequest-v1-core.
    """

    container_name: str
    request_name: str
    resource_name: str


class ContainerStateRunning(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#containerstaterunning-v1-core."""

    started_at: Time | None = None


class ContainerStateTerminated(Model, alias_generator=json_aliases(container_id="containerID")):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#containerstateterminated-v1-core."""

    container_id: str | None = None
    exit_code: int
    finished_at: Time | None = None
    message: str | None = None
    reason: str | None = None
    signal: int | None = None
    started_at: Time | None = None


class ContainerStateWaiting(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#containerstatewaiting-v1-core."""

    message: str | None = None
    reason: str | None = None


class ContainerState(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#containerstate-v1-core."""

    running: ContainerStateRunning | None = None
    terminated: ContainerStateTerminated | None = None
    waiting: ContainerStateWaiting | None = None


class LinuxContainerUser(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#linuxcontaineruser-v1-core."""

    gid: int
    supplemental_groups: list[int] | None = None
    uid: int


class ContainerUser(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#containeruser-v1-core."""

    linux: LinuxContainerUser | None = None


class ResourceHealth(Model, alias_generator=json_aliases(resource_id="resourceID")):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#resourcehealth-v1-core."""

    health: str | None = None
    resource_id: str


class ResourceStatus(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#resourcestatus-v1-core."""

    name: str
    resources: list[ResourceHealth] | None = None


class VolumeMountStatus(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#volumemountstatus-v1-core."""

    mount_path: str
    name: str
    read_only: bool | None = None
    recursive_read_only: str | None = None


class ContainerStatus(LazyModel, alias_generator=json_aliases(container_id="containerID", image_id="imageID")):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#containerstatus-v1-core."""

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
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#hostip-v1-core."""

    ip: str


class PodCondition(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#podcondition-v1-core."""

    last_probe_time: Time | None = None
    last_transition_time: Time | None = None
    message: str | None = None
    observed_generation: int | None = None
    reason: str | None = None
    status: str
    type: str


class PodExtendedResourceClaimStatus(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#podextendedresourceclaimstatus-v1-core.
    """

    request_mappings: Annotated[list[ContainerExtendedResourceRequest], NullAsEmpty]
    resource_claim_name: str


class PodIP(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#podip-v1-core."""

    ip: str


class PodResourceClaimStatus(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#podresourceclaimstatus-v1-core."""

    name: str
    resource_claim_name: str | None = None


class PodStatus(LazyModel):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#podstatus-v1-core."""

    allocated_resources: dict[str, Quantity] | None = None
    conditions: list[PodCondition] | None = None
    container_statuses: list[ContainerStatus] | None = None
    ephemeral_container_statuses: list[ContainerStatus] | None = None
    extended_resource_claim_status: PodExtendedResourceClaimStatus | None = None
    host_ip: str | None = None
    host_ips: list[HostIP] | None = None
    init_container_statuses: list[ContainerStatus] | None = None
    message: str | None = None
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
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#pod-v1-core."""

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
