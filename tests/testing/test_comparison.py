"""The embedded server behaves like a real kube-apiserver in random sequences of requests."""

import json
from collections.abc import Iterator

import pytest

from kubex_testing.controlplane import ControlPlaneUnavailable
from testing.comparison.accepted import PAGE, accepted, find_accepted, updated_page
from testing.comparison.differences import Comparer, Difference
from testing.comparison.http_session import Exchange
from testing.comparison.kinds import kinds
from testing.comparison.normalize import Normalizer
from testing.comparison.run import Runner
from testing.comparison.sequences import LONGEST, SHORTEST, make_sequence
from testing.comparison.servers import both_servers
from testing.comparison.steps import Answers, Body, Edit, Step

SEED, SEQUENCES = 7, 50


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    try:
        with both_servers() as (real, embedded):
            yield Runner(real, embedded, SEED)
    except ControlPlaneUnavailable as error:
        pytest.skip(str(error))


def test_both_servers_respond_alike_to_random_sequences(runner: Runner) -> None:
    found = [result.difference for result in runner.run_all(range(SEQUENCES)) if result.difference]
    unexplained = [
        f"{item.key}\n{item.step.describe()}\nreal:     {item.real}\nembedded: {item.embedded}"
        for item in found
        if find_accepted(item) is None
    ]
    assert unexplained == [], "\n\n".join(unexplained)


def test_a_sequence_depends_only_on_its_seed_and_number() -> None:
    for index in range(20):
        steps = make_sequence(1, index, "ns")
        assert steps == make_sequence(1, index, "ns")
        assert SHORTEST <= len(steps) <= LONGEST
        assert all(number < step.number for step in steps for number in step.references())


def test_sequences_contain_all_resources_and_verbs() -> None:
    verbs = {step.verb for index in range(3000) for step in make_sequence(1, index, "ns")}
    plurals = {kind.plural for kind in kinds() if kind.weight}
    assert {verb.partition(" ")[2].partition("/")[0] for verb in verbs} >= plurals
    actions = {verb.partition(" ")[0] for verb in verbs}
    expected = {"create", "get", "list", "watch", "update", "delete", "deletecollection", "malformed", "strange"}
    assert actions >= {*expected, "patch-json", "patch-merge", "patch-strategic", "patch-apply"}


def exchange(status: int = 200, **document: object) -> Exchange:
    return Exchange(status, "application/json", (), json.dumps(document).encode())


@pytest.mark.parametrize(
    ("real", "embedded", "cause"),
    [
        (exchange(201), exchange(), "status 201 | 200"),
        (exchange(a={"b": 1}), exchange(a={"b": 2}), "body .a.b differs"),
        (exchange(a={"b": 1}), exchange(a={}), "body .a.b missing"),
        (exchange(kind="Status", details={"name": "a"}), exchange(kind="Status", details={}), "details .name missing"),
    ],
)
def test_a_difference_has_a_cause(real: Exchange, embedded: Exchange, cause: str) -> None:
    difference = Comparer().compare(Step(1, "get pods", "GET", "/"), real, embedded)
    assert difference is not None
    assert difference.cause == cause


def test_a_difference_of_messages_does_not_end_the_comparison() -> None:
    comparer = Comparer()
    step = Step(1, "get pods", "GET", "/")
    assert comparer.compare(step, exchange(kind="Status", message="a"), exchange(kind="Status", message="b")) is None
    assert comparer.message_difference is not None


def test_volatile_values_are_equal_on_both_servers() -> None:
    def normalized(uid: str, version: str) -> object:
        metadata = {"uid": uid, "resourceVersion": version, "name": "a"}
        message = f"the object {uid} has version {version}"
        return Normalizer().normalize({"metadata": metadata, "message": message})

    first = normalized("11111111-1111-1111-1111-111111111111", "123")
    assert first == normalized("22222222-2222-2222-2222-222222222222", "4567")
    assert first != normalized("22222222-2222-2222-2222-222222222222", "none")


def test_bodies_contain_values_of_earlier_responses() -> None:
    answers = Answers({1: {"metadata": {"uid": "u"}, "spec": {"items": [{"n": 1}]}}})
    body = Body(base=1, edits=(Edit("spec.items.0.n", 2), Edit("metadata.owner", "${1:metadata.uid}")))
    assert json.loads(answers.encode(body)) == {
        "metadata": {"uid": "u", "owner": "u"},
        "spec": {"items": [{"n": 2}]},
    }
    assert answers.resolve("/x?v=${1:spec.items.0.n}${2:none}") == "/x?v=1"


def test_accepted_differences_have_a_reason() -> None:
    assert all(row.subject and row.difference and row.reason for row in accepted())
    step = Step(1, "patch-merge storageclasses", "PATCH", "/")
    assert find_accepted(Difference(step, "status 422 x | 200", "", "")) is not None
    assert find_accepted(Difference(step, "body .spec missing", "", "")) is None


def test_the_documentation_shows_the_accepted_differences() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert updated_page(text) == text, "run `PYTHONPATH=tests python -m testing.comparison.accepted`"
