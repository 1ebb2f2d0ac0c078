"""Apply the phases of a set, and wait for its objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kubex.discovery import Discovery
from kubex.errors import Forbidden, NoSuchKind, NotFound
from kubex_ops._apply_one import ApplyOptions, apply_one
from kubex_ops._concurrency import run_concurrently
from kubex_ops._definitions import complete_kinds, wait_for_definitions
from kubex_ops._plan.apply_sets import with_label
from kubex_ops._plan.conditions import condition_for
from kubex_ops._plan.phases import group_kind, in_phases
from kubex_ops._prepare import Item, Preparation
from kubex_ops._recorder import Recorder
from kubex_ops._report import Outcome, Result
from kubex_ops._requests import ObjectRequests
from kubex_ops._waiting import pending_of, wait_for_all
from kubex_runtime.conditions import OptionalCondition

# Errors that another object of the same phase can explain, such as a role, an admission policy or a quota.
_EXPLAINABLE = (Forbidden, NotFound, NoSuchKind)


class Application:
    """One call of `apply()`."""

    def __init__(
        self,
        requests: ObjectRequests,
        discovery: Discovery[Any],
        preparation: Preparation,
        options: ApplyOptions,
        recorder: Recorder,
        concurrency: int,
    ) -> None:
        self._requests = requests
        self._discovery = discovery
        self._preparation = preparation
        self._options = options
        self._recorder = recorder
        self._concurrency = concurrency
        self._new_namespaces = set[str | None]()

    async def run(self, items: Sequence[Item]) -> None:
        """Apply all phases. After a phase with an error, the others are skipped."""
        for phase in in_phases(items):
            if self._recorder.has_failed:
                self._recorder.skip(phase)
                continue
            await self._apply_phase(phase)
            if self._options.dry_run:
                namespaces = [item for item in phase if group_kind(item) == ("", "Namespace")]
                self._new_namespaces.update(item.name for item in namespaces if self._result_is(item, "created"))
            elif not self._recorder.has_failed:
                await wait_for_definitions(self._requests.client, phase, self._recorder)
                await complete_kinds(self._discovery, self._preparation, items)

    async def wait(
        self, items: Sequence[Item], conditions: Mapping[tuple[str, str], OptionalCondition[Any]], timeout: float | None
    ) -> None:
        """Wait for the objects. Those that do not fulfil their condition become failed."""
        pending = [
            (item, pending_of(item, self._recorder.result_of(item), condition))
            for item in items
            if (condition := condition_for(item, conditions)) is not None
        ]
        await wait_for_all(self._requests.client, [each for _, each in pending], timeout)
        for item, each in pending:
            if each.error is not None:
                self._recorder.fail(item, each.error)

    async def _apply_phase(self, phase: Sequence[Item]) -> None:
        again: list[tuple[Item, Result]] = []

        async def apply_first(item: Item) -> None:
            result = await self._apply(item)
            if isinstance(result.error, _EXPLAINABLE):
                again.append((item, result))
            else:
                self._recorder.add(item, result)

        await run_concurrently(self._concurrency, apply_first, phase)
        failed = {item for item, _ in again}
        if any(item not in failed and self._result_is(item, "created", "configured") for item in phase):
            await run_concurrently(self._concurrency, self._apply_again, failed)
        else:
            for item, result in again:
                self._recorder.add(item, result)

    async def _apply_again(self, item: Item) -> None:
        if item.path is None:
            await self._preparation.complete(item)
        self._recorder.add(item, await self._apply(item))

    async def _apply(self, item: Item) -> Result:
        is_defined_by_set = item.path is None and item.error is None
        if self._options.dry_run and (is_defined_by_set or item.namespace in self._new_namespaces):
            return Result(item.document, "created", checked=False)
        apply_set = self._options.apply_set
        body = item.body if apply_set is None else with_label(apply_set, item.body)
        return await apply_one(self._requests, item, body, self._options)

    def _result_is(self, item: Item, *outcomes: Outcome) -> bool:
        return self._recorder.result_of(item).outcome in outcomes
