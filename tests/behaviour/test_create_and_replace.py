"""Writing whole objects."""

from datetime import datetime, timezone

import anyio
import pytest

from behaviour.objects import config_map, named, pod, revision
from kubex.api import Api
from kubex.client import Client
from kubex.errors import AlreadyExists, Conflict, Invalid, InvalidNameError, NotFound
from kubex.models import ObjectMeta
from kubex_k8s.v1_37.coordination.v1 import Lease, LeaseSpec
from kubex_k8s.v1_37.core.v1 import ConfigMap, Pod, Secret, Service, ServicePort, ServiceSpec

pytestmark = pytest.mark.anyio


async def test_create_returns_what_the_server_stored(client: Client, namespace: str) -> None:
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


async def test_the_server_makes_the_name(client: Client) -> None:
    created = await Api(ConfigMap, client).create(ConfigMap(metadata=ObjectMeta(generate_name="made-")))
    assert named(created).startswith("made-")
    assert len(named(created)) > len("made-")


async def test_fields_that_are_only_written_are_sent_by_their_wire_names(client: Client) -> None:
    secret = Secret(metadata=ObjectMeta(name="s"), string_data={"key": "value"}, type="Opaque")
    created = await Api(Secret, client).create(secret)
    assert (created.data, created.string_data, created.type) == ({"key": "dmFsdWU="}, None, "Opaque")


async def test_what_exists_already_is_a_conflict_of_its_own_kind(client: Client) -> None:
    api = Api(ConfigMap, client)
    await api.create(config_map("one"))
    with pytest.raises(AlreadyExists, match='409 AlreadyExists: configmaps "one" already exists') as caught:
        await api.create(config_map("one"))
    assert isinstance(caught.value, Conflict)
    assert caught.value.status == 409


async def test_an_invalid_object_is_refused_with_its_causes(client: Client) -> None:
    with pytest.raises(Invalid) as caught:
        await Api(ConfigMap, client).create(config_map("Not_A_Name", {"no/key": "v"}))
    error = caught.value
    assert (error.status, error.reason) == (422, "Invalid")
    assert {cause.field for cause in error.causes} == {"metadata.name", "data[no/key]"}
    assert {cause.reason for cause in error.causes} == {"FieldValueInvalid"}
    assert all(cause.message for cause in error.causes)


async def test_replace_changes_the_object(client: Client) -> None:
    api = Api(ConfigMap, client)
    created = await api.create(config_map("one", {"a": "1", "b": "2"}))
    created.data = {"a": "3"}
    created.metadata.labels = {"new": "label"}
    replaced = await api.replace(created)
    assert (replaced.data, replaced.metadata.labels) == ({"a": "3"}, {"new": "label"})
    assert replaced.metadata.uid == created.metadata.uid
    assert revision(replaced) != revision(created)
    assert await api.get("one") == replaced


async def test_replace_without_a_revision_takes_what_is_there(client: Client) -> None:
    api = Api(ConfigMap, client)
    await api.create(config_map("one", {"a": "1"}))
    replaced = await api.replace(config_map("one", {"b": "2"}))
    assert replaced.data == {"b": "2"}


async def test_replace_of_nothing_is_not_found(client: Client) -> None:
    api = Api(ConfigMap, client)
    made = await api.create(config_map("one"))
    await api.delete("one")
    with pytest.raises(NotFound):
        await api.replace(made)


async def test_an_object_without_a_name_cannot_be_replaced_or_applied(client: Client) -> None:
    api = Api(ConfigMap, client)
    nameless = ConfigMap(metadata=ObjectMeta(generate_name="made-"))
    with pytest.raises(InvalidNameError, match=r"metadata\.name None is needed"):
        await api.replace(nameless)
    with pytest.raises(InvalidNameError, match=r"metadata\.name None is needed"):
        await api.apply(nameless, field_manager="me")


