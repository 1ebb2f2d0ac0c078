# Made by kubex-codegen. Changes are lost when it runs again.
"""Models of scheduling/v1."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._priority_class import PriorityClass
else:
    from kubex.lazy_import import lazy_attributes

    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "PriorityClass": "_priority_class",
        },
    )

__all__ = [
    "PriorityClass",
]
