# Made by kubex-codegen. Changes are lost when it runs again.
"""Models of meta/v1."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._condition import Condition
    from ._delete_options import DeleteOptions, Preconditions
    from ._field_selector_requirement import FieldSelectorRequirement
    from ._group_resource import GroupResource
    from ._label_selector import LabelSelector
    from ._label_selector_requirement import LabelSelectorRequirement
else:
    from kubex.lazy_import import lazy_attributes

    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "Condition": "_condition",
            "DeleteOptions": "_delete_options",
            "FieldSelectorRequirement": "_field_selector_requirement",
            "GroupResource": "_group_resource",
            "LabelSelector": "_label_selector",
            "LabelSelectorRequirement": "_label_selector_requirement",
            "Preconditions": "_delete_options",
        },
    )

__all__ = [
    "Condition",
    "DeleteOptions",
    "FieldSelectorRequirement",
    "GroupResource",
    "LabelSelector",
    "LabelSelectorRequirement",
    "Preconditions",
]
