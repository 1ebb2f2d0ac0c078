# Made by kubex-codegen. Changes are lost when it runs again.
from typing import Annotated

from kubex.models import IntOrString, LazyModel, Model, ObjectMeta, Quantity
from kubex.models.fields import NullAsEmpty, json_aliases

from ...meta.v1._label_selector import LabelSelector
from ._aws_elastic_block_store_volume_source import (
    AWSElasticBlockStoreVolumeSource,
    AzureDiskVolumeSource,
    FCVolumeSource,
    FlockerVolumeSource,
    GCEPersistentDiskVolumeSource,
    HostPathVolumeSource,
    NFSVolumeSource,
    PhotonPersistentDiskVolumeSource,
    PortworxVolumeSource,
    QuobyteVolumeSource,
    VsphereVirtualDiskVolumeSource,
)
from ._local_object_reference import LocalObjectReference
from ._node_selector import NodeSelector, NodeSelectorTerm
from ._persistent_volume_claim_spec import PersistentVolumeClaimSpec
from ._toleration import Toleration


class PreferredSchedulingTerm(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#preferredschedulingterm-v1-core."""

    preference: NodeSelectorTerm
    weight: int


class NodeAffinity(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#nodeaffinity-v1-core."""

    preferred_during_scheduling_ignored_during_execution: list[PreferredSchedulingTerm] | None = None
    required_during_scheduling_ignored_during_execution: NodeSelector | None = None


class PodAffinityTerm(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#podaffinityterm-v1-core."""

    label_selector: LabelSelector | None = None
    match_label_keys: list[str] | None = None
    mismatch_label_keys: list[str] | None = None
    namespace_selector: LabelSelector | None = None
    namespaces: list[str] | None = None
    topology_key: str


class WeightedPodAffinityTerm(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#weightedpodaffinityterm-v1-core."""

    pod_affinity_term: PodAffinityTerm
    weight: int


class PodAffinity(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#podaffinity-v1-core."""

    preferred_during_scheduling_ignored_during_execution: list[WeightedPodAffinityTerm] | None = None
    required_during_scheduling_ignored_during_execution: list[PodAffinityTerm] | None = None


class PodAntiAffinity(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#podantiaffinity-v1-core."""

    preferred_during_scheduling_ignored_during_execution: list[WeightedPodAffinityTerm] | None = None
    required_during_scheduling_ignored_during_execution: list[PodAffinityTerm] | None = None


class Affinity(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#affinity-v1-core."""

    node_affinity: NodeAffinity | None = None
    pod_affinity: PodAffinity | None = None
    pod_anti_affinity: PodAntiAffinity | None = None


class AppArmorProfile(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#apparmorprofile-v1-core."""

    localhost_profile: str | None = None
    type: str


class AzureFileVolumeSource(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#azurefilevolumesource-v1-core."""

    read_only: bool | None = None
    secret_name: str
    share_name: str


class CSIVolumeSource(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#csivolumesource-v1-core."""

    driver: str
    fs_type: str | None = None
    node_publish_secret_ref: LocalObjectReference | None = None
    read_only: bool | None = None
    volume_attributes: dict[str, str] | None = None


class Capabilities(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#capabilities-v1-core."""

    add: list[str] | None = None
    drop: list[str] | None = None


class CephFSVolumeSource(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#cephfsvolumesource-v1-core."""

    monitors: Annotated[list[str], NullAsEmpty]
    path: str | None = None
    read_only: bool | None = None
    secret_file: str | None = None
    secret_ref: LocalObjectReference | None = None
    user: str | None = None


class CinderVolumeSource(Model, alias_generator=json_aliases(volume_id="volumeID")):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#cindervolumesource-v1-core."""

    fs_type: str | None = None
    read_only: bool | None = None
    secret_ref: LocalObjectReference | None = None
    volume_id: str


class ClusterTrustBundleProjection(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#clustertrustbundleprojection-v1-core."""

    label_selector: LabelSelector | None = None
    name: str | None = None
    optional: bool | None = None
    path: str
    signer_name: str | None = None
    user: int | None = None


class ConfigMapEnvSource(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#configmapenvsource-v1-core."""

    name: str | None = None
    optional: bool | None = None


class ConfigMapKeySelector(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#configmapkeyselector-v1-core."""

    key: str
    name: str | None = None
    optional: bool | None = None


class KeyToPath(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#keytopath-v1-core."""

    key: str
    mode: int | None = None
    path: str
    user: int | None = None


class ConfigMapProjection(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#configmapprojection-v1-core."""

    items: list[KeyToPath] | None = None
    name: str | None = None
    optional: bool | None = None


class ConfigMapVolumeSource(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#configmapvolumesource-v1-core."""

    default_mode: int | None = None
    default_user: int | None = None
    items: list[KeyToPath] | None = None
    name: str | None = None
    optional: bool | None = None


class ContainerPort(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#containerport-v1-core."""

    container_port: int
    host_ip: str | None = None
    host_port: int | None = None
    name: str | None = None
    protocol: str | None = None


class ContainerResizePolicy(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#containerresizepolicy-v1-core."""

    resource_name: str
    restart_policy: str


class ContainerRestartRuleOnExitCodes(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#containerrestartruleonexitcodes-v1-core.
    """

    operator: str
    values: list[int] | None = None


class ContainerRestartRule(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#containerrestartrule-v1-core."""

    action: str
    exit_codes: ContainerRestartRuleOnExitCodes | None = None


class SecretEnvSource(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#secretenvsource-v1-core."""

    name: str | None = None
    optional: bool | None = None


class EnvFromSource(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#envfromsource-v1-core."""

    config_map_ref: ConfigMapEnvSource | None = None
    prefix: str | None = None
    secret_ref: SecretEnvSource | None = None


class FileKeySelector(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#filekeyselector-v1-core."""

    key: str
    optional: bool | None = None
    path: str
    volume_name: str


class ObjectFieldSelector(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#objectfieldselector-v1-core."""

    api_version: str | None = None
    field_path: str


class ResourceFieldSelector(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#resourcefieldselector-v1-core."""

    container_name: str | None = None
    divisor: Quantity | None = None
    resource: str


class SecretKeySelector(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#secretkeyselector-v1-core."""

    key: str
    name: str | None = None
    optional: bool | None = None


class EnvVarSource(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#envvarsource-v1-core."""

    config_map_key_ref: ConfigMapKeySelector | None = None
    field_ref: ObjectFieldSelector | None = None
    file_key_ref: FileKeySelector | None = None
    resource_field_ref: ResourceFieldSelector | None = None
    secret_key_ref: SecretKeySelector | None = None


class EnvVar(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#envvar-v1-core."""

    name: str
    value: str | None = None
    value_from: EnvVarSource | None = None


class ExecAction(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#execaction-v1-core."""

    command: list[str] | None = None


class HTTPHeader(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#httpheader-v1-core."""

    name: str
    value: str


class HTTPGetAction(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#httpgetaction-v1-core."""

    host: str | None = None
    http_headers: list[HTTPHeader] | None = None
    path: str | None = None
    port: IntOrString
    protocol: str | None = None
    scheme: str | None = None


class SleepAction(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#sleepaction-v1-core."""

    seconds: int


class TCPSocketAction(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#tcpsocketaction-v1-core."""

    host: str | None = None
    port: IntOrString


class LifecycleHandler(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#lifecyclehandler-v1-core."""

    exec: ExecAction | None = None
    http_get: HTTPGetAction | None = None
    sleep: SleepAction | None = None
    tcp_socket: TCPSocketAction | None = None


class Lifecycle(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#lifecycle-v1-core."""

    post_start: LifecycleHandler | None = None
    pre_stop: LifecycleHandler | None = None
    stop_signal: str | None = None


class GRPCAction(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#grpcaction-v1-core."""

    mode: str | None = None
    port: int
    service: str | None = None


class Probe(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#probe-v1-core."""

    exec: ExecAction | None = None
    failure_threshold: int | None = None
    grpc: GRPCAction | None = None
    http_get: HTTPGetAction | None = None
    initial_delay_seconds: int | None = None
    period_seconds: int | None = None
    success_threshold: int | None = None
    tcp_socket: TCPSocketAction | None = None
    termination_grace_period_seconds: int | None = None
    timeout_seconds: int | None = None


class ResourceClaim(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#resourceclaim-v1-core."""

    name: str
    request: str | None = None


class ResourceRequirements(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#resourcerequirements-v1-core."""

    claims: list[ResourceClaim] | None = None
    limits: dict[str, Quantity] | None = None
    requests: dict[str, Quantity] | None = None


class SELinuxOptions(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#selinuxoptions-v1-core."""

    level: str | None = None
    role: str | None = None
    type: str | None = None
    user: str | None = None


class SeccompProfile(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#seccompprofile-v1-core."""

    localhost_profile: str | None = None
    type: str


class WindowsSecurityContextOptions(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#windowssecuritycontextoptions-v1-core.
    """

    gmsa_credential_spec: str | None = None
    gmsa_credential_spec_name: str | None = None
    host_process: bool | None = None
    run_as_user_name: str | None = None


class SecurityContext(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#securitycontext-v1-core."""

    allow_privilege_escalation: bool | None = None
    app_armor_profile: AppArmorProfile | None = None
    capabilities: Capabilities | None = None
    privileged: bool | None = None
    proc_mount: str | None = None
    read_only_root_filesystem: bool | None = None
    run_as_group: int | None = None
    run_as_non_root: bool | None = None
    run_as_user: int | None = None
    se_linux_options: SELinuxOptions | None = None
    seccomp_profile: SeccompProfile | None = None
    windows_options: WindowsSecurityContextOptions | None = None


class VolumeDevice(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#volumedevice-v1-core."""

    device_path: str
    name: str


class VolumeMount(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#volumemount-v1-core."""

    bind_mount_options: list[str] | None = None
    mount_path: str
    mount_propagation: str | None = None
    name: str
    read_only: bool | None = None
    recursive_read_only: str | None = None
    sub_path: str | None = None
    sub_path_expr: str | None = None


class Container(LazyModel):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#container-v1-core."""

    args: list[str] | None = None
    command: list[str] | None = None
    env: list[EnvVar] | None = None
    env_from: list[EnvFromSource] | None = None
    image: str | None = None
    image_pull_policy: str | None = None
    lifecycle: Lifecycle | None = None
    liveness_probe: Probe | None = None
    name: str
    ports: list[ContainerPort] | None = None
    readiness_probe: Probe | None = None
    resize_policy: list[ContainerResizePolicy] | None = None
    resources: ResourceRequirements | None = None
    restart_policy: str | None = None
    restart_policy_rules: list[ContainerRestartRule] | None = None
    security_context: SecurityContext | None = None
    startup_probe: Probe | None = None
    stdin: bool | None = None
    stdin_once: bool | None = None
    termination_message_path: str | None = None
    termination_message_policy: str | None = None
    tty: bool | None = None
    volume_devices: list[VolumeDevice] | None = None
    volume_mounts: list[VolumeMount] | None = None
    working_dir: str | None = None


class DownwardAPIVolumeFile(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#downwardapivolumefile-v1-core."""

    field_ref: ObjectFieldSelector | None = None
    mode: int | None = None
    path: str
    resource_field_ref: ResourceFieldSelector | None = None
    user: int | None = None


class DownwardAPIProjection(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#downwardapiprojection-v1-core."""

    items: list[DownwardAPIVolumeFile] | None = None


class DownwardAPIVolumeSource(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#downwardapivolumesource-v1-core."""

    default_mode: int | None = None
    default_user: int | None = None
    items: list[DownwardAPIVolumeFile] | None = None


class EmptyDirVolumeSource(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#emptydirvolumesource-v1-core."""

    medium: str | None = None
    mode: int | None = None
    size_limit: Quantity | None = None


class EphemeralContainer(LazyModel):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#ephemeralcontainer-v1-core."""

    args: list[str] | None = None
    command: list[str] | None = None
    env: list[EnvVar] | None = None
    env_from: list[EnvFromSource] | None = None
    image: str | None = None
    image_pull_policy: str | None = None
    lifecycle: Lifecycle | None = None
    liveness_probe: Probe | None = None
    name: str
    ports: list[ContainerPort] | None = None
    readiness_probe: Probe | None = None
    resize_policy: list[ContainerResizePolicy] | None = None
    resources: ResourceRequirements | None = None
    restart_policy: str | None = None
    restart_policy_rules: list[ContainerRestartRule] | None = None
    security_context: SecurityContext | None = None
    startup_probe: Probe | None = None
    stdin: bool | None = None
    stdin_once: bool | None = None
    target_container_name: str | None = None
    termination_message_path: str | None = None
    termination_message_policy: str | None = None
    tty: bool | None = None
    volume_devices: list[VolumeDevice] | None = None
    volume_mounts: list[VolumeMount] | None = None
    working_dir: str | None = None


class PersistentVolumeClaimTemplate(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#persistentvolumeclaimtemplate-v1-core.
    """

    metadata: ObjectMeta | None = None
    spec: PersistentVolumeClaimSpec


class EphemeralVolumeSource(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#ephemeralvolumesource-v1-core."""

    volume_claim_template: PersistentVolumeClaimTemplate | None = None


class EvictionResponder(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#evictionresponder-v1-core."""

    name: str
    priority: int


class FlexVolumeSource(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#flexvolumesource-v1-core."""

    driver: str
    fs_type: str | None = None
    options: dict[str, str] | None = None
    read_only: bool | None = None
    secret_ref: LocalObjectReference | None = None


class GitRepoVolumeSource(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#gitrepovolumesource-v1-core."""

    directory: str | None = None
    repository: str
    revision: str | None = None


class GlusterfsVolumeSource(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#glusterfsvolumesource-v1-core."""

    endpoints: str
    path: str
    read_only: bool | None = None


class HostAlias(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#hostalias-v1-core."""

    hostnames: list[str] | None = None
    ip: str


class ISCSIVolumeSource(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#iscsivolumesource-v1-core."""

    chap_auth_discovery: bool | None = None
    chap_auth_session: bool | None = None
    fs_type: str | None = None
    initiator_name: str | None = None
    iqn: str
    iscsi_interface: str | None = None
    lun: int
    portals: list[str] | None = None
    read_only: bool | None = None
    secret_ref: LocalObjectReference | None = None
    target_portal: str


class ImageVolumeSource(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#imagevolumesource-v1-core."""

    pull_policy: str | None = None
    reference: str | None = None


class PersistentVolumeClaimVolumeSource(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#persistentvolumeclaimvolumesource-v1-core.
    """

    claim_name: str
    read_only: bool | None = None


class PodCertificateProjection(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#podcertificateprojection-v1-core."""

    certificate_chain_path: str | None = None
    credential_bundle_path: str | None = None
    key_path: str | None = None
    key_type: str
    max_expiration_seconds: int | None = None
    signer_name: str
    user: int | None = None
    user_annotations: dict[str, str] | None = None


class PodDNSConfigOption(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#poddnsconfigoption-v1-core."""

    name: str | None = None
    value: str | None = None


class PodDNSConfig(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#poddnsconfig-v1-core."""

    nameservers: list[str] | None = None
    options: list[PodDNSConfigOption] | None = None
    searches: list[str] | None = None


class PodOS(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#podos-v1-core."""

    name: str


class PodReadinessGate(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#podreadinessgate-v1-core."""

    condition_type: str


class PodResourceClaim(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#podresourceclaim-v1-core."""

    name: str
    resource_claim_name: str | None = None
    resource_claim_template_name: str | None = None


class PodSchedulingGate(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#podschedulinggate-v1-core."""

    name: str


class PodSchedulingGroup(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#podschedulinggroup-v1-core."""

    pod_group_name: str | None = None


class Sysctl(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#sysctl-v1-core."""

    name: str
    value: str


class PodSecurityContext(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#podsecuritycontext-v1-core."""

    app_armor_profile: AppArmorProfile | None = None
    fs_group: int | None = None
    fs_group_change_policy: str | None = None
    run_as_group: int | None = None
    run_as_non_root: bool | None = None
    run_as_user: int | None = None
    se_linux_change_policy: str | None = None
    se_linux_options: SELinuxOptions | None = None
    seccomp_profile: SeccompProfile | None = None
    supplemental_groups: list[int] | None = None
    supplemental_groups_policy: str | None = None
    sysctls: list[Sysctl] | None = None
    windows_options: WindowsSecurityContextOptions | None = None


class TopologySpreadConstraint(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#topologyspreadconstraint-v1-core."""

    label_selector: LabelSelector | None = None
    match_label_keys: list[str] | None = None
    max_skew: int
    min_domains: int | None = None
    node_affinity_policy: str | None = None
    node_taints_policy: str | None = None
    topology_key: str
    when_unsatisfiable: str


class SecretProjection(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#secretprojection-v1-core."""

    items: list[KeyToPath] | None = None
    name: str | None = None
    optional: bool | None = None


class ServiceAccountTokenProjection(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#serviceaccounttokenprojection-v1-core.
    """

    audience: str | None = None
    expiration_seconds: int | None = None
    path: str
    user: int | None = None


class VolumeProjection(LazyModel, alias_generator=json_aliases(downward_api="downwardAPI")):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#volumeprojection-v1-core."""

    cluster_trust_bundle: ClusterTrustBundleProjection | None = None
    config_map: ConfigMapProjection | None = None
    downward_api: DownwardAPIProjection | None = None
    pod_certificate: PodCertificateProjection | None = None
    secret: SecretProjection | None = None
    service_account_token: ServiceAccountTokenProjection | None = None


class ProjectedVolumeSource(LazyModel):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#projectedvolumesource-v1-core."""

    default_mode: int | None = None
    default_user: int | None = None
    sources: list[VolumeProjection] | None = None


class RBDVolumeSource(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#rbdvolumesource-v1-core."""

    fs_type: str | None = None
    image: str
    keyring: str | None = None
    monitors: Annotated[list[str], NullAsEmpty]
    pool: str | None = None
    read_only: bool | None = None
    secret_ref: LocalObjectReference | None = None
    user: str | None = None


class ScaleIOVolumeSource(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#scaleiovolumesource-v1-core."""

    fs_type: str | None = None
    gateway: str
    protection_domain: str | None = None
    read_only: bool | None = None
    secret_ref: LocalObjectReference | None
    ssl_enabled: bool | None = None
    storage_mode: str | None = None
    storage_pool: str | None = None
    system: str
    volume_name: str | None = None


class SecretVolumeSource(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#secretvolumesource-v1-core."""

    default_mode: int | None = None
    default_user: int | None = None
    items: list[KeyToPath] | None = None
    optional: bool | None = None
    secret_name: str | None = None


class StorageOSVolumeSource(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#storageosvolumesource-v1-core."""

    fs_type: str | None = None
    read_only: bool | None = None
    secret_ref: LocalObjectReference | None = None
    volume_name: str | None = None
    volume_namespace: str | None = None


class Volume(LazyModel, alias_generator=json_aliases(downward_api="downwardAPI", scale_io="scaleIO")):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#volume-v1-core."""

    aws_elastic_block_store: AWSElasticBlockStoreVolumeSource | None = None
    azure_disk: AzureDiskVolumeSource | None = None
    azure_file: AzureFileVolumeSource | None = None
    cephfs: CephFSVolumeSource | None = None
    cinder: CinderVolumeSource | None = None
    config_map: ConfigMapVolumeSource | None = None
    csi: CSIVolumeSource | None = None
    downward_api: DownwardAPIVolumeSource | None = None
    empty_dir: EmptyDirVolumeSource | None = None
    ephemeral: EphemeralVolumeSource | None = None
    fc: FCVolumeSource | None = None
    flex_volume: FlexVolumeSource | None = None
    flocker: FlockerVolumeSource | None = None
    gce_persistent_disk: GCEPersistentDiskVolumeSource | None = None
    git_repo: GitRepoVolumeSource | None = None
    glusterfs: GlusterfsVolumeSource | None = None
    host_path: HostPathVolumeSource | None = None
    image: ImageVolumeSource | None = None
    iscsi: ISCSIVolumeSource | None = None
    name: str
    nfs: NFSVolumeSource | None = None
    persistent_volume_claim: PersistentVolumeClaimVolumeSource | None = None
    photon_persistent_disk: PhotonPersistentDiskVolumeSource | None = None
    portworx_volume: PortworxVolumeSource | None = None
    projected: ProjectedVolumeSource | None = None
    quobyte: QuobyteVolumeSource | None = None
    rbd: RBDVolumeSource | None = None
    scale_io: ScaleIOVolumeSource | None = None
    secret: SecretVolumeSource | None = None
    storageos: StorageOSVolumeSource | None = None
    vsphere_volume: VsphereVirtualDiskVolumeSource | None = None


class PodSpec(LazyModel, alias_generator=json_aliases(set_hostname_as_fqdn="setHostnameAsFQDN")):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#podspec-v1-core."""

    active_deadline_seconds: int | None = None
    affinity: Affinity | None = None
    automount_service_account_token: bool | None = None
    containers: Annotated[list[Container], NullAsEmpty]
    dns_config: PodDNSConfig | None = None
    dns_policy: str | None = None
    enable_service_links: bool | None = None
    ephemeral_containers: list[EphemeralContainer] | None = None
    eviction_responders: list[EvictionResponder] | None = None
    host_aliases: list[HostAlias] | None = None
    host_ipc: bool | None = None
    host_network: bool | None = None
    host_pid: bool | None = None
    host_users: bool | None = None
    hostname: str | None = None
    hostname_override: str | None = None
    image_pull_secrets: list[LocalObjectReference] | None = None
    init_containers: list[Container] | None = None
    node_name: str | None = None
    node_selector: dict[str, str] | None = None
    os: PodOS | None = None
    overhead: dict[str, Quantity] | None = None
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
    scheduling_group: PodSchedulingGroup | None = None
    security_context: PodSecurityContext | None = None
    service_account: str | None = None
    service_account_name: str | None = None
    set_hostname_as_fqdn: bool | None = None
    share_process_namespace: bool | None = None
    subdomain: str | None = None
    termination_grace_period_seconds: int | None = None
    tolerations: list[Toleration] | None = None
    topology_spread_constraints: list[TopologySpreadConstraint] | None = None
    volumes: list[Volume] | None = None
