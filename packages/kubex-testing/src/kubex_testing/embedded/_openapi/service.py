"""Handle requests for /openapi/v3 and /openapi/v2. Documents are cached until their resources change."""

import gzip
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from functools import cached_property

from kubex_testing._objects.json_types import JsonObject
from kubex_testing.embedded import _errors as errors
from kubex_testing.embedded._encode import dumps
from kubex_testing.embedded._messages import RecordedRequest, Response, plain_text_response
from kubex_testing.embedded._negotiation import JSON, parse_accept
from kubex_testing.embedded._registry import Registry, ResourceType

from .document import group_path, v3_document
from .protobuf import encode_document
from .swagger import v2_document

# Clients request the first name. The response has the second one, because "@" is not valid in a media type.
_PROTOBUF_NAMES = (
    "application/com.github.proto-openapi.spec.v2@v1.0+protobuf",
    "application/com.github.proto-openapi.spec.v2.v1.0+protobuf",
)
_CACHE_LIFETIME = timedelta(days=365)


@dataclass(frozen=True)
class _Document:
    """A document, the resources that it describes, and its encoded forms."""

    resources: list[ResourceType]
    content: JsonObject

    @cached_property
    def json(self) -> bytes:
        return dumps(self.content)

    @cached_property
    def hash(self) -> str:
        return hashlib.sha512(self.json).hexdigest().upper()

    @cached_property
    def protobuf(self) -> bytes:
        return encode_document(self.content)


class OpenApi:
    """The OpenAPI documents of a registry."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._v3: dict[str, _Document] = {}
        self._v2: _Document | None = None

    def handle(self, request: RecordedRequest) -> Response:
        """Return the response to a request. As in kube-apiserver, any method is allowed. Raises 404."""
        match request.segments():
            case ["openapi", "v3"] if not request.path.endswith("/"):
                return plain_text_response(200, dumps(self._index()).decode())
            case ["openapi", "v3", *parts]:
                return self._v3_response(request, "/".join(parts))
            case ["openapi", "v2"] if not request.path.endswith("/"):
                return self._v2_response(request)
            case _:
                raise errors.unknown_path()

    def _index(self) -> JsonObject:
        paths = {
            path: {"serverRelativeURL": _url(path, document)} for path, document in sorted(self._v3_documents().items())
        }
        return {"paths": paths}

    def _v3_response(self, request: RecordedRequest, path: str) -> Response:
        document = self._v3_documents().get(path)
        if document is None:
            return Response(404)
        if not _accepts(request, (JSON,)):
            return Response(406, [("Vary", "Accept")])
        headers = [("Content-Type", JSON), ("ETag", f'"{document.hash}"'), ("Vary", "Accept")]
        requested = request.query.get("hash", [""])[0]
        if requested and requested != document.hash:
            return Response(301, [*headers, ("Location", _url(path, document))])
        if requested:
            expires = datetime.now(timezone.utc) + _CACHE_LIFETIME
            headers.append(("Cache-Control", "public, immutable"))
            headers.append(("Expires", format_datetime(expires, usegmt=True)))
        return _unless_cached(request, headers, lambda: document.json)

    def _v2_response(self, request: RecordedRequest) -> Response:
        vary = [("Vary", "Accept-Encoding"), ("Vary", "Accept")]
        media_type = _accepts(request, (JSON, *_PROTOBUF_NAMES))
        if not media_type:
            return Response(406, vary)
        document = self._v2_document()
        headers = [("ETag", f'"{document.hash}"'), *vary]
        if media_type == JSON:
            response = _unless_cached(request, [("Content-Type", JSON), *headers], lambda: document.json)
        else:
            headers.insert(0, ("Content-Type", _PROTOBUF_NAMES[1]))
            response = _unless_cached(request, headers, lambda: document.protobuf)
        if response.body and "gzip" in request.header("accept-encoding"):
            response.body = gzip.compress(response.body, compresslevel=1)
            response.headers.append(("Content-Encoding", "gzip"))
        return response

    def _v3_documents(self) -> dict[str, _Document]:
        """Return the documents of all group versions, and create them again if their resources have changed."""
        documents: dict[str, _Document] = {}
        for group, version in dict.fromkeys((item.group, item.version) for item in self._registry):
            path, resources = group_path(group, version), self._registry.resources(group, version)
            cached = self._v3.get(path)
            is_current = cached is not None and cached.resources == resources
            documents[path] = cached if is_current and cached else _Document(resources, v3_document(resources))
        self._v3 = documents
        return documents

    def _v2_document(self) -> _Document:
        resources = list(self._registry)
        if self._v2 is None or self._v2.resources != resources:
            documents: Iterable[JsonObject] = (item.content for item in self._v3_documents().values())
            self._v2 = _Document(resources, v2_document(documents))
        return self._v2


def _url(path: str, document: _Document) -> str:
    return f"/openapi/v3/{path}?hash={document.hash}"


def _accepts(request: RecordedRequest, media_types: tuple[str, ...]) -> str | None:
    """Return the media type that the client prefers, or None if it accepts none of them."""
    for clause in parse_accept(request.header("accept", "*/*")):
        for media_type in media_types:
            if clause.media in (media_type, "application/*", "*/*"):
                return media_type
    return None


def _unless_cached(request: RecordedRequest, headers: list[tuple[str, str]], body: Callable[[], bytes]) -> Response:
    """Return the document, or 304 if the client already has it."""
    etag = dict(headers)["ETag"]
    known = [item.strip().removeprefix("W/") for item in request.header("if-none-match").split(",")]
    if etag in known or "*" in known:
        return Response(304, [item for item in headers if item[0] != "Content-Type"])
    return Response(200, headers, body())
