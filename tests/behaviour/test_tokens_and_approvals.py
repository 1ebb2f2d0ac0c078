"""Tokens of service accounts, and approval of certificate signing requests."""

import base64
from datetime import datetime, timedelta, timezone

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from behaviour.workloads import pod
from kubex.api import Api, create_review
from kubex.client import Client, create_client
from kubex.errors import Conflict, Invalid, NamespaceError, NotFound, Unauthorized
from kubex.models import BoundObjectReference, ObjectMeta, TokenRequest
from kubex.patch import MergePatch
from kubex.transport import Backend
from kubex_k8s.v1_37.authentication.v1 import SelfSubjectReview, UserInfo
from kubex_k8s.v1_37.certificates.v1 import (
    CertificateSigningRequest,
    CertificateSigningRequestCondition,
    CertificateSigningRequestSpec,
    CertificateSigningRequestStatus,
)
from kubex_k8s.v1_37.core.v1 import Pod, ServiceAccount
from kubex_testing import ServerHandle

pytestmark = pytest.mark.anyio


@pytest.fixture
async def accounts(client: Client) -> Api[ServiceAccount]:
    """Create the service account `robot` and return the API of service accounts."""
    api = Api(ServiceAccount, client)
    await api.create(ServiceAccount(metadata=ObjectMeta(name="robot")))
    return api


def token_of(issued: TokenRequest) -> str:
    assert issued.status is not None
    return issued.status.token


async def user_of_token(server: ServerHandle, backend: Backend, token: str) -> UserInfo:
    """Return the user that the server assigns to the token."""
    async with create_client(server.with_token(token).configuration(), client_class=backend) as client:
        review = await create_review(client, SelfSubjectReview())
    assert review.status is not None
    assert review.status.user_info is not None
    return review.status.user_info


async def test_token_authenticates_its_service_account(
    accounts: Api[ServiceAccount], server: ServerHandle, backend: Backend, namespace: str
) -> None:
    issued = await accounts.create_token("robot")
    user = await user_of_token(server, backend, token_of(issued))
    assert user.username == f"system:serviceaccount:{namespace}:robot"
    assert user.uid == (await accounts.get("robot")).metadata.uid
    assert user.groups == [
        "system:serviceaccounts",
        f"system:serviceaccounts:{namespace}",
        "system:authenticated",
    ]


async def test_token_expires_after_expiration_seconds(accounts: Api[ServiceAccount]) -> None:
    before = datetime.now(timezone.utc)
    issued = await accounts.create_token("robot", expiration_seconds=1200)
    assert type(issued) is TokenRequest
    assert issued.spec.expiration_seconds == 1200
    assert issued.status is not None
    assert issued.status.expiration_timestamp is not None
    left = issued.status.expiration_timestamp - before
    assert timedelta(seconds=1190) < left < timedelta(seconds=1230)


async def test_repr_hides_the_token(accounts: Api[ServiceAccount]) -> None:
    issued = await accounts.create_token("robot")
    assert len(token_of(issued)) > 100
    assert token_of(issued) not in repr(issued) + str(issued) + repr(issued.status)


@pytest.mark.parametrize("seconds", [599, 2**33])
async def test_invalid_expiration_seconds_raise_invalid(accounts: Api[ServiceAccount], seconds: int) -> None:
    with pytest.raises(Invalid) as caught:
        await accounts.create_token("robot", expiration_seconds=seconds)
    assert [cause.field for cause in caught.value.causes] == ["spec.expirationSeconds"]


async def test_token_for_another_audience_is_unauthorized(
    accounts: Api[ServiceAccount], server: ServerHandle, backend: Backend
) -> None:
    issued = await accounts.create_token("robot", audiences=["vault"])
    assert issued.spec.audiences == ["vault"]
    with pytest.raises(Unauthorized):
        await user_of_token(server, backend, token_of(issued))


async def test_token_can_be_bound_to_a_pod(
    accounts: Api[ServiceAccount], client: Client, server: ServerHandle, backend: Backend
) -> None:
    wanted = pod("one")
    assert wanted.spec is not None
    wanted.spec.service_account_name = "robot"
    created = await Api(Pod, client).create(wanted)
    reference = BoundObjectReference(api_version="v1", kind="Pod", name="one")
    issued = await accounts.create_token("robot", bound_to=reference)
    user = await user_of_token(server, backend, token_of(issued))
    assert user.extra is not None
    assert user.extra["authentication.kubernetes.io/pod-uid"] == [created.metadata.uid]
    for wrong, error in (
        (reference.model_copy(update={"name": "none"}), NotFound),
        (reference.model_copy(update={"uid": "another"}), Conflict),
    ):
        with pytest.raises(error):
            await accounts.create_token("robot", bound_to=wrong)


async def test_create_token_without_an_existing_service_account_raises(
    accounts: Api[ServiceAccount], namespace: str
) -> None:
    with pytest.raises(NotFound, match='serviceaccounts "missing" not found'):
        await accounts.create_token("missing")
    with pytest.raises(NotFound):
        await accounts.create_token("robot", namespace="kube-public")
    with pytest.raises(NamespaceError, match="token needs one namespace"):
        await accounts.create_token("robot", namespace=None)
    issued = await accounts.create_token("robot", namespace=namespace, dry_run=True)
    assert issued.metadata.name == "robot"


def signing_request(name: str) -> CertificateSigningRequest:
    """Return a signing request for a client certificate with a new key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    pem = base64.b64encode(request.public_bytes(serialization.Encoding.PEM)).decode()
    spec = CertificateSigningRequestSpec(request=pem, signer_name="example.com/tests", usages=["client auth"])
    return CertificateSigningRequest(metadata=ObjectMeta(name=name), spec=spec)


def condition_reasons(request: CertificateSigningRequest) -> dict[str, str | None]:
    assert request.status is not None
    return {item.type: item.reason for item in request.status.conditions or []}


async def test_certificate_is_approved_with_the_approval_subresource(client: Client, namespace: str) -> None:
    api = Api(CertificateSigningRequest, client)
    created = await api.create(signing_request(namespace))
    approved = CertificateSigningRequestCondition(type="Approved", status="True", reason="ByTests", message="fine")
    created.status = CertificateSigningRequestStatus(conditions=[approved])
    assert condition_reasons(await api.replace(created)) == {}
    created.metadata.resource_version = None
    with pytest.raises(Invalid, match='updates may not add a condition of type "Approved"'):
        await api.status.replace(created)
    assert condition_reasons(await api.approval.replace(created, dry_run=True)) == {"Approved": "ByTests"}
    result = await api.approval.replace(created)
    assert isinstance(result, CertificateSigningRequest)
    assert condition_reasons(result) == condition_reasons(await api.approval.get(namespace)) == {"Approved": "ByTests"}
    with pytest.raises(Invalid, match='updates may not remove a condition of type "Approved"'):
        await api.approval.patch(namespace, MergePatch({"status": {"conditions": []}}))
    await api.delete(namespace)


async def test_certificate_can_be_denied(client: Client, namespace: str) -> None:
    api = Api(CertificateSigningRequest, client)
    await api.create(signing_request(namespace))
    denied = {"type": "Denied", "status": "True", "reason": "Unknown"}
    assert condition_reasons(await api.approval.patch(namespace, MergePatch({"status": {"conditions": [denied]}}))) == {
        "Denied": "Unknown"
    }
    await api.delete(namespace)
