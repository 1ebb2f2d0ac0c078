"""Reviews: kinds that are created but not stored, and return identities and permissions.

See https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access.
"""

from collections.abc import Callable

from kubex_testing._objects.json_types import JsonObject, array_at, object_at
from kubex_testing._objects.status_causes import StatusCause, invalid

from . import _errors as errors
from ._auth import ANONYMOUS, Authorizer, authenticated, user_document
from ._bindings import bind_by_name
from ._cluster import Call, now
from ._create_only import created_response, decode_create_only
from ._managed_fields import record_managed_fields
from ._messages import Identity, Response
from ._request_info import RequestInfo
from ._rules_review import rules_review_status
from ._service_account_tokens import ServiceAccountTokens

_SYSTEM_METADATA = (
    "managedFields", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "uid", "selfLink",
)  # fmt: skip
_ATTRIBUTES_MESSAGE = "exactly one of nonResourceAttributes or resourceAttributes must be specified"


class Reviews:
    """Create reviews and bindings."""

    def __init__(self, tokens: ServiceAccountTokens, authorizer: Authorizer) -> None:
        self._tokens = tokens
        self._authorizer = authorizer
        self._kinds: dict[str, Callable[[Call, JsonObject], JsonObject]] = {
            "SelfSubjectReview": self._self_subject_review,
            "SelfSubjectAccessReview": self._self_subject_access_review,
            "SelfSubjectRulesReview": self._self_subject_rules_review,
            "SubjectAccessReview": self._subject_access_review,
            "LocalSubjectAccessReview": self._subject_access_review,
            "TokenReview": self._token_review,
        }

    async def create(self, call: Call) -> Response:
        """POST of a kind that is not stored. Raises 400 and 422."""
        resource = call.resource
        if resource.kind == "Binding":
            return await bind_by_name(call)
        body, options = decode_create_only(call, resource)
        for key in _SYSTEM_METADATA:
            body["metadata"].pop(key, None)
        record_managed_fields(call, body, None, options)
        document = {"kind": resource.kind, "apiVersion": resource.api_version}
        return created_response(call, resource, {**document, **self._kinds[resource.kind](call, body)})

    def _self_subject_review(self, call: Call, _body: JsonObject) -> JsonObject:
        return {"metadata": {"creationTimestamp": now()}, "status": {"userInfo": user_document(call.user)}}

    def _self_subject_access_review(self, call: Call, body: JsonObject) -> JsonObject:
        _raise_if_invalid(call, [*_spec_problems(body), *_metadata_problems(call, body)])
        return self._with_decision(body, call.user)

    def _subject_access_review(self, call: Call, body: JsonObject) -> JsonObject:
        spec = object_at(body, "spec")
        problems = _spec_problems(body)
        if not spec.get("user") and not array_at(spec, "groups"):
            problems.append(invalid("spec.user", "", "at least one of user or group must be specified"))
        problems += _metadata_problems(call, body)
        if call.info.namespace:
            problems += _local_problems(call, spec)
        _raise_if_invalid(call, problems)
        user = Identity(spec.get("user") or "", tuple(array_at(spec, "groups")))
        # A named user counts as authenticated unless the review contains the group of anonymous users.
        return self._with_decision(body, user if set(ANONYMOUS.groups) & set(user.groups) else authenticated(user))

    def _self_subject_rules_review(self, call: Call, body: JsonObject) -> JsonObject:
        namespace = object_at(body, "spec").get("namespace")
        if not namespace:
            raise errors.bad_request("no namespace on request")
        status = rules_review_status(call.cluster.registry, self._authorizer, call.user, namespace)
        return {"metadata": body["metadata"], "spec": {}, "status": status}

    def _token_review(self, _call: Call, body: JsonObject) -> JsonObject:
        status = self._tokens.review(body)
        return {"metadata": body["metadata"], "spec": body["spec"], "status": status}

    def _with_decision(self, body: JsonObject, user: Identity) -> JsonObject:
        allowed = self._authorizer.allows(user, _requested_attributes(object_at(body, "spec")))
        return {"metadata": body["metadata"], "spec": body["spec"], "status": {"allowed": allowed}}


def _raise_if_invalid(call: Call, problems: list[StatusCause]) -> None:
    if problems:
        # kube-apiserver puts only the group in this message, without a kind.
        raise errors.invalid("", call.resource.group, "", [item.to_dict() for item in problems])


def _spec_problems(body: JsonObject) -> list[StatusCause]:
    spec = object_at(body, "spec")
    path = spec.get("nonResourceAttributes")
    if (spec.get("resourceAttributes") is None) == (path is None):
        return [invalid("spec", path, _ATTRIBUTES_MESSAGE)]
    return []


def _metadata_problems(call: Call, body: JsonObject) -> list[StatusCause]:
    metadata = {key: value for key, value in body["metadata"].items() if value}
    if set(metadata) - {"namespace", "managedFields"}:
        expected = "must be empty except for namespace" if call.info.namespace else "must be empty"
        return [invalid("metadata", metadata, expected)]
    return []


def _local_problems(call: Call, spec: JsonObject) -> list[StatusCause]:
    resource, path = spec.get("resourceAttributes"), spec.get("nonResourceAttributes")
    problems: list[StatusCause] = []
    if resource is not None and (resource.get("namespace") or "") != call.info.namespace:
        namespace = resource.get("namespace") or ""
        problems.append(invalid("spec.resourceAttributes.namespace", namespace, "must match metadata.namespace"))
    if path is not None:
        problems.append(invalid("spec.nonResourceAttributes", path, "disallowed on this kind of request"))
    return problems


def _requested_attributes(spec: JsonObject) -> RequestInfo:
    path = spec.get("nonResourceAttributes")
    if path is not None:
        return RequestInfo(path.get("path", ""), path.get("verb", ""))
    attributes = object_at(spec, "resourceAttributes")
    return RequestInfo(
        "",
        attributes.get("verb", ""),
        is_resource=True,
        group=attributes.get("group", ""),
        version=attributes.get("version", ""),
        namespace=attributes.get("namespace", ""),
        plural=attributes.get("resource", ""),
        name=attributes.get("name", ""),
        subresource=attributes.get("subresource", ""),
    )
