"""Subresources with the verbs get, replace, edit and patch: status, scale, resize, ephemeral containers, approval."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Generic, Literal, TypeVar

from kubex.api._endpoint import Endpoint
from kubex.api._expected_kinds import ExpectedKinds
from kubex.api._options import WriteOptions, dry_run_value
from kubex.api._patch_request import send_patch
from kubex.client._client import send_request
from kubex.core._encode import encode_object
from kubex.core._http import Request
from kubex.core.params import FieldValidationTypes, NamespaceTypes, TimeoutTypes
from kubex.models import Resource, Scale
from kubex.models._api_resource import HasTypeMeta
from kubex.models._errors import decode
from kubex.patch import Patch

M = TypeVar("M", bound=Resource | Scale)


class Subresource(Generic[M]):
    """The verbs of a subresource, such as `api.status` or `api.scale`.

    `M` is the class of its documents: `Scale` for `scale`, the class of the kind for the others.
    """

    def __init__(self, endpoint: Endpoint[Any], name: str, model: type[M], type_meta: HasTypeMeta) -> None:
        self._endpoint = endpoint
        self._name = name
        self._model = model
        self._type_meta = type_meta
        self._kinds = ExpectedKinds((type_meta,))

    async def get(self, name: str, *, namespace: NamespaceTypes = ..., request_timeout: TimeoutTypes = ...) -> M:
        """Return the subresource of an object.

        Raises:
            NotFound: the object does not exist, or its kind does not have this subresource.

        Example:
            scale = await deployments.scale.get("web")
            print(scale.spec.replicas)
        """
        path = self._endpoint.object_path(name, namespace, f"reading {self._name}", self._name)
        return await self._send(self._endpoint.request("GET", path, request_timeout))

    async def replace(
        self,
        document: M,
        *,
        namespace: NamespaceTypes = ...,
        dry_run: bool = False,
        field_manager: str | None = None,
        field_validation: FieldValidationTypes | None = None,
        request_timeout: TimeoutTypes = ...,
    ) -> M:
        """Replace the subresource of an object, and return it as the server stored it.

        Args:
            document: the new document. Its metadata identifies the object. The server ignores fields that do not belong
                to the subresource. If it has a `metadata.resource_version`, the stored object must still have this
                version.

        Raises:
            Conflict: the object has changed since it was read.
            NotFound: the object does not exist.

        Example:
            scale = await deployments.scale.get("web")
            scale.spec.replicas = 3
            await deployments.scale.replace(scale)
        """
        options = WriteOptions(
            dry_run=dry_run_value(dry_run),
            field_manager=self._endpoint.field_manager(field_manager),
            field_validation=field_validation,
        )
        body = encode_object(document, self._type_meta)
        path = self._endpoint.path_for(document, namespace, f"replacing {self._name}", self._name)
        return await self._send(self._endpoint.request("PUT", path, request_timeout, query=options.query(), body=body))

    async def edit(
        self,
        name: str,
        change: Callable[[M], M | Awaitable[M | None] | None],
        *,
        namespace: NamespaceTypes = ...,
        attempts: int = 5,
        how: Literal["replace", "patch"] = "replace",
        dry_run: bool = False,
        field_manager: str | None = None,
        field_validation: FieldValidationTypes | None = None,
        request_timeout: TimeoutTypes = ...,
    ) -> M:
        """Read the subresource of an object, change it, write it, and return it as the server stored it.

        The arguments and errors are those of `Api.edit()`, without `create`. The server ignores changes of fields that
        do not belong to the subresource.

        Example:
            def add_one(scale: Scale) -> None:
                scale.spec.replicas = (scale.spec.replicas or 0) + 1

            await deployments.scale.edit("web", add_one)
        """
        from kubex.api._edit import Edit

        edit = Edit(
            endpoint=self._endpoint,
            name=name,
            path=self._endpoint.object_path(name, namespace, f"editing {self._name}", self._name),
            model=self._model,
            type_meta=self._type_meta,
            decode=self._decode,
            how=how,
            options=WriteOptions(
                dry_run=dry_run_value(dry_run),
                field_manager=self._endpoint.field_manager(field_manager),
                field_validation=field_validation,
            ),
            request_timeout=request_timeout,
        )
        return await edit.run(change, attempts)

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
    ) -> M:
        """Patch the subresource of an object, and return it as the server stored it.

        Args:
            name: the name of the object.
            patch: a patch of `kubex.patch`. A `StrategicMergePatch` works only for built-in kinds.
            force: for an ApplyPatch, take over fields of other field managers instead of raising Conflict.

        Raises:
            NotFound: the object does not exist.
            Invalid: the server rejects the patch or its result.

        Example:
            await deployments.scale.patch("web", MergePatch({"spec": {"replicas": 3}}))
        """
        path = self._endpoint.object_path(name, namespace, f"patching {self._name}", self._name)
        options = WriteOptions(
            dry_run=dry_run_value(dry_run),
            field_manager=self._endpoint.field_manager(field_manager),
            field_validation=field_validation,
            force=force or None,
        )
        endpoint, meta = self._endpoint, self._type_meta
        return await send_patch(
            endpoint, path, name, patch, options, request_timeout, type_meta=meta, decode=self._decode
        )

    async def _send(self, request: Request) -> M:
        return await send_request(self._endpoint.client, request, lambda response: self._decode(response.body))

    def _decode(self, body: bytes) -> M:
        description = f"{self._name} of {self._endpoint.api_resource.group_resource}"
        self._kinds.check_object(body, description, named=True)
        return decode(self._model, body, description)
