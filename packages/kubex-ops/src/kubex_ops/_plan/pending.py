"""The objects of a set for which an operation waits."""

from __future__ import annotations

from typing import Any

from kubex.errors import KubexError
from kubex.models import Resource
from kubex_runtime.conditions import OptionalCondition
from kubex_runtime.errors import WaitFailed, WaitTimeout


class Pending:
    """The progress of an object towards a condition, and the error if it cannot fulfil the condition."""

    def __init__(
        self,
        kind: str,
        name: str,
        condition: OptionalCondition[Any],
        *,
        resource: type[Resource],
        namespace: str | None,
        uid: str | None,
    ) -> None:
        self.kind = kind
        self.name = name
        self.condition = condition
        self.resource = resource
        self.namespace = namespace
        self.text = "no response was received"
        self.last: Resource | None = None
        self.error: KubexError | None = None
        self.is_done = False
        self._uid = uid

    def update(self, current: Resource | None) -> None:
        """Compare the current state of the object, which is None if it does not exist."""
        verdict = self.condition.evaluate(current, first_uid=self._uid)
        self.last, self.text = current or self.last, verdict.text
        if verdict.holds:
            self.is_done = True
        elif verdict.final:
            self.fail(self._failed(verdict.text))
        elif current is None:
            self.fail(self._failed("the object was deleted"))

    def fail(self, error: KubexError) -> None:
        """End the wait with an error."""
        self.error = error
        self.is_done = True

    def time_out(self, timeout: float | None) -> None:
        """End the wait, because the time limit has expired."""
        condition = repr(self.condition)
        self.fail(WaitTimeout(self.kind, self.name, condition, self.text, self.last, timeout=timeout or 0))

    def _failed(self, reason: str) -> WaitFailed:
        return WaitFailed(self.kind, self.name, repr(self.condition), reason, self.last)
