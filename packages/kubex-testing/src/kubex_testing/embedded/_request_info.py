"""From a path to what it asks for, as the RequestInfo of a kube-apiserver."""

from dataclasses import dataclass

from ._messages import RecordedRequest

_VERBS = {"POST": "create", "GET": "get", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}


@dataclass(frozen=True)
class RequestInfo:
    """What a request is about. Outside of the API only `path` and `verb` are set."""

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
    non_resource = RequestInfo(request.path, request.method.lower())
    if not segments or segments[0] not in ("api", "apis"):
        return non_resource
    prefix = 2 if segments[0] == "api" else 3
    if len(segments) <= prefix:
        return non_resource
    group = "" if prefix == 2 else segments[1]
    version, rest = segments[prefix - 1], segments[prefix:]
    legacy = rest[0] == "watch"
    if legacy:
        rest = rest[1:]
    namespace, rest = _split_namespace(rest)
    plural, name, subresource = (*rest, "", "", "")[:3]
    if len(rest) > 3:
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
    """Take `namespaces/NAME` off the front, unless it is the Namespace itself that is meant."""
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
    """Read a boolean parameter as the reference does: present and neither `false` nor `0`."""
    values = query.get(key, [])
    return bool(values) and values[0].lower() not in ("false", "0")
