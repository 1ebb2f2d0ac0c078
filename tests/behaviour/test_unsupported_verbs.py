"""Verbs that a kind does not support raise before a request is sent, and the server would reject the request."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest

from kubex.api import Api
from kubex.client import Client, create_client
from kubex.errors import MethodNotAllowed, UnsupportedVerbError
from kubex.models import ApiResource, ClusterResource, NamespacedResource, ObjectMeta, api_resource
from kubex.patch import MergePatch
from kubex.transport import Backend
from kubex_k8s.v1_37.core.v1 import ComponentStatus, Namespace
from kubex_testing import ServerHandle
from kubex_testing.embedded import EmbeddedServer

pytestmark = pytest.mark.anyio


async def watch(api: Any) -> None:
    async with api.watch() as events:
        await events.__anext__()


async def pages(api: Any) -> None:
    await api.pages().__anext__()


async def iterate(api: Any) -> None:
    async for _ in api.iterate():
        break


def new_object(api: Any) -> Any:
    return api.resource(metadata=ObjectMeta(name="one"))


VERBS: Mapping[str, Callable[[Any], Awaitable[object]]] = {
    "get": lambda api: api.get("one"),
    "get_or_none": lambda api: api.get_or_none("one"),
    "list": lambda api: api.list(),
    "pages": pages,
    "iterate": iterate,
    "watch": watch,
    "create": lambda api: api.create(new_object(api)),
    "replace": lambda api: api.replace(new_object(api)),
    "edit": lambda api: api.edit("one", lambda _: None),
    "patch": lambda api: api.patch("one", MergePatch({})),
    "apply": lambda api: api.apply(new_object(api), field_manager="me"),
    "delete": lambda api: api.delete("one"),
    "delete_collection": lambda api: api.delete_collection(label_selector="no=where"),
}
READ_VERBS = ("get", "get_or_none", "list", "pages", "iterate")
UNSUPPORTED = [
    *((ComponentStatus, verb) for verb in VERBS if verb not in READ_VERBS),
    (Namespace, "delete_collection"),
]


class Unrestricted(ClusterResource):
    """A cluster-scoped class without a restriction of its verbs."""


def unrestricted(kind: type[ClusterResource]) -> type[Unrestricted]:
    resource = api_resource(kind)
    all_verbs = ApiResource(version=resource.version, kind=resource.kind, plural=resource.plural)
    return type(f"Unrestricted{resource.kind}", (Unrestricted,), {"__resource__": all_verbs})


@pytest.mark.parametrize(("kind", "verb"), UNSUPPORTED)
async def test_unsupported_verb_raises_before_sending_and_lists_supported_verbs(
    kubex_server: EmbeddedServer, embedded_client: Client, kind: type[ClusterResource], verb: str
) -> None:
    with pytest.raises(UnsupportedVerbError) as caught:
        await VERBS[verb](Api(kind, embedded_client))
    assert kubex_server.requests == []
    assert (caught.value.resource, caught.value.verb) == (kind.__name__, verb)
    assert verb not in caught.value.available
    available = ", ".join(caught.value.available)
    assert str(caught.value) == f"{kind.__name__} does not support {verb}; use one of {available}"


@pytest.mark.parametrize("kind", [ComponentStatus, Namespace])
async def test_error_lists_all_supported_verbs(embedded_client: Client, kind: type[ClusterResource]) -> None:
    with pytest.raises(UnsupportedVerbError) as caught:
        await Api(kind, embedded_client).delete_collection()
    assert {*caught.value.available} == VERBS.keys() - {verb for other, verb in UNSUPPORTED if other is kind}


@pytest.mark.parametrize("verb", ["watch", "list", "pages"])
async def test_unsupported_verb_raises_for_metadata(
    kubex_server: EmbeddedServer, embedded_client: Client, verb: str
) -> None:
    class CreateOnly(NamespacedResource):
        __resource__ = ApiResource(version="v1", kind="CreateOnly", plural="createonlies", verbs=frozenset({"create"}))

    with pytest.raises(UnsupportedVerbError, match=f"^CreateOnly does not support {verb}; use one of create$"):
        await VERBS[verb](Api(CreateOnly, embedded_client).metadata)
    assert kubex_server.requests == []


async def test_server_rejects_delete_collection_of_namespaces(client: Client) -> None:
    with pytest.raises(MethodNotAllowed):
        await VERBS["delete_collection"](Api(unrestricted(Namespace), client))


# `edit` reads the object first, which the server allows.
@pytest.mark.parametrize("verb", [verb for kind, verb in UNSUPPORTED if kind is ComponentStatus and verb != "edit"])
async def test_server_rejects_unsupported_verbs_of_component_statuses(
    kubex_control_plane: ServerHandle, backend: Backend, verb: str
) -> None:
    async with create_client(kubex_control_plane.configuration(), client_class=backend) as client:
        with pytest.raises(MethodNotAllowed):
            await VERBS[verb](Api(unrestricted(ComponentStatus), client))
