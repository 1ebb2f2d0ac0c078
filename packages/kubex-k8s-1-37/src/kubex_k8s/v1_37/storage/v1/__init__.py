# Made by kubex-codegen. Changes are lost when it runs again.
"""Models of storage/v1."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._csi_driver import CSIDriver, CSIDriverSpec, TokenRequest
    from ._csi_node import (
        CSINode,
        CSINodeDriver,
        CSINodeSpec,
        CSINodeStatus,
        StorageHealth,
        StorageHealthCondition,
        VolumeNodeResources,
    )
    from ._csi_storage_capacity import CSIStorageCapacity
    from ._storage_class import StorageClass
    from ._volume_attachment import (
        VolumeAttachment,
        VolumeAttachmentSource,
        VolumeAttachmentSpec,
        VolumeAttachmentStatus,
        VolumeError,
    )
    from ._volume_attributes_class import VolumeAttributesClass
else:
    from kubex.lazy_import import lazy_attributes

    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "CSIDriver": "_csi_driver",
            "CSIDriverSpec": "_csi_driver",
            "CSINode": "_csi_node",
            "CSINodeDriver": "_csi_node",
            "CSINodeSpec": "_csi_node",
            "CSINodeStatus": "_csi_node",
            "CSIStorageCapacity": "_csi_storage_capacity",
            "StorageClass": "_storage_class",
            "StorageHealth": "_csi_node",
            "StorageHealthCondition": "_csi_node",
            "TokenRequest": "_csi_driver",
            "VolumeAttachment": "_volume_attachment",
            "VolumeAttachmentSource": "_volume_attachment",
            "VolumeAttachmentSpec": "_volume_attachment",
            "VolumeAttachmentStatus": "_volume_attachment",
            "VolumeAttributesClass": "_volume_attributes_class",
            "VolumeError": "_volume_attachment",
            "VolumeNodeResources": "_csi_node",
        },
    )

__all__ = [
    "CSIDriver",
    "CSIDriverSpec",
    "CSINode",
    "CSINodeDriver",
    "CSINodeSpec",
    "CSINodeStatus",
    "CSIStorageCapacity",
    "StorageClass",
    "StorageHealth",
    "StorageHealthCondition",
    "TokenRequest",
    "VolumeAttachment",
    "VolumeAttachmentSource",
    "VolumeAttachmentSpec",
    "VolumeAttachmentStatus",
    "VolumeAttributesClass",
    "VolumeError",
    "VolumeNodeResources",
]
