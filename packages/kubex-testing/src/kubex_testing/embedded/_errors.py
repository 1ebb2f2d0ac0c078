"""The errors of the API, as the `Status` documents of kube-apiserver."""

from collections.abc import Mapping, Sequence
from typing import Any

from kubex_testing._objects.json_types import JsonObject


class ApiError(Exception):
    """An error response with a `Status` document.

    See https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/.
    """

    def __init__(
        self,
        code: int,
        reason: str | None,
        message: str,
        *,
        details: Mapping[str, Any] | None = None,
        headers: Sequence[tuple[str, str]] = (),
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.details = None if details is None else dict(details)
        self.headers = tuple(headers)
        self.metadata = dict(metadata or {})

    def status(self) -> JsonObject:
        """Return the document with its keys in the order of kube-apiserver."""
        document: JsonObject = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": self.metadata,
            "status": "Failure",
            "message": self.message,
        }
        if self.reason:
            document["reason"] = self.reason
        if self.details is not None:
            document["details"] = self.details
        document["code"] = self.code
        return document


class PlainError(Exception):
    """An error response with plain text, which the layers around the API use."""

    def __init__(self, code: int, text: str, *, headers: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.headers = tuple(headers)


def status_cause(type: str, message: str, field: str) -> JsonObject:
    """Return one entry of `details.causes`. Its JSON key for the type is `reason`."""
    return {"reason": type, "message": message, "field": field}


def qualified(name: str, group: str) -> str:
    """Return a resource or kind with its group, as in messages: `deployments.apps`."""
    return f"{name}.{group}" if group else name


def _details(kind: str, group: str, name: str = "", **extra: Any) -> JsonObject:
    details: JsonObject = {}
    if name:
        details["name"] = name
    if group:
        details["group"] = group
    if kind:
        details["kind"] = kind
    details.update(extra)
    return details


def not_found(plural: str, group: str, name: str) -> ApiError:
    message = f'{qualified(plural, group)} "{name}" not found'
    return ApiError(404, "NotFound", message, details=_details(plural, group, name))


def unknown_resource() -> ApiError:
    return ApiError(404, "NotFound", "the server could not find the requested resource", details={})


def unknown_path() -> PlainError:
    return PlainError(404, "404 page not found\n", headers=[("X-Content-Type-Options", "nosniff")])


def service_unavailable() -> PlainError:
    """Return the error for a group whose server is not available."""
    return PlainError(503, "service unavailable\n", headers=[("X-Content-Type-Options", "nosniff")])


def already_exists(plural: str, group: str, name: str, *, terminating: bool = False) -> ApiError:
    prefix = "object is being deleted: " if terminating else ""
    message = f'{prefix}{qualified(plural, group)} "{name}" already exists'
    return ApiError(409, "AlreadyExists", message, details=_details(plural, group, name))


OPTIMISTIC_LOCK_MESSAGE = "the object has been modified; please apply your changes to the latest version and try again"


def conflict(kind: str, group: str, name: str, detail: str = OPTIMISTIC_LOCK_MESSAGE) -> ApiError:
    """Return a 409. `kind` is the plural, except for preconditions of a delete, which name the kind."""
    message = f'Operation cannot be fulfilled on {qualified(kind, group)} "{name}": {detail}'
    return ApiError(409, "Conflict", message, details=_details(kind, group, name))


def invalid(kind: str, group: str, name: str, causes: Sequence[Mapping[str, Any]]) -> ApiError:
    """Return a 422 for an object or options with invalid fields. `status_cause` builds the `causes`."""
    texts = [f"{item['field']}: {item['message']}" for item in causes]
    # kube-apiserver omits duplicates, and the brackets around a single message.
    joined = texts[0] if len(set(texts)) == 1 else f"[{', '.join(dict.fromkeys(texts))}]"
    message = f'{qualified(kind, group)} "{name}" is invalid: {joined}'
    details = _details(kind, group, name, causes=[dict(item) for item in causes])
    return ApiError(422, "Invalid", message, details=details)


def invalid_options(kind: str, type: str, message: str, field: str) -> ApiError:
    return invalid(kind, "meta.k8s.io", "", [status_cause(type, message, field)])


def forbidden_option(message: str, field: str) -> ApiError:
    """Return a 422 for an option of a list or watch that must not be set."""
    return invalid_options("ListOptions", "FieldValueForbidden", f"Forbidden: {message}", field)


def bad_request(message: str) -> ApiError:
    return ApiError(400, "BadRequest", message)


def method_not_allowed() -> ApiError:
    message = "the server does not allow this method on the requested resource"
    return ApiError(405, "MethodNotAllowed", message, details={})


def unsupported_action(verb: str, plural: str, group: str) -> ApiError:
    message = f'{verb} is not supported on resources of kind "{qualified(plural, group)}"'
    return ApiError(405, "MethodNotAllowed", message, details=_details(plural, group))


def unauthorized() -> ApiError:
    return ApiError(401, "Unauthorized", "Unauthorized")


def forbidden(plural: str, group: str, name: str, detail: str, *causes: Mapping[str, Any]) -> ApiError:
    subject = f'{qualified(plural, group)} "{name}"' if name else qualified(plural, group)
    extra = {"causes": [dict(item) for item in causes]} if causes else {}
    details = _details(plural, group, name, **extra)
    return ApiError(403, "Forbidden", f"{subject} is forbidden: {detail}", details=details)


def forbidden_path(detail: str) -> ApiError:
    return ApiError(403, "Forbidden", f"forbidden: {detail}", details={})


def expired(message: str, *, continue_token: str | None = None) -> ApiError:
    metadata = {"continue": continue_token} if continue_token else None
    return ApiError(410, "Expired", message, metadata=metadata)


def too_large_revision(requested: int, current: int) -> ApiError:
    return ApiError(
        504,
        "Timeout",
        f"Timeout: Too large resource version: {requested}, current: {current}",
        details={
            "causes": [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}],
            "retryAfterSeconds": 1,
        },
        headers=[("Retry-After", "1")],
    )


def storage_initializing(retry_after: int) -> ApiError:
    """Return a 429 of a kind whose cache is not ready. `retry_after` is in seconds."""
    return ApiError(
        429,
        "TooManyRequests",
        "storage is (re)initializing",
        details={"retryAfterSeconds": retry_after},
        headers=[("Retry-After", str(retry_after))],
    )


def internal(message: str) -> ApiError:
    """Return a 500 without a reason, which kube-apiserver uses for untyped errors."""
    return ApiError(500, None, message)


def not_acceptable(message: str) -> ApiError:
    return ApiError(406, "NotAcceptable", message)


def unsupported_media(message: str, *, details: Mapping[str, Any] | None = None) -> ApiError:
    return ApiError(415, "UnsupportedMediaType", message, details=details)


def unknown_body_format(*accepted: str) -> ApiError:
    """Return a 415 with the media types that the request could have."""
    message = f"the body of the request was in an unknown format - accepted media types include: {', '.join(accepted)}"
    return unsupported_media(message)


def entity_too_large(problem: str) -> ApiError:
    return ApiError(413, "RequestEntityTooLarge", f"Request entity too large: {problem}")
