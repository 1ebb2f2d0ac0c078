# Made by kubex-codegen. Changes are lost when it runs again.
"""Models of apiserverinternal/v1alpha1."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._storage_version import (
        ServerStorageVersion,
        StorageVersion,
        StorageVersionCondition,
        StorageVersionSpec,
        StorageVersionStatus,
    )
else:
    from kubex.lazy_import import lazy_attributes

    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "ServerStorageVersion": "_storage_version",
            "StorageVersion": "_storage_version",
            "StorageVersionCondition": "_storage_version",
            "StorageVersionSpec": "_storage_version",
            "StorageVersionStatus": "_storage_version",
        },
    )

__all__ = [
    "ServerStorageVersion",
    "StorageVersion",
    "StorageVersionCondition",
    "StorageVersionSpec",
    "StorageVersionStatus",
]
