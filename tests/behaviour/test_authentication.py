"""Authentication with tokens, passwords and certificates, and renewal of credentials after a 401 response."""

import dataclasses
from pathlib import Path

import anyio
import pytest

from behaviour.objects import config_map
from kubex.api import Api, create_review
from kubex.client import Client, create_client
from kubex.configuration import ClientConfiguration, Impersonation
from kubex.errors import Forbidden, TLSError, Unauthorized
from kubex.models import ObjectMeta
from kubex.transport import Backend
from kubex_k8s.v1_37.authentication.v1 import SelfSubjectReview
from kubex_k8s.v1_37.authorization.v1 import ResourceAttributes, SubjectAccessReview, SubjectAccessReviewSpec
from kubex_k8s.v1_37.core.v1 import ConfigMap, Namespace, ServiceAccount
from kubex_k8s.v1_37.rbac.v1 import PolicyRule, Role, RoleBinding, RoleRef, Subject
from kubex_testing import ServerHandle
from kubex_testing._pki import CertificateAuthority

pytestmark = pytest.mark.anyio


async def current_username(client: Client) -> str | None:
    """Return the user name that the server assigns to the client."""
    review = await create_review(client, SelfSubjectReview())
    assert review.status is not None
    assert review.status.user_info is not None
    return review.status.user_info.username


class TokenIssuer:
    """Creates tokens of a service account."""

    def __init__(self, client: Client) -> None:
        self._accounts = Api(ServiceAccount, client)

    async def issue(self, *, invalid: bool = False) -> str:
        """Create a token. An invalid token has another audience, because servers accept revoked tokens for a while."""
        issued = await self._accounts.create_token("robot", audiences=["vault"] if invalid else [])
        assert issued.status is not None
        return issued.status.token


@pytest.fixture
async def token_issuer(client: Client) -> TokenIssuer:
    await Api(ServiceAccount, client).create(ServiceAccount(metadata=ObjectMeta(name="robot")))
    return TokenIssuer(client)


def token_file_configuration(server: ServerHandle, path: Path) -> ClientConfiguration:
    return dataclasses.replace(server.anonymous().configuration(), token_file=path)


@pytest.mark.covers("pitfall-31")
async def test_token_file_is_read_again_after_401(
    server: ServerHandle, backend: Backend, token_issuer: TokenIssuer, namespace: str, tmp_path: Path
) -> None:
    path = tmp_path / "token"
    path.write_text(await token_issuer.issue(invalid=True))
    async with create_client(token_file_configuration(server, path), client_class=backend) as robot:
        with pytest.raises(Unauthorized, match="401 Unauthorized"):
            await current_username(robot)
        path.write_text(await token_issuer.issue())
        assert await current_username(robot) == f"system:serviceaccount:{namespace}:robot"


async def test_stream_reads_the_token_file_again_after_401(
    server: ServerHandle, backend: Backend, token_issuer: TokenIssuer, tmp_path: Path
) -> None:
    path = tmp_path / "token"
    path.write_text(await token_issuer.issue(invalid=True))
    async with create_client(token_file_configuration(server, path), client_class=backend) as robot:
        with pytest.raises(Unauthorized):
            async with robot.stream("GET", "/version"):
                pytest.fail("the stream was opened")
        path.write_text(await token_issuer.issue())
        async with robot.stream("GET", "/version") as opened:
            assert opened.status == 200


@pytest.mark.covers("pitfall-35")
async def test_concurrent_calls_succeed_after_the_token_file_changed(
    server: ServerHandle, backend: Backend, token_issuer: TokenIssuer, namespace: str, tmp_path: Path
) -> None:
    path = tmp_path / "token"
    path.write_text(await token_issuer.issue(invalid=True))
    names: list[str | None] = []
    async with create_client(token_file_configuration(server, path), client_class=backend) as robot:
        with pytest.raises(Unauthorized):
            await current_username(robot)
        path.write_text(await token_issuer.issue())

        async def call() -> None:
            names.append(await current_username(robot))

        async with anyio.create_task_group() as group:
            for _ in range(30):
                group.start_soon(call)
    assert names == [f"system:serviceaccount:{namespace}:robot"] * 30


