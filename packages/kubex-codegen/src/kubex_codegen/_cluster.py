"""The OpenAPI documents of a live API server."""

import json
from typing import Any

from kubex.client import Client
from kubex.core.exceptions import NotFound
from kubex_codegen._document import Document, parse_document


async def fetch_document(client: Client) -> Document:
    """Read what an API server publishes of its kinds, custom resources included.

    Version 3 says more of custom resources; a server without it is asked for version 2.
    See https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-interface-definition.
    """
    try:
        index = await _get(client, "/openapi/v3")
    except NotFound:
        return parse_document(await _get(client, "/openapi/v2"), "/openapi/v2")
    places = index["paths"]
    parts = {
        name: await _get(client, place["serverRelativeURL"])
        for name, place in sorted(places.items())
        if name.startswith(("api/", "apis/"))
    }
    return parse_document(parts, "/openapi/v3")


async def _get(client: Client, place: str) -> Any:
    # The query is a hash for caches: without it the server answers what is current.
    return json.loads((await client.request("GET", place.partition("?")[0])).body)
