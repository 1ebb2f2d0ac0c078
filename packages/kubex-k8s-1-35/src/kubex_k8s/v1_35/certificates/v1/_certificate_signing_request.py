# Made by kubex-codegen. Changes are lost when it runs again.
from typing import Annotated

from kubex.models import ApiResource, Base64, ClusterResource, Model, Time
from kubex.models.fields import NullAsEmpty
from kubex.models.markers import HasApproval, HasStatus


class CertificateSigningRequestSpec(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#certificatesigningrequestspec-v1-certificates-k8s-io.
    """

    expiration_seconds: int | None = None
    extra: dict[str, Annotated[list[str], NullAsEmpty]] | None = None
    groups: list[str] | None = None
    request: Base64
    signer_name: str
    uid: str | None = None
    usages: list[str] | None = None
    username: str | None = None


class CertificateSigningRequestCondition(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#certificatesigningrequestcondition-v1-certificates-k8s-io.
    """

    last_transition_time: Time | None = None
    last_update_time: Time | None = None
    message: str | None = None
    reason: str | None = None
    status: str
    type: str


class CertificateSigningRequestStatus(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#certificatesigningrequeststatus-v1-certificates-k8s-io.
    """

    certificate: Base64 | None = None
    conditions: list[CertificateSigningRequestCondition] | None = None


class CertificateSigningRequest(ClusterResource, HasApproval, HasStatus):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#certificatesigningrequest-v1-certificates-k8s-io.
    """

    __resource__ = ApiResource(
        group="certificates.k8s.io",
        version="v1",
        kind="CertificateSigningRequest",
        plural="certificatesigningrequests",
        subresources=frozenset({"approval", "status"}),
    )

    spec: CertificateSigningRequestSpec
    status: CertificateSigningRequestStatus | None = None
