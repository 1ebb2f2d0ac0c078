# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, LazyModel, Model, NamespacedResource, Quantity, Time
from kubex.models.markers import HasStatus

from ...meta.v1._label_selector import LabelSelector


class MetricTarget(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#metrictarget-v2-autoscaling."""

    average_utilization: int | None = None
    average_value: Quantity | None = None
    type: str
    value: Quantity | None = None


class ContainerResourceMetricSource(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#containerresourcemetricsource-v2-autoscaling.
    """

    container: str
    name: str
    target: MetricTarget


class MetricValueStatus(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#metricvaluestatus-v2-autoscaling."""

    average_utilization: int | None = None
    average_value: Quantity | None = None
    value: Quantity | None = None


class ContainerResourceMetricStatus(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#containerresourcemetricstatus-v2-autoscaling.
    """

    container: str
    current: MetricValueStatus
    name: str


class CrossVersionObjectReference(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#crossversionobjectreference-v2-autoscaling.
    """

    api_version: str | None = None
    kind: str
    name: str


class MetricIdentifier(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#metricidentifier-v2-autoscaling."""

    name: str
    selector: LabelSelector | None = None


class ExternalMetricSource(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#externalmetricsource-v2-autoscaling."""

    metric: MetricIdentifier
    target: MetricTarget


class ExternalMetricStatus(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#externalmetricstatus-v2-autoscaling."""

    current: MetricValueStatus
    metric: MetricIdentifier


class HPAScalingPolicy(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#hpascalingpolicy-v2-autoscaling."""

    period_seconds: int
    type: str
    value: int


class HPAScalingRules(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#hpascalingrules-v2-autoscaling."""

    policies: list[HPAScalingPolicy] | None = None
    select_policy: str | None = None
    stabilization_window_seconds: int | None = None
    tolerance: Quantity | None = None


class HorizontalPodAutoscalerBehavior(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#horizontalpodautoscalerbehavior-v2-autoscaling.
    """

    scale_down: HPAScalingRules | None = None
    scale_up: HPAScalingRules | None = None


class ObjectMetricSource(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#objectmetricsource-v2-autoscaling."""

    described_object: CrossVersionObjectReference
    metric: MetricIdentifier
    target: MetricTarget


class PodsMetricSource(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#podsmetricsource-v2-autoscaling."""

    metric: MetricIdentifier
    target: MetricTarget


class ResourceMetricSource(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#resourcemetricsource-v2-autoscaling."""

    name: str
    target: MetricTarget


class MetricSpec(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#metricspec-v2-autoscaling."""

    container_resource: ContainerResourceMetricSource | None = None
    external: ExternalMetricSource | None = None
    object: ObjectMetricSource | None = None
    pods: PodsMetricSource | None = None
    resource: ResourceMetricSource | None = None
    type: str


class HorizontalPodAutoscalerSpec(LazyModel):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#horizontalpodautoscalerspec-v2-autoscaling.
    """

    behavior: HorizontalPodAutoscalerBehavior | None = None
    max_replicas: int
    metrics: list[MetricSpec] | None = None
    min_replicas: int | None = None
    scale_target_ref: CrossVersionObjectReference


class HorizontalPodAutoscalerCondition(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#horizontalpodautoscalercondition-v2-autoscaling.
    """

    last_transition_time: Time | None = None
    message: str | None = None
    observed_generation: int | None = None
    reason: str | None = None
    status: str
    type: str


class ObjectMetricStatus(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#objectmetricstatus-v2-autoscaling."""

    current: MetricValueStatus
    described_object: CrossVersionObjectReference
    metric: MetricIdentifier


class PodsMetricStatus(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#podsmetricstatus-v2-autoscaling."""

    current: MetricValueStatus
    metric: MetricIdentifier


class ResourceMetricStatus(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#resourcemetricstatus-v2-autoscaling."""

    current: MetricValueStatus
    name: str


class MetricStatus(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#metricstatus-v2-autoscaling."""

    container_resource: ContainerResourceMetricStatus | None = None
    external: ExternalMetricStatus | None = None
    object: ObjectMetricStatus | None = None
    pods: PodsMetricStatus | None = None
    resource: ResourceMetricStatus | None = None
    type: str


class HorizontalPodAutoscalerStatus(LazyModel):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#horizontalpodautoscalerstatus-v2-autoscaling.
    """

    conditions: list[HorizontalPodAutoscalerCondition] | None = None
    current_metrics: list[MetricStatus] | None = None
    current_replicas: int | None = None
    desired_replicas: int
    last_scale_time: Time | None = None
    observed_generation: int | None = None


class HorizontalPodAutoscaler(NamespacedResource, HasStatus):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#horizontalpodautoscaler-v2-autoscaling.
    """

    __resource__ = ApiResource(
        group="autoscaling",
        version="v2",
        kind="HorizontalPodAutoscaler",
        plural="horizontalpodautoscalers",
        subresources=frozenset({"status"}),
    )

    spec: HorizontalPodAutoscalerSpec
    status: HorizontalPodAutoscalerStatus | None = None
