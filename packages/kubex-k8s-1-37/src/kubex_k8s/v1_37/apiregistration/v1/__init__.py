# Made by kubex-codegen. Changes are lost when it runs again.
"""Models of apiregistration/v1."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._api_service import APIService, APIServiceCondition, APIServiceSpec, APIServiceStatus, ServiceReference
else:
    from kubex.lazy_import import lazy_attributes

    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "APIService": "_api_service",
            "APIServiceCondition": "_api_service",
            "APIServiceSpec": "_api_service",
            "APIServiceStatus": "_api_service",
            "ServiceReference": "_api_service",
        },
    )

__all__ = [
    "APIService",
    "APIServiceCondition",
    "APIServiceSpec",
    "APIServiceStatus",
    "ServiceReference",
]
