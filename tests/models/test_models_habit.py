"""Whether the parts of the next object are decoded whole is guessed from what became of those before it."""

import json
from typing import Any

import pytest

from kubex.api._decode import Decoder
from kubex.errors import DecodeError
from kubex.models import Model, NamespacedResource
from kubex.models._lazy import is_lazy

FIELDS = [f"field_{number}" for number in range(40)]


class Spec(Model):
    __annotations__ = dict.fromkeys(FIELDS, str | None)


class Wide(NamespacedResource):
    spec: Spec


VALUES = {f"field{number}": "x" * 20 for number in range(40)}
BODY = json.dumps({"metadata": {"name": "w", "namespace": "n"}, "spec": VALUES}).encode()
MALFORMED = json.dumps({"metadata": {"name": "bad", "namespace": "n"}, "spec": VALUES | {"field7": 7}}).encode()


def decoder() -> Decoder[Wide]:
    return Decoder(Wide, "Wide")


def read_whole(wide: Wide) -> list[Any]:
    return [getattr(wide.spec, name) for name in FIELDS]


def read_a_little(wide: Wide) -> Any:
    return getattr(wide.spec, "field_3")  # noqa: B009  # the fields are made by a loop, so no checker knows them


def test_a_loop_over_names_decodes_nothing_else() -> None:
    made = decoder()
    for _ in range(200):
        wide = made.item(BODY)
        assert wide.metadata.name == "w"
        assert is_lazy(wide, "spec")


def test_a_loop_that_reads_everything_decodes_parts_whole_and_keeps_looking() -> None:
    made = decoder()
    lazy = 0
    for _ in range(300):
        wide = made.item(BODY)
        lazy += is_lazy(wide.spec)
        assert read_whole(wide) == ["x" * 20] * 40
    assert 3 <= lazy < 10


def test_the_guess_ends_when_little_is_read_any_more() -> None:
    made = decoder()
    for _ in range(10):
        read_whole(made.item(BODY))
    assert not is_lazy(made.item(BODY).spec)
    kinds = [is_lazy(made.item(BODY).spec) for _ in range(200)]
    assert all(kinds[70:])


def test_a_loop_that_reads_a_little_stays_lazy() -> None:
    made = decoder()
    for number in range(200):
        wide = made.item(BODY)
        assert is_lazy(wide.spec)
        if number % 10 == 0:
            read_whole(wide)
        else:
            read_a_little(wide)


def test_objects_of_which_only_metadata_is_read_tell_nothing() -> None:
    made = decoder()
    for number in range(20):
        wide = made.item(BODY)
        if number % 2:
            read_whole(wide)
    assert not is_lazy(made.item(BODY).spec)


def test_an_object_that_does_not_fit_still_raises_only_where_it_is_read() -> None:
    made = decoder()
    for _ in range(10):
        read_whole(made.item(BODY))
    wide = made.item(MALFORMED)
    assert wide.metadata.name == "bad"
    for _ in range(2):
        with pytest.raises(DecodeError, match=r"n/bad: spec\.field7"):
            _ = wide.spec


def test_lists_and_watches_share_the_habit_of_their_kind() -> None:
    made = decoder()
    found = made.list(json.dumps({"items": [json.loads(BODY)] * 10}).encode())
    assert [len(read_whole(item)) for item in found.items] == [40] * 10
    event = made.event(b'{"type":"ADDED","object":' + BODY + b"}", path="/")
    assert not is_lazy(event.object.spec)
