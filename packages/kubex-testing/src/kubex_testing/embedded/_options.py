"""The query parameters of the verbs, with the checks of kube-apiserver."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kubex_testing._objects.field_selectors import FieldSelector, parse_field_selector, parse_field_terms
from kubex_testing._objects.go_numbers import parse_int, parse_uint
from kubex_testing._objects.go_strings import quote
from kubex_testing._objects.json_types import JsonObject, object_at
from kubex_testing._objects.label_selectors import LabelPredicate, parse_label_selector

from . import _errors as errors
from ._messages import RecordedRequest
from ._registry import ResourceType
from ._request_info import parse_boolean
from ._store import StoredObject

Query = dict[str, list[str]]
MAX_MANAGER_BYTES = 128
_FIELD_VALIDATIONS = ("", "Ignore", "Strict", "Warn")
_REVISION_MATCHES = ("", "Exact", "NotOlderThan")


@dataclass(frozen=True)
class WriteOptions:
    """CreateOptions, UpdateOptions and PatchOptions."""

    dry_run: bool = False
    field_manager: str = ""
    field_validation: str = "Warn"
    force: bool = False


def write_options(request: RecordedRequest, kind: str, *, apply: bool = False) -> WriteOptions:
    """Read the options of a create, update or patch. `kind` is the name of the options in error messages."""
    query = request.query
    manager, validation = first_value(query, "fieldManager"), first_value(query, "fieldValidation")
    causes: list[JsonObject] = []
    if apply and not manager:
        causes.append(
            errors.status_cause("FieldValueRequired", "Required value: is required for apply patch", "fieldManager")
        )
    if kind == "PatchOptions" and not apply and "force" in query:
        message = "Forbidden: may not be specified for non-apply patch"
        causes.append(errors.status_cause("FieldValueForbidden", message, "force"))
    causes += [*_manager_causes(manager), *_dry_run_causes(query.get("dryRun", []))]
    if validation not in _FIELD_VALIDATIONS:
        supported = ", ".join(f'"{item}"' for item in _FIELD_VALIDATIONS)
        message = f'Unsupported value: "{validation}": supported values: {supported}'
        causes.append(errors.status_cause("FieldValueNotSupported", message, "fieldValidation"))
    if causes:
        raise errors.invalid(kind, "meta.k8s.io", "", causes)
    dry_run, force = bool(query.get("dryRun")), parse_boolean(query, "force")
    # kube-apiserver derives the default field manager from the User-Agent header.
    default_manager = request.header("user-agent").partition("/")[0][:MAX_MANAGER_BYTES]
    return WriteOptions(dry_run, manager or default_manager or "unknown", validation or "Warn", force)


def _manager_causes(manager: str) -> Iterator[JsonObject]:
    if len(manager.encode()) > MAX_MANAGER_BYTES:
        message = f"Too long: may not be more than {MAX_MANAGER_BYTES} bytes"
        yield errors.status_cause("FieldValueTooLong", message, "fieldManager")
    position = next((index for index, char in enumerate(manager) if not char.isprintable()), None)
    if position is not None:
        problem = f"invalid character U+{ord(manager[position]):04X} (at position {position})"
        yield errors.status_cause("FieldValueInvalid", f"Invalid value: {quote(manager)}: {problem}", "fieldManager")


def _dry_run_causes(values: list[str]) -> Iterator[JsonObject]:
    if any(value != "All" for value in values):
        shown = ",".join(f'"{value}"' for value in values)
        message = f'Unsupported value: [{shown}]: supported values: "All"'
        yield errors.status_cause("FieldValueNotSupported", message, "dryRun")


@dataclass(frozen=True, slots=True)
class Selection:
    """The objects that a list or watch selects."""

    prefix: str
    labels: LabelPredicate | None = None
    fields: FieldSelector | None = None
    name: str = ""
    """Select only the object with this name (legacy watch paths)."""
    key: str = ""
    """The key of the only object that can match, or an empty string."""
    required_name: str = ""
    """The only name that can match, or an empty string."""

    @property
    def selects_all(self) -> bool:
        return self.labels is None and self.fields is None and not self.name

    def matches(self, stored: StoredObject) -> bool:
        metadata = stored.object["metadata"]
        if self.name and metadata["name"] != self.name:
            return False
        if self.labels is not None and not self.labels(metadata.get("labels") or {}):
            return False
        return self.fields is None or self.fields(stored.object)


def parse_selection(query: Query, resource: ResourceType, namespace: str, name: str = "") -> Selection:
    """Read the selectors. Raises 400."""
    labels, fields = first_value(query, "labelSelector"), first_value(query, "fieldSelector")
    prefix = f"{namespace}/" if namespace else ""
    selector: FieldSelector | None = None
    if fields:
        selector = _parse_or_bad_request(lambda: _parse_field_selector(fields, resource))
    required_name = name or (selector.name if selector else "")
    return Selection(
        prefix,
        _parse_or_bad_request(lambda: parse_label_selector(labels)) if labels else None,
        selector,
        name,
        f"{prefix}{required_name}" if required_name and (prefix or not resource.namespaced) else "",
        required_name,
    )


def _parse_field_selector(text: str, resource: ResourceType) -> FieldSelector:
    """Return a selector for stored objects. Raises ValueError."""
    selector = parse_field_selector(text, resource.selectable)
    return selector.rename(resource.conversion.field_labels) if resource.conversion else selector


def check_selectors(query: Query) -> None:
    """Check the syntax of the selectors, before the other options are checked. Raises 400."""
    if labels := first_value(query, "labelSelector"):
        _parse_or_bad_request(lambda: parse_label_selector(labels))
    if fields := first_value(query, "fieldSelector"):
        _parse_or_bad_request(lambda: parse_field_terms(fields))


@dataclass(frozen=True, slots=True)
class ListOptions:
    """The options of a list or watch except its selectors. None means that a revision is not set."""

    revision: int | None = None
    match: str = ""
    limit: int = 0
    continue_token: str = ""
    timeout: float | None = None
    bookmarks: bool = False
    send_initial_events: bool | None = None
    marks_initial_events: bool = True
    """Whether a bookmark marks the end of the initial events."""
    cached_revision: int | None = None
    """The revision that a list from the cache of the server shows, or None for the latest one."""
    token_expired: bool = False
    """Whether the continue token is rejected."""


def list_options(query: Query) -> ListOptions:
    """Read and check the options of a list. Raises 400 and 422."""
    options = _common_options(query)
    token, revision_text = options.continue_token, first_value(query, "resourceVersion")
    causes: list[JsonObject] = []
    if options.match and not revision_text:
        causes.append(_forbidden_match("resourceVersionMatch is forbidden unless resourceVersion is provided"))
    if options.match and token:
        causes.append(_forbidden_match("resourceVersionMatch is forbidden when continue is provided"))
    if options.match not in _REVISION_MATCHES:
        causes.append(_unsupported_match(options.match, '"Exact", "NotOlderThan", ""'))
    if options.match == "Exact" and revision_text == "0":
        causes.append(_forbidden_match('resourceVersionMatch "exact" is forbidden for resourceVersion "0"'))
    if "sendInitialEvents" in query:
        message = "Forbidden: sendInitialEvents is forbidden for list"
        causes.append(errors.status_cause("FieldValueForbidden", message, "sendInitialEvents"))
    _raise_list_causes(causes)
    if token and revision_text not in ("", "0"):
        raise errors.bad_request("specifying resource version is not allowed when using continue")
    revision = parse_revision(revision_text, lambda text: errors.bad_request(f"invalid resource version: {text}"))
    return ListOptions(revision, options.match, options.limit, token)


def watch_options(query: Query) -> ListOptions:
    """Read and check the options of a watch except its revision. Raises 400 and 422."""
    options = _common_options(query)
    initial = parse_boolean(query, "sendInitialEvents") if "sendInitialEvents" in query else None
    causes: list[JsonObject] = []
    if initial is None and options.match:
        causes.append(
            _forbidden_match("resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided")
        )
    if initial is not None and not options.match:
        causes.append(_forbidden_match("sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"))
    if options.match not in ("", "NotOlderThan"):
        causes.append(_unsupported_match(options.match, '"NotOlderThan"'))
    _raise_list_causes(causes)
    bookmarks = parse_boolean(query, "allowWatchBookmarks")
    return ListOptions(match=options.match, timeout=options.timeout, bookmarks=bookmarks, send_initial_events=initial)


def watch_revision(query: Query) -> int | None:
    """Return the revision at which a watch starts. Raises 500 for an invalid one."""
    return parse_revision(first_value(query, "resourceVersion"), errors.internal)


def parse_revision(text: str, failure: Callable[[str], Exception]) -> int | None:
    """Parse a resourceVersion. Returns None for an empty string."""
    if not text:
        return None
    try:
        return parse_uint(text)
    except ValueError as error:
        raise failure(f'resourceVersion: Invalid value: "{text}": {error}') from None


def first_value(query: Query, key: str) -> str:
    return query.get(key, [""])[0]


@dataclass(frozen=True)
class DeleteOptions:
    """The options of a delete.

    See https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/delete-options/.
    """

    dry_run: bool = False
    grace_period: int | None = None
    policy: str = ""
    uid: str | None = None
    revision: str | None = None
    is_default_policy: bool = False
    """Whether the policy is that of the kind, which an earlier policy of the object overrides."""
    cascades: bool = False
    """Whether the deprecated `orphanDependents: false` is set, which changes the status of the response."""


_POLICIES = ("Foreground", "Background", "Orphan")


def delete_options(query: Query, body: Mapping[str, Any]) -> DeleteOptions:
    """Read the options of a delete from the body, or from the query if the body is empty. Raises 400 and 422."""
    if body:
        fields: JsonObject = dict(body)
        dry_run: list[str] = body.get("dryRun") or []
    else:
        fields = {key: values[0] for key, values in query.items()}
        dry_run = query.get("dryRun", [])
    requested_policy = fields.get("propagationPolicy")
    policy = requested_policy or ""
    orphans = fields.get("orphanDependents")
    causes: list[JsonObject] = []
    if requested_policy is not None and orphans is not None:
        message = f'Invalid value: "{policy}": orphanDependents and deletionPropagation cannot be both set'
        causes.append(errors.status_cause("FieldValueInvalid", message, "propagationPolicy"))
    if requested_policy is not None and requested_policy not in _POLICIES:
        supported = ", ".join(f'"{item}"' for item in (*_POLICIES, "nil"))
        message = f'Unsupported value: "{policy}": supported values: {supported}'
        causes.append(errors.status_cause("FieldValueNotSupported", message, "propagationPolicy"))
    if causes := [*causes, *_dry_run_causes(dry_run)]:
        raise errors.invalid("DeleteOptions", "meta.k8s.io", "", causes)
    # orphanDependents is the deprecated form of propagationPolicy.
    if orphans is not None:
        policy = "Orphan" if str(orphans).lower() == "true" else "Background"
    grace_period = fields.get("gracePeriodSeconds")
    preconditions = object_at(fields, "preconditions")
    return DeleteOptions(
        bool(dry_run),
        None if grace_period is None else parse_integer(str(grace_period)),
        policy,
        preconditions.get("uid"),
        preconditions.get("resourceVersion"),
        cascades=orphans is not None and policy == "Background",
    )


def _common_options(query: Query) -> ListOptions:
    limit = parse_integer(query["limit"][0]) if "limit" in query else 0
    seconds = parse_integer(query["timeoutSeconds"][0]) if "timeoutSeconds" in query else 0
    return ListOptions(
        match=first_value(query, "resourceVersionMatch"),
        limit=max(limit, 0),
        continue_token=first_value(query, "continue"),
        timeout=float(seconds) or None,
    )


def parse_integer(text: str) -> int:
    """Parse a 64-bit integer. Raises 400."""
    try:
        return parse_int(text)
    except ValueError as error:
        raise errors.bad_request(str(error)) from None


def _forbidden_match(message: str) -> JsonObject:
    return errors.status_cause("FieldValueForbidden", f"Forbidden: {message}", "resourceVersionMatch")


def _unsupported_match(match: str, supported: str) -> JsonObject:
    message = f'Unsupported value: "{match}": supported values: {supported}'
    return errors.status_cause("FieldValueNotSupported", message, "resourceVersionMatch")


def _raise_list_causes(causes: list[JsonObject]) -> None:
    if causes:
        raise errors.invalid("ListOptions", "meta.k8s.io", "", causes)


def _parse_or_bad_request(parse: Callable[[], Any]) -> Any:
    try:
        return parse()
    except ValueError as error:
        raise errors.bad_request(str(error)) from error
