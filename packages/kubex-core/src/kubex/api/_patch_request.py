"""The requests of patches of objects and subresources."""

from __future__ import annotations

from typing import Any

from kubex.api._endpoint import Endpoint
from kubex.api._options import WriteOptions
from kubex.core._encode import complete_apply_body
from kubex.core._http import Request
from kubex.core.params import TimeoutTypes
from kubex.errors import ConfigurationError
from kubex.models._api_resource import HasTypeMeta
from kubex.patch import ApplyPatch, Patch


def patch_request(
    endpoint: Endpoint[Any],
    path: str,
    name: str,
    patch: Patch,
    options: WriteOptions,
    timeout: TimeoutTypes,
    *,
    type_meta: HasTypeMeta,
) -> Request:
    """Build the request of a patch; raises TypeError if `patch` is not one of the classes in `kubex.patch`."""
    if not isinstance(patch, Patch):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(
            f"expected a patch, not {type(patch).__name__}: wrap it in MergePatch, StrategicMergePatch, JsonPatch or "
            "ApplyPatch"
        )
    if isinstance(patch, ApplyPatch):
        patch = ApplyPatch(complete_apply_body(patch.body, type_meta, name))
        require_field_manager(options)
    return endpoint.request(
        "PATCH", path, timeout, query=options.query(), body=patch.encode(), content_type=patch.content_type
    )


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
