# Made by kubex-codegen. Changes are lost when it runs again.
"""Models of autoscaling/v2."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._horizontal_pod_autoscaler import (
        ContainerResourceMetricSource,
        ContainerResourceMetricStatus,
        CrossVersionObjectReference,
        ExternalMetricSource,
        ExternalMetricStatus,
        HorizontalPodAutoscaler,
        HorizontalPodAutoscalerBehavior,
        HorizontalPodAutoscalerCondition,
        HorizontalPodAutoscalerSpec,
        HorizontalPodAutoscalerStatus,
        HPAScalingPolicy,
        HPAScalingRules,
        MetricIdentifier,
        MetricSpec,
        MetricStatus,
        MetricTarget,
        MetricValueStatus,
        ObjectMetricSource,
        ObjectMetricStatus,
        PodsMetricSource,
        PodsMetricStatus,
        ResourceMetricSource,
        ResourceMetricStatus,
    )
else:
    from kubex.lazy_import import lazy_attributes

    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "ContainerResourceMetricSource": "_horizontal_pod_autoscaler",
            "ContainerResourceMetricStatus": "_horizontal_pod_autoscaler",
            "CrossVersionObjectReference": "_horizontal_pod_autoscaler",
            "ExternalMetricSource": "_horizontal_pod_autoscaler",
            "ExternalMetricStatus": "_horizontal_pod_autoscaler",
            "HPAScalingPolicy": "_horizontal_pod_autoscaler",
            "HPAScalingRules": "_horizontal_pod_autoscaler",
            "HorizontalPodAutoscaler": "_horizontal_pod_autoscaler",
            "HorizontalPodAutoscalerBehavior": "_horizontal_pod_autoscaler",
            "HorizontalPodAutoscalerCondition": "_horizontal_pod_autoscaler",
            "HorizontalPodAutoscalerSpec": "_horizontal_pod_autoscaler",
            "HorizontalPodAutoscalerStatus": "_horizontal_pod_autoscaler",
            "MetricIdentifier": "_horizontal_pod_autoscaler",
            "MetricSpec": "_horizontal_pod_autoscaler",
            "MetricStatus": "_horizontal_pod_autoscaler",
            "MetricTarget": "_horizontal_pod_autoscaler",
            "MetricValueStatus": "_horizontal_pod_autoscaler",
            "ObjectMetricSource": "_horizontal_pod_autoscaler",
            "ObjectMetricStatus": "_horizontal_pod_autoscaler",
            "PodsMetricSource": "_horizontal_pod_autoscaler",
            "PodsMetricStatus": "_horizontal_pod_autoscaler",
            "ResourceMetricSource": "_horizontal_pod_autoscaler",
            "ResourceMetricStatus": "_horizontal_pod_autoscaler",
        },
    )

__all__ = [
    "ContainerResourceMetricSource",
    "ContainerResourceMetricStatus",
    "CrossVersionObjectReference",
    "ExternalMetricSource",
    "ExternalMetricStatus",
    "HPAScalingPolicy",
    "HPAScalingRules",
    "HorizontalPodAutoscaler",
    "HorizontalPodAutoscalerBehavior",
    "HorizontalPodAutoscalerCondition",
    "HorizontalPodAutoscalerSpec",
    "HorizontalPodAutoscalerStatus",
    "MetricIdentifier",
    "MetricSpec",
    "MetricStatus",
    "MetricTarget",
    "MetricValueStatus",
    "ObjectMetricSource",
    "ObjectMetricStatus",
    "PodsMetricSource",
    "PodsMetricStatus",
    "ResourceMetricSource",
    "ResourceMetricStatus",
]
