# Made by kubex-codegen. Changes are lost when it runs again.
"""Models of certificates/v1alpha1."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._cluster_trust_bundle import ClusterTrustBundle, ClusterTrustBundleSpec
else:
    from kubex.lazy_import import lazy_attributes

    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "ClusterTrustBundle": "_cluster_trust_bundle",
            "ClusterTrustBundleSpec": "_cluster_trust_bundle",
        },
    )

__all__ = [
    "ClusterTrustBundle",
    "ClusterTrustBundleSpec",
]
