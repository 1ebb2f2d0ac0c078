"""The injected faults: which requests a fault matches, and how often."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, ClassVar

from kubex_testing.embedded._messages import RecordedRequest, Response
from kubex_testing.embedded._request_info import RequestInfo, parse_request_info

if TYPE_CHECKING:
    from typing_extensions import Self

Matcher = str | Callable[[RecordedRequest], bool]
VERBS = ("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class FaultAction:
    """The effect of a fault on a request. The subclasses are the faults that `EmbeddedServer.inject()` accepts."""

    verbs: ClassVar[tuple[str, ...]] = ()
    """The action applies only to requests with these verbs of the API; to all requests if it is empty."""
    combines: ClassVar[bool] = False
    """Whether the action applies in addition to another fault that matches the request."""

    @property
    def at_head(self) -> bool:
        """Whether the action drops the connection before the request body was read."""
        return False

    def applies_to(self, request: RecordedRequest, info: RequestInfo) -> bool:
        """Return whether the action has an effect on this request. Other requests do not count as hits."""
        return not self.verbs or info.verb in self.verbs

    async def intercept(self, request: RecordedRequest) -> Response | None:
        """Run before the request is handled. A response replaces the handling."""
        return None

    async def change_response(self, request: RecordedRequest, response: Response) -> Response:
        """Change the response. Its headers are not sent yet."""
        return response

    def release(self) -> None:
        """End the waits of the action, because the fault was removed."""


@dataclass
class Fault:
    """One injected fault. `hits` counts the requests that it was applied to.

    As a context manager it is removed at the end of the block.
    """

    matcher: Matcher
    action: FaultAction
    times: int | None
    hits: int = 0
    faults: "FaultList | None" = field(default=None, repr=False, compare=False)

    def remove(self) -> None:
        """Stop applying the fault, and end the waits of `Delay` and `Silence`. Does nothing if it was removed."""
        if self.faults is not None:
            self.faults.remove(self)

    def __enter__(self) -> "Self":
        return self

    def __exit__(
        self, type: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.remove()

    def matches(self, request: RecordedRequest) -> bool:
        """Return whether the fault matches this request and has uses left."""
        if self.times is not None and self.hits >= self.times:
            return False
        info = parse_request_info(request)
        return _is_match(self.matcher, request, info) and self.action.applies_to(request, info)


class FaultList:
    """The injected faults, oldest first. Thread-safe, because tests change it from other threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Add a fault. Raises ValueError for a fault that cannot apply to a request."""
        if isinstance(fault.matcher, str):
            check_matcher(fault.matcher)
            check_verb(fault.matcher, fault.action)
        if fault.times is not None and fault.times < 1:
            raise ValueError(f"times must be a positive number, or None for all requests, not {fault.times!r}")
        fault.faults = self
        with self._lock:
            self._faults.append(fault)

    def all(self) -> list[Fault]:
        with self._lock:
            return list(self._faults)

    def remove(self, fault: Fault) -> None:
        with self._lock:
            self._faults = [item for item in self._faults if item is not fault]
        fault.action.release()

    def clear(self) -> None:
        for fault in self.all():
            self.remove(fault)

    def drops_at_head(self, request: RecordedRequest) -> bool:
        """Return whether a fault drops the connection after the request headers."""
        return bool(self._take(request, at_head=True))

    def take(self, request: RecordedRequest) -> Sequence[FaultAction]:
        """Return the actions for a complete request: the oldest match, and all matches that combine with others."""
        return self._take(request, at_head=False)

    def _take(self, request: RecordedRequest, *, at_head: bool) -> Sequence[FaultAction]:
        taken: list[FaultAction] = []
        is_taken = False
        with self._lock:
            for fault in self._faults:
                action = fault.action
                if action.at_head is not at_head or (is_taken and not action.combines) or not fault.matches(request):
                    continue
                fault.hits += 1
                taken.append(action)
                is_taken = is_taken or not action.combines
        return taken


def check_matcher(matcher: str) -> None:
    """Check the form of a matcher. Raises ValueError."""
    name, _, target = matcher.rpartition(" ")
    is_path = target == "*" or target.startswith("/")
    valid = is_path if name in ("", *METHODS) else name in VERBS and bool(target) and not target.startswith("/")
    if not valid:
        raise ValueError(
            f"{matcher!r} matches no request; use a verb and a resource (`watch pods`, `list deployments.apps`, "
            "`create *`), or a method and a path (`GET /version`, `POST *`), or `*`"
        )


def check_verb(matcher: str, action: FaultAction) -> None:
    """Check that the action applies to the verb of a matcher. Raises ValueError."""
    verb = matcher.rpartition(" ")[0]
    if verb in VERBS and action.verbs and verb not in action.verbs:
        name, verbs = type(action).__name__, ", ".join(action.verbs)
        raise ValueError(
            f"{matcher!r} does not match a request that {name} applies to; use one of these verbs: {verbs}"
        )


def _is_match(matcher: Matcher, request: RecordedRequest, info: RequestInfo) -> bool:
    if callable(matcher):
        return matcher(request)
    name, _, target = matcher.rpartition(" ")
    if name in VERBS:
        return info.is_resource and name == info.verb and (target == "*" or target in _resource_names(info))
    return name in ("", request.method) and target in ("*", request.path, request.target)


def _resource_names(info: RequestInfo) -> tuple[str, str]:
    """Return the names of the resource without and with its group, each with the subresource."""
    subresource = f"/{info.subresource}" if info.subresource else ""
    return f"{info.plural}{subresource}", f"{info.plural}.{info.group}{subresource}"
