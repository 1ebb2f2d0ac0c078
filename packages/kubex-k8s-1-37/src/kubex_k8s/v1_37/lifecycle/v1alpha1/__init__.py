# Made by kubex-codegen. Changes are lost when it runs again.
"""Models of lifecycle/v1alpha1."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._eviction import (
        Eviction,
        EvictionPodReference,
        EvictionSpec,
        EvictionStatus,
        EvictionTarget,
        Requester,
        ResponderStatus,
        TargetResponder,
    )
    from ._eviction_request import (
        EvictionRequest,
        EvictionRequestPodReference,
        EvictionRequestSpec,
        EvictionRequestStatus,
        EvictionRequestTarget,
    )
else:
    from kubex.lazy_import import lazy_attributes

    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "Eviction": "_eviction",
            "EvictionPodReference": "_eviction",
            "EvictionRequest": "_eviction_request",
            "EvictionRequestPodReference": "_eviction_request",
            "EvictionRequestSpec": "_eviction_request",
            "EvictionRequestStatus": "_eviction_request",
            "EvictionRequestTarget": "_eviction_request",
            "EvictionSpec": "_eviction",
            "EvictionStatus": "_eviction",
            "EvictionTarget": "_eviction",
            "Requester": "_eviction",
            "ResponderStatus": "_eviction",
            "TargetResponder": "_eviction",
        },
    )

__all__ = [
    "Eviction",
    "EvictionPodReference",
    "EvictionRequest",
    "EvictionRequestPodReference",
    "EvictionRequestSpec",
    "EvictionRequestStatus",
    "EvictionRequestTarget",
    "EvictionSpec",
    "EvictionStatus",
    "EvictionTarget",
    "Requester",
    "ResponderStatus",
    "TargetResponder",
]
