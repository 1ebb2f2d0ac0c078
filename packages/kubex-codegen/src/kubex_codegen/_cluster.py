"""The OpenAPI documents of a live API server."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from kubex.client import Client
from kubex.errors import ApiError, NotFound
from kubex_codegen._document import Document, Json, kinds_of_paths, object_in, parse_document, parse_json
from kubex_codegen._errors import CodegenError, no_such_groups

Failed = Callable[[str], None]


async def fetch_document(client: Client, groups: Collection[str] = (), *, failed: Failed | None = None) -> Document:
    """Read what an API server publishes of its kinds, custom resources included.

    Of `groups`, as `Options` has them, only what they need is read. A group that was not asked for and cannot be read,
    as when the server behind it is down, is left out, and `failed` is told; without `failed` that is an error as well.
    Version 3 says more of custom resources; a server without it is asked for version 2.
    See https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-interface-definition.
    """
    try:
        index = await _get(client, "/openapi/v3")
    except NotFound:
        return parse_document(await _get(client, "/openapi/v2"), "/openapi/v2")
    places = dict(_places(index))
    served = {_group(name) for name in places}
    if missing := set(groups) - served:
        raise CodegenError(no_such_groups("the server", missing, served))
    wanted = [name for name in places if not groups or _group(name) in groups]
    parts: dict[str, Json] = {}
    for name in wanted:
        await _read(client, places, name, parts, None if groups else failed)
    # The kinds that subresources of these are sent, such as an Eviction, may be of other groups.
    for name in sorted({name for part in parts.values() for name in _used(part)} & (places.keys() - set(wanted))):
        await _read(client, places, name, parts, failed)
    return parse_document(parts, "/openapi/v3")


async def _read(
    client: Client, places: Mapping[str, str], name: str, parts: dict[str, Json], failed: Failed | None
) -> None:
    try:
        parts[name] = await _get(client, places[name])
    except (ApiError, CodegenError) as error:
        if failed is None:
            raise
        failed(f"{name} is left out: {error}")


def _places(index: Json) -> Iterator[tuple[str, str]]:
    """Iterate over the names of documents, such as `apis/apps/v1`, and their paths."""
    paths = object_in(object_in(index, "/openapi/v3").get("paths"), "/openapi/v3: paths")
    for name, place in sorted(paths.items()):
        if name.startswith(("api/", "apis/")):
            url = object_in(place, f"/openapi/v3: paths.{name}").get("serverRelativeURL")
            # The query is a hash for caches: without it the server answers what is current.
            yield name, str(url).partition("?")[0]


def _group(name: str) -> str:
    kind, group, *_ = name.split("/")
    return "core" if kind == "api" else group


def _used(part: Any) -> Iterator[str]:
    for group, version, _ in kinds_of_paths(object_in(part, "/openapi/v3").get("paths", {}), "/openapi/v3"):
        yield f"apis/{group}/{version}" if group else f"api/{version}"


async def _get(client: Client, place: str) -> Json:
    return parse_json((await client.request("GET", place)).body, f"{place} of the server")
