"""The cases of the benchmarks, and the subjects of each."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

import anyio

from benchmarks.server import Sizes
from benchmarks.subjects import Subject

PAIRS = ("aiohttp/asyncio", "httpx/asyncio", "httpx/trio", "httpx2/asyncio", "httpx2/trio")
SUBJECTS = ("limit", "kubex")
TASKS = 50


@dataclass(frozen=True)
class Outcome:
    """The number of units of a sample, and the seconds until its first item, if that was measured."""

    units: int
    first_item: float | None = None


Work = Callable[[Any, int], Awaitable[Outcome]]


@dataclass(frozen=True)
class Case:
    """A case. `count` is the number of repetitions in one sample; the time is divided by the number of `unit`s."""

    name: str
    unit: str
    count: int
    work: Work
    subjects: tuple[str, ...] = SUBJECTS
    warm_up: Work | None = None


@dataclass(frozen=True)
class Plan:
    """The cases of a run, and the sizes of the responses of the server."""

    cases: tuple[Case, ...]
    sizes: Sizes = field(default_factory=Sizes)


async def _gets(subject: Subject, count: int) -> Outcome:
    for _ in range(count):
        await subject.get()
    return Outcome(count)


async def _concurrent_gets(subject: Subject, count: int) -> Outcome:
    async with anyio.create_task_group() as group:
        for _ in range(TASKS):
            group.start_soon(_gets, subject, count)
    return Outcome(TASKS * count)


def _repeated(method: str) -> Work:
    async def work(subject: Subject, count: int) -> Outcome:
        return Outcome(sum([await getattr(subject, method)() for _ in range(count)]))

    return work


async def _large(subject: Subject, _: int) -> Outcome:
    units, first_item = await subject.list_large()
    return Outcome(units, first_item)


async def _one_get(subject: Subject, _: int) -> Outcome:
    return await _gets(subject, 1)


async def _some_gets(subject: Subject, count: int) -> Outcome:
    return await _gets(subject, min(count, 200))


async def _short_log(subject: Subject, _: int) -> Outcome:
    return Outcome(await subject.log(2**18))


_KUBEX = ("kubex",)

CASES = (
    Case("get", "call", 2000, _gets, warm_up=_some_gets),
    Case("get-names", "call", 2000, _repeated("get_names"), _KUBEX, _some_gets),
    Case("concurrent", "call", 40, _concurrent_gets, warm_up=_concurrent_gets),
    Case("list", "object", 10, _repeated("list_small"), warm_up=_one_get),
    Case("list-frozen", "object", 10, _repeated("list_small_frozen"), _KUBEX, _one_get),
    Case("list-names", "object", 10, _repeated("list_small_names"), _KUBEX, _one_get),
    Case("list-raw", "object", 10, _repeated("list_small_raw"), _KUBEX, _one_get),
    Case("large", "object", 1, _large, warm_up=_one_get),
    Case("pages", "object", 1, _repeated("pages"), _KUBEX, _one_get),
    Case("watch", "event", 1, _repeated("watch"), warm_up=_one_get),
    Case("watch-names", "event", 1, _repeated("watch_names"), _KUBEX, _one_get),
    Case("watch-raw", "event", 1, _repeated("watch_raw"), _KUBEX, _one_get),
    Case("watch-metadata", "event", 1, _repeated("watch_metadata"), _KUBEX, _one_get),
    Case("log", "byte", 1, _repeated("log"), warm_up=_short_log),
    Case("log-batches", "byte", 1, _repeated("log_batches"), _KUBEX, _short_log),
    Case("log-bytes", "byte", 1, _repeated("log_bytes"), _KUBEX, _short_log),
    Case("log-chunks", "byte", 1, _repeated("log_chunks"), _KUBEX, _short_log),
)

STARTUP = "startup"
"""A case with separate scripts, because they must not import other modules."""

CASE_NAMES = (*(case.name for case in CASES), STARTUP)


def make_plan(names: tuple[str, ...], *, tiny: bool = False) -> Plan:
    """Return the cases with these names. With `tiny` they do very little work, to check that they run."""
    selected = tuple(case for case in CASES if case.name in names)
    if not tiny:
        return Plan(selected)
    return Plan(tuple(replace(case, count=1) for case in selected), Sizes(5, 20, 20, 2**16))
