"""Check `kind` and `apiVersion` of a request body against its path."""

from typing import Any

from kubex_testing._objects.json_types import JsonObject, object_at
from kubex_testing._objects.schema import builtin_table
from kubex_testing._objects.status_causes import format_go, format_json

from . import _errors as errors
from ._registry import ResourceType

_SCHEME = "pkg/runtime/scheme.go:111"


def check_type_meta(resource: ResourceType, document: JsonObject, *, patched: bool = False) -> None:
    """Check `kind` and `apiVersion`, and set missing ones. Raises 400, or 422 for custom resources and patches."""
    kind, version = document.get("kind"), document.get("apiVersion")
    if resource.custom is not None:
        _check_custom_type(resource, document, kind, version, patched=patched)
    elif kind not in (None, "", resource.kind):
        raise decoding_error(resource, document, _other_kind(resource, kind), patched=patched)
    elif version not in (None, "", resource.api_version):
        raise decoding_error(resource, document, _unregistered(resource.kind, version), patched=patched)
    document["kind"], document["apiVersion"] = resource.kind, resource.api_version
    if document.get("metadata") is None:
        document["metadata"] = {}


def _other_kind(resource: ResourceType, kind: Any) -> str:
    """Return the message for an object of another kind."""
    kinds = builtin_table()["kinds"]
    if not any(
        f"{resource.group}/{resource.version}/{name}" in kinds for name in (kind, str(kind).removesuffix("List"))
    ):
        return _unregistered(kind, resource.api_version)
    group = resource.group.partition(".")[0] or "core"
    return f"converting ({resource.version}.{kind}) to ({group}.{resource.kind}): unknown conversion"


def _unregistered(kind: Any, version: Any) -> str:
    return f'no kind "{kind}" is registered for version "{version}" in scheme "{_SCHEME}"'


def decoding_error(resource: ResourceType, document: JsonObject, detail: str, *, patched: bool) -> errors.ApiError:
    """Return the error for a body that is not an object of its kind: 400, or 422 for the result of a patch."""
    # kube-apiserver shows the patched document as a quoted Go string, hence the double encoding.
    if patched:
        cause = errors.status_cause(
            "FieldValueInvalid", f"Invalid value: {format_json(format_json(document))}: {detail}", "patch"
        )
        return errors.invalid("", "", "", [cause])
    kind = document.get("kind") or resource.kind
    version = str(document.get("apiVersion") or resource.api_version).rpartition("/")[2]
    return errors.bad_request(f'{kind} in version "{version}" cannot be handled as a {resource.kind}: {detail}')


def strategic_patch_error(patch: object, detail: str) -> errors.ApiError:
    """Return the error for a strategic merge patch that does not result in an object of its kind."""
    message = f"Invalid value: {format_json(format_go(patch))}: {detail}"
    return errors.invalid("", "", "", [errors.status_cause("FieldValueInvalid", message, "patch")])


def _check_custom_type(resource: ResourceType, document: JsonObject, kind: Any, version: Any, *, patched: bool) -> None:
    if not kind and patched:
        text = f"Object 'Kind' is missing in '{format_json(document)}'"
        raise decoding_error(resource, document, text, patched=True)
    if not version and patched:
        raise errors.internal("Object 'apiVersion' is missing in 'object has no apiVersion field'")
    if not kind:
        raise errors.bad_request("Object 'Kind' is missing in the body of the request")
    if version != resource.api_version:
        raise errors.bad_request(
            f"the API version in the data ({version or ''}) does not match the expected API version "
            f"({resource.api_version})"
        )
    if kind != resource.kind:
        name = object_at(document, "metadata").get("name") or ""
        message = f'Invalid value: "{kind}": must be {resource.kind}'
        raise errors.invalid(kind, resource.group, name, [errors.status_cause("FieldValueInvalid", message, "kind")])
