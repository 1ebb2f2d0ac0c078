"""Find the shortest part of a sequence that shows the same difference."""

import itertools
from collections.abc import Sequence

from testing.comparison.differences import Comparer, Difference
from testing.comparison.run import Result, Runner
from testing.comparison.sequences import make_sequence
from testing.comparison.steps import Step


def shrink(runner: Runner, result: Result, seed: int) -> tuple[Sequence[Step], Difference]:
    """Remove steps as long as the difference stays the same."""
    if result.difference is None:
        raise ValueError(f"sequence {result.index} has no difference")
    kept, found = _up_to(result.difference.step, result.steps), result.difference
    attempts = itertools.count()
    changed = True
    while changed:
        changed = False
        for step in reversed([item for item in kept if item.number != found.step.number]):
            numbers = {item.number for item in _without(kept, step)}
            # The names of a sequence contain its namespace, so make the steps again for another one.
            namespace = f"shrink-{seed}-{result.index}-{next(attempts)}"
            steps = [item for item in make_sequence(seed, result.index, namespace) if item.number in numbers]
            difference = runner.compare(steps, namespace, Comparer()) if steps else None
            if difference is not None and difference.key == found.key:
                kept, found, changed = steps, difference, True
                break
    return kept, found


def _up_to(last: Step, steps: Sequence[Step]) -> list[Step]:
    """Return the steps that can cause a difference. Later steps cause the events of a live watch."""
    return [step for step in steps if step.number <= last.number or last.live]


def _without(steps: Sequence[Step], removed: Step) -> list[Step]:
    """Return the steps without one, and without those that refer to it."""
    gone = {removed.number}
    kept: list[Step] = []
    for step in steps:
        if step.number in gone or step.references() & gone:
            gone.add(step.number)
        else:
            kept.append(step)
    return kept
