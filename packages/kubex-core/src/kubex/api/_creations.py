"""Subresources that are only ever created: evictions and tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kubex.api._endpoint import Endpoint
from kubex.api._options import DeleteOptions, WriteOptions, dry_run_value
from kubex.core._encode import encode
from kubex.core.params import NamespaceTypes, Precondition, TimeoutTypes
from kubex.models import Status, TokenRequest, TokenRequestSpec
from kubex.models._errors import decode
from kubex.models._tokens import BoundObjectReference


class Eviction:
    """The `eviction` subresource of pods: a delete that respects disruption budgets.

    See https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/.
    """

    def __init__(self, endpoint: Endpoint[Any]) -> None:
        self._endpoint = endpoint

    async def create(
        self,
        name: str,
        *,
        grace_period_seconds: int | None = None,
        precondition: Precondition | None = None,
        dry_run: bool = False,
        namespace: NamespaceTypes = ...,
        request_timeout: TimeoutTypes = ...,
    ) -> Status:
        """Evict a pod. Raises TooManyRequests, which is not sent again, while a disruption budget forbids it."""
        endpoint = self._endpoint
        options = DeleteOptions(grace_period_seconds=grace_period_seconds, precondition=precondition, dry_run=dry_run)
        path = endpoint.object(name, namespace, "eviction", "eviction")
        body = {
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": {"name": name, "namespace": endpoint.resolve(namespace)},
            "deleteOptions": options.document(),
        }
        request = endpoint.request("POST", path, request_timeout, body=encode(body), resend_when_throttled=False)
        return await endpoint.client.call(request, lambda answer: decode(Status, answer.body, "Status"))


class Tokens:
    """The `token` subresource of service accounts.

    See https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#tokenrequest-api.
    """

    def __init__(self, endpoint: Endpoint[Any]) -> None:
        self._endpoint = endpoint

    async def create(
        self,
        name: str,
        *,
        audiences: Sequence[str] = (),
        expiration_seconds: int | None = None,
        bound_to: BoundObjectReference | None = None,
        dry_run: bool = False,
        namespace: NamespaceTypes = ...,
        request_timeout: TimeoutTypes = ...,
    ) -> TokenRequest:
        """Ask for a token; it stands in `status.token`, and the server may make it good for longer or shorter."""
        endpoint = self._endpoint
        wanted = TokenRequest(
            spec=TokenRequestSpec(
                audiences=list(audiences), expiration_seconds=expiration_seconds, bound_object_ref=bound_to
            )
        )
        request = endpoint.request(
            "POST",
            endpoint.object(name, namespace, "token", "token"),
            request_timeout,
            query=WriteOptions(dry_run=dry_run_value(dry_run)).query(),
            body=encode(wanted),
        )
        return await endpoint.client.call(request, lambda answer: decode(TokenRequest, answer.body, "TokenRequest"))
