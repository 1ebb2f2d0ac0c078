"""Define a custom resource, register it, and use it like any other kind.

The program uses the current context of the kubeconfig. The user must be allowed to create CustomResourceDefinitions.
"""

from typing import Annotated

import anyio
from pydantic import Field

from kubex import Api, ApiResource, Client, Invalid, MergePatch, Model, NamespacedResource, ObjectMeta, create_client
from kubex.models import PrinterColumn, crd_for
from kubex_k8s.v1_37.apiextensions.v1 import CustomResourceDefinition


class BackupSpec(Model):
    schedule: Annotated[str, Field(pattern=r"^\S+( \S+){4}$")]
    keep: Annotated[int, Field(ge=1)] = 7


class Backup(NamespacedResource):
    __resource__ = ApiResource(group="kubex.example.com", version="v1", kind="Backup", plural="backups")
    spec: BackupSpec


async def register(client: Client) -> None:
    """Create the CustomResourceDefinition of the class, and wait until the server serves the kind."""
    definitions = Api(CustomResourceDefinition, client)
    definition = crd_for(Backup, columns=[PrinterColumn(name="Schedule", json_path=".spec.schedule")])
    created = await definitions.create(CustomResourceDefinition.model_validate(definition))
    name = created.metadata.name
    async with definitions.watch(field_selector={"metadata.name": str(name)}) as events:
        async for event in events:
            status = event.object.status
            conditions = (status.conditions if status else None) or []
            if any(each.type == "Established" and each.status == "True" for each in conditions):
                print(f"{name} is established")
                return


async def use(client: Client) -> None:
    """Create and patch an object of the new kind."""
    backups = Api(Backup, client)
    backup = Backup(metadata=ObjectMeta(name="nightly"), spec=BackupSpec(schedule="0 3 * * *"))
    created = await backups.create(backup)
    print(f"created {created.metadata.name}, which keeps {created.spec.keep}")

    patched = await backups.patch("nightly", MergePatch({"spec": {"keep": 14}}))
    print(f"patched {patched.metadata.name}, which keeps {patched.spec.keep}")

    try:
        await backups.patch("nightly", MergePatch({"spec": {"schedule": "now and then"}}))
    except Invalid as error:
        print(f"refused: {error.causes[0].field} {error.causes[0].message}")


async def main() -> None:
    """Register the kind, use it, and delete it with all its objects."""
    async with create_client() as client:
        try:
            await register(client)
            await use(client)
        finally:
            with anyio.fail_after(30, shield=True):
                await Api(CustomResourceDefinition, client).delete("backups.kubex.example.com")


if __name__ == "__main__":
    anyio.run(main)
