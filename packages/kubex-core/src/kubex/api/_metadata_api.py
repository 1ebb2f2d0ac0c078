"""The verbs of `api.metadata`: the reading verbs and patch, with results that have only metadata."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from kubex.api._options import WriteOptions, dry_run_value
from kubex.api._read_api import ReadApi
from kubex.core.params import FieldValidationTypes, NamespaceTypes, TimeoutTypes
from kubex.models import Resource

if TYPE_CHECKING:
    from kubex.patch import Patch

T = TypeVar("T", bound=Resource)


class MetadataApi(ReadApi[T]):
    """The verbs of `api.metadata`. The server sends only the metadata of the objects."""

    async def patch(
        self,
        name: str,
        patch: Patch,
        *,
        namespace: NamespaceTypes = ...,
        force: bool = False,
        dry_run: bool = False,
        field_manager: str | None = None,
        field_validation: FieldValidationTypes | None = None,
        request_timeout: TimeoutTypes = ...,
    ) -> T:
        """Patch an object, for example its labels, and return its metadata as the server stored it.

        The arguments and errors are those of `Api.patch()`. A `MergePatch` can also contain an object that
        `api.metadata` has returned.

        Example:
            patch = MergePatch({"metadata": {"labels": {"tier": "web"}}})
            labelled = await pods.metadata.patch("web-0", patch)
            print(labelled.metadata.labels)
        """
        # With the kinds of patch, which not every program needs.
        from kubex.api._patch_request import send_patch

        endpoint = self._endpoint
        endpoint.require("patch")
        path = endpoint.object_path(name, namespace, "patch")
        options = WriteOptions(
            dry_run=dry_run_value(dry_run),
            field_manager=endpoint.field_manager(field_manager),
            field_validation=field_validation,
            force=force or None,
        )
        meta, decode = endpoint.api_resource, endpoint.decoder.item
        return await send_patch(endpoint, path, name, patch, options, request_timeout, type_meta=meta, decode=decode)
