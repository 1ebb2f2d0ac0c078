"""Random sequences of requests."""

from collections.abc import Callable
from random import Random

from testing.comparison.builder import Builder
from testing.comparison.deletes import delete, delete_collection
from testing.comparison.kinds import Kind, kinds
from testing.comparison.patches import patch
from testing.comparison.protobuf_bodies import with_protobuf
from testing.comparison.reads import get, list_objects, watch
from testing.comparison.steps import Step
from testing.comparison.strange import strange_request
from testing.comparison.subresources import review, subresource
from testing.comparison.writes import create, create_valid, malformed, update

SHORTEST, LONGEST = 3, 12
_TIERS = {"core": 0.62, "custom": 0.18, "other": 0.2}
_ACTIONS: dict[Callable[[Builder], None], float] = {
    create: 14,
    get: 9,
    list_objects: 11,
    watch: 5,
    update: 13,
    patch: 20,
    delete: 9,
    delete_collection: 3,
    subresource: 10,
    review: 1.5,
    malformed: 2,
    strange_request: 2.5,
}


def make_sequence(seed: int, index: int, namespace: str) -> list[Step]:
    """Return one sequence. Its steps depend only on the arguments."""
    random = Random(f"{seed}/{index}")  # noqa: S311  # reproducible
    builder = Builder(random, namespace, [_random_kind(random) for _ in range(2)])
    length = random.randint(SHORTEST, LONGEST)
    if builder.chance(0.9):
        create_valid(builder)
    actions, weights = list(_ACTIONS), list(_ACTIONS.values())
    while len(builder.steps) < length:
        random.choices(actions, weights)[0](builder)
    # Other random numbers, so that the share of protobuf does not change the sequences.
    return list(with_protobuf(builder.steps[:length], Random(f"{seed}/{index}/protobuf")))  # noqa: S311  # reproducible


def _random_kind(random: Random) -> Kind:
    tier = random.choices(list(_TIERS), list(_TIERS.values()))[0]
    members = [kind for kind in kinds() if kind.tier == tier]
    return random.choices(members, [kind.weight for kind in members])[0]
