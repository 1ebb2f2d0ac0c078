"""The requests for one object, which is JSON."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from kubex.api import Api, RawApi
from kubex.client import Client
from kubex.core.params import PropagationPolicyTypes, TimeoutTypes
from kubex.errors import DecodeError, NotFound
from kubex.models import Resource
from kubex.patch import ApplyPatch, JsonPatch

_JSON = "application/json"
_METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
_CREATED = 201


class Applied(NamedTuple):
    """The response to a server-side apply."""

    object: dict[str, Any]
    created: bool


class ObjectRequests:
    """Sends the requests for objects of all kinds. No class of a kind is instantiated."""

    def __init__(self, client: Client, request_timeout: TimeoutTypes = ...) -> None:
        self.client = client
        self._timeout = request_timeout
        self._apis: dict[type[Resource], RawApi[Any]] = {}

    def path(self, kind: type[Resource], namespace: str | None, name: str) -> str:
        """Return the path of an object."""
        api = self._apis.get(kind)
        if api is None:
            api = self._apis[kind] = Api(kind, self.client).raw
        return api.path(name, namespace=namespace)

    async def get(self, path: str, *, metadata_only: bool = False) -> dict[str, Any] | None:
        """Return an object, or None if it does not exist."""
        accept = _METADATA if metadata_only else _JSON
        try:
            response = await self.client.request("GET", path, accept=accept, request_timeout=self._timeout)
        except NotFound:
            return None
        return _decoded(response.body, path)

    async def apply(self, path: str, body: Mapping[str, Any], query: Mapping[str, str | bool | None]) -> Applied:
        """Apply an object by server-side apply."""
        response = await self.client.request(
            "PATCH",
            path,
            query=dict(query),
            json=body,
            content_type=ApplyPatch.content_type,
            request_timeout=self._timeout,
        )
        return Applied(_decoded(response.body, path), response.status == _CREATED)

    async def json_patch(
        self, path: str, operations: Sequence[Mapping[str, Any]], query: Mapping[str, str | bool | None]
    ) -> dict[str, Any]:
        """Change an object by a JSON patch."""
        response = await self.client.request(
            "PATCH",
            path,
            query=dict(query),
            json=list(operations),
            content_type=JsonPatch.content_type,
            request_timeout=self._timeout,
        )
        return _decoded(response.body, path)

    async def delete(
        self,
        path: str,
        *,
        uid: str | None = None,
        propagation_policy: PropagationPolicyTypes = "Background",
        dry_run: bool = False,
    ) -> dict[str, Any]:
        """Delete an object, and return the object or a Status. A `uid` is a precondition."""
        options: dict[str, Any] = {
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "propagationPolicy": str(propagation_policy),
        }
        if uid is not None:
            options["preconditions"] = {"uid": uid}
        if dry_run:
            options["dryRun"] = ["All"]
        response = await self.client.request("DELETE", path, json=options, request_timeout=self._timeout)
        return _decoded(response.body, path)


def _decoded(body: bytes, path: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise DecodeError(f"the response for {path}", str(error)) from error
