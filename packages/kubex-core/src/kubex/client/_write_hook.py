"""The hook of a client around writes: it can refuse a write, and receives the version of the result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from kubex.core._http import Request, Response
from kubex.core._request_info import RequestInfo
from kubex.errors import ConfigurationError


class Write(RequestInfo):
    """A request that can change objects: each method except GET, HEAD and OPTIONS, and each WebSocket."""

    __slots__ = ("dry_run",)

    def __init__(self, request: Request) -> None:
        super().__init__(request.method, request.path, request.query)
        self.dry_run = bool(request.query.get("dryRun")) or _has_dry_run_body(request)
        """Whether the server does not store the result."""

    def __repr__(self) -> str:
        return f"<Write {self.verb} {self.method} {self.path}>"


@dataclass(frozen=True, slots=True)
class WriteResult:
    """The identity and the version of an object after a write; fields that the response does not contain are None.

    If the server responds to a delete with a `Status`, `kind` is `Status`, and `name` and `uid` are those of the
    object.
    """

    status: int
    api_version: str | None = None
    kind: str | None = None
    name: str | None = None
    namespace: str | None = None
    uid: str | None = None
    resource_version: str | None = None


class WriteHook(Protocol):
    """An object that a client calls before and after each write, in the task of the caller.

    Example:
        class ReadOnly:
            def before(self, write):
                if not write.dry_run:
                    raise PermissionError(f"{write.verb} of {write.resource} is not allowed in this program")

            def after(self, write, result):
                print(result.kind, result.name, result.resource_version)

        client = await create_client(options=ClientOptions(on_write=ReadOnly()))
        await Api(ConfigMap, client, namespace="default").delete("settings", dry_run=True)
        await client.aclose()
    """

    def before(self, write: Write, /) -> None:
        """Do something before an attempt is sent, also before each repeated attempt.

        If it raises an exception, the request is not sent, and the call raises the exception.
        """
        ...

    def after(self, write: Write, result: WriteResult, /) -> None:
        """Receive the result of a write that has succeeded.

        It is not called for streams and WebSockets. If it raises an exception, the call raises it, although the server
        has processed the write.
        """
        ...


class _Metadata(msgspec.Struct, rename="camel", gc=False):
    name: str | None = None
    namespace: str | None = None
    uid: str | None = None
    resource_version: str | None = None


class _Details(msgspec.Struct, gc=False):
    name: str | None = None
    uid: str | None = None


class _Object(msgspec.Struct, rename="camel", gc=False):
    api_version: str | None = None
    kind: str | None = None
    metadata: _Metadata | None = None
    details: Any = None


_decode_object = msgspec.json.Decoder(_Object).decode


def read_result(response: Response) -> WriteResult:
    """Return the identity and the version of the object in a response."""
    try:
        found = _decode_object(response.body)
        details = msgspec.convert(found.details, _Details | None) if found.kind == "Status" else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):  # decoding the response raises an error
        return WriteResult(response.status)
    metadata = found.metadata or _Metadata()
    identity = metadata if details is None else details
    return WriteResult(
        response.status,
        found.api_version,
        found.kind,
        identity.name or None,
        metadata.namespace or None,
        identity.uid or None,
        metadata.resource_version or None,
    )


class _DeleteOptions(msgspec.Struct, rename="camel", gc=False):
    dry_run: list[str] | None = None


class _WithDeleteOptions(msgspec.Struct, rename="camel", gc=False):
    dry_run: list[str] | None = None
    delete_options: _DeleteOptions | None = None


def _has_dry_run_body(request: Request) -> bool:
    """Return whether the body of a delete or of an eviction requests a dry run."""
    if request.body is None or not (request.method == "DELETE" or request.path.endswith("/eviction")):
        return False
    try:
        options = msgspec.json.decode(request.body, type=_WithDeleteOptions)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return bool(options.dry_run or (options.delete_options and options.delete_options.dry_run))


def check_write_hook(hook: object) -> None:
    """Raise ConfigurationError if this is not a hook."""
    if isinstance(hook, type) or not all(callable(getattr(hook, name, None)) for name in ("before", "after")):
        raise ConfigurationError(
            f"must be an object with the methods before() and after(), or None, not {hook!r}",
            field="ClientOptions.on_write",
        )
