"""The mailbox of a consumer."""

import pytest

from kubex_runtime._machine.keys import Key
from kubex_runtime._machine.mailbox import Delivery, Mailbox

KEY = Key("default", "web-0")
OTHER = Key("default", "web-1")


def read(mailbox: Mailbox) -> list[Delivery]:
    return list(iter(mailbox.pop, None))


def test_mailbox_combines_added_and_modified() -> None:
    mailbox = Mailbox()
    mailbox.added(KEY, b"1")
    mailbox.modified(KEY, b"2", b"1")
    assert read(mailbox) == [Delivery("added", KEY, b"2")]


def test_mailbox_removes_an_object_that_was_added_and_deleted() -> None:
    mailbox = Mailbox()
    mailbox.added(KEY, b"1")
    mailbox.deleted(KEY, b"2", final=True)
    assert read(mailbox) == []


def test_mailbox_keeps_the_first_old_state() -> None:
    mailbox = Mailbox()
    mailbox.modified(KEY, b"2", b"1")
    mailbox.modified(KEY, b"3", b"2")
    assert read(mailbox) == [Delivery("modified", KEY, b"3", b"1")]


@pytest.mark.parametrize("final", [True, False])
def test_mailbox_combines_modified_and_deleted(final: bool) -> None:
    mailbox = Mailbox()
    mailbox.modified(KEY, b"2", b"1")
    mailbox.deleted(KEY, b"3", final=final)
    assert read(mailbox) == [Delivery("deleted", KEY, b"3", final=final)]


def test_mailbox_keeps_the_deletion_before_a_new_object() -> None:
    mailbox = Mailbox()
    mailbox.deleted(KEY, b"1", final=False)
    mailbox.added(KEY, b"2")
    mailbox.modified(KEY, b"3", b"2")
    mailbox.added(OTHER, b"4")
    assert len(mailbox) == 2
    assert read(mailbox) == [
        Delivery("deleted", KEY, b"1", final=False),
        Delivery("added", KEY, b"3"),
        Delivery("added", OTHER, b"4"),
    ]


def test_mailbox_keeps_the_first_deletion_if_the_new_object_is_deleted() -> None:
    mailbox = Mailbox()
    mailbox.deleted(KEY, b"1", final=True)
    mailbox.added(KEY, b"2")
    mailbox.deleted(KEY, b"3", final=True)
    assert read(mailbox) == [Delivery("deleted", KEY, b"1")]


def test_mailbox_combines_changes_after_the_deletion_was_read() -> None:
    mailbox = Mailbox()
    mailbox.deleted(KEY, b"1", final=True)
    mailbox.added(KEY, b"2")
    assert mailbox.pop() == Delivery("deleted", KEY, b"1")
    mailbox.deleted(KEY, b"3", final=True)
    assert mailbox.pop() is None


def test_mailbox_keeps_the_order_of_objects() -> None:
    mailbox = Mailbox()
    mailbox.modified(OTHER, b"1", b"0")
    mailbox.added(KEY, b"2")
    mailbox.modified(OTHER, b"3", b"1")
    assert [delivery.key for delivery in read(mailbox)] == [OTHER, KEY]


def test_mailbox_contains_synced_once() -> None:
    mailbox = Mailbox()
    mailbox.added(KEY, b"1")
    mailbox.synced()
    mailbox.modified(KEY, b"2", b"1")
    mailbox.synced()
    assert read(mailbox) == [Delivery("added", KEY, b"2"), Delivery("synced")]
    mailbox.synced()
    assert read(mailbox) == []


def test_mailbox_calls_on_change_once() -> None:
    mailbox, calls = Mailbox(), list[int]()
    mailbox.on_change = lambda: calls.append(len(mailbox))
    mailbox.added(KEY, b"1")
    mailbox.added(OTHER, b"1")
    assert calls == [1]


@pytest.mark.covers("pitfall-73")
def test_mailbox_does_not_grow_with_changes() -> None:
    mailbox = Mailbox()
    for number in range(10_000):
        name = Key("default", f"short-lived-{number}")
        mailbox.added(name, b"1")
        mailbox.modified(KEY, b"%d" % (number + 1), b"%d" % number)
        mailbox.deleted(name, b"2", final=True)
    assert len(mailbox) == 1
    assert read(mailbox) == [Delivery("modified", KEY, b"10000", b"0")]
