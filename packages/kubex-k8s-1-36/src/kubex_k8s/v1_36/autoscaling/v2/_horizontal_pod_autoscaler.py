# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import HasStatus, Model, NamespacedResource, Quantity, ResourceFacts, Time

from ...meta.v1._label_selector import LabelSelector


class MetricTarget(Model):
    average_utilization: int | None = None
    average_value: Quantity | None = None
    type: str
    value: Quantity | None = None


class ContainerResourceMetricSource(Model):
    container: str
    name: str
    target: MetricTarget


class MetricValueStatus(Model):
    average_utilization: int | None = None
    average_value: Quantity | None = None
    value: Quantity | None = None


class ContainerResourceMetricStatus(Model):
    container: str
    current: MetricValueStatus
    name: str


class CrossVersionObjectReference(Model):
    api_version: str | None = None
    kind: str
    name: str


class MetricIdentifier(Model):
    name: str
    selector: LabelSelector | None = None


class ExternalMetricSource(Model):
    metric: MetricIdentifier
    target: MetricTarget


class ExternalMetricStatus(Model):
    current: MetricValueStatus
    metric: MetricIdentifier


class HPAScalingPolicy(Model):
    period_seconds: int
    type: str
    value: int


class HPAScalingRules(Model):
    policies: list[HPAScalingPolicy] | None = None
    select_policy: str | None = None
    stabilization_window_seconds: int | None = None
    tolerance: Quantity | None = None


class HorizontalPodAutoscalerBehavior(Model):
    scale_down: HPAScalingRules | None = None
    scale_up: HPAScalingRules | None = None


class ObjectMetricSource(Model):
    described_object: CrossVersionObjectReference
    metric: MetricIdentifier
    target: MetricTarget


class PodsMetricSource(Model):
    metric: MetricIdentifier
    target: MetricTarget


class ResourceMetricSource(Model):
    name: str
    target: MetricTarget


class MetricSpec(Model):
    container_resource: ContainerResourceMetricSource | None = None
    external: ExternalMetricSource | None = None
    object: ObjectMetricSource | None = None
    pods: PodsMetricSource | None = None
    resource: ResourceMetricSource | None = None
    type: str


class HorizontalPodAutoscalerSpec(Model):
    behavior: HorizontalPodAutoscalerBehavior | None = None
    max_replicas: int
    metrics: list[MetricSpec] | None = None
    min_replicas: int | None = None
    scale_target_ref: CrossVersionObjectReference


class HorizontalPodAutoscalerCondition(Model):
    last_transition_time: Time | None = None
    message: str | None = None
    reason: str | None = None
    status: str
    type: str


class ObjectMetricStatus(Model):
    current: MetricValueStatus
    described_object: CrossVersionObjectReference
    metric: MetricIdentifier


class PodsMetricStatus(Model):
    current: MetricValueStatus
    metric: MetricIdentifier


class ResourceMetricStatus(Model):
    current: MetricValueStatus
    name: str


class MetricStatus(Model):
    container_resource: ContainerResourceMetricStatus | None = None
    external: ExternalMetricStatus | None = None
    object: ObjectMetricStatus | None = None
    pods: PodsMetricStatus | None = None
    resource: ResourceMetricStatus | None = None
    type: str


class HorizontalPodAutoscalerStatus(Model):
    conditions: list[HorizontalPodAutoscalerCondition] | None = None
    current_metrics: list[MetricStatus] | None = None
    current_replicas: int | None = None
    desired_replicas: int
    last_scale_time: Time | None = None
    observed_generation: int | None = None


class HorizontalPodAutoscaler(NamespacedResource, HasStatus):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#horizontalpodautoscaler-v2-autoscaling.
    """

    __resource__ = ResourceFacts(
        group="autoscaling",
        version="v2",
        kind="HorizontalPodAutoscaler",
        plural="horizontalpodautoscalers",
        subresources=frozenset({"status"}),
    )

    spec: HorizontalPodAutoscalerSpec
    status: HorizontalPodAutoscalerStatus | None = None
