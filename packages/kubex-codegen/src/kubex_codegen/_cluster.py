"""Read the OpenAPI documents of an API server."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from kubex.client import Client
from kubex.errors import ApiError, NotFound
from kubex_codegen._document import Document, Json, kinds_in_paths, parse_document, parse_json, require_object
from kubex_codegen._errors import CodegenError, no_such_groups

FailureCallback = Callable[[str], None]


async def fetch_document(
    client: Client, groups: Collection[str] = (), *, failed: FailureCallback | None = None
) -> Document:
    """Read the OpenAPI documents of an API server, which include custom resources.

    The function reads OpenAPI version 3, which describes custom resources in more detail, or version 2 if the server
    does not support it.

    Args:
        groups: the groups to read, as in `Options`; by default all groups. Other groups are read only if the selected
            ones refer to them.
        failed: a function that is called with a message for each group that cannot be read and was not selected, for
            example because its aggregated server is down. By default such a group is an error.

    See https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-interface-definition.
    """
    try:
        index = await _fetch_json(client, "/openapi/v3")
    except NotFound:
        return parse_document(await _fetch_json(client, "/openapi/v2"), "/openapi/v2")
    paths = dict(_document_paths(index))
    served = {_group(name) for name in paths}
    if missing := set(groups) - served:
        raise CodegenError(no_such_groups("the server", missing, served))
    selected = [name for name in paths if not groups or _group(name) in groups]
    documents: dict[str, Json] = {}
    for name in selected:
        await _read_document(client, paths, name, documents, None if groups else failed)
    # The bodies of subresources, such as an Eviction, may be kinds of other groups.
    for name in sorted(
        {name for document in documents.values() for name in _related_documents(document)}
        & (paths.keys() - set(selected))
    ):
        await _read_document(client, paths, name, documents, failed)
    return parse_document(documents, "/openapi/v3")


async def _read_document(
    client: Client, paths: Mapping[str, str], name: str, documents: dict[str, Json], failed: FailureCallback | None
) -> None:
    try:
        documents[name] = await _fetch_json(client, paths[name])
    except (ApiError, CodegenError) as error:
        if failed is None:
            raise
        failed(f"skipped {name}: {error}")


def _document_paths(index: Json) -> Iterator[tuple[str, str]]:
    """Yield the names of the documents, such as `apis/apps/v1`, and their paths."""
    paths = require_object(require_object(index, "/openapi/v3").get("paths"), "/openapi/v3: paths")
    for name, path in sorted(paths.items()):
        if name.startswith(("api/", "apis/")):
            url = require_object(path, f"/openapi/v3: paths.{name}").get("serverRelativeURL")
            # The query contains a hash for caches. Without it the server returns the current document.
            yield name, str(url).partition("?")[0]


def _group(name: str) -> str:
    kind, group, *_ = name.split("/")
    return "core" if kind == "api" else group


def _related_documents(document: Any) -> Iterator[str]:
    for group, version, _ in kinds_in_paths(require_object(document, "/openapi/v3").get("paths", {}), "/openapi/v3"):
        yield f"apis/{group}/{version}" if group else f"api/{version}"


async def _fetch_json(client: Client, path: str) -> Json:
    response = await client.request("GET", path)
    content_type = response.headers.get("Content-Type", "")
    # A login page can have status 200.
    origin = f"{path} of the server" + ("" if "json" in content_type else f" (content type {content_type!r})")
    return parse_json(response.body, origin)
