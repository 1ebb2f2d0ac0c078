# Made by kubex-codegen. Changes are lost when it runs again.
"""Models of autoscaling/v1."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._horizontal_pod_autoscaler import (
        CrossVersionObjectReference,
        HorizontalPodAutoscaler,
        HorizontalPodAutoscalerSpec,
        HorizontalPodAutoscalerStatus,
    )
else:
    from kubex.lazy_import import lazy_attributes

    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "CrossVersionObjectReference": "_horizontal_pod_autoscaler",
            "HorizontalPodAutoscaler": "_horizontal_pod_autoscaler",
            "HorizontalPodAutoscalerSpec": "_horizontal_pod_autoscaler",
            "HorizontalPodAutoscalerStatus": "_horizontal_pod_autoscaler",
        },
    )

__all__ = [
    "CrossVersionObjectReference",
    "HorizontalPodAutoscaler",
    "HorizontalPodAutoscalerSpec",
    "HorizontalPodAutoscalerStatus",
]
