# Made by kubex-codegen. Changes are lost when it runs again.
"""Models of storage/v1beta1."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._volume_attributes_class import VolumeAttributesClass
else:
    from kubex.lazy_import import lazy_attributes

    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "VolumeAttributesClass": "_volume_attributes_class",
        },
    )

__all__ = [
    "VolumeAttributesClass",
]
