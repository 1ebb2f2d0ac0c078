"""Apply a custom resource and its definition from one text, and wait for a condition, without models."""

from typing import Any

import anyio

from kubex import Api, create_client
from kubex.discovery import Discovery
from kubex.manifests import dump, load
from kubex_ops import apply
from kubex_runtime import wait_for
from kubex_runtime.conditions import condition

TEXT = """
apiVersion: example.com/v1
kind: Widget
metadata: {name: red, namespace: default}
spec: {color: red}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: widgets, kind: Widget, shortNames: [wd]}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties: {spec: {type: object, properties: {color: {type: string}}}}
"""


async def main() -> None:
    async with create_client() as client:
        discovery: Discovery[Any] = Discovery(client)
        print(await apply(client, load(TEXT), field_manager="example", discovery=discovery))
        definitions = Api(await discovery.resource("crd"), client)
        await wait_for(definitions, "widgets.example.com", condition("Established"), timeout=30)
        widgets = Api(await discovery.resource("wd"), client, namespace="default")
        print(dump(await widgets.list()))


if __name__ == "__main__":
    anyio.run(main)  # or anyio.run(main, backend="trio")
