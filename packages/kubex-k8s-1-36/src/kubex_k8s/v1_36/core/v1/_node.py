# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, ClusterResource, LazyModel, Model, Quantity, Time
from kubex.models.fields import json_aliases
from kubex.models.markers import HasStatus


class AttachedVolume(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#attachedvolume-v1-core."""

    device_path: str
    name: str


class ConfigMapNodeConfigSource(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#configmapnodeconfigsource-v1-core."""

    kubelet_config_key: str
    name: str
    namespace: str
    resource_version: str | None = None
    uid: str | None = None


class ContainerImage(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#containerimage-v1-core."""

    names: list[str] | None = None
    size_bytes: int | None = None


class DaemonEndpoint(Model, alias_generator=json_aliases(port="Port")):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#daemonendpoint-v1-core."""

    port: int


class NodeConfigSource(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#nodeconfigsource-v1-core."""

    config_map: ConfigMapNodeConfigSource | None = None


class Taint(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#taint-v1-core."""

    effect: str
    key: str
    time_added: Time | None = None
    value: str | None = None


class NodeSpec(
    Model,
    alias_generator=json_aliases(
        external_id="externalID", pod_cidr="podCIDR", pod_cidrs="podCIDRs", provider_id="providerID"
    ),
):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#nodespec-v1-core."""

    config_source: NodeConfigSource | None = None
    external_id: str | None = None
    pod_cidr: str | None = None
    pod_cidrs: list[str] | None = None
    provider_id: str | None = None
    taints: list[Taint] | None = None
    unschedulable: bool | None = None


class NodeAddress(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#nodeaddress-v1-core."""

    address: str
    type: str


class NodeCondition(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#nodecondition-v1-core."""

    last_heartbeat_time: Time | None = None
    last_transition_time: Time | None = None
    message: str | None = None
    reason: str | None = None
    status: str
    type: str


class NodeConfigStatus(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#nodeconfigstatus-v1-core."""

    active: NodeConfigSource | None = None
    assigned: NodeConfigSource | None = None
    error: str | None = None
    last_known_good: NodeConfigSource | None = None


class NodeDaemonEndpoints(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#nodedaemonendpoints-v1-core."""

    kubelet_endpoint: DaemonEndpoint | None = None


class NodeFeatures(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#nodefeatures-v1-core."""

    supplemental_groups_policy: bool | None = None


class NodeRuntimeHandlerFeatures(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#noderuntimehandlerfeatures-v1-core."""

    recursive_read_only_mounts: bool | None = None
    user_namespaces: bool | None = None


class NodeRuntimeHandler(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#noderuntimehandler-v1-core."""

    features: NodeRuntimeHandlerFeatures | None = None
    name: str | None = None


class NodeSwapStatus(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#nodeswapstatus-v1-core."""

    capacity: int | None = None


class NodeSystemInfo(
    Model, alias_generator=json_aliases(boot_id="bootID", machine_id="machineID", system_uuid="systemUUID")
):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#nodesysteminfo-v1-core."""

    architecture: str
    boot_id: str
    container_runtime_version: str
    kernel_version: str
    kube_proxy_version: str
    kubelet_version: str
    machine_id: str
    operating_system: str
    os_image: str
    swap: NodeSwapStatus | None = None
    system_uuid: str


class NodeStatus(LazyModel):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#nodestatus-v1-core."""

    addresses: list[NodeAddress] | None = None
    allocatable: dict[str, Quantity] | None = None
    capacity: dict[str, Quantity] | None = None
    conditions: list[NodeCondition] | None = None
    config: NodeConfigStatus | None = None
    daemon_endpoints: NodeDaemonEndpoints | None = None
    declared_features: list[str] | None = None
    features: NodeFeatures | None = None
    images: list[ContainerImage] | None = None
    node_info: NodeSystemInfo | None = None
    phase: str | None = None
    runtime_handlers: list[NodeRuntimeHandler] | None = None
    volumes_attached: list[AttachedVolume] | None = None
    volumes_in_use: list[str] | None = None


class Node(ClusterResource, HasStatus):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#node-v1-core."""

    __resource__ = ApiResource(version="v1", kind="Node", plural="nodes", subresources=frozenset({"proxy", "status"}))

    spec: NodeSpec | None = None
    status: NodeStatus | None = None
