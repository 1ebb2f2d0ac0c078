"""Read the kinds of a server: two requests for aggregated discovery, or one for each version of a group."""

from __future__ import annotations

from collections.abc import Iterable

import anyio

from kubex.client import Client, Response
from kubex.core._wrong_content import error_for_content
from kubex.discovery._documents import (
    decode_aggregated,
    decode_groups,
    decode_legacy_versions,
    decode_resources,
    is_aggregated,
)
from kubex.discovery._table import GroupVersion, Table
from kubex.errors import ApiError, DeadlineExceeded, DecodeError, KubexError, NotFound, ReadTimeout

# Servers accept the parameters only in this order.
_ACCEPT = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"
_CONCURRENT = 8
_NOT_MODIFIED = 304
_NOT_FOUND = 404


class Source:
    """The discovery of one server. It keeps the last responses with an ETag, for conditional requests."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._cached: dict[str, tuple[str, list[GroupVersion]]] = {}

    async def load(self) -> Table:
        """Read the kinds of the server. Raises the error of a request for `/api` or `/apis`."""
        return Table([*await self._read("/api"), *await self._read("/apis")])

    async def _read(self, path: str) -> list[GroupVersion]:
        etag, versions = self._cached.get(path, ("", []))
        response = await self._client.request(
            "GET",
            path,
            accept=_ACCEPT,
            headers={"If-None-Match": etag} if etag else None,
            accept_status=(_NOT_MODIFIED, _NOT_FOUND) if etag else (_NOT_FOUND,),
        )
        if response.status == _NOT_MODIFIED:
            return versions
        self._cached.pop(path, None)
        if response.status == _NOT_FOUND:  # some servers do not have a core group
            return []
        try:
            return await self._decode(path, response)
        except DecodeError as error:
            raise _content_error(error, response, path) from error

    async def _decode(self, path: str, response: Response) -> list[GroupVersion]:
        if is_aggregated(response.headers.get("Content-Type", "")):
            versions = list(decode_aggregated(response.body))
            if etag := response.headers.get("ETag"):
                self._cached[path] = etag, versions
            return versions
        decode = decode_legacy_versions if path == "/api" else decode_groups
        return await self._read_versions(decode(response.body))

    async def _read_versions(self, versions: Iterable[tuple[str, str]]) -> list[GroupVersion]:
        """Read each version with a separate request."""
        found: dict[tuple[str, str], GroupVersion | None] = dict.fromkeys(versions)
        pending = iter(list(found))
        errors: list[KubexError] = []

        async def read() -> None:
            try:
                for group, version in pending:
                    found[group, version] = await self._read_version(group, version)
            except KubexError as error:  # the task group would wrap it
                errors.append(error)
                tasks.cancel_scope.cancel()

        async with anyio.create_task_group() as tasks:
            for _ in range(min(_CONCURRENT, len(found))):
                tasks.start_soon(read)
        if errors:
            raise errors[0]
        return [each for each in found.values() if each is not None]

    async def _read_version(self, group: str, version: str) -> GroupVersion | None:
        path = f"/apis/{group}/{version}" if group else f"/api/{version}"
        try:
            response = await self._client.request("GET", path)
        except NotFound:  # it was removed after the groups were read
            return None
        except (ApiError, ReadTimeout, DeadlineExceeded) as error:  # the other groups can be used
            return GroupVersion(group, version, (), str(error))
        try:
            return decode_resources(response.body, group, version)
        except DecodeError as error:
            return GroupVersion(group, version, (), str(_content_error(error, response, path)))


def _content_error(error: DecodeError, response: Response, path: str) -> KubexError:
    return error_for_content(error, response.body, response.headers, method="GET", path=path)
