"""`edit()`: read an object, change it and write it; start again if another program has changed it in the meantime."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from copy import deepcopy
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, Generic, Literal, TypeAlias, TypeVar

import anyio

from kubex.api._endpoint import Endpoint
from kubex.api._options import WriteOptions
from kubex.client._client import send_request
from kubex.core._encode import check_object, encode, encode_document
from kubex.core._http import JSON, Request
from kubex.core._json_equal import json_equal
from kubex.core._merge_patch_diff import merge_patch_between
from kubex.core._paths import object_path
from kubex.core.params import NamespaceTypes, TimeoutTypes
from kubex.errors import ConfigurationError, Conflict, DecodeError, NotFound
from kubex.models import Resource, Scale
from kubex.models._api_resource import HasTypeMeta
from kubex.patch import MergePatch

M = TypeVar("M", bound=Resource | Scale)
T = TypeVar("T", bound=Resource)

Change: TypeAlias = Callable[[M], M | Awaitable[M | None] | None]
EditMethod: TypeAlias = Literal["replace", "patch"]

_FIRST_DELAY, _LAST_DELAY = 0.01, 1.0  # seconds

# The metadata that `change` must not change.
_IDENTITY = ("name", "namespace", "uid", "resourceVersion")
# The metadata that stays if `change` returns a new object without it, because only the server sets it.
_SERVER_OWNED = (
    "namespace",
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "managedFields",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit(Generic[M]):
    """One call of `edit()`.

    `path` is that of the object or of its subresource. An object that does not exist is created from a copy of `create`
    in the collection `create_path`.
    """

    endpoint: Endpoint[Any]
    name: str
    path: str
    model: type[M]
    type_meta: HasTypeMeta
    decode: Callable[[bytes], M]
    how: EditMethod
    options: WriteOptions
    request_timeout: TimeoutTypes
    create: M | None = None
    create_path: str = ""

    async def run(self, change: Change[M], attempts: int) -> M:
        """Return the object as the server stored it, or as it was read if it has not changed."""
        if attempts < 1:
            raise ConfigurationError(f"must be at least 1, not {attempts!r}", field="attempts")
        if self.how not in ("replace", "patch"):
            raise ConfigurationError(f'must be "replace" or "patch", not {self.how!r}', field="how")
        attempt = 1
        while True:
            obj, exists = await self._read()
            before = self._document(obj)
            edited = await call_change(change, obj, self.model)
            after = self._document(edited)
            keep_identity(before, after)
            if exists and json_equal(before, after):
                return self.decode(encode(before))
            request = self._write_request(edited, before, after, exists=exists)
            try:
                return await self._send(request)
            except (Conflict, NotFound) as error:
                if isinstance(error, Conflict):
                    error.attempts = attempt
                can_create_again = exists and self.create is not None
                if attempt == attempts or not (isinstance(error, Conflict) or can_create_again):
                    raise
            await anyio.sleep(random.uniform(0, longest_delay(attempt)))  # noqa: S311 - jitter, not cryptography
            attempt += 1

    async def _read(self) -> tuple[M, bool]:
        """Return the object, and whether it exists; otherwise it is a copy of `create`."""
        try:
            stored = await self._send(self.endpoint.request("GET", self.path, self.request_timeout))
        except NotFound as error:
            if self.create is None or error.name != self.name:
                raise
            return deepcopy(self.create), False
        if stored.metadata.resource_version:
            return stored, True
        description = f"{self.type_meta.kind} {self.name}"
        raise DecodeError(description, "edit needs a metadata.resourceVersion", "GET", self.path)

    def _document(self, obj: M) -> dict[str, Any]:
        type_meta = {"apiVersion": self.type_meta.api_version, "kind": self.type_meta.kind}
        return type_meta | obj.to_dict()

    def _write_request(self, edited: M, before: dict[str, Any], after: dict[str, Any], *, exists: bool) -> Request:
        method, path, document, content_type = "PUT", self.path, after, JSON
        if not exists:
            method, path = "POST", self.create_path
        elif self.how == "patch":
            method, document, content_type = "PATCH", versioned_patch(before, after), MergePatch.content_type
        return self.endpoint.request(
            method,
            path,
            self.request_timeout,
            query=self.options.query(),
            body=encode_document(document, edited, self.type_meta),
            content_type=content_type,
        )

    async def _send(self, request: Request) -> M:
        return await send_request(self.endpoint.client, request, lambda response: self.decode(response.body))


def edit_of_object(
    endpoint: Endpoint[T],
    name: str,
    namespace: NamespaceTypes,
    how: EditMethod,
    create: T | None,
    options: WriteOptions,
    request_timeout: TimeoutTypes,
) -> Edit[T]:
    """Return the edit of an object; raises ValueError if `create` has another name or namespace."""
    endpoint.require("get")
    endpoint.require("patch" if how == "patch" else "edit")
    if create is None:
        collection = endpoint.namespaced_path(namespace, "edit")
    else:
        endpoint.require("create")
        check_object(create, endpoint.api_resource)
        if create.metadata.name != name:
            raise ValueError(f"create has the name {create.metadata.name!r}, but edit has the name {name!r}")
        collection = endpoint.create_path(create, namespace, "edit")
        create = deepcopy(create)
        create.metadata.namespace = create.metadata.namespace or endpoint.resolve(namespace)
    return Edit(
        endpoint=endpoint,
        name=name,
        path=object_path(collection, name),
        model=endpoint.model,
        type_meta=endpoint.api_resource,
        decode=endpoint.decoder.item,
        how=how,
        options=options,
        request_timeout=request_timeout,
        create=create,
        create_path=collection,
    )


async def call_change(change: Change[M], obj: M, model: type[M]) -> M:
    """Return the object that `change` returns, or `obj` if it returns None; raise TypeError for other values."""
    result = change(obj)
    edited = await result if isawaitable(result) else result
    if edited is None:
        return obj
    if not isinstance(edited, model):
        raise TypeError(
            f"change returned {type(edited).__name__}: return None after changing the object, or a {model.__name__}"
        )
    return edited


def keep_identity(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Copy server-owned metadata that is missing after the change; raise ValueError if it identifies another object."""
    old: dict[str, Any] = before["metadata"]
    new: dict[str, Any] = after.get("metadata") or {}
    after["metadata"] = new
    for name in _SERVER_OWNED:
        if name in old:
            new.setdefault(name, old[name])
    for name in _IDENTITY:
        if new.get(name) != old.get(name):
            raise ValueError(
                f"change must not change metadata.{name} from {old.get(name)!r} to {new.get(name)!r}: edit writes the "
                "object that it has read"
            )


def versioned_patch(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return the merge patch for a change, which the server rejects if the object has another version than before."""
    patch = merge_patch_between(before, after)
    version = before["metadata"]["resourceVersion"]
    return patch | {"metadata": patch.get("metadata", {}) | {"resourceVersion": version}}


def longest_delay(attempt: int) -> float:
    """Return the maximum delay after an attempt, counted from 1, in seconds."""
    return min(_LAST_DELAY, _FIRST_DELAY * 2.0 ** min(attempt - 1, 32))
