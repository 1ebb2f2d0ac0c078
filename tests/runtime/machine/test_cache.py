"""The cache of an informer: a model test, indexes and transforms."""

import json
import logging
import random

import pytest

from kubex.api import RawObject
from kubex.errors import ConfigurationError
from kubex.models import PartialObjectMetadata
from kubex_runtime._machine.applier import Applier
from kubex_runtime._machine.cache import Cache, CacheTable
from kubex_runtime._machine.entries import Entry
from kubex_runtime._machine.field_paths import JsonTransform, drop_fields
from kubex_runtime._machine.keys import Key
from kubex_runtime._machine.mailbox import Mailbox
from kubex_runtime._machine.object_transform import ObjectTransform

Obj = PartialObjectMetadata
KEY = Key("default", "a")


def decode(raw: bytes) -> Obj:
    return Obj.model_validate_json(raw)


def document(key: Key, uid: str, version: int, **labels: str) -> bytes:
    metadata = {"namespace": key.namespace, "name": key.name, "uid": uid, "resourceVersion": str(version)}
    return json.dumps({"metadata": metadata | {"labels": labels}}).encode()


def entry(uid: str, version: int, raw: bytes) -> Entry:
    return Entry(uid=uid, resource_version=str(version), generation=None, epoch=0, json=raw)


def put(table: "CacheTable[Obj]", uid: str, version: int, *, key: Key = KEY, **labels: str) -> None:
    table.put(key, entry(uid, version, document(key, uid, version, **labels)))


