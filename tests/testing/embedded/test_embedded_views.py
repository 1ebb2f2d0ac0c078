"""Pages and snapshots of the embedded server: consistent, and independent of the number of objects."""

import random
from collections.abc import Mapping

import pytest

from kubex_testing._objects.field_selectors import parse_field_selector
from kubex_testing.embedded._errors import ApiError
from kubex_testing.embedded._options import ListOptions, Selection
from kubex_testing.embedded._pagination import Page, read_page
from kubex_testing.embedded._store import Store, StoredObject
from kubex_testing.embedded._view import View

BUCKET = "things."


def put(store: Store, key: str, **more: object) -> StoredObject:
    namespace, _, name = key.partition("/")
    return store.put(BUCKET, key, {"kind": "Thing", "metadata": {"namespace": namespace, "name": name}, **more})


def names(page: Page) -> list[tuple[str, int]]:
    return [(item.object["metadata"]["name"], item.object["n"]) for item in page.items]


def read(store: Store, token: str = "", prefix: str = "n/", limit: int = 4) -> Page:
    options = ListOptions(limit=limit, continue_token=token)
    return read_page(store.bucket(BUCKET), store.revision, Selection(prefix), options)


@pytest.mark.parametrize("prefix", ["", "n/"])
@pytest.mark.parametrize("seed", range(5))
def test_pages_show_the_revision_of_the_first_page_while_objects_change(seed: int, prefix: str) -> None:
    store, choices = Store(), random.Random(seed)  # noqa: S311 - a repeatable test
    keys = [f"{choices.choice(['m', 'n', 'n-a'])}/{name}" for name in "abcdefghijklmnop"]
    for key in keys[:12]:
        put(store, key, n=0)
    expected = [item for key, item in sorted(store.bucket(BUCKET).objects.items()) if key.startswith(prefix)]
    page = read(store, prefix=prefix)
    found, revision = page.items, page.revision
    while page.continue_token:
        assert page.remaining == len(expected) - len(found)
        for number in range(6):
            key = choices.choice(keys)
            if key in store.bucket(BUCKET).objects and choices.random() < 0.5:
                store.delete(BUCKET, key)
            else:
                put(store, key, n=number)
        page = read(store, page.continue_token, prefix)
        assert page.revision == revision
        found = [*found, *page.items]
    assert [item.object for item in found] == [item.object for item in expected]


def test_continue_token_expires_with_the_history() -> None:
    store = Store()
    for name in "abcdef":
        put(store, f"n/{name}", n=0)
    page = read(store)
    store.delete(BUCKET, "n/e")
    assert names(read(store, page.continue_token)) == [("e", 0), ("f", 0)]
    store.compact()
    with pytest.raises(ApiError) as caught:
        read(store, page.continue_token)
    assert caught.value.code == 410


def test_page_reads_only_its_own_objects() -> None:
    store = Store()
    for number in range(1000):
        put(store, f"n/{number:04}", n=number)
    matched: list[Mapping[str, str]] = []

    def matches(labels: Mapping[str, str]) -> bool:
        matched.append(labels)
        return True

    selection = Selection("n/", labels=matches)
    options = ListOptions(limit=10)
    page = read_page(store.bucket(BUCKET), store.revision, selection, options)
    assert len(matched) == len(page.items) == 10
    assert read(store, limit=10).remaining == 990


@pytest.mark.parametrize(
    ("revisions_ago", "expected"),
    [(0, [("a/042", 42), ("b/042", 0)]), (2, [("a-b/042", 42), ("a/042", 42), ("b/042", 42)])],
)
def test_selected_name_is_found_without_a_search_of_all_objects(
    revisions_ago: int, expected: list[tuple[str, int]]
) -> None:
    store = Store()
    for namespace in ("a", "a-b", "b"):
        for number in range(100):
            put(store, f"{namespace}/{number:03}", n=number)
    store.delete(BUCKET, "a-b/042")
    put(store, "b/042", n=0)
    compared: list[str] = []

    class Matches(Selection):
        def matches(self, stored: StoredObject) -> bool:
            compared.append(stored.object["metadata"]["name"])
            return super().matches(stored)

    selection = Matches("", fields=parse_field_selector("metadata.name=042"), required_name="042")
    view = View(store.bucket(BUCKET), store.revision - revisions_ago)
    found = [(key, item.object["n"]) for key, item in view.items(selection)]
    assert found == expected
    assert set(compared) == {"042"}


def test_decoded_objects_are_dropped_and_decoded_again() -> None:
    store = Store(history_bytes=4000)
    for number in range(100):
        put(store, f"n/{number}", n=number, status={"é": [1.5, None]}, spec={})
    decoded = store.decoded
    assert 0 < len(decoded) < 20
    first = store.bucket(BUCKET).objects["n/0"]
    assert first.object["status"] == {"é": [1.5, None]}
    assert (first.object["kind"], first.object["n"], first.object["metadata"]["name"]) == ("Thing", 0, "0")
    assert first.object is first.object
    assert len(decoded) < 20


def test_replaced_and_deleted_objects_are_not_kept_decoded() -> None:
    store = Store()
    for number in range(10):
        put(store, "n/a", n=number)
    assert len(store.decoded) == 1
    store.delete(BUCKET, "n/a")
    assert len(store.decoded) == 0
