# Made by kubex-codegen. Changes are lost when it runs again.
"""Models of certificates/v1."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._certificate_signing_request import (
        CertificateSigningRequest,
        CertificateSigningRequestCondition,
        CertificateSigningRequestSpec,
        CertificateSigningRequestStatus,
    )
else:
    from kubex.lazy_import import lazy_attributes

    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "CertificateSigningRequest": "_certificate_signing_request",
            "CertificateSigningRequestCondition": "_certificate_signing_request",
            "CertificateSigningRequestSpec": "_certificate_signing_request",
            "CertificateSigningRequestStatus": "_certificate_signing_request",
        },
    )

__all__ = [
    "CertificateSigningRequest",
    "CertificateSigningRequestCondition",
    "CertificateSigningRequestSpec",
    "CertificateSigningRequestStatus",
]
