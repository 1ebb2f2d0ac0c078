"""Share a ConfigMap between two field managers with server-side apply, and resolve a conflict.

See https://kubernetes.io/docs/reference/using-api/server-side-apply/.
"""

import anyio

from kubex import Api, Conflict, NotFound, ObjectMeta, create_client
from kubex_k8s.v1_37.core.v1 import ConfigMap


def theme(**data: str) -> ConfigMap:
    """Return a ConfigMap that contains only the fields of one manager."""
    return ConfigMap(metadata=ObjectMeta(name="theme"), data=data)


async def share(api: Api[ConfigMap]) -> None:
    """Apply fields, cause a conflict, take over a field, and give it up."""
    await api.apply(theme(color="blue", font="serif"), field_manager="designer")
    print("designer  wants color and font; the object did not exist and was created")
    shared = await api.apply(theme(size="large"), field_manager="editor")
    print(f"editor    wants size; together: {shared.data}")

    try:
        await api.apply(theme(size="large", color="red"), field_manager="editor")
    except Conflict as error:
        print(f"editor    wants another color: {error.causes[0].field} {error.causes[0].message}")
    forced = await api.apply(theme(size="large", color="red"), field_manager="editor", force=True)
    print(f"editor    takes it: {forced.data}")

    given_up = await api.apply(theme(font="serif"), field_manager="designer")
    print(f"designer  gave up color, which the editor keeps: {given_up.data}")


async def main() -> None:
    """Share a ConfigMap in the namespace of the current context, and delete it."""
    async with create_client() as client:
        api = Api(ConfigMap, client)
        try:
            await share(api)
        finally:
            with anyio.fail_after(30, shield=True):
                await delete(api)


async def delete(api: Api[ConfigMap]) -> None:
    """Delete the ConfigMap if it exists."""
    try:
        await api.delete("theme")
    except NotFound:
        print("the ConfigMap does not exist")


if __name__ == "__main__":
    anyio.run(main)
