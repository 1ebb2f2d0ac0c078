"""The results of an operation, while it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from kubex.errors import KubexError
from kubex_ops._prepare import Item
from kubex_ops._report import Outcome, Report, Result
from kubex_ops.errors import OperationError

OnResult = Callable[[Result], object]
"""A function that is called with each result."""


class Recorder:
    """Keeps the results of items, and passes them to the callback of the user."""

    def __init__(self, items: Iterable[Item], on_result: OnResult | None) -> None:
        self._items = list(items)
        self._results: dict[Item, Result] = {}
        self._others: list[Result] = []
        self._on_result = on_result

    def add(self, item: Item, result: Result) -> None:
        """Add the result of an item, also for its copies."""
        self._results[item] = result
        for each in _with_copies(item, result):
            self._report(each)

    def add_other(self, result: Result) -> None:
        """Add the result of an object that is not in the set, such as a pruned one."""
        self._others.append(result)
        self._report(result)

    def fail(self, item: Item, error: KubexError) -> None:
        """Replace the result of an applied item by a failure, without another call of the callback."""
        self._results[item] = replace(self._results[item], outcome="failed", error=error)

    def result_of(self, item: Item) -> Result:
        """Return the result of an item."""
        return self._results[item]

    def objects(self) -> list[dict[str, Any]]:
        """Return the objects of the results, as the server returned them."""
        return [result.object for result in self._results.values() if result.object is not None]

    def skip(self, items: Iterable[Item]) -> None:
        """Add the results of items that are not tried."""
        for item in items:
            self.add(item, Result(item.document, "skipped"))

    @property
    def has_failed(self) -> bool:
        """Whether an object has failed."""
        return any(result.outcome == "failed" for result in self._results.values())

    def report(self) -> Report:
        """Return the report; raises OperationError if an object has failed."""
        results = [each for item in self._items for each in _with_copies(item, self._results[item])]
        report = Report((*results, *self._others))
        if report.failures:
            raise OperationError(report) from report.failures[0].error
        return report

    def _report(self, result: Result) -> None:
        if self._on_result is not None:
            self._on_result(result)


def _with_copies(item: Item, result: Result) -> list[Result]:
    """Return the result, and a result for each other document of the object, which was not sent."""
    outcomes: dict[Outcome, Outcome] = {"created": "unchanged", "configured": "unchanged", "deleted": "missing"}
    outcome = outcomes.get(result.outcome, result.outcome)
    return [result, *(replace(result, document=document, outcome=outcome) for document in item.also)]
