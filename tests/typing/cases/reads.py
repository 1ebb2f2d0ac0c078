"""The return types and parameters of the verbs that read."""

from typing_extensions import assert_type

from kubex.api import Api, MetadataApi, Pages, RawApi, RawEvent, RawList, RawObject, RawWatch, Watch
from kubex.core.params import PropagationPolicy, ResourceVersionMatch
from kubex.models import (
    EventType,
    NamespacedObjectMetadata,
    ObjectMeta,
    PartialObjectMetadata,
    ResourceList,
    WatchEvent,
)
from kubex.patch import MergePatch
from kubex_k8s.v1_37.core.v1 import Namespace, Pod, PodStatus


async def get(pods: Api[Pod], namespaces: Api[Namespace]) -> None:
    pod = await pods.get("web")
    assert_type(pod, Pod)
    assert_type(pod.metadata, ObjectMeta)
    assert_type(pod.status, PodStatus | None)
    assert_type(await pods.get("web", namespace="default", resource_version="0", request_timeout=1), Pod)
    assert_type(await pods.get_or_none("web"), Pod | None)
    assert_type(await namespaces.get("default"), Namespace)
    assert_type(await namespaces.get_or_none("default"), Namespace | None)


async def get_or_none_may_return_none(pods: Api[Pod]) -> None:
    found = await pods.get_or_none("web")
    _ = found.metadata  # E: mypy[union-attr] pyright[reportOptionalMemberAccess]
    if found is not None:
        assert_type(found, Pod)


async def list_and_pages(pods: Api[Pod], namespaces: Api[Namespace]) -> None:
    page = await pods.list(namespace=None, label_selector={"app": "web"}, limit=10)
    assert_type(page, ResourceList[Pod])
    assert_type(page.items[0], Pod)
    assert_type([pod.spec.node_name for pod in page.items if pod.spec], list[str | None])
    assert_type(page.metadata.continue_, str | None)
    assert_type(await namespaces.list(field_selector="metadata.name=x"), ResourceList[Namespace])
    await pods.list(timeout_seconds=10)
    await pods.list(resource_version="1", resource_version_match="Exact")
    await pods.list(resource_version="1", resource_version_match=ResourceVersionMatch.EXACT)

    pages = pods.pages(page_size=5)
    assert_type(pages, Pages[Pod])
    async for following in pages:
        assert_type(following, ResourceList[Pod])


async def watch(pods: Api[Pod], namespaces: Api[Namespace]) -> None:
    assert_type(namespaces.watch(), Watch[Namespace])
    async with pods.watch(namespace=None, send_initial_events=True) as stream:
        async for event in stream:
            assert_type(event, WatchEvent[Pod])
            assert_type(event.object, Pod)
            assert_type(event.type, EventType)
            if event.type == "ADDED" or event.type is EventType.INITIAL_EVENTS_END:
                continue
            _ = EventType.CHANGED  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
            _ = event.object.speck  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]


async def metadata(pods: Api[Pod], namespaces: Api[Namespace]) -> None:
    assert_type(pods.metadata, MetadataApi[NamespacedObjectMetadata])
    assert_type(await pods.metadata.list(namespace=None), ResourceList[NamespacedObjectMetadata])
    assert_type(await namespaces.metadata.get("default"), PartialObjectMetadata)
    patch = MergePatch({"metadata": {"labels": {"a": "b"}}})
    assert_type(await pods.metadata.patch("web", patch, namespace="a"), NamespacedObjectMetadata)
    assert_type(await namespaces.metadata.patch("default", patch, dry_run=True), PartialObjectMetadata)
    await pods.metadata.patch("web", {"metadata": {}})  # E: mypy[arg-type] pyright[reportArgumentType]
    await pods.metadata.delete("web")  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    _ = (await pods.metadata.get("web")).spec  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]


async def wrong_arguments(pods: Api[Pod]) -> None:
    await pods.get()  # E: mypy[call-arg] pyright[reportCallIssue]
    await pods.get(1)  # E: mypy[arg-type] pyright[reportArgumentType]
    await pods.list(resource_version_match="Newest")  # E: mypy[arg-type] pyright[reportArgumentType]
    await pods.list(labels="app=web")  # E: mypy[call-arg] pyright[reportCallIssue]
    await pods.list("default")  # E: mypy[call-arg] pyright[reportCallIssue]
    await pods.list(timeout_seconds="10")  # E: mypy[arg-type] pyright[reportArgumentType]
    pods.pages(page_size=None)  # E: mypy[arg-type] pyright[reportArgumentType]
    await pods.list(resource_version_match=PropagationPolicy.ORPHAN)  # E: mypy[arg-type] pyright[reportArgumentType]
    pods.watch(timeout_seconds="60")  # E: mypy[arg-type] pyright[reportArgumentType]


async def forgotten_await_or_async(pods: Api[Pod]) -> None:
    _ = pods.get("web").metadata  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    pods.list()  # E: mypy[unused-coroutine] pyright[reportUnusedCoroutine]
    for _ in pods.watch():  # E: mypy[attr-defined] pyright[reportGeneralTypeIssues]
        break


async def raw(pods: Api[Pod], namespaces: Api[Namespace]) -> None:
    assert_type(pods.raw, RawApi[Pod])
    listed = await pods.raw.list(namespace=None, label_selector={"app": "web"}, limit=10)
    assert_type(listed, RawList)
    assert_type([item.name for item in listed], list[str])
    assert_type(listed.continue_token, str | None)
    assert_type(listed.items[0], RawObject)
    assert_type(pods.raw.decode(listed.items[0].json), Pod)
    assert_type(namespaces.raw.watch(), RawWatch)
    async with pods.raw.watch(bookmarks=True) as events:
        async for event in events:
            assert_type(event, RawEvent)
            assert_type(event.object.generation, int | None)
    assert_type(pods.metadata.raw, RawApi[NamespacedObjectMetadata])
    assert_type(namespaces.metadata.raw, RawApi[PartialObjectMetadata])
    listed.items[0].name = "other"  # E: mypy[misc] pyright[reportAttributeAccessIssue]
    pods.raw.watch(decode="eager")  # E: mypy[call-arg] pyright[reportCallIssue]
    pods.raw.get("web")  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
