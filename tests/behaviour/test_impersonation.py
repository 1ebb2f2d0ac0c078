"""User impersonation, and the permission that the server requires for it."""

import dataclasses

import pytest

from behaviour.objects import config_map
from kubex.api import Api, create_review
from kubex.client import Client, create_client
from kubex.configuration import ClientConfiguration, Impersonation
from kubex.errors import Forbidden
from kubex.transport import Backend
from kubex_k8s.v1_37.authentication.v1 import SelfSubjectReview, UserInfo
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_testing import ServerHandle

pytestmark = pytest.mark.anyio


def impersonating(configuration: ClientConfiguration, impersonation: Impersonation) -> ClientConfiguration:
    return dataclasses.replace(configuration, impersonate=impersonation)


async def current_user(configuration: ClientConfiguration, backend: Backend) -> UserInfo:
    async with create_client(configuration, client_class=backend) as client:
        review = await create_review(client, SelfSubjectReview())
    assert review.status is not None
    assert review.status.user_info is not None
    return review.status.user_info


async def test_server_receives_all_impersonation_fields(server: ServerHandle, backend: Backend) -> None:
    jane = Impersonation(
        user="jäne",
        uid="42",
        groups=("devs", "ops team"),
        extra={"example.com/Scopes": ("view", "edit"), "größe": ("groß",)},
    )
    user = await current_user(impersonating(server.configuration(), jane), backend)
    assert (user.username, user.uid) == ("jäne", "42")
    assert user.groups == ["devs", "ops team", "system:authenticated"]
    assert user.extra == {"example.com/scopes": ["view", "edit"], "größe": ["groß"]}


async def test_impersonated_user_without_groups_gets_the_default_groups(server: ServerHandle, backend: Backend) -> None:
    user = await current_user(impersonating(server.configuration(), Impersonation(user="bob")), backend)
    assert (user.username, user.groups) == ("bob", ["system:authenticated"])
    robot = Impersonation(user="system:serviceaccount:default:robot")
    user = await current_user(impersonating(server.configuration(), robot), backend)
    assert user.groups == ["system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated"]


async def test_impersonation_without_permission_raises_forbidden(server: ServerHandle, backend: Backend) -> None:
    jane = server.as_user("jane").configuration()
    with pytest.raises(Forbidden, match='User "jane" cannot impersonate'):
        await current_user(impersonating(jane, Impersonation(user="bob")), backend)


async def test_impersonated_member_of_system_masters_can_read_objects(
    client: Client, server: ServerHandle, backend: Backend
) -> None:
    await Api(ConfigMap, client).create(config_map("one"))
    root = impersonating(client.configuration, Impersonation(user="root", groups=("system:masters",)))
    async with create_client(root, client_class=backend) as other:
        assert (await Api(ConfigMap, other).get("one")).metadata.name == "one"
        async with Api(ConfigMap, other).watch() as events:
            async for event in events:
                assert event.object.metadata.name in ("one", "kube-root-ca.crt")
                break