class Consumer:
    """Folds what it receives, and checks each change against what it received before."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox
        self.objects: dict[Key, bytes] = {}
        self.synced = 0

    def read_one(self) -> bool:
        delivery = self.mailbox.pop()
        if delivery is None:
            return False
        if delivery.key is None:
            self.synced += 1
            return True
        assert delivery.json is not None
        known = self.objects.get(delivery.key)
        if delivery.type == "added":
            assert known is None
            self.objects[delivery.key] = delivery.json
        elif delivery.type == "modified":
            assert known == delivery.old
            assert known is not None
            assert uid_of(known) == uid_of(delivery.json)
            assert version_of(known) < version_of(delivery.json)
            self.objects[delivery.key] = delivery.json
        else:
            assert known is not None
            assert uid_of(known) == uid_of(delivery.json)
            del self.objects[delivery.key]
        return True


def uid_of(raw: bytes) -> str:
    return str(json.loads(raw)["metadata"]["uid"])


def version_of(raw: bytes) -> int:
    return int(json.loads(raw)["metadata"]["resourceVersion"])


def transform_of(kind: str) -> "ObjectTransform[Obj] | None":
    """Return a transform that removes some states of objects, and rejects some."""

    def transform(obj: Obj) -> Obj | None:
        version = int(obj.metadata.resource_version or 0)
        if version % 7 == 0:
            raise ValueError("rejected")
        return None if version % 5 == 0 else obj

    return ObjectTransform(decode, transform) if kind == "transform" else None


@pytest.mark.covers("pitfall-74")
@pytest.mark.parametrize("kind", ["plain", "transform"])
@pytest.mark.parametrize("seed", range(30))
def test_consumers_and_indexes_agree_with_the_cache_after_random_changes(
    kind: str, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, logger="kubex_runtime.informer")
    generator = random.Random(seed)  # noqa: S311  # not for security
    cache = Cache(
        decode, indexes={"team": lambda obj: [(obj.metadata.labels or {})["team"]]}, transform=transform_of(kind)
    )
    tables = {namespace: CacheTable(cache) for namespace in ("a", "b")}
    consumers = [Consumer(cache.subscribe())]
    for version in range(1, 1500):
        key = Key(generator.choice("ab"), generator.choice("uvwxyz"))
        table = tables[key.namespace or ""]
        old = table.get(key)
        action = generator.random()
        if old is not None and action < 0.3:
            table.remove(key, generator.choice([None, document(key, old.uid or "", version, team="x")]))
        else:
            uid = old.uid if old is not None and old.uid and action < 0.8 else f"uid-{version}"
            if old is not None and old.uid != uid:
                table.remove(key)
            put(table, uid, version, key=key, team=generator.choice("xyz"))
        if version in (300, 600):
            cache.mark_synced(tables["a" if version == 300 else "b"])
        if generator.random() < 0.01:
            consumers.append(Consumer(cache.subscribe()))
        for consumer in consumers[::2]:  # the others read nothing before the end
            if generator.random() < 0.5:
                consumer.read_one()
        assert all(len(consumer.mailbox) <= 13 for consumer in consumers)
    stored = dict(cache.items())
    assert len(stored) == cache.count
    for consumer in consumers:
        while consumer.read_one():
            pass
        assert consumer.objects == stored
        assert consumer.synced == 1
    for team in "xyz":
        expected = {key for key, raw in stored.items() if json.loads(raw)["metadata"]["labels"] == {"team": team}}
        assert set(cache.indexes.keys("team", team)) == expected


def plain_cache(**options: object) -> "tuple[Cache[Obj], CacheTable[Obj]]":
    cache: Cache[Obj] = Cache(decode, **({"indexes": {}, "transform": None} | options))  # type: ignore[arg-type]  # fewer arguments in tests
    return cache, CacheTable(cache)


@pytest.mark.covers("pitfall-71")
def test_index_follows_changed_values_and_deletions_without_a_state() -> None:
    cache, table = plain_cache(indexes={"team": lambda obj: (obj.metadata.labels or {}).values()})
    put(table, "1", 1, team="red", second="blue")
    assert (cache.indexes.keys("team", "red"), cache.indexes.keys("team", "blue")) == ((KEY,), (KEY,))
    put(table, "1", 2, team="green", second="green")
    assert (cache.indexes.keys("team", "red"), cache.indexes.keys("team", "green")) == ((), (KEY,))
    table.remove(KEY)
    assert cache.indexes.keys("team", "green") == ()


@pytest.mark.covers("pitfall-75")
def test_index_that_raises_affects_one_object_and_one_index(caplog: pytest.LogCaptureFixture) -> None:
    cache, table = plain_cache(
        indexes={
            "team": lambda obj: [obj.metadata.labels["team"]],
            "unhashable": lambda obj: [[obj.metadata.name]],
            "text": lambda obj: obj.metadata.name,
            "name": lambda obj: [obj.metadata.name],
        }
    )
    put(table, "1", 1, team="red")
    put(table, "1", 2)
    put(table, "2", 3, key=Key("default", "b"), team="red")
    assert cache.indexes.keys("team", "red") == (Key("default", "b"),)
    assert cache.indexes.keys("name", "a") == (KEY,)
    assert cache.indexes.keys("unhashable", "a") == ()
    assert "the index 'team' raised an exception for the object default/a" in caplog.text
    assert cache.indexes.keys("text", "a") == ()
    assert "the function returned 'a': return a list of values, such as ['a']" in caplog.text


def test_index_that_raises_for_many_objects_logs_one_traceback(caplog: pytest.LogCaptureFixture) -> None:
    _, table = plain_cache(indexes={"team": lambda obj: [(obj.metadata.labels or {})["team"]]})
    for number in range(250):
        put(table, f"{number}", number, key=Key("default", f"object-{number}"))
    assert [bool(record.exc_info) for record in caplog.records] == [True, False, False]
    assert [record.getMessage() for record in caplog.records] == [
        "the index 'team' raised an exception for the object default/object-0; later ones are counted",
        "the index 'team' has raised 10 exceptions; the last one for the object default/object-9: KeyError('team')",
        "the index 'team' has raised 100 exceptions; the last one for the object default/object-99: KeyError('team')",
    ]


def sent(uid: str, version: int, raw: bytes) -> RawObject:
    """Return an object as a list contains it."""
    return RawObject(
        name=KEY.name, namespace=KEY.namespace, uid=uid, resource_version=str(version), generation=None, json=raw
    )


@pytest.mark.covers("pitfall-54")
@pytest.mark.parametrize("transform", [None, drop_fields("spec")])
def test_version_that_a_restored_server_uses_again_is_a_new_state(transform: JsonTransform | None) -> None:
    cache, table = plain_cache(transform=transform)
    applier = Applier(table)
    event = b'{"apiVersion":"v1","kind":"Thing",' + document(KEY, "1", 5, color="red")[1:]
    assert [change.type for change in applier.put(sent("1", 5, event))] == ["added"]
    other = document(KEY, "1", 5, color="blue")
    assert applier.put(sent("1", 5, other)) == ()
    applier.trusting = True
    assert applier.put(sent("1", 5, document(KEY, "1", 5, color="red"))) == ()
    assert [change.type for change in applier.put(sent("1", 5, other))] == ["modified"]
    assert decode(cache.json(KEY) or b"").metadata.labels == {"color": "blue"}


def test_restored_server_does_not_change_an_object_that_the_transform_removes() -> None:
    cache, table = plain_cache(transform=lambda _: None)
    applier = Applier(table)
    applier.put(sent("1", 5, document(KEY, "1", 5, color="red")))
    applier.trusting = True
    assert applier.put(sent("1", 5, document(KEY, "1", 5, color="blue"))) == ()
    assert cache.count == 0


def test_unknown_index_raises_an_error_with_the_known_ones() -> None:
    cache, _ = plain_cache(indexes={"node": lambda _: [], "team": lambda _: []})
    with pytest.raises(ConfigurationError, match="'nodes' is not an index of this informer; its indexes: node, team"):
        cache.indexes.keys("nodes", "n1")


@pytest.mark.covers("pitfall-72")
def test_transform_is_applied_once_to_each_state_and_to_deleted_objects() -> None:
    def append(obj: Obj) -> Obj:
        assert obj.metadata.labels is not None
        obj.metadata.labels["team"] += "!"
        return obj

    cache, table = plain_cache(transform=ObjectTransform(decode, append))
    consumer = cache.subscribe()
    put(table, "1", 1, team="red")
    put(table, "1", 2, team="red")
    assert decode(cache.json(KEY) or b"").metadata.labels == {"team": "red!"}
    added = consumer.pop()
    assert added is not None
    assert decode(added.json or b"").metadata.labels == {"team": "red!"}
    table.remove(KEY, document(KEY, "1", 3, team="blue"))
    deleted = consumer.pop()
    assert deleted is not None
    assert deleted.final
    assert decode(deleted.json or b"").metadata.labels == {"team": "blue!"}


@pytest.mark.covers("pitfall-72")
def test_transform_that_raises_removes_the_object_until_it_succeeds(caplog: pytest.LogCaptureFixture) -> None:
    def fail(obj: Obj) -> Obj:
        if "broken" in (obj.metadata.labels or {}):
            raise LookupError("broken")
        return obj

    cache, table = plain_cache(transform=ObjectTransform(decode, fail))
    consumer = Consumer(cache.subscribe())
    put(table, "1", 1, broken="yes")
    assert (cache.count, cache.json(KEY), type(cache.rejected[KEY])) == (0, None, LookupError)
    put(table, "1", 2)
    assert (cache.count, cache.rejected) == (1, {})
    assert consumer.read_one()
    put(table, "1", 3, broken="yes")
    assert (cache.count, list(cache.rejected)) == (0, [KEY])
    assert consumer.read_one()
    assert consumer.objects == {}
    table.remove(KEY)
    assert cache.rejected == {}
    assert not consumer.read_one()
    assert "the transform of the informer raised an exception for the object default/a" in caplog.text


@pytest.mark.covers("pitfall-72")
@pytest.mark.parametrize("field", ["name", "namespace", "uid", "resource_version"])
def test_transform_must_not_change_the_identity(field: str) -> None:
    def rename(obj: Obj) -> Obj:
        setattr(obj.metadata, field, "other")
        return obj

    cache, table = plain_cache(transform=ObjectTransform(decode, rename))
    put(table, "1", 1)
    assert cache.count == 0
    assert f"changed metadata.{field} from" in str(cache.rejected[KEY])


def test_deletion_reports_the_stored_state_if_the_last_one_is_rejected() -> None:
    cache, table = plain_cache(transform=lambda raw: None if b"hidden" in raw else raw)
    consumer = cache.subscribe()
    put(table, "1", 1)
    consumer.pop()
    table.remove(KEY, document(KEY, "1", 2, hidden="yes"))
    deleted = consumer.pop()
    assert deleted is not None
    assert (deleted.final, version_of(deleted.json or b"")) == (False, 1)


def test_unsubscribed_mailbox_receives_nothing() -> None:
    cache, table = plain_cache(transform=drop_fields("metadata.labels"))
    consumer = cache.subscribe()
    cache.unsubscribe(consumer)
    put(table, "1", 1)
    assert consumer.pop() is None
