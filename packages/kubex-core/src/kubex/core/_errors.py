"""Exceptions of the client's side, and the warning that carries one of the server.

Built-in base classes follow one rule: ValueError for invalid values and data, TypeError for an operation that a kind
does not support, RuntimeError for a use at the wrong time or place, ImportError without a backend, TimeoutError for
limits of time. Other errors of the network and the server derive from KubexError only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kubex.models._errors import KubexError


@dataclass(eq=False, repr=False)
class ConfigurationError(KubexError, ValueError):
    """A kubeconfig, a pod's environment or an option cannot be used.

    `source` is the file or place, `entry` the entry in it (`user "admin"`), `field` the field.
    """

    problem: str
    source: str | None = None
    entry: str | None = None
    field: str | None = None

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.source, self.entry, self.field) if part)
        return f"{where}: {self.problem}" if where else self.problem


@dataclass(eq=False, repr=False)
class BackendError(KubexError, RuntimeError):
    """An HTTP backend that was asked for cannot be used; the cause, if there is one, is chained."""

    backend: str
    problem: str

    def __str__(self) -> str:
        return f"backend {self.backend!r}: {self.problem}"


@dataclass(eq=False, repr=False)
class NoBackendError(KubexError, ImportError):
    """No installed HTTP backend can be used here. `passed_over` holds (name, reason) of each candidate."""

    runtime: str
    passed_over: Sequence[tuple[str, str]] = ()

    def __str__(self) -> str:
        lines = [f"no HTTP backend of kubex can be used on {self.runtime}"]
        lines += [f"  {name}: {reason}" for name, reason in self.passed_over] or ["  none is installed"]
        wanted = (
            "kubex-httpx" if self.runtime == "trio" else "kubex-aiohttp (asyncio) or kubex-httpx (asyncio and trio)"
        )
        return "\n".join([*lines, f"install one: pip install {wanted}"])


class ClientClosedError(KubexError, RuntimeError):
    """A client was used after it was closed."""

    def __str__(self) -> str:
        return "the client is closed: make the call inside `async with create_client() as client`, or make a new client"


class ClientLoopError(KubexError, RuntimeError):
    """A client was used on another event loop than the one it was first used on."""

    def __str__(self) -> str:
        return "this client belongs to another event loop: make one client for each loop, inside it"


@dataclass(eq=False, repr=False)
class StreamNotOpenError(KubexError, RuntimeError):
    """A stream, a watch or a log was read before its block was entered, or after it was left."""

    method: str
    path: str
    block: str = "client.stream(...) as stream"

    def __str__(self) -> str:
        return f"{self.method} {self.path}: the stream is not open: read it inside its block, `async with {self.block}`"


@dataclass(eq=False, repr=False)
class AlreadyOpenError(KubexError, RuntimeError):
    """A client or a stream was opened by an `async with` block while another such block of it was open."""

    what: str

    def __str__(self) -> str:
        return f"{self.what} is open in another `async with` block: make a new one for each block"


@dataclass(eq=False, repr=False)
class InvalidNameError(KubexError, ValueError):
    """A name cannot be part of a path, so nothing was sent."""

    what: str
    name: object
    problem: str

    def __str__(self) -> str:
        return f"{self.what} {self.name!r} {self.problem}"


@dataclass(eq=False, repr=False)
class EncodeError(KubexError, ValueError):
    """An object or a body cannot be written as JSON in UTF-8, so nothing was sent. The text shows no value."""

    what: str
    problem: str

    def __str__(self) -> str:
        return f"cannot encode {self.what}: {self.problem}"


@dataclass(eq=False, repr=False)
class NamespaceError(KubexError, ValueError):
    """A namespace is missing or does not belong there, so nothing was sent."""

    resource: str
    problem: str

    def __str__(self) -> str:
        return f"{self.resource}: {self.problem}"


@dataclass(eq=False, repr=False)
class UnsupportedVerbError(KubexError, TypeError):
    """A kind was asked for something that it cannot do. `available` are the verbs that it has, where they are known."""

    resource: str
    verb: str
    available: Sequence[str] = ()

    def __str__(self) -> str:
        remedy = f"; use one of {', '.join(self.available)}" if self.available else ""
        return f"{self.resource} does not support {self.verb}{remedy}"


@dataclass(eq=False, repr=False)
class UnknownWatchEventError(KubexError, ValueError):
    """A watch sent an event of a type that this version does not know."""

    resource: str
    type: str

    def __str__(self) -> str:
        return f"watch of {self.resource}: unknown event type {self.type!r}; a newer kubex may know it"


class ApiWarning(UserWarning):
    """A `Warning` header of the API server.

    Where warnings are errors the raised warning carries what the call would have returned as `result`, so that the
    outcome of a write that succeeded is not lost.
    """

    result: Any = None


class InsecureServerWarning(UserWarning):
    """A client was made that does not check its server's certificate (`insecure_skip_tls_verify`)."""
