"""Server-side apply with `Api.apply`."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timezone

import pytest

from behaviour.objects import config_map
from kubex.api import Api
from kubex.client import Client, ClientOptions, create_client
from kubex.errors import AlreadyExists, ConfigurationError, Conflict
from kubex.models import ManagedObjectMeta, ObjectMeta
from kubex.patch import ApplyPatch
from kubex.transport import Backend
from kubex_k8s.v1_37.apps.v1 import Deployment
from kubex_k8s.v1_37.coordination.v1 import Lease, LeaseSpec
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_testing import ServerHandle
from kubex_testing.embedded import EmbeddedServer
from support.resources import ManagedConfigMap

pytestmark = pytest.mark.anyio


def managed_config_map(name: str, **data: str) -> ManagedConfigMap:
    """Return a ConfigMap with managedFields in its metadata."""
    return ManagedConfigMap(metadata=ManagedObjectMeta(name=name), data=data)


def managers(obj: ManagedConfigMap) -> set[tuple[str | None, str | None]]:
    """Return the field managers of an object with their operations."""
    return {(entry.manager, entry.operation) for entry in obj.metadata.managed_fields or []}


async def test_apply_creates_a_missing_object(client: Client) -> None:
    api = Api(ConfigMap, client)
    applied = await api.apply(config_map("one", {"a": "1"}), field_manager="me")
    assert applied.data == {"a": "1"}
    assert await api.get("one") == applied


async def test_apply_without_a_field_manager_raises_before_sending(
    embedded_client: Client, kubex_server: EmbeddedServer
) -> None:
    api = Api(Deployment, embedded_client)
    wanted = Deployment.model_validate({"metadata": {"name": "one"}, "spec": {"selector": {}, "template": {}}})
    patch = ApplyPatch({"spec": {"replicas": 1}})
    calls: list[Callable[[], Awaitable[object]]] = [
        lambda: api.apply(wanted),
        lambda: api.apply(wanted, field_manager=""),
        lambda: api.patch("one", patch),
        lambda: api.status.patch("one", patch),
        lambda: api.scale.patch("one", patch),
    ]
    for call in calls:
        with pytest.raises(
            ConfigurationError, match=r"field_manager: .* pass field_manager=, or set ClientOptions"
        ) as caught:
            await call()
        assert isinstance(caught.value, ValueError)
        assert "Two programs must not share a name" in str(caught.value)
    assert kubex_server.requests == []


async def test_field_manager_of_the_client_is_the_default_of_each_call(
    server: ServerHandle, namespace: str, backend: Backend
) -> None:
    options = ClientOptions(field_manager="operator")
    async with create_client(
        server.configuration(namespace=namespace), client_class=backend, options=options
    ) as client:
        api = Api(ManagedConfigMap, client)
        applied = await api.apply(managed_config_map("one", a="1"))
        assert managers(applied) == {("operator", "Apply")}
        patched = await api.patch("one", ApplyPatch({"data": {"b": "2"}}), field_manager="other")
        assert managers(patched) == {("operator", "Apply"), ("other", "Apply")}
        created = await api.create(managed_config_map("two", a="1"))
        assert managers(created) == {("operator", "Update")}
        replaced = await api.replace(managed_config_map("two", b="2"))
        assert managers(replaced) == {("operator", "Update")}
        with pytest.raises(Conflict, match='conflict with "operator"'):
            await api.apply(managed_config_map("one", a="2"), field_manager="other")


async def test_apply_records_the_owned_fields_in_managed_fields(client: Client) -> None:
    api = Api(ManagedConfigMap, client)
    applied = await api.apply(
        ManagedConfigMap.model_validate({"metadata": {"name": "one"}, "data": {"a": "1"}}), field_manager="me"
    )
    assert applied.metadata.managed_fields is not None
    (entry,) = applied.metadata.managed_fields
    assert (entry.manager, entry.operation, entry.api_version, entry.fields_type) == ("me", "Apply", "v1", "FieldsV1")
    assert entry.fields_v1 == {"f:data": {"f:a": {}}}
    again = await api.apply(applied, field_manager="me", force=True)
    assert again.data == {"a": "1"}


async def test_applying_the_same_object_twice_changes_nothing(client: Client) -> None:
    api = Api(ConfigMap, client)
    first = await api.apply(config_map("one", {"a": "1"}), field_manager="me")
    assert await api.apply(config_map("one", {"a": "1"}), field_manager="me") == first


async def test_apply_removes_fields_that_are_no_longer_applied(client: Client) -> None:
    api = Api(ConfigMap, client)
    await api.apply(config_map("one", {"a": "1", "b": "2"}), field_manager="me")
    assert (await api.apply(config_map("one", {"b": "2"}), field_manager="me")).data == {"b": "2"}


async def test_two_managers_can_own_different_fields_of_an_object(client: Client) -> None:
    api = Api(ConfigMap, client)
    await api.apply(config_map("one", {"mine": "1"}), field_manager="me")
    applied = await api.apply(config_map("one", {"yours": "2"}), field_manager="you")
    assert applied.data == {"mine": "1", "yours": "2"}
    assert (await api.apply(config_map("one"), field_manager="you")).data == {"mine": "1"}


async def test_apply_to_a_field_of_another_manager_raises_conflict(client: Client) -> None:
    api = Api(ConfigMap, client)
    await api.apply(config_map("one", {"a": "1", "b": "2"}), field_manager="me")
    with pytest.raises(Conflict, match='conflict with "me"') as caught:
        await api.apply(config_map("one", {"a": "3"}), field_manager="you")
    assert not isinstance(caught.value, AlreadyExists)
    (cause,) = caught.value.causes
    assert (cause.reason, cause.field, cause.message) == ("FieldManagerConflict", ".data.a", 'conflict with "me"')
    assert (await api.get("one")).data == {"a": "1", "b": "2"}


async def test_apply_with_force_takes_ownership_of_the_field(client: Client) -> None:
    api = Api(ConfigMap, client)
    await api.apply(config_map("one", {"a": "1", "b": "2"}), field_manager="me")
    forced = await api.apply(config_map("one", {"a": "3"}), field_manager="you", force=True)
    assert forced.data == {"a": "3", "b": "2"}
    with pytest.raises(Conflict, match='conflict with "you"'):
        await api.apply(config_map("one", {"a": "1", "b": "2"}), field_manager="me")


async def test_managers_that_apply_the_same_value_share_ownership(client: Client) -> None:
    api = Api(ConfigMap, client)
    await api.apply(config_map("one", {"a": "1"}), field_manager="me")
    await api.apply(config_map("one", {"a": "1"}), field_manager="you")
    assert (await api.apply(config_map("one"), field_manager="me")).data == {"a": "1"}


@pytest.mark.covers("pitfall-6")
async def test_apply_sends_kind_and_json_values(client: Client) -> None:
    api = Api(Lease, client)
    moment = datetime(2030, 1, 2, 3, 4, 5, 678, tzinfo=timezone.utc)
    lease = Lease(metadata=ObjectMeta(name="l"), spec=LeaseSpec(renew_time=moment))
    lease.api_version = lease.kind = None
    applied = await api.apply(lease, field_manager="me")
    assert applied.kind == "Lease"
    assert applied.spec is not None
    assert applied.spec.renew_time == moment
