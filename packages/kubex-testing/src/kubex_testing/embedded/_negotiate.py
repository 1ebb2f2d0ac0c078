"""What the client wants to read (`Accept`) and what it sent (`Content-Type`)."""

from dataclasses import dataclass
from typing import Literal

from . import _errors as errors
from ._messages import RecordedRequest
from ._router import flag

JSON = "application/json"
YAML = "application/yaml"
_OFFERS = f"{JSON}, {YAML}"
_STREAM_OFFERS = f"{JSON};stream=watch"
_PRETTY_AGENTS = ("curl", "Wget", "Mozilla/5.0")
_META = "meta.k8s.io"

Shape = Literal["", "PartialObjectMetadata", "PartialObjectMetadataList", "Table"]


@dataclass(frozen=True)
class Wanted:
    """The representation agreed on."""

    media: str = JSON
    shape: Shape = ""
    version: str = "v1"
    pretty: bool = False

    @property
    def plain(self) -> bool:
        return self.media == JSON and not self.shape and not self.pretty


@dataclass(frozen=True)
class Clause:
    """One entry of an `Accept` header."""

    media: str
    parameters: dict[str, str]


def clauses(header: str) -> list[Clause]:
    """Split an `Accept` header, best quality first."""
    parsed: list[tuple[float, Clause]] = []
    for part in header.split(","):
        media, *pairs = (piece.strip() for piece in part.split(";"))
        if not media:
            continue
        parameters = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
        parsed.append((_quality(parameters.pop("q", "1")), Clause(media.lower(), parameters)))
    parsed.sort(key=lambda item: -item[0])
    return [clause for _, clause in parsed]


def wanted(request: RecordedRequest, *, shapes: tuple[Shape, ...] = (), stream: bool = False) -> Wanted:
    """Choose the representation; raises 406 when nothing acceptable is on offer."""
    header = request.header("accept")
    pretty = _pretty(request)
    known = False
    for clause in clauses(header) if header else [Clause("*/*", {})]:
        media = _media(clause.media)
        if media is None:
            continue
        known = True
        if media == YAML and stream:
            continue
        shape = clause.parameters.get("as", "")
        if not shape:
            return Wanted(media, pretty=pretty)
        version = clause.parameters.get("v", "")
        match: Shape | None = next((item for item in shapes if item == shape), None)
        if match and clause.parameters.get("g") == _META and version in ("v1", "v1beta1"):
            return Wanted(media, match, version, pretty)
    if not known and not stream:
        message = f"406: Not Acceptable\n\nAvailable representations: {_OFFERS}"
        raise errors.ApiError(406, "NotAcceptable", message, details={})
    offers = _STREAM_OFFERS if stream else _OFFERS
    raise errors.not_acceptable(f"only the following media types are accepted: {offers}")


def for_errors(request: RecordedRequest) -> Wanted:
    """Choose the representation of a `Status`: YAML only where it was asked for first."""
    for clause in clauses(request.header("accept")):
        media = _media(clause.media)
        if media is not None:
            return Wanted(media, pretty=_pretty(request))
    return Wanted(pretty=_pretty(request))


def content_type(request: RecordedRequest) -> str:
    """Return the media type of the body without its parameters; empty when none was sent."""
    return request.header("content-type").partition(";")[0].strip()


def _media(name: str) -> str | None:
    if name in (JSON, "*/*", "application/*"):
        return JSON
    return YAML if name == YAML else None


def _pretty(request: RecordedRequest) -> bool:
    if "pretty" in request.query:
        return flag(request.query, "pretty")
    return request.header("user-agent").startswith(_PRETTY_AGENTS)


def _quality(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
