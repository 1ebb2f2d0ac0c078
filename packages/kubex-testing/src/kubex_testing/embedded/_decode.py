"""Decode request bodies: JSON and YAML with their duplicate fields, and protobuf."""

from dataclasses import dataclass
from typing import Any

from kubex_testing._objects.json_types import JsonObject, is_array, is_object
from kubex_testing._objects.schema import builtin_schema
from kubex_testing._objects.strict_decode import DecodeError, decode_strict
from kubex_testing._objects.unmarshal_types import UnmarshalTypeError, check_types

from . import _errors as errors
from ._messages import RecordedRequest
from ._negotiation import JSON, PROTOBUF, YAML, content_type
from ._registry import ResourceType

_DELETE_OPTIONS = "DeleteOptions"


@dataclass(frozen=True)
class Body:
    """A decoded object, and the paths of its duplicate fields (`data.a`)."""

    document: JsonObject
    duplicates: tuple[str, ...] = ()


def decode_object(request: RecordedRequest, resource: ResourceType) -> Body:
    """Decode the body of a write. The default content type is JSON. Raises 400 and 415."""
    check_body_format(request, resource)
    if content_type(request).lower() != PROTOBUF:
        return _decode_text(request, resource.kind)
    from ._decode_protobuf import decode_protobuf  # most tests do not need it

    return Body(decode_protobuf(request.body, resource))


def check_body_format(request: RecordedRequest, resource: ResourceType) -> None:
    """Check the content type of an object. Raises 415."""
    media = content_type(request).lower()
    if media != PROTOBUF:
        _check_text_format(media)
    elif resource.custom is not None:
        # kube-apiserver closes the connection.
        raise errors.unknown_body_format(JSON, YAML)


def _check_text_format(media: str) -> None:
    if media not in ("", JSON, YAML):
        raise errors.unknown_body_format(JSON, YAML, PROTOBUF)


def _decode_text(request: RecordedRequest, kind: str) -> Body:
    media = content_type(request).lower()
    _check_text_format(media)
    unrecognized = f"the object provided is unrecognized (must be of type {kind}): couldn't get version/kind"
    try:
        document, duplicates = decode_strict(request.body, yaml=media == YAML)
    except DecodeError as error:
        excerpt = request.body[:100].decode("utf-8", "replace") or "<empty>"
        raise errors.bad_request(f"{unrecognized}; json parse error: {error} ({excerpt})") from error
    if document is None:
        return Body({})
    if not is_object(document):
        raise errors.bad_request(f"{unrecognized}; json parse error: json: cannot unmarshal {_json_type(document)}")
    for key in ("apiVersion", "kind"):
        if not isinstance(document.get(key, ""), str | None):
            field = f"Go struct field .{key} of type string"
            raise errors.bad_request(
                f"{unrecognized}; json parse error: json: cannot unmarshal {_json_type(document[key])} into {field}"
            )
    return Body(document, tuple(duplicates))


def decode_patch(request: RecordedRequest, *, yaml: bool = False) -> Any:
    """Decode the body of a patch, which may be any JSON value. Raises 400."""
    try:
        return decode_strict(request.body, yaml=yaml)[0]
    except DecodeError as error:
        raise errors.bad_request(f"error decoding patch: {error}" if yaml else "invalid JSON patch") from error


def decode_delete_options(request: RecordedRequest) -> JsonObject:
    """Decode the optional body of a delete. Raises 400 and 415."""
    if request.body and content_type(request).lower() == PROTOBUF:
        from ._decode_protobuf import decode_protobuf_delete_options  # most tests do not need it

        return decode_protobuf_delete_options(request.body)
    if not request.body.strip():
        return {}
    document = _decode_text(request, _DELETE_OPTIONS).document
    kind = document.get("kind") or _DELETE_OPTIONS
    prefix = f"{kind} in the body cannot be handled as a {_DELETE_OPTIONS}"
    if kind != _DELETE_OPTIONS:
        raise errors.bad_request(f"{prefix}: unknown conversion")
    try:
        check_types(builtin_schema("", "v1", _DELETE_OPTIONS), document)
    except UnmarshalTypeError as error:
        raise errors.bad_request(f"{prefix}: {error}") from error
    return document


def _json_type(value: object) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, str):
        return "string"
    return "array" if is_array(value) else "number"
