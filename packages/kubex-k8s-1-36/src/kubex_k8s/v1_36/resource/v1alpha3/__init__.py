# Made by kubex-codegen. Changes are lost when it runs again.
"""Models of resource/v1alpha3."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._device_taint_rule import (
        DeviceTaint,
        DeviceTaintRule,
        DeviceTaintRuleSpec,
        DeviceTaintRuleStatus,
        DeviceTaintSelector,
    )
    from ._resource_pool_status_request import (
        PoolStatus,
        ResourcePoolStatusRequest,
        ResourcePoolStatusRequestSpec,
        ResourcePoolStatusRequestStatus,
    )
else:
    from kubex.lazy_import import lazy_attributes

    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "DeviceTaint": "_device_taint_rule",
            "DeviceTaintRule": "_device_taint_rule",
            "DeviceTaintRuleSpec": "_device_taint_rule",
            "DeviceTaintRuleStatus": "_device_taint_rule",
            "DeviceTaintSelector": "_device_taint_rule",
            "PoolStatus": "_resource_pool_status_request",
            "ResourcePoolStatusRequest": "_resource_pool_status_request",
            "ResourcePoolStatusRequestSpec": "_resource_pool_status_request",
            "ResourcePoolStatusRequestStatus": "_resource_pool_status_request",
        },
    )

__all__ = [
    "DeviceTaint",
    "DeviceTaintRule",
    "DeviceTaintRuleSpec",
    "DeviceTaintRuleStatus",
    "DeviceTaintSelector",
    "PoolStatus",
    "ResourcePoolStatusRequest",
    "ResourcePoolStatusRequestSpec",
    "ResourcePoolStatusRequestStatus",
]
