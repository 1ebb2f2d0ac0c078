"""A first program, which only imports from `kubex`."""

from typing_extensions import assert_type

from kubex import (
    AlreadyExists,
    Api,
    ClientOptions,
    EventType,
    MergePatch,
    NotFound,
    ObjectMeta,
    PropagationPolicy,
    Status,
    Timeout,
    create_client,
)
from kubex_k8s.v1_37.core.v1 import ConfigMap


async def main() -> None:
    async with create_client(options=ClientOptions(timeout=Timeout(total=30), field_manager="example")) as client:
        api = Api(ConfigMap, client, namespace="default")
        try:
            await api.create(ConfigMap(metadata=ObjectMeta(name="settings"), data={"color": "blue"}))
        except AlreadyExists as error:
            assert_type(error.name, str | None)
        await api.patch("settings", MergePatch({"data": {"color": "red"}}))
        async with api.watch() as events:
            async for event in events:
                if event.type is EventType.DELETED:
                    break
        try:
            deleted = await api.delete("settings", propagation_policy=PropagationPolicy.FOREGROUND)
            assert_type(deleted, ConfigMap | Status)
        except NotFound as error:
            assert_type(error.status, int)


def unknown_names() -> None:
    from kubex import Apis  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    from kubex import kubex_api  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]

    del Apis, kubex_api
