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
        },
    )

__all__ = [
    "DeviceTaint",
    "DeviceTaintRule",
    "DeviceTaintRuleSpec",
    "DeviceTaintRuleStatus",
    "DeviceTaintSelector",
]
