"""Content negotiation: the `Accept` and `Content-Type` headers."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from . import _errors as errors
from ._messages import RecordedRequest
from ._request_info import parse_boolean

JSON = "application/json"
YAML = "application/yaml"
PROTOBUF = "application/vnd.kubernetes.protobuf"
_MEDIA_TYPES = f"{JSON}, {YAML}"
_WATCH_MEDIA_TYPES = f"{JSON};stream=watch"
_PRETTY_USER_AGENTS = ("curl", "Wget", "Mozilla/5.0")
_META = "meta.k8s.io"
_CACHED_HEADERS = 64
"""Most clients send the same `Accept` headers in all requests."""

AsKind = Literal["", "PartialObjectMetadata", "PartialObjectMetadataList", "Table"]


@dataclass(frozen=True, slots=True)
class Representation:
    """The negotiated representation of a response. `as_kind` and `version` are the `as=` and `v=` parameters."""

    media: str = JSON
    as_kind: AsKind = ""
    version: str = "v1"
    pretty: bool = False

    @property
    def is_plain(self) -> bool:
        return self.media == JSON and not self.as_kind and not self.pretty


@dataclass(frozen=True)
class AcceptClause:
    """One entry of an `Accept` header."""

    media: str
    parameters: dict[str, str]


def parse_accept(header: str) -> list[AcceptClause]:
    """Parse an `Accept` header into clauses, highest quality first."""
    parsed: list[tuple[float, AcceptClause]] = []
    for part in header.split(","):
        media, *pairs = (piece.strip() for piece in part.split(";"))
        if not media:
            continue
        parameters = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
        parsed.append((_quality(parameters.pop("q", "1")), AcceptClause(media.lower(), parameters)))
    # The sort is stable, so clauses of equal quality keep their order.
    parsed.sort(key=lambda item: -item[0])
    return [clause for _, clause in parsed]


def negotiate(request: RecordedRequest, *, as_kinds: tuple[AsKind, ...] = (), watch: bool = False) -> Representation:
    """Return the representation for the `Accept` header. Raises 406 if none is acceptable."""
    return _negotiate_header(request.header("accept"), as_kinds, watch, _pretty(request))


@lru_cache(_CACHED_HEADERS)
def _negotiate_header(header: str, as_kinds: tuple[AsKind, ...], watch: bool, pretty: bool) -> Representation:
    media_type_supported = False
    for clause in parse_accept(header) if header else [AcceptClause("*/*", {})]:
        media = _supported_media_type(clause.media)
        if media is None:
            continue
        media_type_supported = True
        # YAML documents cannot be streamed, so a watch supports only JSON. The first known media type decides.
        if media == YAML and watch:
            break
        as_kind = clause.parameters.get("as", "")
        if not as_kind:
            return Representation(media, pretty=pretty)
        version = clause.parameters.get("v", "")
        match: AsKind | None = next((item for item in as_kinds if item == as_kind), None)
        if match and clause.parameters.get("g") == _META and version in ("v1", "v1beta1"):
            return Representation(media, match, version, pretty)
    # The routes of resources have already been checked, see `check_acceptable()`.
    if not media_type_supported and not as_kinds:
        message = f"406: Not Acceptable\n\nAvailable representations: {_MEDIA_TYPES}"
        raise errors.ApiError(406, "NotAcceptable", message, details={})
    media_types = _WATCH_MEDIA_TYPES if watch else _MEDIA_TYPES
    raise errors.not_acceptable(f"only the following media types are accepted: {media_types}")


def check_acceptable(request: RecordedRequest, *, streams: bool) -> None:
    """Raise 406 if no entry of the `Accept` header names a media type, as the routes of built-in kinds require."""
    header = request.header("accept")
    if header and not _names_media_type(header):
        available = f"{_MEDIA_TYPES}, {_WATCH_MEDIA_TYPES}" if streams else _MEDIA_TYPES
        message = f"406: Not Acceptable\n\nAvailable representations: {available}"
        raise errors.ApiError(406, "NotAcceptable", message, details={})


@lru_cache(_CACHED_HEADERS)
def _names_media_type(header: str) -> bool:
    return any(part.partition(";")[0].strip() in (JSON, YAML, PROTOBUF, "*/*") for part in header.split(","))


def negotiate_error(request: RecordedRequest) -> Representation:
    """Return the representation for an error, which is never a 406."""
    for clause in parse_accept(request.header("accept")):
        media = _supported_media_type(clause.media)
        if media is not None:
            return Representation(media, pretty=_pretty(request))
    return Representation(pretty=_pretty(request))


def content_type(request: RecordedRequest) -> str:
    """Return the media type of the body without its parameters, or an empty string."""
    return request.header("content-type").partition(";")[0].strip()


def _supported_media_type(name: str) -> str | None:
    if name in (JSON, "*/*", "application/*"):
        return JSON
    return YAML if name == YAML else None


def _pretty(request: RecordedRequest) -> bool:
    if "pretty" in request.query:
        return parse_boolean(request.query, "pretty")
    return request.header("user-agent").startswith(_PRETTY_USER_AGENTS)


def _quality(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
