"""Patches of objects and subresources."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic_core import from_json

from kubex.api._endpoint import Endpoint
from kubex.api._options import WriteOptions
from kubex.client._client import send_request
from kubex.core._encode import complete_apply_body
from kubex.core._json_pointer import parent_pointer
from kubex.core.params import TimeoutTypes
from kubex.errors import ConfigurationError, Invalid
from kubex.models import PartialObjectMetadata
from kubex.models._api_resource import HasTypeMeta
from kubex.patch import ApplyPatch, JsonPatch, Patch

R = TypeVar("R")

# The message of Kubernetes for a JSON patch that cannot be applied. It does not name the operation.
_REJECTED = "the server rejected our request due to an error in our request"

# The maximum number of paths that a hint lists.
_MAX_PARENTS = 3


async def send_patch(
    endpoint: Endpoint[Any],
    path: str,
    name: str,
    patch: Patch,
    options: WriteOptions,
    timeout: TimeoutTypes,
    *,
    type_meta: HasTypeMeta,
    decode: Callable[[bytes], R],
) -> R:
    """Send a patch, and decode the body of the response. A rejected JSON patch gets a hint.

    Raises TypeError if `patch` is not one of the classes in `kubex.patch`.
    """
    if not isinstance(patch, Patch):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(
            f"expected a patch, not {type(patch).__name__}: wrap it in MergePatch, StrategicMergePatch, JsonPatch or "
            "ApplyPatch"
        )
    patch = _without_partial_type(patch)
    if isinstance(patch, ApplyPatch):
        patch = ApplyPatch(complete_apply_body(patch.body, type_meta, name))
        require_field_manager(options)
    request = endpoint.request(
        "PATCH",
        path,
        timeout,
        query=options.query(),
        body=patch.encode(),
        content_type=patch.content_type,
        accept=endpoint.accept,
    )
    try:
        return await send_request(endpoint.client, request, lambda response: decode(response.body))
    except Invalid as error:
        if isinstance(patch, JsonPatch) and error.message == _REJECTED:
            error.hint = _missing_parent_hint(patch)
        raise


def _without_partial_type(patch: Patch) -> Patch:
    """Return a patch without the `apiVersion` and `kind` of a PartialObjectMetadata, which differ from the object."""
    if isinstance(patch, JsonPatch) or not isinstance(patch.body, PartialObjectMetadata):
        return patch
    document: dict[str, Any] = from_json(patch.encode())
    return type(patch)({name: value for name, value in document.items() if name not in ("apiVersion", "kind")})


def _missing_parent_hint(patch: JsonPatch) -> str | None:
    """Return a hint if the patch adds values to a map or list that may not exist."""
    existing = {"", "/metadata"}  # objects of all kinds have them
    parents: list[str] = []
    for operation in patch.operations:
        path = str(operation.get("path"))
        if operation.get("op") in ("add", "move", "copy"):
            parent = parent_pointer(path)
            if parent not in existing:
                parents.append(parent)
            existing.add(path)
        # If this operation succeeds, all maps above its path exist.
        while path := parent_pointer(path):
            existing.add(path)
    if not parents:
        return None
    names = " or ".join(parents[:_MAX_PARENTS])
    return f"the object may not contain {names}, to which the patch adds a value: add it first, or use a MergePatch"


def require_field_manager(options: WriteOptions) -> None:
    """Raise ConfigurationError for a server-side apply without a field manager."""
    if options.field_manager:
        return
    raise ConfigurationError(
        "server-side apply needs the name of this program: pass field_manager=, or set ClientOptions.field_manager. "
        "Two programs must not share a name, because an apply removes the fields that the same manager applied before "
        "and does not apply now",
        field="field_manager",
    )
