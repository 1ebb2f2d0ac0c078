# Made by kubex-codegen. Changes are lost when it runs again.
"""Models of node/v1."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._runtime_class import Overhead, RuntimeClass, Scheduling
else:
    from kubex.lazy_import import lazy_attributes

    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "Overhead": "_runtime_class",
            "RuntimeClass": "_runtime_class",
            "Scheduling": "_runtime_class",
        },
    )

__all__ = [
    "Overhead",
    "RuntimeClass",
    "Scheduling",
]
