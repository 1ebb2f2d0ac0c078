"""A Pod model with a type for every field: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/."""

from typing import Annotated

from pydantic import Field

from benchmarks.pods._common import (
    HostAlias,
    LocalObjectReference,
    PodDNSConfig,
    PodSecurityContext,
    ResourceRequirements,
)
from benchmarks.pods._containers import Container, EphemeralContainer
from benchmarks.pods._scheduling import (
    Affinity,
    PodReadinessGate,
    PodResourceClaim,
    PodSchedulingGate,
    Toleration,
    TopologySpreadConstraint,
)
from benchmarks.pods._status import PodStatus
from benchmarks.pods._volumes import Volume
from kubex import ApiResource, Model, NamespacedResource
from kubex.models import LazyModel
from kubex.models.fields import NullAsEmpty
from kubex.models.markers import HasLogs


class PodOS(Model):
    name: str


class PodSpec(LazyModel):
    containers: Annotated[list[Container], NullAsEmpty]
    active_deadline_seconds: int | None = None
    affinity: Affinity | None = None
    automount_service_account_token: bool | None = None
    dns_config: PodDNSConfig | None = None
    dns_policy: str | None = None
    enable_service_links: bool | None = None
    ephemeral_containers: list[EphemeralContainer] | None = None
    host_aliases: list[HostAlias] | None = None
    host_ipc: bool | None = None
    host_network: bool | None = None
    host_pid: bool | None = None
    host_users: bool | None = None
    hostname: str | None = None
    image_pull_secrets: list[LocalObjectReference] | None = None
    init_containers: list[Container] | None = None
    node_name: str | None = None
    node_selector: dict[str, str] | None = None
    os: PodOS | None = None
    overhead: dict[str, str] | None = None
    preemption_policy: str | None = None
    priority: int | None = None
    priority_class_name: str | None = None
    readiness_gates: list[PodReadinessGate] | None = None
    resource_claims: list[PodResourceClaim] | None = None
    resources: ResourceRequirements | None = None
    restart_policy: str | None = None
    runtime_class_name: str | None = None
    scheduler_name: str | None = None
    scheduling_gates: list[PodSchedulingGate] | None = None
    security_context: PodSecurityContext | None = None
    service_account: str | None = None
    service_account_name: str | None = None
    set_hostname_as_fqdn: bool | None = Field(default=None, alias="setHostnameAsFQDN")
    share_process_namespace: bool | None = None
    subdomain: str | None = None
    termination_grace_period_seconds: int | None = None
    tolerations: list[Toleration] | None = None
    topology_spread_constraints: list[TopologySpreadConstraint] | None = None
    volumes: list[Volume] | None = None


class Pod(NamespacedResource, HasLogs):
    __resource__ = ApiResource(version="v1", kind="Pod", plural="pods", subresources=frozenset({"log", "status"}))
    spec: PodSpec
    status: PodStatus | None = None
