"""Paths of the API. Each segment is percent-encoded; invalid segments raise an error before a request is sent."""

from __future__ import annotations

import re
from urllib.parse import quote

from kubex.core._errors import InvalidNameError, NamespaceError
from kubex.core._unicode import LONE_SURROGATE
from kubex.models import ApiResource, NamespacedResource, Resource, api_resource

# Characters that are allowed in a segment are not encoded, so that names such as `system:admin` stay readable.
_SAFE = "!$&'()*+,;=:@"

# Nearly all names match this and do not need to be encoded. `.` and `..` do not match.
_PLAIN = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*")


def encode_segment(value: str, field: str) -> str:
    """Percent-encode one path segment.

    Raises InvalidNameError for values that would change the path: empty, `.`, `..`, or with `/`, `%` or a control
    character.
    """
    if not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidNameError(field, value, "is not a string")
    if _PLAIN.fullmatch(value):
        return value
    if not value:
        raise InvalidNameError(field, value, "is empty")
    if value in (".", "..") or "/" in value or "%" in value:
        raise InvalidNameError(field, value, 'cannot be a path segment: "/", "%", "." and ".." are not allowed')
    if any(ord(char) < 0x20 or ord(char) == 0x7F for char in value):
        raise InvalidNameError(field, value, "contains a control character")
    try:
        return quote(value, safe=_SAFE)
    except UnicodeEncodeError as error:
        raise InvalidNameError(field, value, LONE_SURROGATE) from error


def collection_path(resource: type[Resource], namespace: str | None) -> str:
    """Return the path of a collection: in one namespace, or (None) in all namespaces or of a cluster-scoped kind."""
    return build_collection_path(api_resource(resource), namespace, namespaced=issubclass(resource, NamespacedResource))


def build_collection_path(resource: ApiResource, namespace: str | None, *, namespaced: bool) -> str:
    """Return the path of a collection; raises NamespaceError for a namespace of a cluster-scoped kind."""
    root = f"/apis/{encode_segment(resource.group, 'group')}" if resource.group else "/api"
    base = f"{root}/{encode_segment(resource.version, 'version')}"
    plural = encode_segment(resource.plural, "plural")
    if namespace is None:
        return f"{base}/{plural}"
    if not namespaced:
        raise NamespaceError(resource.group_resource, f"is cluster-scoped, so namespace {namespace!r} does not apply")
    if namespace == "*":
        raise NamespaceError(
            resource.group_resource, "namespace '*' is not a name; pass namespace=None for all namespaces"
        )
    return f"{base}/namespaces/{encode_segment(namespace, 'namespace')}/{plural}"


def object_path(collection: str, name: str, subresource: str | None = None) -> str:
    """Return the path of one object, or of a subresource of it."""
    path = f"{collection}/{encode_segment(name, 'name')}"
    return f"{path}/{subresource}" if subresource else path
