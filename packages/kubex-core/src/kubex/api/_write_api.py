"""Writing verbs: create, replace, patch, apply, delete, delete_collection."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from kubex.api._options import DeleteOptions, SelectOptions, WriteOptions, dry_run_value
from kubex.api._read_api import ReadApi
from kubex.client._client import send_request
from kubex.core._encode import encode_object
from kubex.core._http import Request
from kubex.core._selectors import Selector
from kubex.core.params import FieldValidationTypes, NamespaceTypes, Precondition, PropagationPolicyTypes, TimeoutTypes
from kubex.models import Resource

if TYPE_CHECKING:
    from kubex.models import ResourceList, Status
    from kubex.patch import Patch

T = TypeVar("T", bound=Resource)


class WriteApi(ReadApi[T]):
    """The verbs that change objects."""

    async def create(
        self,
        obj: T,
        *,
        namespace: NamespaceTypes = ...,
        dry_run: bool = False,
        field_manager: str | None = None,
        field_validation: FieldValidationTypes | None = None,
        request_timeout: TimeoutTypes = ...,
    ) -> T:
        """Create an object and return it as the server stored it; raises AlreadyExists.

        It goes to `namespace`, else to its own `metadata.namespace`, else to the Api's namespace. With
        `metadata.generate_name` the server makes the name.
        """
        endpoint = self._endpoint
        endpoint.require("create")
        options = WriteOptions(
            dry_run=dry_run_value(dry_run),
            field_manager=endpoint.field_manager(field_manager),
            field_validation=field_validation,
        )
        body = encode_object(obj, endpoint.api_resource)
        path = endpoint.create_path(obj, namespace, "create")
        request = endpoint.request("POST", path, request_timeout, query=options.query(), body=body)
        # Users can create a review as a dynamic object, and reviews do not have names.
        return await send_request(
            endpoint.client, request, lambda response: endpoint.decoder.item(response.body, named=False)
        )

    async def replace(
        self,
        obj: T,
        *,
        namespace: NamespaceTypes = ...,
        dry_run: bool = False,
        field_manager: str | None = None,
        field_validation: FieldValidationTypes | None = None,
        request_timeout: TimeoutTypes = ...,
    ) -> T:
        """Replace an object by this one and return what the server stored.

        With a `metadata.resource_version` it is a Conflict if the object has changed since. Raises NotFound.
        """
        endpoint = self._endpoint
        endpoint.require("replace")
        options = WriteOptions(
            dry_run=dry_run_value(dry_run),
            field_manager=endpoint.field_manager(field_manager),
            field_validation=field_validation,
        )
        body = encode_object(obj, endpoint.api_resource)
        path = endpoint.path_for(obj, namespace, "replace")
        return await self._send(endpoint.request("PUT", path, request_timeout, query=options.query(), body=body))

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
        """Patch an object by one of the kinds in `kubex.patch`, and return what the server stored.

        `force` is for an ApplyPatch: it takes over fields of other managers, which are a Conflict otherwise.
        """
        from kubex.api._patch_request import patch_request  # with the kinds of patch, which not every program needs

        endpoint = self._endpoint
        endpoint.require("patch")
        path = endpoint.object_path(name, namespace, "patch")
        options = WriteOptions(
            dry_run=dry_run_value(dry_run),
            field_manager=endpoint.field_manager(field_manager),
            field_validation=field_validation,
            force=force or None,
        )
        return await self._send(
            patch_request(endpoint, path, name, patch, options, request_timeout, type_meta=endpoint.api_resource)
        )

    async def apply(
        self,
        obj: T,
        *,
        namespace: NamespaceTypes = ...,
        field_manager: str | None = None,
        force: bool = False,
        dry_run: bool = False,
        field_validation: FieldValidationTypes | None = None,
        request_timeout: TimeoutTypes = ...,
    ) -> T:
        """Declare the fields that this program manages (server-side apply), and return the object as stored.

        Creates the object if it does not exist. Fields that the same manager applied before and that are not in `obj`
        are removed, so two programs must not share a manager: ConfigurationError without `field_manager` or
        `ClientOptions.field_manager`. Raises Conflict for a field of another manager, unless `force` takes it over.
        See https://kubernetes.io/docs/reference/using-api/server-side-apply/.
        """
        from kubex.api._patch_request import require_field_manager
        from kubex.patch import ApplyPatch

        endpoint = self._endpoint
        endpoint.require("apply")
        options = WriteOptions(
            dry_run=dry_run_value(dry_run),
            field_manager=endpoint.field_manager(field_manager),
            field_validation=field_validation,
            force=force or None,
        )
        body = encode_object(obj, endpoint.api_resource, managed=True)
        require_field_manager(options)
        path = endpoint.path_for(obj, namespace, "apply")
        return await self._send(
            endpoint.request(
                "PATCH",
                path,
                request_timeout,
                query=options.query(),
                body=body,
                content_type=ApplyPatch.content_type,
            )
        )

    async def delete(
        self,
        name: str,
        *,
        namespace: NamespaceTypes = ...,
        grace_period_seconds: int | None = None,
        propagation_policy: PropagationPolicyTypes | None = None,
        precondition: Precondition | None = None,
        dry_run: bool = False,
        request_timeout: TimeoutTypes = ...,
    ) -> T | Status:
        """Delete an object: a Status when it is gone, the object while finalizers or a grace period hold it.

        `grace_period_seconds=0` deletes at once. Raises NotFound, and Conflict if a `precondition` does not hold.
        """
        endpoint = self._endpoint
        endpoint.require("delete")
        options = DeleteOptions(
            grace_period_seconds=grace_period_seconds,
            propagation_policy=propagation_policy,
            precondition=precondition,
            dry_run=dry_run,
        )
        path = endpoint.object_path(name, namespace, "delete")
        request = endpoint.request("DELETE", path, request_timeout, body=options.encode())
        return await send_request(
            endpoint.client, request, lambda response: endpoint.decoder.item_or_status(response.body)
        )

    async def delete_collection(
        self,
        *,
        namespace: NamespaceTypes = ...,
        label_selector: Selector = None,
        field_selector: Selector = None,
        grace_period_seconds: int | None = None,
        propagation_policy: PropagationPolicyTypes | None = None,
        dry_run: bool = False,
        request_timeout: TimeoutTypes = ...,
    ) -> ResourceList[T] | Status:
        """Delete every object that the selectors match, and return those that were deleted.

        Without selectors that is every object of the namespace. Servers have no path that deletes in all namespaces
        at once: with `namespace=None` they response MethodNotAllowed.
        """
        endpoint = self._endpoint
        endpoint.require("delete_collection")
        options = DeleteOptions(
            grace_period_seconds=grace_period_seconds, propagation_policy=propagation_policy, dry_run=dry_run
        )
        request = endpoint.request(
            "DELETE",
            endpoint.collection_path(namespace),
            request_timeout,
            query=SelectOptions(label_selector=label_selector, field_selector=field_selector).query(),
            body=options.encode(),
        )
        return await send_request(
            endpoint.client, request, lambda response: endpoint.decoder.list_or_status(response.body)
        )

    async def _send(self, request: Request) -> T:
        endpoint = self._endpoint
        return await send_request(endpoint.client, request, lambda response: endpoint.decoder.item(response.body))
