"""Models that several fields of a Pod use."""

from kubex import Model
from kubex.models import IntOrString


class LocalObjectReference(Model):
    name: str | None = None


class ObjectFieldSelector(Model):
    field_path: str
    api_version: str | None = None


class ResourceFieldSelector(Model):
    resource: str
    container_name: str | None = None
    divisor: str | None = None


class KeySelector(Model):
    key: str
    name: str | None = None
    optional: bool | None = None


class KeyToPath(Model):
    key: str
    path: str
    mode: int | None = None


class LabelSelectorRequirement(Model):
    key: str
    operator: str
    values: list[str] | None = None


class LabelSelector(Model):
    match_labels: dict[str, str] | None = None
    match_expressions: list[LabelSelectorRequirement] | None = None


class ResourceClaim(Model):
    name: str
    request: str | None = None


class ResourceRequirements(Model):
    limits: dict[str, str] | None = None
    requests: dict[str, str] | None = None
    claims: list[ResourceClaim] | None = None


class ExecAction(Model):
    command: list[str] | None = None


class HTTPHeader(Model):
    name: str
    value: str


class HTTPGetAction(Model):
    port: IntOrString
    path: str | None = None
    host: str | None = None
    scheme: str | None = None
    http_headers: list[HTTPHeader] | None = None


class TCPSocketAction(Model):
    port: IntOrString
    host: str | None = None


class GRPCAction(Model):
    port: int
    service: str | None = None


class SELinuxOptions(Model):
    level: str | None = None
    role: str | None = None
    type: str | None = None
    user: str | None = None


class ProfileOptions(Model):
    type: str
    localhost_profile: str | None = None


class Capabilities(Model):
    add: list[str] | None = None
    drop: list[str] | None = None


class SecurityContext(Model):
    allow_privilege_escalation: bool | None = None
    app_armor_profile: ProfileOptions | None = None
    capabilities: Capabilities | None = None
    privileged: bool | None = None
    proc_mount: str | None = None
    read_only_root_filesystem: bool | None = None
    run_as_group: int | None = None
    run_as_non_root: bool | None = None
    run_as_user: int | None = None
    se_linux_options: SELinuxOptions | None = None
    seccomp_profile: ProfileOptions | None = None


class Sysctl(Model):
    name: str
    value: str


class PodSecurityContext(Model):
    app_armor_profile: ProfileOptions | None = None
    fs_group: int | None = None
    fs_group_change_policy: str | None = None
    run_as_group: int | None = None
    run_as_non_root: bool | None = None
    run_as_user: int | None = None
    se_linux_options: SELinuxOptions | None = None
    seccomp_profile: ProfileOptions | None = None
    supplemental_groups: list[int] | None = None
    supplemental_groups_policy: str | None = None
    sysctls: list[Sysctl] | None = None


class PodIP(Model):
    ip: str


class HostAlias(Model):
    ip: str
    hostnames: list[str] | None = None


class PodDNSConfigOption(Model):
    name: str | None = None
    value: str | None = None


class PodDNSConfig(Model):
    nameservers: list[str] | None = None
    options: list[PodDNSConfigOption] | None = None
    searches: list[str] | None = None
