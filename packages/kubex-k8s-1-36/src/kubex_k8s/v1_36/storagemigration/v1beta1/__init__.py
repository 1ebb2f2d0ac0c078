# Made by kubex-codegen. Changes are lost when it runs again.
"""Models of storagemigration/v1beta1."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._storage_version_migration import (
        StorageVersionMigration,
        StorageVersionMigrationSpec,
        StorageVersionMigrationStatus,
    )
else:
    from kubex.lazy_import import lazy_attributes

    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "StorageVersionMigration": "_storage_version_migration",
            "StorageVersionMigrationSpec": "_storage_version_migration",
            "StorageVersionMigrationStatus": "_storage_version_migration",
        },
    )

__all__ = [
    "StorageVersionMigration",
    "StorageVersionMigrationSpec",
    "StorageVersionMigrationStatus",
]
