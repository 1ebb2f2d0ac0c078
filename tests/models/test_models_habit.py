"""Whether the next object is decoded at once is guessed from what became of those before it."""

import json

import pytest

from kubex.api._decode import Decoder
from kubex.core.exceptions import DecodeError
from kubex.models._lazy import is_lazy
from support.kinds import Pod

BODY = b'{"metadata":{"name":"p","namespace":"n"},"spec":{"containers":[{"name":"c"}]}}'
MALFORMED = b'{"metadata":{"name":"bad","namespace":"n"},"spec":{"containers":7}}'


def decoder() -> Decoder[Pod]:
    return Decoder(Pod, "Pod")


def test_a_loop_over_names_stays_lazy() -> None:
    made = decoder()
    for _ in range(200):
        pod = made.item(BODY)
        assert pod.metadata.name == "p"
        assert is_lazy(pod)


def test_a_loop_that_reads_everything_decodes_at_once_and_keeps_looking() -> None:
    made = decoder()
    lazy = 0
    for _ in range(300):
        pod = made.item(BODY)
        lazy += is_lazy(pod)
        assert pod.spec.containers[0].name == "c"
    assert 3 <= lazy < 10


def test_the_guess_ends_when_nothing_is_read_any_more() -> None:
    made = decoder()
    for _ in range(10):
        _ = made.item(BODY).spec
    assert not is_lazy(made.item(BODY))
    kinds = [is_lazy(made.item(BODY)) for _ in range(200)]
    assert all(kinds[70:])


def test_a_loop_that_reads_a_few_stays_lazy() -> None:
    made = decoder()
    for number in range(200):
        pod = made.item(BODY)
        assert is_lazy(pod)
        if number % 10 == 0:
            _ = pod.spec


def test_an_object_that_does_not_fit_still_raises_only_where_it_is_read() -> None:
    made = decoder()
    for _ in range(10):
        _ = made.item(BODY).spec
    pod = made.item(MALFORMED)
    assert pod.metadata.name == "bad"
    with pytest.raises(DecodeError, match="n/bad"):
        _ = pod.spec


def test_lists_and_watches_share_the_habit_of_their_kind() -> None:
    made = decoder()
    found = made.list(json.dumps({"items": [json.loads(BODY)] * 10}).encode())
    assert [item.spec.containers[0].name for item in found.items] == ["c"] * 10
    event = made.event(b'{"type":"ADDED","object":' + BODY + b"}", path="/api/v1/pods")
    assert not is_lazy(event.object)
