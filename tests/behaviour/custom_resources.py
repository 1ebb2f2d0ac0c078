"""CustomResourceDefinitions of tests, and a function that installs them."""

from typing import Any

import anyio

from behaviour.objects import TIMEOUT
from kubex.api import Api
from kubex.client import Client
from kubex.errors import NotFound
from kubex.models import ObjectMeta
from kubex_k8s.v1_37.apiextensions.v1 import (
    CustomResourceDefinition,
    CustomResourceDefinitionNames,
    CustomResourceDefinitionSpec,
    CustomResourceDefinitionVersion,
    CustomResourceSubresources,
    CustomResourceSubresourceStatus,
    CustomResourceValidation,
    JSONSchemaProps,
)

WIDGET_SCHEMA = {
    "type": "object",
    "required": ["spec"],
    "properties": {
        "spec": {
            "type": "object",
            "required": ["size"],
            "properties": {
                "size": {"type": "integer", "minimum": 1},
                "color": {"type": "string", "enum": ["red", "green"], "default": "red"},
                "due": {"type": "string", "format": "date-time"},
            },
        },
        "status": {"type": "object", "properties": {"ready": {"type": "boolean"}}},
    },
}


def make_crd(
    kind: str, plural: str, schema: dict[str, Any], *, scope: str = "Namespaced", list_kind: str | None = None
) -> CustomResourceDefinition:
    """Return the definition of a kind in the group example.com, with a status subresource."""
    version = CustomResourceDefinitionVersion(
        name="v1",
        served=True,
        storage=True,
        schema_=CustomResourceValidation(open_apiv3_schema=JSONSchemaProps.model_validate(schema)),
        subresources=CustomResourceSubresources(status=CustomResourceSubresourceStatus()),
    )
    names = CustomResourceDefinitionNames(
        kind=kind, plural=plural, singular=kind.lower(), list_kind=list_kind or f"{kind}List"
    )
    spec = CustomResourceDefinitionSpec(group="example.com", scope=scope, names=names, versions=[version])
    return CustomResourceDefinition(metadata=ObjectMeta(name=f"{plural}.example.com"), spec=spec)


WIDGET_CRD = make_crd("Widget", "widgets", WIDGET_SCHEMA)


async def install_crd(client: Client, crd: CustomResourceDefinition) -> None:
    """Create a definition if it does not exist, and wait until the server serves its kind."""
    api = Api(CustomResourceDefinition, client)
    name = crd.metadata.name
    assert name is not None
    await api.apply(crd, field_manager="tests")
    with anyio.fail_after(TIMEOUT):
        async with api.watch(field_selector={"metadata.name": name}) as events:
            async for event in events:
                if is_established(event.object):
                    break
        plural = name.partition(".")[0]
        while await _is_not_found(client, f"/apis/example.com/v1/{plural}"):
            pass


def is_established(crd: CustomResourceDefinition) -> bool:
    """Return whether the condition Established is true."""
    conditions = (crd.status and crd.status.conditions) or []
    return any(item.type == "Established" and item.status == "True" for item in conditions)


async def _is_not_found(client: Client, path: str) -> bool:
    # A real server can still return 404 for a short time after the condition Established is true.
    try:
        await client.request("GET", path, query={"limit": 1})
    except NotFound:
        return True
    return False
