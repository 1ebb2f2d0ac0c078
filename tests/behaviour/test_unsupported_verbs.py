"""What a kind cannot do is refused before anything is sent, and the server would have refused it."""

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


def named(api: Any) -> Any:
    return api.resource(metadata=ObjectMeta(name="one"))


VERBS: Mapping[str, Callable[[Any], Awaitable[object]]] = {
    "get": lambda api: api.get("one"),
    "get_or_none": lambda api: api.get_or_none("one"),
    "list": lambda api: api.list(),
    "pages": pages,
    "iterate": iterate,
    "watch": watch,
    "create": lambda api: api.create(named(api)),
    "replace": lambda api: api.replace(named(api)),
    "patch": lambda api: api.patch("one", MergePatch({})),
    "apply": lambda api: api.apply(named(api), field_manager="me"),
    "delete": lambda api: api.delete("one"),
    "delete_collection": lambda api: api.delete_collection(label_selector="nobody=has-this"),
}
READS = ("get", "get_or_none", "list", "pages", "iterate")
LACKING = [
    *((ComponentStatus, verb) for verb in VERBS if verb not in READS),
    (Namespace, "delete_collection"),
]


class Unrestricted(ClusterResource):
    """A cluster's kind as a user writes it, of which nothing says what it cannot do."""


def unrestricted(kind: type[ClusterResource]) -> type[Unrestricted]:
    resource = api_resource(kind)
    everything = ApiResource(version=resource.version, kind=resource.kind, plural=resource.plural)
    return type(f"Unrestricted{resource.kind}", (Unrestricted,), {"__resource__": everything})


@pytest.mark.parametrize(("kind", "verb"), LACKING)
async def test_a_verb_that_the_kind_lacks_sends_nothing_and_names_those_it_has(
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
async def test_the_named_verbs_are_all_but_those_that_are_refused(
    embedded_client: Client, kind: type[ClusterResource]
) -> None:
    with pytest.raises(UnsupportedVerbError) as caught:
        await Api(kind, embedded_client).delete_collection()
    assert {*caught.value.available} == VERBS.keys() - {verb for lacking, verb in LACKING if lacking is kind}


@pytest.mark.parametrize("verb", ["watch", "list", "pages"])
async def test_metadata_alone_is_refused_as_the_whole_is(
    kubex_server: EmbeddedServer, embedded_client: Client, verb: str
) -> None:
    class Letterbox(NamespacedResource):
        __resource__ = ApiResource(version="v1", kind="Letterbox", plural="letterboxes", verbs=frozenset({"create"}))

    with pytest.raises(UnsupportedVerbError, match=f"^Letterbox does not support {verb}; use one of create$"):
        await VERBS[verb](Api(Letterbox, embedded_client).metadata)
    assert kubex_server.requests == []


async def test_the_server_refuses_to_delete_namespaces_by_the_collection(client: Client) -> None:
    with pytest.raises(MethodNotAllowed):
        await VERBS["delete_collection"](Api(unrestricted(Namespace), client))


@pytest.mark.parametrize("verb", [verb for kind, verb in LACKING if kind is ComponentStatus])
async def test_a_real_server_refuses_all_but_reading_of_component_statuses(
    kubex_control_plane: ServerHandle, backend: Backend, verb: str
) -> None:
    async with create_client(kubex_control_plane.configuration(), client_class=backend) as client:
        with pytest.raises(MethodNotAllowed):
            await VERBS[verb](Api(unrestricted(ComponentStatus), client))
