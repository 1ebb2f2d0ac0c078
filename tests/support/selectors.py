"""Random label selectors and labels."""

import random
from collections.abc import Callable

from kubex.selectors import LabelRequirements, label

KEYS = ("a", "b", "in", "notin", "example.com/c", "d-e_f.g", "missing")
VALUES = ("", "a", "b", "in", "notin", "x-y_z.0", "5", "05", "6", "9223372036854775807", "9223372036854775808")
NUMBERS = (0, 5, 6, 2**63 - 1)


def random_requirement(rng: random.Random, *, numbers: bool = True) -> LabelRequirements:
    """Return one requirement; `numbers` includes `>` and `<`."""
    key = label(rng.choice(KEYS))
    values = rng.choices(VALUES, k=rng.randrange(1, 4))
    forms: list[Callable[[], LabelRequirements]] = [
        lambda: key == values[0],
        lambda: key != values[0],
        lambda: key.in_(*values),
        lambda: key.not_in(*values),
        key.exists,
        key.absent,
        *([lambda: key > rng.choice(NUMBERS), lambda: key < rng.choice(NUMBERS)] if numbers else []),
    ]
    return rng.choice(forms)()


def random_selector(rng: random.Random, *, numbers: bool = True) -> LabelRequirements:
    """Return a selector with one to three requirements."""
    selector = random_requirement(rng, numbers=numbers)
    for _ in range(rng.randrange(3)):
        selector &= random_requirement(rng, numbers=numbers)
    return selector


def random_labels(rng: random.Random) -> dict[str, str]:
    """Return labels with some of the keys and values of the selectors."""
    return {key: rng.choice(VALUES) for key in rng.sample(KEYS[:-1], rng.randrange(len(KEYS)))}