async def test_requests_with_a_password_are_anonymous(server: ServerHandle, backend: Backend) -> None:
    configuration = dataclasses.replace(server.anonymous().configuration(), username="admin", password="s3cret")
    async with create_client(configuration, client_class=backend) as client:
        with pytest.raises(Forbidden, match='User "system:anonymous" cannot list') as caught:
            await Api(ConfigMap, client, namespace="default").list()
    assert "s3cret" not in repr(caught.value)


async def test_client_certificate_files_are_read_again_after_401(
    kubex_control_plane: ServerHandle, backend: Backend, tmp_path: Path
) -> None:
    cert, key = tmp_path / "tls.crt", tmp_path / "tls.key"
    unknown_identity = CertificateAuthority().client_identity("jane")
    cert.write_text(unknown_identity.cert_pem)
    key.write_text(unknown_identity.key_pem)
    anonymous = kubex_control_plane.anonymous().configuration()
    configuration = dataclasses.replace(anonymous, client_cert_file=cert, client_key_file=key)
    async with create_client(configuration, client_class=backend) as client:
        with pytest.raises(Unauthorized):
            await current_username(client)
        jane = kubex_control_plane.as_user("jane")
        cert.write_text(jane.client_cert_pem or "")
        key.write_text(jane.client_key_pem or "")
        assert await current_username(client) == "jane"


async def wait_until_jane_is_allowed(admin: Client, verb: str, namespace: str) -> None:
    """Create access reviews until the authorizer knows the role."""
    attributes = ResourceAttributes(verb=verb, resource="configmaps", namespace=namespace)
    review = SubjectAccessReview(spec=SubjectAccessReviewSpec(user="jane", resource_attributes=attributes))
    with anyio.fail_after(10):
        while True:
            response = await create_review(admin, review)
            if response.status is not None and response.status.allowed:
                return


async def test_rbac_applies_to_the_impersonated_user(kubex_control_plane: ServerHandle, backend: Backend) -> None:
    async with create_client(kubex_control_plane.configuration(), client_class=backend) as admin:
        created = await Api(Namespace, admin).create(Namespace(metadata=ObjectMeta(generate_name="behaviour-")))
        namespace = created.metadata.name
        assert namespace is not None
        rule = PolicyRule(api_groups=[""], resources=["configmaps"], verbs=["get"])
        await Api(Role, admin, namespace=namespace).create(Role(metadata=ObjectMeta(name="reader"), rules=[rule]))
        subject = Subject(api_group="rbac.authorization.k8s.io", kind="User", name="jane")
        reference = RoleRef(api_group="rbac.authorization.k8s.io", kind="Role", name="reader")
        binding = RoleBinding(metadata=ObjectMeta(name="jane"), subjects=[subject], role_ref=reference)
        await Api(RoleBinding, admin, namespace=namespace).create(binding)
        maps = Api(ConfigMap, admin, namespace=namespace)
        await maps.create(config_map("one"))
        await wait_until_jane_is_allowed(admin, "get", namespace)
        jane = dataclasses.replace(admin.configuration, impersonate=Impersonation(user="jane"), namespace=namespace)
        async with create_client(jane, client_class=backend) as client:
            assert (await Api(ConfigMap, client).get("one")).metadata.name == "one"
            with pytest.raises(Forbidden, match='User "jane" cannot list'):
                await Api(ConfigMap, client).list()
            with pytest.raises(Forbidden, match='User "jane" cannot watch'):
                async with Api(ConfigMap, client).watch(resource_version="0"):
                    pytest.fail("the stream was opened")
        await Api(Namespace, admin).delete(namespace)


async def test_http_url_of_a_tls_port_raises_tls_error(kubex_control_plane: ServerHandle, backend: Backend) -> None:
    configuration = ClientConfiguration(url=kubex_control_plane.url.replace("https:", "http:"))
    async with create_client(configuration, client_class=backend) as client:
        with pytest.raises(TLSError, match="use a URL with https://"):
            await client.version()
