"""The exceptions of kubex_runtime. Like all exceptions of Kubex, they derive from `kubex.errors.KubexError`."""

from __future__ import annotations

from dataclasses import dataclass, field

from kubex.errors import KubexError
from kubex.models import Resource

__all__ = ["InformerStateError", "InformerSyncTimeout", "WaitFailed", "WaitTimeout"]


@dataclass(eq=False, repr=False)
class WaitTimeout(KubexError, TimeoutError):
    """An object did not fulfil a condition in time.

    `reason` states what was missing, and `last` is the object as it was seen last, or None if it was never seen.
    `namespace` is the namespace of the object. If the server could not be reached at the end, the error of the last
    request is the `__cause__`.
    """

    kind: str
    name: str
    condition: str
    reason: str
    last: Resource | None = None
    timeout: float = field(default=0, kw_only=True)
    namespace: str | None = field(default=None, kw_only=True)

    def __str__(self) -> str:
        cause = f"; the last request failed: {self.__cause__}" if self.__cause__ is not None else ""
        problem = f"{self.kind} {self.name} did not fulfil {self.condition} within {self.timeout:g} s"
        place = f" (in namespace {self.namespace})" if self.last is None and self.namespace else last_seen(self.last)
        return f"{problem}: {self.reason}{place}{cause}"


@dataclass(eq=False, repr=False)
class WaitFailed(KubexError):
    """An object can no longer fulfil a condition, or it fulfils the condition that was passed as `fails`.

    `reason` states why, and `last` is the object as it was seen last, or None if it was never seen.
    """

    kind: str
    name: str
    condition: str
    reason: str
    last: Resource | None = None
    fails: str | None = field(default=None, kw_only=True)

    def __str__(self) -> str:
        problem = f"cannot fulfil {self.condition}" if self.fails is None else f"fulfils fails={self.fails}"
        return f"{self.kind} {self.name} {problem}: {self.reason}{last_seen(self.last)}"


@dataclass(eq=False, repr=False)
class InformerStateError(KubexError, RuntimeError):
    """An informer was used before or after its `run()`, or its changes were read outside of their block.

    If `run()` has failed, its error is the cause.
    """

    informer: str
    problem: str

    def __str__(self) -> str:
        return f"{self.informer}: {self.problem}"


@dataclass(eq=False, repr=False)
class InformerSyncTimeout(KubexError, TimeoutError):
    """An informer did not receive all existing objects within the time limit of `wait_synced()`.

    The cause is the last error of a request.
    """

    informer: str
    timeout: float
    problem: str

    def __str__(self) -> str:
        return f"{self.informer}: not synced after {self.timeout:g} s: {self.problem}"


def last_seen(obj: Resource | None) -> str:
    """Return a text that identifies the state of an object that was seen last."""
    if obj is None:
        return ""
    where = f"in namespace {obj.metadata.namespace} " if obj.metadata.namespace else ""
    return f" (last seen {where}with resource version {obj.metadata.resource_version})"