@pytest.mark.covers("pitfall-43")
async def test_a_stale_revision_is_a_conflict(client: Client) -> None:
    api = Api(ConfigMap, client)
    stale = await api.create(config_map("one", {"a": "1"}))
    await api.replace(config_map("one", {"a": "2"}))
    stale.data = {"a": "3"}
    with pytest.raises(Conflict, match="the object has been modified") as caught:
        await api.replace(stale)
    assert not isinstance(caught.value, AlreadyExists)
    assert (await api.get("one")).data == {"a": "2"}


@pytest.mark.covers("pitfall-43")
async def test_a_write_that_changes_nothing_keeps_the_revision(client: Client) -> None:
    api = Api(ConfigMap, client)
    created = await api.create(config_map("one", {"a": "1"}))
    assert revision(await api.replace(created)) == revision(created)


async def test_changes_meet_in_a_loop_of_optimistic_locking(client: Client) -> None:
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
async def test_an_item_of_a_list_can_be_written_back(client: Client) -> None:
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


async def test_fields_that_the_model_does_not_know_survive(client: Client) -> None:
    api = Api(Pod, client)
    made = pod("one", hostname="host", tolerations=[{"key": "gpu", "operator": "Exists"}])
    await api.create(made)
    read = await api.get("one")
    before = read.to_dict()
    read.metadata.labels = {"touched": "yes"}
    after = (await api.replace(read)).to_dict()
    assert after["spec"] == before["spec"]
    assert after["spec"]["hostname"] == "host"
    assert {"key": "gpu", "operator": "Exists"} in after["spec"]["tolerations"]
    assert after["spec"]["containers"][0]["terminationMessagePath"] == "/dev/termination-log"
    assert after["metadata"]["labels"] == {"touched": "yes"}


@pytest.mark.covers("pitfall-8")
async def test_a_micro_time_has_six_digits_also_on_a_whole_second(client: Client) -> None:
    api = Api(Lease, client)
    whole = datetime(2030, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
    lease = Lease(metadata=ObjectMeta(name="l"), spec=LeaseSpec(holder_identity="me", renew_time=whole))
    created = await api.create(lease)
    assert created.spec is not None
    assert created.spec.renew_time == whole
    created.spec.renew_time = whole.replace(microsecond=7)
    replaced = await api.replace(created)
    assert replaced.spec is not None
    assert replaced.spec.renew_time == whole.replace(microsecond=7)
    raw = await client.request("GET", f"/apis/coordination.k8s.io/v1/namespaces/{created.metadata.namespace}/leases/l")
    assert b'"renewTime":"2030-01-02T03:04:05.000007Z"' in raw.body


@pytest.mark.covers("pitfall-8")
async def test_a_time_without_a_zone_is_sent_as_utc(client: Client) -> None:
    naive = datetime(2030, 1, 2, 3, 4, 5)  # noqa: DTZ001 - that is the point
    lease = Lease(metadata=ObjectMeta(name="l"), spec=LeaseSpec(renew_time=naive))
    created = await Api(Lease, client).create(lease)
    assert created.spec is not None
    assert created.spec.renew_time == naive.replace(tzinfo=timezone.utc)


class Described:
    def describe(self) -> str:
        return f"{type(self).__name__} of another base"


class DescribedConfigMap(Described, ConfigMap):
    pass


class ConfigMapDescribed(ConfigMap, Described):
    pass


@pytest.mark.parametrize("kind", [DescribedConfigMap, ConfigMapDescribed])
async def test_a_replace_keeps_what_a_class_with_another_base_did_not_touch(
    client: Client, kind: type[DescribedConfigMap | ConfigMapDescribed]
) -> None:
    plain = Api(ConfigMap, client)
    await plain.create(config_map("one", {"color": "blue"}))
    api = Api(kind, client)
    found = await api.get("one")
    found.metadata.labels = {"touched": "yes"}
    await api.replace(found)
    stored = await plain.get("one")
    assert (stored.data, stored.metadata.labels) == ({"color": "blue"}, {"touched": "yes"})
