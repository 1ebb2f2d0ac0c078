"""The kinds that a response may have, and the kind that a response states."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec
from pydantic_core import from_json

from kubex.core._wrong_content import is_failure
from kubex.models import ApiResource, Status
from kubex.models._api_resource import ANY_KIND, HasTypeMeta, TypeMeta
from kubex.models._errors import DecodeError, decode
from kubex.models._lazy.json_splitter import scan_object

JSON_ERRORS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""The exceptions that msgspec raises for JSON that it cannot decode."""

STATUS = TypeMeta("v1", "Status")
"""The kind of responses that do not contain an object."""

_PARTIAL = TypeMeta("meta.k8s.io/v1", "PartialObjectMetadata")
_PARTIAL_LIST = TypeMeta("meta.k8s.io/v1", "PartialObjectMetadataList")


@dataclass(frozen=True, slots=True)
class ExpectedKinds:
    """The kinds that a response may have. The fast path of the decoder supports only the first one."""

    kinds: tuple[HasTypeMeta, ...]
    fast_path_json: tuple[bytes, bytes] = field(init=False)
    """The JSON of the `apiVersion` and `kind` of the first kind."""

    def __post_init__(self) -> None:
        first = self.kinds[0]
        object.__setattr__(self, "fast_path_json", (f'"{first.api_version}"'.encode(), f'"{first.kind}"'.encode()))

    def allow(self, api_version: object, kind: object) -> bool:
        """Return whether a response may have this kind. A missing field matches every kind, as in client-go."""
        return any(
            (not kind or kind == each.kind or (each.kind == ANY_KIND and kind != STATUS.kind))
            and (not api_version or api_version == each.api_version)
            for each in self.kinds
        )

    def check(self, api_version: object, kind: object, description: str) -> None:
        """Raise DecodeError if a response may not have this kind."""
        if self.allow(api_version, kind):
            return
        names = ((each.api_version, "a list" if each.kind == ANY_KIND else each.kind) for each in self.kinds)
        expected = " or ".join(f"{name} of {version}" for version, name in names)
        raise DecodeError(description, f"the response is {_describe_kind(api_version, kind)}, expected {expected}")

    def check_object(self, body: bytes, description: str, *, named: bool) -> Header:
        """Return the fields that identify an object; raises DecodeError for an unexpected kind or a missing name.

        With `named=False`, an object that has a `kind` does not need a name.
        """
        header = read_header(body, description)
        self.check(header.api_version, header.kind, description)
        if (named or not header.kind) and not header.has_name:
            raise DecodeError(description, "the response does not have a metadata.name")
        return header

    def is_status(self, header: Header) -> bool:
        """Return whether an object is a `Status` of Kubernetes, and not of a custom kind with the same name."""
        if header.kind != STATUS.kind or header.api_version not in (None, STATUS.api_version):
            return False
        return not header.api_version or not self.allow(header.api_version, header.kind)


def expected_kinds(resource: ApiResource, *, metadata_only: bool = False) -> tuple[ExpectedKinds, ExpectedKinds]:
    """Return the kinds of the objects and of the lists of a kind."""
    lists = TypeMeta(resource.api_version, resource.list_kind)
    if metadata_only:  # servers that do not support this media type send complete objects
        return ExpectedKinds((_PARTIAL, resource)), ExpectedKinds((_PARTIAL_LIST, lists))
    return ExpectedKinds((resource,)), ExpectedKinds((lists,))


class Header(msgspec.Struct, rename={"api_version": "apiVersion"}):
    """The fields of an object that identify it."""

    api_version: Any = None
    kind: Any = None
    metadata: msgspec.Raw = msgspec.Raw(b"{}")

    @property
    def has_name(self) -> bool:
        """Whether the metadata has a name. Malformed metadata returns True, since decoding it raises a better error."""
        try:
            return bool(_decode_name(self.metadata).name)
        except JSON_ERRORS:
            try:
                return bytes(scan_object(bytes(self.metadata)).get("name", b"null")) not in (b"null", b'""')
            except ValueError:
                return bytes(self.metadata) != b"null"


class _Name(msgspec.Struct):
    name: Any = None


_decode_header = msgspec.json.Decoder(Header).decode
_decode_name = msgspec.json.Decoder(_Name).decode


def read_header(body: bytes, description: str) -> Header:
    """Read the fields that identify an object; raises DecodeError for anything that is not an object."""
    try:
        return _decode_header(body)
    except JSON_ERRORS as error:
        try:
            fields = scan_object(body)  # msgspec rejects deeply nested fields, even if it skips them
            api_version, kind = (from_json(bytes(fields.get(name, b"null"))) for name in ("apiVersion", "kind"))
        except ValueError:
            raise DecodeError(description, str(error)) from error
        return Header(api_version, kind, msgspec.Raw(fields.get("metadata", b"{}")))


def is_blank(body: bytes) -> bool:
    """Return whether a response is empty, such as one with the status code 204."""
    return not body or body.isspace()


def decode_success(body: bytes) -> Status:
    """Decode a Status. An empty response is a success. Raises DecodeError if the Status is a failure."""
    if is_blank(body):
        return Status(status="Success")
    status = decode(Status, body, "Status")
    if is_failure(status):
        raise DecodeError("Status", "it reports a failure")
    return status


def _describe_kind(api_version: object, kind: object) -> str:
    names = [value if isinstance(value, str) else type(value).__name__ for value in (kind, api_version) if value]
    return " of ".join(names)[:100]
