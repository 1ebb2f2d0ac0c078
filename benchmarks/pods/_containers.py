"""The models for the containers of a Pod."""

from benchmarks.pods._common import (
    ExecAction,
    GRPCAction,
    HTTPGetAction,
    KeySelector,
    LocalObjectReference,
    ObjectFieldSelector,
    ResourceFieldSelector,
    ResourceRequirements,
    SecurityContext,
    TCPSocketAction,
)
from kubex import Model
from kubex.models import LazyModel


class ContainerPort(Model):
    container_port: int
    host_ip: str | None = None
    host_port: int | None = None
    name: str | None = None
    protocol: str | None = None


class EnvVarSource(Model):
    config_map_key_ref: KeySelector | None = None
    field_ref: ObjectFieldSelector | None = None
    resource_field_ref: ResourceFieldSelector | None = None
    secret_key_ref: KeySelector | None = None


class EnvVar(Model):
    name: str
    value: str | None = None
    value_from: EnvVarSource | None = None


class OptionalReference(LocalObjectReference):
    optional: bool | None = None


class EnvFromSource(Model):
    config_map_ref: OptionalReference | None = None
    prefix: str | None = None
    secret_ref: OptionalReference | None = None


class SleepAction(Model):
    seconds: int


class LifecycleHandler(Model):
    exec: ExecAction | None = None
    http_get: HTTPGetAction | None = None
    sleep: SleepAction | None = None
    tcp_socket: TCPSocketAction | None = None


class Lifecycle(Model):
    post_start: LifecycleHandler | None = None
    pre_stop: LifecycleHandler | None = None
    stop_signal: str | None = None


class Probe(Model):
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


class ContainerResizePolicy(Model):
    resource_name: str
    restart_policy: str


class VolumeDevice(Model):
    device_path: str
    name: str


class VolumeMount(Model):
    mount_path: str
    name: str
    mount_propagation: str | None = None
    read_only: bool | None = None
    recursive_read_only: str | None = None
    sub_path: str | None = None
    sub_path_expr: str | None = None


class Container(LazyModel):
    name: str
    args: list[str] | None = None
    command: list[str] | None = None
    env: list[EnvVar] | None = None
    env_from: list[EnvFromSource] | None = None
    image: str | None = None
    image_pull_policy: str | None = None
    lifecycle: Lifecycle | None = None
    liveness_probe: Probe | None = None
    ports: list[ContainerPort] | None = None
    readiness_probe: Probe | None = None
    resize_policy: list[ContainerResizePolicy] | None = None
    resources: ResourceRequirements | None = None
    restart_policy: str | None = None
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


class EphemeralContainer(Container):
    target_container_name: str | None = None
