# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, Model, NamespacedResource, Time
from kubex.models.fields import json_aliases
from kubex.models.markers import HasStatus


class CrossVersionObjectReference(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#crossversionobjectreference-v1-autoscaling.
    """

    api_version: str | None = None
    kind: str
    name: str


class HorizontalPodAutoscalerSpec(
    Model, alias_generator=json_aliases(target_cpu_utilization_percentage="targetCPUUtilizationPercentage")
):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#horizontalpodautoscalerspec-v1-autoscaling.
    """

    max_replicas: int
    min_replicas: int | None = None
    scale_target_ref: CrossVersionObjectReference
    target_cpu_utilization_percentage: int | None = None


class HorizontalPodAutoscalerStatus(
    Model, alias_generator=json_aliases(current_cpu_utilization_percentage="currentCPUUtilizationPercentage")
):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#horizontalpodautoscalerstatus-v1-autoscaling.
    """

    current_cpu_utilization_percentage: int | None = None
    current_replicas: int
    desired_replicas: int
    last_scale_time: Time | None = None
    observed_generation: int | None = None


class HorizontalPodAutoscaler(NamespacedResource, HasStatus):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#horizontalpodautoscaler-v1-autoscaling.
    """

    __resource__ = ApiResource(
        group="autoscaling",
        version="v1",
        kind="HorizontalPodAutoscaler",
        plural="horizontalpodautoscalers",
        subresources=frozenset({"status"}),
    )

    spec: HorizontalPodAutoscalerSpec
    status: HorizontalPodAutoscalerStatus | None = None
