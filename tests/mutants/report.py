"""The results of the complete table, as JSON and as a page of the documentation."""

import json
from dataclasses import dataclass
from pathlib import Path

from mutants.registry import CORRECT_BACKENDS, MUTANTS, Mutant

RESULTS = Path(__file__).resolve().parent / "results.json"
PAGE = Path(__file__).resolve().parents[2] / "docs" / "development" / "mutants.md"

MAXIMUM_SHARE = 0.2
"""A mutant that fails a larger share of the tests needs a reason."""

_HEAD = """# Mutants

A mutant is a backend or a version of kubex-core that is broken in one of its duties. The mutants
check that the tests of `kubex_testing.compliance` find the fault: each of them names the test that must fail. Their
code is in `tests/mutants`. Most of them are subclasses of the transports of kubex-aiohttp and kubex-httpx.

`tests/mutants/test_mutants.py` runs each mutant with the test that is named for it and a few others. This table is the
result of all tests, on asyncio, with one way to cancel calls, and without the tests of the descriptor. To write it
again:

```sh
uv run python tests/mutants/run.py              # all mutants, which takes about an hour on two cores
uv run python tests/mutants/run.py DropsAHeader # some of them
uv run python tests/mutants/run.py --missing    # those without a result
```

A test with several parameters fails if it fails with one of them. With a mutant, each test has a time limit of 7.5
seconds. On a busy machine, tests that send or receive much data may exceed it.
They then appear as other tests that fail.

"""


@dataclass(frozen=True)
class Result:
    """The result of all tests with one mutant: the number of tests that ran, and the names of those that failed."""

    ran: int
    failed: tuple[str, ...]

    @property
    def share(self) -> float:
        """The share of the tests that failed."""
        return len(self.failed) / self.ran


def load_results() -> dict[str, Result]:
    """Return the results that were stored."""
    stored = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    return {name: Result(row["ran"], tuple(row["failed"])) for name, row in stored.items()}


def store_results(results: dict[str, Result]) -> None:
    """Store the results of the mutants that exist, and write the page."""
    rows = {name: results[name] for name in sorted(results) if name in MUTANTS or name in CORRECT_BACKENDS}
    stored = {name: {"ran": row.ran, "failed": sorted(row.failed)} for name, row in rows.items()}
    RESULTS.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(rows), encoding="utf-8")


def page(results: dict[str, Result]) -> str:
    """Return the page."""
    correct = [f"`{backend.name}` fails {len(results[name].failed)} of {results[name].ran}"
               for name, backend in CORRECT_BACKENDS.items() if name in results]  # fmt: skip
    intro = f"Without a mutant, {' and '.join(correct)} tests.\n\n" if correct else ""
    head = (
        "| Mutant | Broken | Duty | Test that finds it | Other tests that fail | Share |\n|---|---|---|---|---|---|\n"
    )
    rows = sorted(MUTANTS.values(), key=lambda mutant: (mutant.suite, mutant.name))
    return _HEAD + intro + head + "".join(_row(mutant, results.get(mutant.name)) for mutant in rows)


def _row(mutant: Mutant, result: Result | None) -> str:
    others, share = "not measured", ""
    if result is not None:
        names = [_short(name) for name in sorted(result.failed) if name != mutant.test]
        others, share = ", ".join(names) or "none", f"{result.share:.0%}"
    if mutant.widespread:
        others = f"{mutant.widespread}: {others}"
    cells = (f"`{mutant.name}`", mutant.layer, mutant.duty, f"`{mutant.suite}` {_short(mutant.test)}", others, share)
    return f"| {' | '.join(cells)} |\n"


def _short(test: str) -> str:
    return f"`{test.removeprefix('test_')}`"
