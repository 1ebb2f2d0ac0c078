"""Creating and replacing objects."""

from datetime import datetime, timezone

import anyio
import pytest

from behaviour.objects import config_map, name_of, pod, resource_version_of
from kubex.api import Api
from kubex.client import Client
from kubex.errors import AlreadyExists, Conflict, Invalid, InvalidNameError, NotFound
from kubex.models import ObjectMeta
from kubex_k8s.v1_37.coordination.v1 import Lease, LeaseSpec
from kubex_k8s.v1_37.core.v1 import ConfigMap, Pod, Secret, Service, ServicePort, ServiceSpec

pytestmark = pytest.mark.anyio


async def test_create_returns_the_stored_object(client: Client, namespace: str) -> None:
    created = await Api(Service, client).create(
        Service(
            metadata=ObjectMeta(name="web"),
            spec=ServiceSpec(ports=[ServicePort(port=80)], selector={"app": "web"}),
        )
    )
    assert created.metadata.namespace == namespace
    assert created.metadata.uid
    assert created.spec is not None
    assert created.spec.cluster_ip
    assert created.spec.ports == [ServicePort(protocol="TCP", port=80, target_port=80)]


async def test_create_with_generate_name_returns_the_generated_name(client: Client) -> None:
    created = await Api(ConfigMap, client).create(ConfigMap(metadata=ObjectMeta(generate_name="generated-")))
    assert name_of(created).startswith("generated-")
    assert len(name_of(created)) > len("generated-")


async def test_write_only_fields_are_sent_with_their_json_names(client: Client) -> None:
    secret = Secret(metadata=ObjectMeta(name="s"), string_data={"key": "value"}, type="Opaque")
    created = await Api(Secret, client).create(secret)
    assert (created.data, created.string_data, created.type) == ({"key": "dmFsdWU="}, None, "Opaque")


async def test_create_of_an_existing_object_raises_already_exists(client: Client) -> None:
    api = Api(ConfigMap, client)
    await api.create(config_map("one"))
    with pytest.raises(AlreadyExists, match='409 AlreadyExists: configmaps "one" already exists') as caught:
        await api.create(config_map("one"))
    assert isinstance(caught.value, Conflict)
    assert caught.value.status == 409


async def test_create_of_an_invalid_object_raises_invalid_with_causes(client: Client) -> None:
    with pytest.raises(Invalid) as caught:
        await Api(ConfigMap, client).create(config_map("Not_A_Name", {"no/key": "v"}))
    error = caught.value
    assert (error.status, error.reason) == (422, "Invalid")
    assert {cause.field for cause in error.causes} == {"metadata.name", "data[no/key]"}
    assert {cause.reason for cause in error.causes} == {"FieldValueInvalid"}
    assert all(cause.message for cause in error.causes)


async def test_replace_updates_the_object(client: Client) -> None:
    api = Api(ConfigMap, client)
    created = await api.create(config_map("one", {"a": "1", "b": "2"}))
    created.data = {"a": "3"}
    created.metadata.labels = {"new": "label"}
    replaced = await api.replace(created)
    assert (replaced.data, replaced.metadata.labels) == ({"a": "3"}, {"new": "label"})
    assert replaced.metadata.uid == created.metadata.uid
    assert resource_version_of(replaced) != resource_version_of(created)
    assert await api.get("one") == replaced


async def test_replace_without_resource_version_overwrites_the_object(client: Client) -> None:
    api = Api(ConfigMap, client)
    await api.create(config_map("one", {"a": "1"}))
    replaced = await api.replace(config_map("one", {"b": "2"}))
    assert replaced.data == {"b": "2"}


async def test_replace_of_a_missing_object_raises_not_found(client: Client) -> None:
    api = Api(ConfigMap, client)
    created = await api.create(config_map("one"))
    await api.delete("one")
    with pytest.raises(NotFound):
        await api.replace(created)


async def test_replace_and_apply_without_a_name_raise(client: Client) -> None:
    api = Api(ConfigMap, client)
    nameless = ConfigMap(metadata=ObjectMeta(generate_name="generated-"))
    with pytest.raises(InvalidNameError, match=r"metadata\.name None is missing"):
        await api.replace(nameless)
    with pytest.raises(InvalidNameError, match=r"metadata\.name None is missing"):
        await api.apply(nameless, field_manager="me")


@pytest.mark.covers("pitfall-43")
async def test_replace_with_a_stale_resource_version_raises_conflict(client: Client) -> None:
    api = Api(ConfigMap, client)
    stale = await api.create(config_map("one", {"a": "1"}))
    await api.replace(config_map("one", {"a": "2"}))
    stale.data = {"a": "3"}
    with pytest.raises(Conflict, match="the object has been modified") as caught:
        await api.replace(stale)
    assert not isinstance(caught.value, AlreadyExists)
    assert (await api.get("one")).data == {"a": "2"}


