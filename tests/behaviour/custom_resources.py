"""Custom resources: their definitions, and how a server comes to serve them."""

from typing import Any

import anyio

from behaviour.objects import SECONDS
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


def definition(
    kind: str, plural: str, schema: dict[str, Any], *, scope: str = "Namespaced", list_kind: str | None = None
) -> CustomResourceDefinition:
    """Make the definition of a kind of the group example.com, with a status subresource."""
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


WIDGETS = definition("Widget", "widgets", WIDGET_SCHEMA)


async def establish(client: Client, wanted: CustomResourceDefinition) -> None:
    """Create a definition unless it is there, and wait until its kind is served."""
    api = Api(CustomResourceDefinition, client)
    name = wanted.metadata.name
    assert name is not None
    await api.apply(wanted, field_manager="tests")
    with anyio.fail_after(SECONDS):
        async with api.watch(field_selector={"metadata.name": name}) as events:
            async for event in events:
                if is_established(event.object):
                    break
        plural = name.partition(".")[0]
        while await _unknown(client, f"/apis/example.com/v1/{plural}"):
            pass


def is_established(crd: CustomResourceDefinition) -> bool:
    """Say whether the server has accepted the names and serves the kind."""
    conditions = (crd.status and crd.status.conditions) or []
    return any(item.type == "Established" and item.status == "True" for item in conditions)


async def _unknown(client: Client, path: str) -> bool:
    # A real server has several workers inside, and one of them is a little behind.
    try:
        await client.request("GET", path, query={"limit": 1})
    except NotFound:
        return True
    return False
