"""Decode request bodies in the protobuf format of Kubernetes."""

from kubex_testing._objects.json_types import JsonObject
from kubex_testing._objects.protobuf import ProtobufError, decode_message, message_name, read_envelope

from . import _errors as errors
from ._registry import ResourceType
from ._type_meta import decoding_error

_DELETE_OPTIONS = "DeleteOptions"
# The number of bytes of a body that kube-apiserver shows in messages.
_EXCERPT_BYTES = 30


def decode_protobuf(body: bytes, resource: ResourceType) -> JsonObject:
    """Decode an object of a built-in kind. The kind and the version of the path are the defaults. Raises 400."""
    try:
        envelope = read_envelope(body)
    except ProtobufError as error:
        message = f"the object provided is unrecognized (must be of type {resource.kind}): {error} ({_excerpt(body)})"
        raise errors.bad_request(message) from error
    kind, api_version = envelope.kind or resource.kind, envelope.api_version or resource.api_version
    document: JsonObject = {"kind": kind, "apiVersion": api_version}
    name = message_name(api_version, kind)
    try:
        if name is not None:
            return document | decode_message(name, envelope.raw)
    except ProtobufError as error:
        raise decoding_error(resource, document, str(error), patched=False) from error
    if kind.endswith("List") and message_name(api_version, kind.removesuffix("List")):
        return document  # a list is a known kind, so it gets the error for an object of another kind
    raise decoding_error(resource, document, _unknown_kind(api_version, kind), patched=False)


def decode_protobuf_delete_options(body: bytes) -> JsonObject:
    """Decode the options of a delete. Their version can be that of any group. Raises 400."""
    try:
        envelope = read_envelope(body)
        if envelope.kind not in ("", _DELETE_OPTIONS):
            raise errors.bad_request(_unknown_kind(envelope.api_version, envelope.kind))
        return {"kind": _DELETE_OPTIONS, **decode_message("meta.v1.DeleteOptions", envelope.raw)}
    except ProtobufError as error:
        raise errors.bad_request(str(error)) from error


def _unknown_kind(api_version: str, kind: str) -> str:
    return f'no kind "{kind}" is registered for version "{api_version}" in scheme "pkg/runtime/scheme.go:111"'


def _excerpt(body: bytes) -> str:
    if not body:
        return "<empty>"
    return body[:_EXCERPT_BYTES].hex() + (" ..." if len(body) > _EXCERPT_BYTES else "")
