# Made by kubex-codegen. Changes are lost when it runs again.
"""Models of certificates/v1beta1."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._cluster_trust_bundle import ClusterTrustBundle, ClusterTrustBundleSpec
    from ._pod_certificate_request import PodCertificateRequest, PodCertificateRequestSpec, PodCertificateRequestStatus
else:
    from kubex.lazy_import import lazy_attributes

    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "ClusterTrustBundle": "_cluster_trust_bundle",
            "ClusterTrustBundleSpec": "_cluster_trust_bundle",
            "PodCertificateRequest": "_pod_certificate_request",
            "PodCertificateRequestSpec": "_pod_certificate_request",
            "PodCertificateRequestStatus": "_pod_certificate_request",
        },
    )

__all__ = [
    "ClusterTrustBundle",
    "ClusterTrustBundleSpec",
    "PodCertificateRequest",
    "PodCertificateRequestSpec",
    "PodCertificateRequestStatus",
]
