"""Ways to sign in, and what happens when a credential is refused."""

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


async def name_of(client: Client) -> str | None:
    """Ask the server who one is."""
    review = await create_review(client, SelfSubjectReview())
    assert review.status is not None
    assert review.status.user_info is not None
    return review.status.user_info.username


class Tokens:
    """Tokens of a service account."""

    def __init__(self, client: Client) -> None:
        self._accounts = Api(ServiceAccount, client)

    async def issue(self, *, refused: bool = False) -> str:
        """Get a token. One to be refused is for others: servers learn of tokens that were revoked only in a while."""
        issued = await self._accounts.create_token("robot", audiences=["vault"] if refused else [])
        assert issued.status is not None
        return issued.status.token


@pytest.fixture
async def tokens(client: Client) -> Tokens:
    await Api(ServiceAccount, client).create(ServiceAccount(metadata=ObjectMeta(name="robot")))
    return Tokens(client)


def by_file(server: ServerHandle, path: Path) -> ClientConfiguration:
    return dataclasses.replace(server.anonymous().configuration(), token_file=path)


@pytest.mark.covers("pitfall-31")
async def test_a_refused_token_is_replaced_from_its_file(
    server: ServerHandle, backend: Backend, tokens: Tokens, namespace: str, tmp_path: Path
) -> None:
    path = tmp_path / "token"
    path.write_text(await tokens.issue(refused=True))
    async with create_client(by_file(server, path), client_class=backend) as robot:
        with pytest.raises(Unauthorized, match="401 Unauthorized"):
            await name_of(robot)
        path.write_text(await tokens.issue())
        assert await name_of(robot) == f"system:serviceaccount:{namespace}:robot"


async def test_streams_replace_a_refused_token_too(
    server: ServerHandle, backend: Backend, tokens: Tokens, tmp_path: Path
) -> None:
    path = tmp_path / "token"
    path.write_text(await tokens.issue(refused=True))
    async with create_client(by_file(server, path), client_class=backend) as robot:
        with pytest.raises(Unauthorized):
            async with robot.stream("GET", "/version"):
                pytest.fail("it was opened")
        path.write_text(await tokens.issue())
        async with robot.stream("GET", "/version") as opened:
            assert opened.status == 200


@pytest.mark.covers("pitfall-35")
async def test_many_calls_survive_a_refused_token(
    server: ServerHandle, backend: Backend, tokens: Tokens, namespace: str, tmp_path: Path
) -> None:
    path = tmp_path / "token"
    path.write_text(await tokens.issue(refused=True))
    names: list[str | None] = []
    async with create_client(by_file(server, path), client_class=backend) as robot:
        with pytest.raises(Unauthorized):
            await name_of(robot)
        path.write_text(await tokens.issue())

        async def ask() -> None:
            names.append(await name_of(robot))

        async with anyio.create_task_group() as group:
            for _ in range(30):
                group.start_soon(ask)
    assert names == [f"system:serviceaccount:{namespace}:robot"] * 30


async def test_a_password_counts_for_nothing(server: ServerHandle, backend: Backend) -> None:
    configuration = dataclasses.replace(server.anonymous().configuration(), username="admin", password="s3cret")
    async with create_client(configuration, client_class=backend) as client:
        with pytest.raises(Forbidden, match='User "system:anonymous" cannot list') as caught:
            await Api(ConfigMap, client, namespace="default").list()
    assert "s3cret" not in repr(caught.value)


async def test_certificates_are_replaced_from_their_files(
    kubex_control_plane: ServerHandle, backend: Backend, tmp_path: Path
) -> None:
    cert, key = tmp_path / "tls.crt", tmp_path / "tls.key"
    stranger = CertificateAuthority().client_identity("jane")
    cert.write_text(stranger.cert_pem)
    key.write_text(stranger.key_pem)
    anonymous = kubex_control_plane.anonymous().configuration()
    configuration = dataclasses.replace(anonymous, client_cert_file=cert, client_key_file=key)
    async with create_client(configuration, client_class=backend) as client:
        with pytest.raises(Unauthorized):
            await name_of(client)
        jane = kubex_control_plane.as_user("jane")
        cert.write_text(jane.client_cert_pem or "")
        key.write_text(jane.client_key_pem or "")
        assert await name_of(client) == "jane"


async def until_jane_may(admin: Client, verb: str, namespace: str) -> None:
    """Wait until the authorizer has learnt of a role, by asking it again and again."""
    asked = ResourceAttributes(verb=verb, resource="configmaps", namespace=namespace)
    review = SubjectAccessReview(spec=SubjectAccessReviewSpec(user="jane", resource_attributes=asked))
    with anyio.fail_after(10):
        while True:
            answer = await create_review(admin, review)
            if answer.status is not None and answer.status.allowed:
                return


async def test_rbac_sees_the_impersonated_user(kubex_control_plane: ServerHandle, backend: Backend) -> None:
    async with create_client(kubex_control_plane.configuration(), client_class=backend) as admin:
        made = await Api(Namespace, admin).create(Namespace(metadata=ObjectMeta(generate_name="behaviour-")))
        namespace = made.metadata.name
        assert namespace is not None
        rule = PolicyRule(api_groups=[""], resources=["configmaps"], verbs=["get"])
        await Api(Role, admin, namespace=namespace).create(Role(metadata=ObjectMeta(name="reader"), rules=[rule]))
        subject = Subject(api_group="rbac.authorization.k8s.io", kind="User", name="jane")
        reference = RoleRef(api_group="rbac.authorization.k8s.io", kind="Role", name="reader")
        binding = RoleBinding(metadata=ObjectMeta(name="jane"), subjects=[subject], role_ref=reference)
        await Api(RoleBinding, admin, namespace=namespace).create(binding)
        maps = Api(ConfigMap, admin, namespace=namespace)
        await maps.create(config_map("one"))
        await until_jane_may(admin, "get", namespace)
        jane = dataclasses.replace(admin.configuration, impersonate=Impersonation(user="jane"), namespace=namespace)
        async with create_client(jane, client_class=backend) as client:
            assert (await Api(ConfigMap, client).get("one")).metadata.name == "one"
            with pytest.raises(Forbidden, match='User "jane" cannot list'):
                await Api(ConfigMap, client).list()
            with pytest.raises(Forbidden, match='User "jane" cannot watch'):
                async with Api(ConfigMap, client).watch(resource_version="0"):
                    pytest.fail("it was opened")
        await Api(Namespace, admin).delete(namespace)


async def test_plain_http_at_the_port_for_tls_says_so(kubex_control_plane: ServerHandle, backend: Backend) -> None:
    configuration = ClientConfiguration(url=kubex_control_plane.url.replace("https:", "http:"))
    async with create_client(configuration, client_class=backend) as client:
        with pytest.raises(TLSError, match="use a URL with https://"):
            await client.version()
