# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, Base64, Model, NamespacedResource, Time
from kubex.models.fields import json_aliases
from kubex.models.markers import HasStatus

from ...meta.v1._condition import Condition


class PodCertificateRequestSpec(
    Model,
    alias_generator=json_aliases(
        node_uid="nodeUID",
        pod_uid="podUID",
        service_account_uid="serviceAccountUID",
        stub_pkcs10_request="stubPKCS10Request",
    ),
):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#podcertificaterequestspec-v1beta1-certificates-k8s-io.
    """

    max_expiration_seconds: int | None = None
    node_name: str
    node_uid: str
    pkix_public_key: Base64 | None = None
    pod_name: str
    pod_uid: str
    proof_of_possession: Base64 | None = None
    service_account_name: str
    service_account_uid: str
    signer_name: str
    stub_pkcs10_request: Base64
    unverified_user_annotations: dict[str, str] | None = None


class PodCertificateRequestStatus(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#podcertificaterequeststatus-v1beta1-certificates-k8s-io.
    """

    begin_refresh_at: Time | None = None
    certificate_chain: str | None = None
    conditions: list[Condition] | None = None
    not_after: Time | None = None
    not_before: Time | None = None


class PodCertificateRequest(NamespacedResource, HasStatus):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#podcertificaterequest-v1beta1-certificates-k8s-io.
    """

    __resource__ = ApiResource(
        group="certificates.k8s.io",
        version="v1beta1",
        kind="PodCertificateRequest",
        plural="podcertificaterequests",
        subresources=frozenset({"status"}),
    )

    spec: PodCertificateRequestSpec
    status: PodCertificateRequestStatus | None = None
