"""Kinds that the server processes but does not store: reviews and bindings."""

from __future__ import annotations

from typing import TypeVar

from kubex.api._endpoint import check_client
from kubex.api._expected_kinds import decode_success, expected_kinds, is_blank, read_header
from kubex.api._options import WriteOptions, dry_run_value
from kubex.client import Client
from kubex.client._client import resolve_timeout, send_request
from kubex.core._encode import encode_object
from kubex.core._http import Request
from kubex.core._paths import build_collection_path
from kubex.core.params import NamespaceTypes, TimeoutTypes
from kubex.errors import NamespaceError
from kubex.models import ApiResource, CreateOnly, NamespacedCreateOnly
from kubex.models._errors import decode

C = TypeVar("C", bound=CreateOnly)


async def create_review(
    client: Client,
    review: C,
    *,
    namespace: NamespaceTypes = ...,
    dry_run: bool = False,
    field_manager: str | None = None,
    request_timeout: TimeoutTypes = ...,
) -> C:
    """Send a review to the server, such as a `SubjectAccessReview`, and return it with the response in its status.

    A `Binding` is sent in the same way. It does not have a status, so it is returned unchanged.

    Args:
        client: the client that sends the request.
        review: the object to send; the class derives from `CreateOnly`.
        namespace: for a namespaced kind. By default `review.metadata.namespace`, or else the namespace of the
            configuration.

    Raises:
        Invalid: the server rejects the review.
        NamespaceError: `namespace` differs from `review.metadata.namespace`. The request is not sent.
        TypeError: `review` is an object of another kind; use an `Api` for it.

    See https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access.

    Example:
        spec = SelfSubjectAccessReviewSpec(resource_attributes=ResourceAttributes(verb="list", resource="pods"))
        review = await create_review(client, SelfSubjectAccessReview(spec=spec))
        if review.status is not None:
            print(review.status.allowed)
    """
    check_client(client)
    resource = api_resource_of_review(review)
    options = WriteOptions(dry_run=dry_run_value(dry_run), field_manager=field_manager or client.options.field_manager)
    request = Request(
        method="POST",
        path=_path(client, review, resource, namespace),
        query=options.query(),
        body=encode_object(review, resource),
        timeout=request_timeout if request_timeout is ... else resolve_timeout(client, request_timeout),
    )
    return await send_request(client, request, lambda response: _decode_review(review, resource, response.body))


def api_resource_of_review(review: object) -> ApiResource:
    """Return the `ApiResource` of a review; raises TypeError for other objects, and for a class without it."""
    kind = type(review)
    if not isinstance(review, CreateOnly):
        raise TypeError(f"{kind.__name__} is not a create-only kind: use Api({kind.__name__}, client).create()")
    if review.__resource__ is None:
        raise TypeError(
            f"{kind.__name__} does not declare its API resource: add "
            "__resource__ = ApiResource(group=..., version=..., kind=..., plural=...) to the class"
        )
    return review.__resource__


def _decode_review(review: C, resource: ApiResource, body: bytes) -> C:
    """Decode the response. For a kind without a status, such as Binding, servers return a Status."""
    model = type(review)
    kinds, _ = expected_kinds(resource)
    if "status" not in model.model_fields and (is_blank(body) or kinds.is_status(read_header(body, resource.kind))):
        decode_success(body)
        return review
    kinds.check_object(body, resource.kind, named=False)
    return decode(model, body, resource.kind)


def _path(client: Client, review: CreateOnly, resource: ApiResource, namespace: NamespaceTypes) -> str:
    if not isinstance(review, NamespacedCreateOnly):
        return build_collection_path(resource, None if namespace is ... else namespace, namespaced=False)
    review_namespace = review.metadata.namespace
    if namespace is None:
        raise NamespaceError(resource.group_resource, "create_review needs one namespace: pass its name as namespace=")
    if namespace is ...:
        namespace = review_namespace or client.configuration.namespace or "default"
    elif review_namespace is not None and review_namespace != namespace:
        raise NamespaceError(
            resource.group_resource,
            f"the review has namespace {review_namespace!r}, but the call uses namespace {namespace!r}",
        )
    return build_collection_path(resource, namespace, namespaced=True)
