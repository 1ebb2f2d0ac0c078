"""Whether an object fulfils the condition of `wait_for()`, and what is missing."""

from collections.abc import Callable
from typing import Generic, TypeVar

from kubex.models import Resource
from kubex_runtime._conditions.condition import OptionalCondition
from kubex_runtime.errors import WaitFailed, WaitTimeout

T = TypeVar("T", bound=Resource)


class WaitProgress(Generic[T]):
    """Checks the states of an object, reports what is missing, and keeps the result."""

    def __init__(
        self,
        kind: str,
        name: str,
        condition: OptionalCondition[T],
        fails: OptionalCondition[T] | None,
        on_progress: Callable[[str], object] | None,
    ) -> None:
        self.is_fulfilled = False
        self.result: T | None = None
        self._kind = kind
        self._name = name
        self._condition = condition
        self._fails = fails
        self._on_progress = on_progress
        self._last: T | None = None
        self._first_uid: str | None = None
        self._text: str | None = None

    def is_fulfilled_by(self, current: T | None) -> bool:
        """Return whether a state fulfils the condition; raise WaitFailed if no later state can."""
        if current is not None:
            self._last = current
            self._first_uid = self._first_uid or current.metadata.uid
        verdict = self._condition.evaluate(current, first_uid=self._first_uid)
        self._report(verdict.text)
        if verdict.holds:
            self.is_fulfilled, self.result = True, current
            return True
        if verdict.final:
            raise self._failed(verdict.text, None)
        if self._fails is not None:
            failed = self._fails.evaluate(current, first_uid=self._first_uid)
            if failed.holds:
                raise self._failed(failed.text, repr(self._fails))
        return False

    def timeout_error(self, timeout: float, namespace: str | None) -> WaitTimeout:
        """Return the exception for a condition that was not fulfilled in time."""
        reason = self._text or "no response was received"
        condition = repr(self._condition)
        return WaitTimeout(self._kind, self._name, condition, reason, self._last, timeout=timeout, namespace=namespace)

    def _report(self, text: str) -> None:
        if text != self._text and self._on_progress is not None:
            self._on_progress(text)
        self._text = text

    def _failed(self, reason: str, fails: str | None) -> WaitFailed:
        return WaitFailed(self._kind, self._name, repr(self._condition), reason, self._last, fails=fails)
