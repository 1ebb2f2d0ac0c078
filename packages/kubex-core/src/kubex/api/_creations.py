"""Subresources that are only created: evictions and tokens."""

from __future__ import annotations

from typing import Any

from kubex.api._endpoint import Endpoint
from kubex.api._expected_kinds import STATUS, ExpectedKinds, is_blank, read_success
from kubex.api._options import DeleteOptions, WriteOptions, dry_run_value
from kubex.client._calls import call
from kubex.core._encode import encode
from kubex.core.params import NamespaceTypes, TimeoutTypes
from kubex.models import Status, TokenRequest, TokenRequestSpec
from kubex.models._api_resource import TypeMeta
from kubex.models._errors import DecodeError, decode

_EVICTION = TypeMeta("policy/v1", "Eviction")
_EVICTED = ExpectedKinds((STATUS, _EVICTION))
_TOKEN_REQUEST = ExpectedKinds((TypeMeta("authentication.k8s.io/v1", "TokenRequest"),))


async def create_eviction(
    endpoint: Endpoint[Any], name: str, options: DeleteOptions, namespace: NamespaceTypes, timeout: TimeoutTypes
) -> Status:
    """Create the `eviction` of an object. Its 429 means a disruption budget, so it is not retried."""
    path = endpoint.object_path(name, namespace, "evict", "eviction")
    body = {
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": {"name": name, "namespace": endpoint.resolve(namespace)},
        "deleteOptions": options.document(),
    }
    request = endpoint.request("POST", path, timeout, body=encode(body), resend_when_throttled=False)
    return await call(endpoint.client, request, lambda answer: _evicted(answer.body))


async def create_token(
    endpoint: Endpoint[Any],
    name: str,
    spec: TokenRequestSpec,
    namespace: NamespaceTypes,
    timeout: TimeoutTypes,
    *,
    dry_run: bool,
) -> TokenRequest:
    """Create the `token` of an object and return the response."""
    request = endpoint.request(
        "POST",
        endpoint.object_path(name, namespace, "create_token", "token"),
        timeout,
        query=WriteOptions(dry_run=dry_run_value(dry_run)).query(),
        body=encode(TokenRequest(spec=spec)),
    )
    return await call(endpoint.client, request, lambda answer: _issued(answer.body))


def _evicted(body: bytes) -> Status:
    """Decode the response to an eviction: a Status, the Eviction, or nothing."""
    if is_blank(body) or _EVICTED.check_object(body, "Status", named=False).kind != _EVICTION.kind:
        return read_success(body)
    return Status(status="Success")


def _issued(body: bytes) -> TokenRequest:
    _TOKEN_REQUEST.check_object(body, "TokenRequest", named=False)
    answer = decode(TokenRequest, body, "TokenRequest")
    if answer.status is None:
        raise DecodeError("TokenRequest", "status: Field required")
    return answer
