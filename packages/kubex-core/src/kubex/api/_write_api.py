"""The verbs that write: create, replace, edit, patch, apply, delete, delete_collection."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Literal, TypeVar

from kubex.api._options import DeleteCollectionOptions, DeleteOptions, WriteOptions, dry_run_value
from kubex.api._read_api import ReadApi
from kubex.client._client import send_request
from kubex.core._encode import encode_object
from kubex.core._http import Request
from kubex.core._selectors import FieldSelectorTypes, LabelSelectorTypes
from kubex.core.params import FieldValidationTypes, NamespaceTypes, Precondition, PropagationPolicyTypes, TimeoutTypes
from kubex.models import Resource

if TYPE_CHECKING:
    from kubex.models import ResourceList, Status
    from kubex.patch import Patch

T = TypeVar("T", bound=Resource)


class WriteApi(ReadApi[T]):
    """The verbs that change objects. `Api` describes the arguments that several verbs have."""

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
        """Create an object, and return it as the server stored it.

        The namespace is `namespace`, or else `obj.metadata.namespace`, or else the namespace of the Api. If
        `obj.metadata` has a `generate_name` and no `name`, the server generates the name.

        Raises:
            AlreadyExists: an object with this name exists.
            Invalid: the server rejects the object; `causes` names the fields.
            NamespaceError: `obj.metadata.namespace` differs from the namespace of the call. The request is not sent.

        Example:
            colors = ConfigMap(metadata=ObjectMeta(name="colors"), data={"sky": "blue"})
            created = await config_maps.create(colors)
            print(created.metadata.uid)
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
        """Replace an object, and return it as the server stored it.

        Args:
            obj: the complete new object. If it has a `metadata.resource_version`, the stored object must still have
                this version. Without one, the object is replaced in any case.

        Raises:
            Conflict: the object has changed since it was read; read it again and repeat the change.
            NotFound: the object does not exist.
            Invalid: the server rejects the object; `causes` names the fields.

        Example:
            settings = await config_maps.get("settings")
            settings.data = {"color": "red"}
            await config_maps.replace(settings)
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

    async def edit(
        self,
        name: str,
        change: Callable[[T], T | Awaitable[T | None] | None],
        *,
        namespace: NamespaceTypes = ...,
        attempts: int = 5,
        create: T | None = None,
        how: Literal["replace", "patch"] = "replace",
        dry_run: bool = False,
        field_manager: str | None = None,
        field_validation: FieldValidationTypes | None = None,
        request_timeout: TimeoutTypes = ...,
    ) -> T:
        """Read an object, change it, write it with the version that was read, and return it as the server stored it.

        If another program has changed the object in the meantime, edit waits for a short time and starts again, so no
        change is lost. It does not write if nothing has changed.

        Args:
            name: the name of the object.
            change: a function or a coroutine function that changes the object, or returns a new one. It can run
                several times, each time with the current object, so it must not have other effects. It must not change
                the name, the namespace, the uid or the resource version.
            attempts: the maximum number of attempts.
            create: an object with this name, which is created if the object does not exist. `change` is applied to a
                copy of it first.
            how: "replace" sends the complete object. "patch" sends a merge patch of the difference, which is smaller
                and requires the permission `patch` instead of `update`.
            request_timeout: the time limit of each request.

        Raises:
            Conflict: other programs have changed the object in each attempt; `attempts` of the error is their number.
            NotFound: the object does not exist, and there is no `create`.
            Invalid: the server rejects the object; `causes` names the fields.
            TypeError: `change` returned neither None nor an object of the kind.
            ValueError: `change` has changed the name, the namespace, the uid or the resource version; or with "patch",
                the change stores a null, which a merge patch cannot do; or `create` has another name. The object
                is not written.

        Example:
            def paint(settings: ConfigMap) -> None:
                settings.data = {**(settings.data or {}), "color": "red"}

            await config_maps.edit("settings", paint)
        """
        from kubex.api._edit import edit_of_object

        options = WriteOptions(
            dry_run=dry_run_value(dry_run),
            field_manager=self._endpoint.field_manager(field_manager),
            field_validation=field_validation,
        )
        edit = edit_of_object(self._endpoint, name, namespace, how, create, options, request_timeout)
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
    ) -> T:
        """Patch an object, and return it as the server stored it.

        Args:
            name: the name of the object.
            patch: a `MergePatch`, `StrategicMergePatch`, `JsonPatch` or `ApplyPatch` of `kubex.patch`.
            force: for an ApplyPatch, take over fields of other field managers instead of raising Conflict.

        Raises:
            NotFound: the object does not exist. An ApplyPatch creates it instead.
            Conflict: another field manager has a field of an ApplyPatch, or the patch contains an old
                `resourceVersion`.
            Invalid: the server rejects the patch or its result.

        See https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply.

        Example:
            await config_maps.patch("settings", MergePatch({"data": {"color": "red", "size": None}}))
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
        """Create or change an object by server-side apply, and return it as the server stored it.

        The object contains the fields that this program manages. Fields that the same field manager has applied before
        and does not apply now are removed. So two programs must not use the same field manager. See
        https://kubernetes.io/docs/reference/using-api/server-side-apply/.

        Args:
            obj: the object; a `metadata.managed_fields` is not sent.
            field_manager: required, unless `ClientOptions.field_manager` is set.
            force: take over fields of other field managers instead of raising Conflict.

        Raises:
            ConfigurationError: there is no field manager. The request is not sent.
            Conflict: another field manager has one of the fields; `causes` names the fields.

        Example:
            settings = ConfigMap(metadata=ObjectMeta(name="settings"), data={"color": "red"})
            await config_maps.apply(settings, field_manager="painter", force=True)
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
        """Delete an object. Return a Status, or the object if its deletion is not complete.

        The deletion is not complete as long as finalizers or the grace period of a pod delay it.

        Args:
            name: the name of the object.
            grace_period_seconds: the time that a pod has to stop; 0 deletes it immediately. By default the value in the
                object is used.
            propagation_policy: when dependent objects are deleted: "Background", "Foreground" or "Orphan". The default
                depends on the kind, and is usually "Background". See
                https://kubernetes.io/docs/concepts/architecture/garbage-collection/#cascading-deletion.
            precondition: the `uid` or `resource_version` that the object must have.

        Raises:
            NotFound: the object does not exist.
            Conflict: the object does not match `precondition`.

        Example:
            await pods.delete("web-0", grace_period_seconds=0)
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
        label_selector: LabelSelectorTypes = None,
        field_selector: FieldSelectorTypes = None,
        limit: int | None = None,
        continue_token: str | None = None,
        grace_period_seconds: int | None = None,
        propagation_policy: PropagationPolicyTypes | None = None,
        dry_run: bool = False,
        timeout_seconds: int | None = None,
        request_timeout: TimeoutTypes = ...,
    ) -> ResourceList[T] | Status:
        """Delete the objects that match the selectors, and return the objects that were deleted.

        Without selectors, this deletes all objects of the namespace. The other arguments are those of `delete()`.

        Args:
            label_selector: an empty selector is an error, because it can be a mistake. To delete all objects, pass
                `EVERYTHING` of `kubex.selectors`, or leave out the argument.
            field_selector: the same for fields.
            limit: the maximum number of objects to delete. If there are more, `metadata.continue_` of the result is the
                `continue_token` for the next call. By default there is no limit.
            continue_token: continue after the objects of the call that returned this token. Without it, the next call
                starts with the first objects again, also with those that finalizers or a grace period keep.
            timeout_seconds: see `list()`.

        Raises:
            ConfigurationError: a selector is empty or invalid, or `limit` or `timeout_seconds` is less than 1. The
                request is not sent.
            Expired: the server no longer has the version of `continue_token`.
            MethodNotAllowed: `namespace` is None. Servers cannot delete objects of all namespaces in one request.

        Example:
            await pods.delete_collection(label_selector={"app": "web"})
        """
        endpoint = self._endpoint
        endpoint.require("delete_collection")
        options = DeleteOptions(
            grace_period_seconds=grace_period_seconds, propagation_policy=propagation_policy, dry_run=dry_run
        )
        selection = DeleteCollectionOptions(
            label_selector=label_selector,
            field_selector=field_selector,
            limit=limit,
            continue_token=continue_token,
            timeout_seconds=timeout_seconds,
        )
        request = endpoint.request(
            "DELETE",
            endpoint.collection_path(namespace),
            request_timeout,
            query=selection.query(),
            body=options.encode(),
        )
        return await send_request(
            endpoint.client, request, lambda response: endpoint.decoder.list_or_status(response.body)
        )

    async def _send(self, request: Request) -> T:
        endpoint = self._endpoint
        return await send_request(endpoint.client, request, lambda response: endpoint.decoder.item(response.body))