@pytest.mark.covers("pitfall-43")
async def test_replace_without_changes_keeps_the_resource_version(client: Client) -> None:
    api = Api(ConfigMap, client)
    created = await api.create(config_map("one", {"a": "1"}))
    assert resource_version_of(await api.replace(created)) == resource_version_of(created)


async def test_concurrent_writers_that_retry_on_conflict_lose_no_update(client: Client) -> None:
    api = Api(ConfigMap, client)
    await api.create(config_map("counter", {"count": "0"}))

    async def count() -> None:
        while True:
            counter = await api.get("counter")
            assert counter.data is not None
            counter.data["count"] = str(int(counter.data["count"]) + 1)
            try:
                await api.replace(counter)
            except Conflict:
                continue
            return

    async with anyio.create_task_group() as tasks:
        for _ in range(6):
            tasks.start_soon(count)
    assert (await api.get("counter")).data == {"count": "6"}


@pytest.mark.covers("pitfall-5")
async def test_list_item_can_be_replaced_and_created(client: Client) -> None:
    api = Api(ConfigMap, client)
    await api.create(config_map("one", {"a": "1"}, labels={"mine": "yes"}))
    (item,) = (await api.list(label_selector={"mine": "yes"})).items
    item.data = {"a": "2"}
    replaced = await api.replace(item)
    assert (replaced.kind, replaced.data) == ("ConfigMap", {"a": "2"})
    (item,) = (await api.list(label_selector={"mine": "yes"})).items
    await api.delete("one")
    item.metadata.resource_version = item.metadata.uid = None
    assert (await api.create(item)).data == {"a": "2"}


async def test_replace_keeps_unchanged_fields_of_a_pod(client: Client) -> None:
    api = Api(Pod, client)
    await api.create(pod("one", hostname="host", tolerations=[{"key": "gpu", "operator": "Exists"}]))
    read = await api.get("one")
    before = read.to_dict()
    read.metadata.labels = {"changed": "yes"}
    after = (await api.replace(read)).to_dict()
    assert after["spec"] == before["spec"]
    assert after["spec"]["hostname"] == "host"
    assert {"key": "gpu", "operator": "Exists"} in after["spec"]["tolerations"]
    assert after["spec"]["containers"][0]["terminationMessagePath"] == "/dev/termination-log"
    assert after["metadata"]["labels"] == {"changed": "yes"}


@pytest.mark.covers("pitfall-8")
async def test_micro_time_is_sent_with_six_decimal_places(client: Client) -> None:
    api = Api(Lease, client)
    full_second = datetime(2030, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
    lease = Lease(metadata=ObjectMeta(name="l"), spec=LeaseSpec(holder_identity="me", renew_time=full_second))
    created = await api.create(lease)
    assert created.spec is not None
    assert created.spec.renew_time == full_second
    created.spec.renew_time = full_second.replace(microsecond=7)
    replaced = await api.replace(created)
    assert replaced.spec is not None
    assert replaced.spec.renew_time == full_second.replace(microsecond=7)
    raw = await client.request("GET", f"/apis/coordination.k8s.io/v1/namespaces/{created.metadata.namespace}/leases/l")
    assert b'"renewTime":"2030-01-02T03:04:05.000007Z"' in raw.body


@pytest.mark.covers("pitfall-8")
async def test_time_without_a_time_zone_is_sent_as_utc(client: Client) -> None:
    naive = datetime(2030, 1, 2, 3, 4, 5)  # noqa: DTZ001 - the test needs a naive datetime
    lease = Lease(metadata=ObjectMeta(name="l"), spec=LeaseSpec(renew_time=naive))
    created = await Api(Lease, client).create(lease)
    assert created.spec is not None
    assert created.spec.renew_time == naive.replace(tzinfo=timezone.utc)


class DescribeMixin:
    def describe(self) -> str:
        return type(self).__name__


class ConfigMapWithMixinFirst(DescribeMixin, ConfigMap):
    pass


class ConfigMapWithMixinLast(ConfigMap, DescribeMixin):
    pass


@pytest.mark.parametrize("kind", [ConfigMapWithMixinFirst, ConfigMapWithMixinLast])
async def test_replace_keeps_unread_fields_of_a_class_with_a_mixin(
    client: Client, kind: type[ConfigMapWithMixinFirst | ConfigMapWithMixinLast]
) -> None:
    plain = Api(ConfigMap, client)
    await plain.create(config_map("one", {"color": "blue"}))
    api = Api(kind, client)
    found = await api.get("one")
    found.metadata.labels = {"changed": "yes"}
    await api.replace(found)
    stored = await plain.get("one")
    assert (stored.data, stored.metadata.labels) == ({"color": "blue"}, {"changed": "yes"})
