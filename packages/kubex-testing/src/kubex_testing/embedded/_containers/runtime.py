"""The state of all containers: the handlers that tests register, the files, and the open sessions."""

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from .files import ContainerFiles
from .ports import PortHandler
from .process import ProcessHandler

H = TypeVar("H")


class OpenSession(Protocol):
    """An open exec, attach or port-forward session."""

    pod_uid: str
    container: str | None
    """The container; None for a port-forward, which belongs to the pod."""

    def kill(self) -> None: ...

    def shut_down(self) -> None: ...


@dataclass(frozen=True)
class Registration(Generic[H]):
    """A handler, and the namespace, pod, and container or port that it serves. None matches all of them."""

    handler: H
    namespace: str | None
    pod: str | None
    target: str | int | None

    def matches(self, namespace: str, pod: str, target: str | int) -> bool:
        """Return whether the handler serves a container or port."""
        pairs = ((self.namespace, namespace), (self.pod, pod), (self.target, target))
        return all(expected in (None, actual) for expected, actual in pairs)


class Handlers(Generic[H]):
    """Handlers of one kind. The latest matching one is used."""

    def __init__(self) -> None:
        # Tests add handlers from other threads. Adding to a list is atomic.
        self._registrations: list[Registration[H]] = []
        self._initial: list[Registration[H]] = []

    def add(self, handler: H, namespace: str | None, pod: str | None, target: str | int | None) -> None:
        """Register a handler."""
        self._registrations.append(Registration(handler, namespace, pod, target))

    def find(self, namespace: str, pod: str, target: str | int) -> H | None:
        """Return the handler of a container or port, or None."""
        found = (item.handler for item in reversed(self._registrations) if item.matches(namespace, pod, target))
        return next(found, None)

    def keep(self) -> None:
        """Keep the present handlers in later calls of `reset()`."""
        self._initial = list(self._registrations)

    def reset(self) -> None:
        """Remove the handlers that were added after `keep()`."""
        self._registrations = list(self._initial)


class ContainerRuntime:
    """The containers of a cluster. Use it only from one event loop, except for the handlers.

    Args:
        failures: the list to which errors of handlers are added.
    """

    def __init__(self, failures: deque[BaseException]) -> None:
        self.failures = failures
        self.exec_handlers: Handlers[ProcessHandler] = Handlers()
        self.attach_handlers: Handlers[ProcessHandler] = Handlers()
        self.port_targets: Handlers[PortHandler | int] = Handlers()
        self.sessions: set[OpenSession] = set()
        self._files: dict[tuple[str, str], ContainerFiles] = {}

    def files(self, pod_uid: str, container: str, working_dir: str = "/") -> ContainerFiles:
        """Return the files of a container. They exist until the container ends."""
        files = self._files.get((pod_uid, container))
        if files is None:
            files = self._files[pod_uid, container] = ContainerFiles()
            files.make_directory(working_dir, parents=True)
        return files

    def end_containers(self, pod_uid: str, names: Collection[str]) -> None:
        """Kill the sessions of containers, and discard their files."""
        for session in tuple(self.sessions):
            if session.pod_uid == pod_uid and session.container in names:
                session.kill()
        for name in names:
            self._files.pop((pod_uid, name), None)

    def end_pod(self, pod_uid: str) -> None:
        """Kill all sessions of a pod, and discard its files."""
        for session in tuple(self.sessions):
            if session.pod_uid == pod_uid:
                session.kill()
        for key in tuple(self._files):
            if key[0] == pod_uid:
                del self._files[key]

    def keep_handlers(self) -> None:
        """Keep the present handlers in later calls of `reset()`."""
        for handlers in (self.exec_handlers, self.attach_handlers, self.port_targets):
            handlers.keep()

    def reset(self) -> None:
        """Kill all sessions, and remove all files and the handlers that were added after `keep_handlers()`."""
        for session in tuple(self.sessions):
            session.kill()
        self._files.clear()
        for handlers in (self.exec_handlers, self.attach_handlers, self.port_targets):
            handlers.reset()

    def shut_down(self) -> None:
        """End all sessions."""
        for session in tuple(self.sessions):
            session.shut_down()
