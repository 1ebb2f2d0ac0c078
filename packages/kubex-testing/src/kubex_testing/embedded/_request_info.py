"""Parse a path into a RequestInfo, as kube-apiserver does."""

from dataclasses import dataclass

from ._messages import RecordedRequest

_VERBS = {"POST": "create", "GET": "get", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}


@dataclass(frozen=True)
class RequestInfo:
    """The resource and verb of a request. Non-resource requests have only `path` and `verb`."""

    path: str
    verb: str
    is_resource: bool = False
    group: str = ""
    version: str = ""
    namespace: str = ""
    plural: str = ""
    name: str = ""
    subresource: str = ""
    legacy_watch: bool = False


def parse_request_info(request: RecordedRequest) -> RequestInfo:
    """Split a path into group, version, namespace, resource, name and subresource."""
    segments = request.segments()
    # The core group is at /api/VERSION, and the other groups are at /apis/GROUP/VERSION.
    prefix = {"api": 2, "apis": 3}.get(segments[0] if segments else "", 0)
    if not prefix or len(segments) <= prefix:
        return RequestInfo(request.path, request.method.lower())
    group = "" if prefix == 2 else segments[1]
    version, rest = segments[prefix - 1], segments[prefix:]
    legacy = rest[0] == "watch"
    if legacy:
        rest = rest[1:]
    namespace, rest = _split_namespace(rest)
    plural, name, subresource = (*rest, "", "", "")[:3]
    if len(rest) > 3 and subresource != "proxy":
        subresource = "/".join(rest[2:])
    return RequestInfo(
        request.path,
        _verb(request, name, legacy=legacy),
        is_resource=bool(plural),
        group=group,
        version=version,
        namespace=namespace,
        plural=plural,
        name=name,
        subresource=subresource,
        legacy_watch=legacy,
    )


def _split_namespace(rest: list[str]) -> tuple[str, list[str]]:
    """Split off the prefix `namespaces/NAME`, unless the path refers to the Namespace object."""
    if len(rest) > 2 and rest[0] == "namespaces" and rest[2] not in ("status", "finalize"):
        return rest[1], rest[2:]
    return "", rest


def _verb(request: RecordedRequest, name: str, *, legacy: bool) -> str:
    verb = _VERBS.get(request.method, "")
    if legacy and verb == "get":
        return "watch"
    if name:
        return verb
    if verb == "get":
        return "watch" if parse_boolean(request.query, "watch") else "list"
    return "deletecollection" if verb == "delete" else verb


def parse_boolean(query: dict[str, list[str]], key: str) -> bool:
    """Parse a boolean parameter as kube-apiserver does: it is true unless it is missing, `false` or `0`."""
    values = query.get(key, [])
    return bool(values) and values[0].lower() not in ("false", "0")
