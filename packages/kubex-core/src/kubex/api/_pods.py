"""The `eviction` subresource of pods."""

from __future__ import annotations

from typing import Any

from kubex.api._endpoint import Endpoint
from kubex.api._expected_kinds import STATUS, ExpectedKinds, decode_success, is_blank
from kubex.api._options import DeleteOptions
from kubex.client._client import send_request
from kubex.core._encode import encode
from kubex.core.params import NamespaceTypes, TimeoutTypes
from kubex.models import Status
from kubex.models._api_resource import TypeMeta

_EVICTION = TypeMeta("policy/v1", "Eviction")

# API servers respond with a Status, although their OpenAPI document states an Eviction.
_EVICTION_RESPONSE = ExpectedKinds((STATUS, _EVICTION))


async def create_eviction(
    endpoint: Endpoint[Any], name: str, options: DeleteOptions, namespace: NamespaceTypes, timeout: TimeoutTypes
) -> Status:
    """Create the `eviction` subresource of a pod."""
    path = endpoint.object_path(name, namespace, "evict", "eviction")
    body = {
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": {"name": name, "namespace": endpoint.resolve(namespace)},
        "deleteOptions": options.document(),
    }
    # For an eviction, 429 means that a disruption budget does not allow it, so a retry could fail for hours.
    request = endpoint.request("POST", path, timeout, body=encode(body), resend_when_throttled=False)
    return await send_request(endpoint.client, request, lambda response: _decode_eviction(response.body))


def _decode_eviction(body: bytes) -> Status:
    if is_blank(body) or _EVICTION_RESPONSE.check_object(body, "Status", named=False).kind != _EVICTION.kind:
        return decode_success(body)
    return Status(status="Success")
