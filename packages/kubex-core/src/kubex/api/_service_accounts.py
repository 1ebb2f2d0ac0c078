"""The `token` subresource of service accounts."""

from __future__ import annotations

from typing import Any

from kubex.api._endpoint import Endpoint
from kubex.api._expected_kinds import ExpectedKinds
from kubex.api._options import WriteOptions, dry_run_value
from kubex.client._client import send_request
from kubex.core._encode import encode
from kubex.core.params import NamespaceTypes, TimeoutTypes
from kubex.models import TokenRequest, TokenRequestSpec
from kubex.models._api_resource import TypeMeta
from kubex.models._errors import DecodeError, decode

_TOKEN_REQUEST = ExpectedKinds((TypeMeta("authentication.k8s.io/v1", "TokenRequest"),))


async def create_token(
    endpoint: Endpoint[Any],
    name: str,
    spec: TokenRequestSpec,
    namespace: NamespaceTypes,
    timeout: TimeoutTypes,
    *,
    dry_run: bool,
) -> TokenRequest:
    """Create the `token` subresource of a service account. The response always has a status."""
    request = endpoint.request(
        "POST",
        endpoint.object_path(name, namespace, "create_token", "token"),
        timeout,
        query=WriteOptions(dry_run=dry_run_value(dry_run)).query(),
        body=encode(TokenRequest(spec=spec)),
    )
    return await send_request(endpoint.client, request, lambda response: _decode_token_request(response.body))


def _decode_token_request(body: bytes) -> TokenRequest:
    _TOKEN_REQUEST.check_object(body, "TokenRequest", named=False)
    token_request = decode(TokenRequest, body, "TokenRequest")
    if token_request.status is None:
        raise DecodeError("TokenRequest", "status: Field required")
    return token_request
