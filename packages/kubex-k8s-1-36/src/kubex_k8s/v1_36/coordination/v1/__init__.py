# Made by kubex-codegen. Changes are lost when it runs again.
"""Models of coordination/v1."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._lease import Lease, LeaseSpec
else:
    from kubex.lazy_import import lazy_attributes

    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "Lease": "_lease",
            "LeaseSpec": "_lease",
        },
    )

__all__ = [
    "Lease",
    "LeaseSpec",
]
