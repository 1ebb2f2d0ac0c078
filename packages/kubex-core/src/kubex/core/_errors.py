"""Exceptions of the client, and warnings.

Built-in base classes follow one rule: ValueError for invalid values and data, LookupError for kinds that do not exist,
TypeError for an operation that a kind does not support, RuntimeError for a use at the wrong time or in the wrong place,
ImportError if no backend is installed, TimeoutError for time limits. Other network and server errors derive only from
KubexError.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kubex.models._errors import KubexError


@dataclass(eq=False, repr=False)
class ConfigurationError(KubexError, ValueError):
    """A kubeconfig, a pod's environment or an option cannot be used.

    `source` is the file or another source, `entry` the entry in it (such as `user "admin"`), `field` the field.
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
    """The selected HTTP backend cannot be used. An exception that caused this is chained."""

    backend: str
    problem: str

    def __str__(self) -> str:
        return f"backend {self.backend!r}: {self.problem}"


@dataclass(eq=False, repr=False)
class NoBackendError(KubexError, ImportError):
    """No installed HTTP backend can be used. `passed_over` contains the name of each backend and the reason."""

    runtime: str
    passed_over: Sequence[tuple[str, str]] = ()

    def __str__(self) -> str:
        lines = [f"no HTTP backend of kubex can be used on {self.runtime}"]
        lines += [f"  {name}: {reason}" for name, reason in self.passed_over] or ["  none is installed"]
        distribution = (
            "kubex-httpx2" if self.runtime == "trio" else "kubex-aiohttp (asyncio) or kubex-httpx2 (asyncio and trio)"
        )
        return "\n".join([*lines, f"install one: pip install {distribution}"])


class ClientClosedError(KubexError, RuntimeError):
    """A client was used after it was closed."""

    def __str__(self) -> str:
        return "the client is closed: use it inside of `async with create_client() as client`, or create a new client"


@dataclass(eq=False, repr=False)
class ClientLoopError(KubexError, RuntimeError):
    """A client was used on a different event loop than at first, or it was created without a running event loop."""

    problem: str = "this client belongs to another event loop: create a client in each event loop"

    def __str__(self) -> str:
        return self.problem


@dataclass(eq=False, repr=False)
class StreamNotOpenError(KubexError, RuntimeError):
    """A stream, a watch or a log was read outside of its `async with` block."""

    method: str
    path: str
    block: str = "client.stream(...) as stream"

    def __str__(self) -> str:
        return f"{self.method} {self.path}: the stream is not open: read it inside of `async with {self.block}`"


@dataclass(eq=False, repr=False)
class AlreadyOpenError(KubexError, RuntimeError):
    """A client or a stream was opened by a second `async with` block while the first one was open."""

    description: str

    def __str__(self) -> str:
        return f"{self.description} is open in another `async with` block: create a new one for each block"


@dataclass(eq=False, repr=False)
class InvalidNameError(KubexError, ValueError):
    """A name cannot be part of a path. The request is not sent."""

    field: str
    name: object
    problem: str

    def __str__(self) -> str:
        return f"{self.field} {self.name!r} {self.problem}"


@dataclass(eq=False, repr=False)
class EncodeError(KubexError, ValueError):
    """A body cannot be encoded as JSON in UTF-8. The request is not sent. The message does not contain values."""

    description: str
    problem: str

    def __str__(self) -> str:
        return f"cannot encode {self.description}: {self.problem}"


@dataclass(eq=False, repr=False)
class ManifestError(KubexError, ValueError):
    """A manifest cannot be read. The message does not contain values of the manifest.

    `source` is the path of the file, or None for text. `document` is the number of the document in it, and `line` the
    line; both start at 1.
    """

    problem: str
    source: str | None = None
    document: int | None = None
    line: int | None = None

    def __str__(self) -> str:
        parts = (self.source, self.document and f"document {self.document}", self.line and f"line {self.line}")
        return f"{', '.join(part for part in parts if part) or 'manifest'}: {self.problem}"


@dataclass(eq=False, repr=False)
class NamespaceError(KubexError, ValueError):
    """A namespace is missing, or is not allowed. The request is not sent."""

    resource: str
    problem: str

    def __str__(self) -> str:
        return f"{self.resource}: {self.problem}"


@dataclass(eq=False, repr=False)
class UnsupportedVerbError(KubexError, TypeError):
    """A kind does not support a verb or a subresource. `available` contains the supported verbs if they are known."""

    resource: str
    verb: str
    available: Sequence[str] = ()

    def __str__(self) -> str:
        remedy = f"; use one of {', '.join(self.available)}" if self.available else ""
        return f"{self.resource} does not support {self.verb}{remedy}"


@dataclass(eq=False, repr=False)
class NoSuchKind(KubexError, LookupError):
    """The server, or the `Kinds` of a program, do not have a kind.

    `wanted` describes it, and `searched` the place without it. `nearest` contains similar kinds, or the versions that
    have the kind. `unavailable` contains the versions of API groups that could not be read; they can have the kind.
    """

    wanted: str
    nearest: Sequence[str] = ()
    unavailable: Sequence[str] = ()
    searched: str = "the server"
    remedy: str = "check the name, or install its CustomResourceDefinition."

    def __str__(self) -> str:
        text = f"{self.searched} does not have the kind {self.wanted}"
        if self.nearest:
            text += f"; did you mean {' or '.join(self.nearest)}?"
        else:
            text += f"; {self.remedy}"
        if self.unavailable:
            text += f" The kinds of {', '.join(self.unavailable)} are not available."
        return text


@dataclass(eq=False, repr=False)
class UnknownWatchEventError(KubexError, ValueError):
    """A watch received an event of an unknown type."""

    resource: str
    type: str

    def __str__(self) -> str:
        return f"watch of {self.resource}: unknown event type {self.type!r}; a newer version of kubex may support it"


class ApiWarning(UserWarning):
    """A `Warning` header of the API server.

    If warnings are turned into errors, `result` contains the return value of the call, so that the result of a
    successful write is not lost.
    """

    result: Any = None


class InsecureServerWarning(UserWarning):
    """The client does not verify the certificate of its server (`insecure_skip_tls_verify`)."""
