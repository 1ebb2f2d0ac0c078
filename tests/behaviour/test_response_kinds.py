"""Verbs accept the `apiVersion` and `kind` of server responses, and raise `DecodeError` for an unexpected list kind."""

from typing import Any

import pytest

from behaviour.custom_resources import install_crd, make_crd
from behaviour.objects import config_map, name_of, next_events
from behaviour.workloads import deployment, pod
from kubex.api import Api, create_review
from kubex.client import Client
from kubex.core.params import DecodeMode
from kubex.errors import DecodeError
from kubex.models import ObjectMeta, Scale, ScaleSpec, Status, dynamic_resource
from kubex.patch import MergePatch
from kubex_k8s.v1_37.apps.v1 import Deployment
from kubex_k8s.v1_37.authentication.v1 import SelfSubjectReview
from kubex_k8s.v1_37.core.v1 import Binding, ConfigMap, ObjectReference, Pod, ServiceAccount

pytestmark = pytest.mark.anyio

DECODE_MODES: tuple[DecodeMode, ...] = ("lazy", "eager")
DynamicConfigMap = dynamic_resource("v1", "ConfigMap", plural="configmaps")


@pytest.mark.parametrize("decode", DECODE_MODES)
@pytest.mark.parametrize("kind", [ConfigMap, DynamicConfigMap])
async def test_verbs_accept_the_kinds_in_server_responses(client: Client, kind: Any, decode: DecodeMode) -> None:
    api: Api[Any] = Api(kind, client, decode=decode)
    one = kind(metadata=ObjectMeta(name="one"))
    for found in (
        await api.create(one),
        await api.get("one"),
        await api.get_or_none("one"),
        await api.replace(await api.get("one")),
        await api.patch("one", MergePatch({"data": {"a": "b"}})),
        await api.apply(kind(metadata=ObjectMeta(name="one"), data={"c": "d"}), field_manager="tests"),
        *[item async for page in api.pages(label_selector="!a") for item in page if name_of(item) == "one"],
        *[item async for item in api.iterate(field_selector="metadata.name=one")],
    ):
        assert found is not None
        assert (found.api_version, found.kind, found.metadata.name) == ("v1", "ConfigMap", "one")
    assert list(await api.list(label_selector="no=where")) == []
    async with api.watch(field_selector="metadata.name=one", send_initial_events=True) as events:
        assert [event.type for event in await next_events(events, 2)] == ["ADDED", "INITIAL_EVENTS_END"]
        assert isinstance(await api.delete("one"), Status | kind)
        assert [event.type for event in await next_events(events, 1)] == ["DELETED"]
    await api.create(config_map("two") if kind is ConfigMap else kind(metadata=ObjectMeta(name="two")))
    assert name_of((await api.delete_collection(field_selector="metadata.name=two"))[0]) == "two"  # type: ignore[index]


async def test_metadata_verbs_accept_the_kinds_in_server_responses(client: Client) -> None:
    api = Api(ConfigMap, client)
    await api.create(config_map("one"))
    for decode in DECODE_MODES:
        assert name_of(await api.metadata.get("one", decode=decode)) == "one"
        assert "one" in [name_of(item) for item in await api.metadata.list(decode=decode)]
        async with api.metadata.watch(
            field_selector="metadata.name=one", send_initial_events=True, decode=decode
        ) as events:
            assert [event.type for event in await next_events(events, 2)] == ["ADDED", "INITIAL_EVENTS_END"]


async def test_subresources_and_reviews_accept_the_kinds_in_server_responses(client: Client) -> None:
    pods, deployments = Api(Pod, client), Api(Deployment, client)
    await pods.create(pod("one"))
    await deployments.create(deployment("one"))
    for found in (
        await pods.status.get("one"),
        await pods.status.patch("one", MergePatch({"status": {"message": "m"}})),
        await deployments.scale.get("one"),
        await deployments.scale.replace(Scale(metadata=ObjectMeta(name="one"), spec=ScaleSpec(replicas=2))),
        await deployments.scale.patch("one", MergePatch({"spec": {"replicas": 0}})),
    ):
        assert found.metadata.name == "one"
    binding = Binding(metadata=ObjectMeta(name="one"), target=ObjectReference(kind="Node", name="n"))
    assert await create_review(client, binding, dry_run=True) == binding
    assert (await pods.evict("one", dry_run=True)).status == "Success"
    assert (await create_review(client, SelfSubjectReview())).status is not None
    await Api(ServiceAccount, client).create(ServiceAccount(metadata=ObjectMeta(name="robot")))
    assert (await Api(ServiceAccount, client).create_token("robot")).status is not None
    assert (await client.version()).git_version.startswith("v1.")


async def test_review_can_be_created_as_a_dynamic_object(client: Client) -> None:
    review = dynamic_resource(
        "authentication.k8s.io/v1", "SelfSubjectReview", plural="selfsubjectreviews", namespaced=False
    )
    for decode in DECODE_MODES:
        found = await Api(review, client, decode=decode).create(review())
        assert found["status"]["userInfo"]["username"]


async def test_list_kind_of_a_custom_resource_is_checked(client: Client) -> None:
    crd = make_crd("Gadget", "gadgets", {"type": "object"}, list_kind="GadgetCollection")
    await install_crd(client, crd)
    gadget = dynamic_resource("example.com/v1", "Gadget", plural="gadgets", list_kind="GadgetCollection")
    api = Api(gadget, client)
    assert (await api.list()).kind == "GadgetCollection"
    await api.create(gadget(metadata=ObjectMeta(name="one")))
    assert [name_of(item) for item in await api.list()] == ["one"]
    assert [name_of(item) for item in await api.metadata.list()] == ["one"]
    assert [name_of(item) async for item in api.iterate()] == ["one"]
    with pytest.raises(DecodeError, match=r"GadgetCollection of example\.com/v1, expected GadgetList"):
        await Api(dynamic_resource("example.com/v1", "Gadget", plural="gadgets"), client).list()
    assert name_of((await api.delete_collection())[0]) == "one"  # type: ignore[index]
