"""The models for the status of a Pod."""

from typing import Annotated

from pydantic import Field

from benchmarks.pods._common import PodIP, ResourceRequirements
from kubex import Model
from kubex.models import LazyModel, Time
from kubex.models.fields import NullAsEmpty


class ContainerStateRunning(Model):
    started_at: Time | None = None


class ContainerStateTerminated(Model):
    exit_code: int
    container_id: str | None = Field(default=None, alias="containerID")
    finished_at: Time | None = None
    message: str | None = None
    reason: str | None = None
    signal: int | None = None
    started_at: Time | None = None


class ContainerStateWaiting(Model):
    message: str | None = None
    reason: str | None = None


class ContainerState(Model):
    running: ContainerStateRunning | None = None
    terminated: ContainerStateTerminated | None = None
    waiting: ContainerStateWaiting | None = None


class VolumeMountStatus(Model):
    mount_path: str
    name: str
    read_only: bool | None = None
    recursive_read_only: str | None = None


class LinuxContainerUser(Model):
    gid: int
    uid: int
    supplemental_groups: list[int] | None = None


class ContainerUser(Model):
    linux: LinuxContainerUser | None = None


class ContainerStatus(Model):
    image: str
    image_id: str = Field(alias="imageID")
    name: str
    ready: bool
    restart_count: int
    allocated_resources: dict[str, str] | None = None
    container_id: str | None = Field(default=None, alias="containerID")
    last_state: ContainerState | None = None
    resources: ResourceRequirements | None = None
    started: bool | None = None
    state: ContainerState | None = None
    stop_signal: str | None = None
    user: ContainerUser | None = None
    volume_mounts: list[VolumeMountStatus] | None = None


class PodCondition(Model):
    status: str
    type: str
    last_probe_time: Time | None = None
    last_transition_time: Time | None = None
    message: str | None = None
    observed_generation: int | None = None
    reason: str | None = None


class HostIP(Model):
    ip: str


class PodResourceClaimStatus(Model):
    name: str
    resource_claim_name: str | None = None


class PodStatus(LazyModel):
    conditions: Annotated[list[PodCondition], NullAsEmpty] = Field(default_factory=list[PodCondition])
    container_statuses: list[ContainerStatus] | None = None
    ephemeral_container_statuses: list[ContainerStatus] | None = None
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
    start_time: Time | None = None
