"""What users of an informer see: its objects, its indexes and its changes."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import anyio
import pytest

from behaviour.namespace_factory import NamespaceFactory
from behaviour.objects import TIMEOUT, config_map, name_of
from kubex.api import Api
from kubex.client import Client
from kubex.errors import ConfigurationError, NamespaceError
from kubex.models import Resource
from kubex.patch import MergePatch
from kubex.selectors import EVERYTHING, label, parse
from kubex_k8s.v1_37.core.v1 import ConfigMap, Namespace, Node
from kubex_k8s.v1_37.meta.v1 import LabelSelector
from kubex_runtime import Added, Change, Changes, Deleted, Informer, Key, Modified, Synced, drop_fields, keep_fields
from support.selectors import random_labels, random_selector

pytestmark = pytest.mark.anyio

T = TypeVar("T", bound=Resource)

MINE = {"mine": "yes"}


@pytest.fixture
def api(client: Client) -> Api[ConfigMap]:
    """Return the API of ConfigMaps."""
    return Api(ConfigMap, client)


def informer_of(api: Api[ConfigMap], **options: Any) -> Informer[ConfigMap]:
    """Return an informer of the ConfigMaps of the test; others are in each namespace of a real server."""
    return Informer(api, **{"label_selector": "mine", **options})


@asynccontextmanager
async def running(informer: Informer[T]) -> AsyncIterator[Informer[T]]:
    """Run an informer, and wait until it is synced."""
    async with anyio.create_task_group() as tasks:
        with anyio.fail_after(TIMEOUT):
            await tasks.start(informer.run)
        yield informer
        tasks.cancel_scope.cancel()


async def next_changes(changes: Changes[T], count: int) -> list[Change[T]]:
    """Return the next changes."""
    with anyio.fail_after(TIMEOUT):
        return [await changes.__anext__() for _ in range(count)]


async def until_synced(changes: Changes[T]) -> list[Change[T]]:
    """Return the changes before `Synced`."""
    received: list[Change[T]] = []
    with anyio.fail_after(TIMEOUT):
        async for change in changes:
            if isinstance(change, Synced):
                return received
            received.append(change)
    raise AssertionError("the iteration does not end")


async def do_and_receive(changes: Changes[T], *actions: Callable[[], Awaitable[object]]) -> list[Change[T]]:
    """Run actions, each of which causes one change, and return the changes."""
    received: list[Change[T]] = []
    for action in actions:
        await action()
        received += await next_changes(changes, 1)
    return received


def names(objects: Sequence[Resource]) -> list[str]:
    """Return the sorted names of objects."""
    return sorted(map(name_of, objects))


@pytest.mark.parametrize("initial", ["stream", "list"])
async def test_informer_contains_existing_objects_and_follows_changes(api: Api[ConfigMap], initial: str) -> None:
    for name in ("one", "two", "three"):
        await api.create(config_map(name, {"a": name}, labels=MINE))
    async with running(informer_of(api, initial=initial, page_size=2)) as informer, informer.changes() as changes:
        assert names(list(informer.objects())) == ["one", "three", "two"]
        await until_synced(changes)
        await do_and_receive(
            changes,
            lambda: api.create(config_map("four", labels=MINE)),
            lambda: api.patch("one", MergePatch({"data": {"a": "changed"}})),
            lambda: api.delete("two"),
        )
        one = informer.get("one")
        assert one is not None
        assert (one.data, one.api_version, one.kind) == ({"a": "changed"}, "v1", "ConfigMap")
        assert one == await api.get("one")
        assert (informer.get("two"), len(informer)) == (None, 3)
        namespace = one.metadata.namespace
        assert informer.keys() == {Key(namespace, name) for name in ("one", "three", "four")}
        assert Key(namespace, "four") in informer
        assert Key(namespace, "two") not in informer
        assert Key("kube-system", "one") not in informer


async def test_changes_report_present_objects_then_synced_then_each_change(api: Api[ConfigMap]) -> None:
    await api.create(config_map("one", {"a": "1"}, labels=MINE))
    async with running(informer_of(api)) as informer, informer.changes() as changes:
        (added,) = await until_synced(changes)
        assert isinstance(added, Added)
        assert added.object.data == {"a": "1"}
        created, modified, deleted = await do_and_receive(
            changes,
            lambda: api.create(config_map("two", labels=MINE)),
            lambda: api.patch("one", MergePatch({"data": {"a": "2"}})),
            lambda: api.delete("one"),
        )
        assert isinstance(created, Added)
        assert isinstance(modified, Modified)
        assert modified.old is not None
        assert (modified.old.data, modified.object.data) == ({"a": "1"}, {"a": "2"})
        assert isinstance(deleted, Deleted)
        assert (name_of(deleted.object), deleted.object.data, deleted.final) == ("one", {"a": "2"}, True)


async def test_object_that_was_created_again_is_deleted_and_added(api: Api[ConfigMap]) -> None:
    first = await api.create(config_map("one", {"a": "1"}, labels=MINE))
    async with running(informer_of(api)) as informer, informer.changes() as slow, informer.changes() as fast:
        await until_synced(slow)
        await until_synced(fast)
        await api.delete("one")
        second = await api.create(config_map("one", {"a": "2"}, labels=MINE))
        for changes in (fast, slow):
            deleted, added = await next_changes(changes, 2)
            assert isinstance(deleted, Deleted)
            assert isinstance(added, Added)
            assert (deleted.object.metadata.uid, added.object.metadata.uid) == (first.metadata.uid, second.metadata.uid)


@pytest.mark.covers("pitfall-73")
async def test_slow_consumer_receives_the_newest_state_and_its_own_last_one(api: Api[ConfigMap]) -> None:
    await api.create(config_map("one", {"a": "0"}, labels=MINE))
    async with running(informer_of(api)) as informer, informer.changes() as slow, informer.changes() as fast:
        await until_synced(slow)
        await until_synced(fast)
        for number in range(1, 4):
            await do_and_receive(fast, lambda number=number: api.patch("one", MergePatch({"data": {"a": str(number)}})))  # type: ignore[misc]  # a default value binds the number
        await do_and_receive(fast, lambda: api.create(config_map("short", labels=MINE)), lambda: api.delete("short"))
        await do_and_receive(fast, lambda: api.create(config_map("last", labels=MINE)))
        modified, added = await next_changes(slow, 2)
        assert isinstance(modified, Modified)
        assert modified.old is not None
        assert (modified.old.data, modified.object.data) == ({"a": "0"}, {"a": "3"})
        assert isinstance(added, Added)
        assert name_of(added.object) == "last"


@pytest.mark.covers("pitfall-74")
async def test_late_consumer_receives_the_present_objects_and_synced_once(api: Api[ConfigMap]) -> None:
    await api.create(config_map("one", labels=MINE))
    await api.create(config_map("two", labels=MINE))
    async with running(informer_of(api)) as informer:
        async with informer.changes() as changes:
            await until_synced(changes)
            await do_and_receive(changes, lambda: api.delete("one"), lambda: api.create(config_map("new", labels=MINE)))
        async with informer.changes() as changes:
            received = await until_synced(changes)
            assert [(type(change).__name__, name_of(change.object)) for change in received if change != Synced()] == [  # type: ignore[union-attr]  # not Synced
                ("Added", "two"),
                ("Added", "new"),
            ]
            (change,) = await do_and_receive(changes, lambda: api.delete("two"))
            assert isinstance(change, Deleted)


@pytest.mark.covers("pitfall-69")
async def test_objects_belong_to_the_reader(api: Api[ConfigMap]) -> None:
    await api.create(config_map("one", {"a": "1"}, labels=MINE))
    informer = informer_of(api, indexes={"all": lambda _: ["yes"]})
    async with running(informer), informer.changes() as first, informer.changes() as second:
        (added,), (other,) = await until_synced(first), await until_synced(second)
        assert isinstance(added, Added)
        assert isinstance(other, Added)
        read = informer.get("one")
        assert read is not None
        for obj in (added.object, read, *informer.objects(), *informer.by("all", "yes")):
            obj.metadata.labels = {}
            obj.metadata.name = "changed"
            assert obj.data is not None
            obj.data["a"] = "changed"
        assert (informer.get("one"), other.object) == (await api.get("one"), await api.get("one"))
        (modified,) = await do_and_receive(first, lambda: api.patch("one", MergePatch({"data": {"a": "2"}})))
        assert isinstance(modified, Modified)
        assert modified.old is not None
        assert (modified.old.data, name_of(modified.old)) == ({"a": "1"}, "one")


@pytest.mark.covers("pitfall-70")
async def test_objects_selects_labels_as_the_server_does(api: Api[ConfigMap]) -> None:
    rng = random.Random("informer")  # noqa: S311 - not for security
    async with anyio.create_task_group() as tasks:
        for number in range(12):
            tasks.start_soon(api.create, config_map(f"object-{number}", labels=random_labels(rng) | MINE))
    selectors: list[Any] = [
        *(str(random_selector(rng)) for _ in range(25)),
        "", "a", "!a", "a=b", "a==b", "a!=b", "a in (a,b)", "a notin (a, b)", "d-e_f.g>5", "d-e_f.g<6,!b",
        {"a": "b"}, {"a": "b", "b": "a"}, label("a").in_("a", "b"), parse("a notin (b),!b"),
        LabelSelector(match_labels={"a": "b"}),
        {"matchExpressions": [{"key": "a", "operator": "NotIn", "values": ["b"]}]},
        EVERYTHING,
        None,
    ]  # fmt: skip
    async with running(informer_of(api)) as informer:
        for selector in selectors:
            listed = await api.list(label_selector=selector)
            expected = names([item for item in listed if (item.metadata.labels or {}).get("mine")])
            assert names(list(informer.objects(labels=selector))) == expected, selector
        with pytest.raises(ConfigurationError, match=r"label_selector: invalid label selector 'a in \(b'"):
            informer.objects(labels="a in (b")


@pytest.mark.covers("pitfall-71")
async def test_by_returns_the_objects_of_an_index(api: Api[ConfigMap]) -> None:
    informer = informer_of(
        api, indexes={"team": lambda obj: [(obj.data or {})["team"]], "keys": lambda obj: obj.data or ()}
    )
    await api.create(config_map("one", {"team": "red", "a": ""}, labels=MINE))
    await api.create(config_map("two", {"team": "red"}, labels=MINE))
    async with running(informer), informer.changes() as changes:
        await until_synced(changes)
        assert names(informer.by("team", "red")) == ["one", "two"]
        assert names(informer.by("keys", "a")) == ["one"]
        await do_and_receive(changes, lambda: api.patch("one", MergePatch({"data": {"team": "blue"}})))
        assert (names(informer.by("team", "red")), names(informer.by("team", "blue"))) == (["two"], ["one"])
        await do_and_receive(changes, lambda: api.delete("one"))
        assert informer.by("team", "blue") == []
        with pytest.raises(
            ConfigurationError, match="'node' is not an index of this informer; its indexes: team, keys"
        ):
            informer.by("node", "n1")


@pytest.mark.covers("pitfall-66")
async def test_informer_reads_several_namespaces(client: Client, namespace_factory: NamespaceFactory) -> None:
    namespaces = [namespace_factory.create() for _ in range(3)]
    apis = [Api(ConfigMap, client, namespace=namespace) for namespace in namespaces]
    for api in apis:
        await api.create(config_map("same", labels=MINE))
    informer = informer_of(apis[0], namespaces=namespaces[:2])
    async with running(informer), informer.changes() as changes:
        assert len(await until_synced(changes)) == 2
        assert informer.keys() == {Key(namespace, "same") for namespace in namespaces[:2]}
        assert [obj.metadata.namespace for obj in informer.objects(namespaces[1])] == [namespaces[1]]
        assert informer.get("same", namespaces[1]) is not None
        with pytest.raises(NamespaceError, match=r"get\('same'\) needs a namespace"):
            informer.get("same")
        await apis[2].delete("same")
        (deleted,) = await do_and_receive(changes, lambda: apis[1].delete("same"))
        assert isinstance(deleted, Deleted)
        assert informer.keys() == {Key(namespaces[0], "same")}


@pytest.mark.covers("pitfall-66")
async def test_informer_of_metadata_contains_only_metadata(api: Api[ConfigMap]) -> None:
    created = await api.create(config_map("one", {"a": "1" * 1000}, labels=MINE))
    informer = Informer(api.metadata, label_selector="mine")
    async with running(informer), informer.changes() as changes:
        await until_synced(changes)
        read = informer.get("one")
        assert read is not None
        assert (read.metadata.uid, read.metadata.labels) == (created.metadata.uid, MINE)
        assert "1" * 1000 not in read.to_json().decode()
        (modified,) = await do_and_receive(
            changes, lambda: api.patch("one", MergePatch({"metadata": {"labels": {"b": "c"}}}))
        )
        assert isinstance(modified, Modified)
        assert modified.object.metadata.labels == MINE | {"b": "c"}


@pytest.mark.covers("pitfall-66")
async def test_informer_keeps_only_selected_objects(api: Api[ConfigMap]) -> None:
    for name in ("one", "two"):
        await api.create(config_map(name, labels=MINE))
    informer = informer_of(api, field_selector={"metadata.name": "two"})
    async with running(informer), informer.changes() as changes:
        await until_synced(changes)
        assert names(list(informer.objects())) == ["two"]
        (deleted,) = await do_and_receive(changes, lambda: api.patch("two", MergePatch({"metadata": {"labels": None}})))
        assert isinstance(deleted, Deleted)
        assert len(informer) == 0


@pytest.mark.covers("pitfall-66")
@pytest.mark.covers("pitfall-72")
@pytest.mark.parametrize(
    "transform", [keep_fields("metadata.labels", "data.small"), drop_fields("data.large")], ids=str
)
async def test_field_transforms_reduce_the_objects(api: Api[ConfigMap], transform: Any) -> None:
    await api.create(config_map("one", {"small": "1", "large": "x" * 10_000}, labels=MINE))
    async with running(informer_of(api, transform=transform)) as informer, informer.changes() as changes:
        (added,) = await until_synced(changes)
        assert isinstance(added, Added)
        assert (added.object.data, added.object.metadata.labels) == ({"small": "1"}, MINE)
        (modified,) = await do_and_receive(changes, lambda: api.patch("one", MergePatch({"data": {"small": "2"}})))
        assert isinstance(modified, Modified)
        assert modified.old is not None
        assert (modified.old.data, modified.object.data) == ({"small": "1"}, {"small": "2"})
        (deleted,) = await do_and_receive(changes, lambda: api.delete("one"))
        assert isinstance(deleted, Deleted)
        assert deleted.object.data == {"small": "2"}


@pytest.mark.covers("pitfall-72")
@pytest.mark.covers("pitfall-75")
async def test_transform_changes_omits_and_rejects_objects(
    api: Api[ConfigMap], caplog: pytest.LogCaptureFixture
) -> None:
    def transform(obj: ConfigMap) -> ConfigMap | None:
        if obj.data is None:
            return None
        return obj.model_copy(update={"data": {"length": str(len(obj.data["text"]))}})

    await api.create(config_map("short", {"text": "abc"}, labels=MINE))
    await api.create(config_map("empty", labels=MINE))
    await api.create(config_map("wrong", {"other": "abc"}, labels=MINE))
    async with running(informer_of(api, transform=transform)) as informer, informer.changes() as changes:
        (added,) = await until_synced(changes)
        assert isinstance(added, Added)
        assert (added.object.data, len(informer)) == ({"length": "3"}, 1)
        assert [(key.name, type(error)) for key, error in informer.rejected.items()] == [("wrong", KeyError)]
        added, deleted = await do_and_receive(
            changes,
            lambda: api.patch("wrong", MergePatch({"data": {"text": "a"}})),
            lambda: api.patch("wrong", MergePatch({"data": {"text": None}})),
        )
        assert isinstance(added, Added)
        assert isinstance(deleted, Deleted)
        assert (name_of(deleted.object), deleted.final, len(informer)) == ("wrong", False, 1)
        await api.delete("wrong")
        await do_and_receive(changes, lambda: api.delete("short"))
        assert (len(informer), informer.rejected) == (0, {})
    assert "the transform of the informer raised an exception for the object" in caplog.text


async def test_informer_of_a_cluster_scoped_kind_needs_no_namespace(client: Client, namespace: str) -> None:
    informer = Informer(Api(Namespace, client), field_selector={"metadata.name": namespace})
    async with running(informer):
        read = informer.get(namespace)
        assert read is not None
        assert informer.keys() == {Key(None, namespace)}
    with pytest.raises(NamespaceError, match="objects of this kind do not have a namespace"):
        Informer(Api(Node, client), namespaces=["default"])
