"""What programs without type checks get wrong is said with what to do, before anything is sent."""

from typing import Any

import pytest

from kubex.api import Api, create_api, create_review
from kubex.client import Client, create_client
from kubex.transport import Backend
from kubex_k8s.v1_37.apps.v1 import Deployment
from kubex_k8s.v1_37.authentication.v1 import TokenReview, TokenReviewSpec
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_testing.embedded import EmbeddedServer

pytestmark = pytest.mark.anyio

# What a checker of types would not let pass.
MAP: Any = {"metadata": {"name": "a"}, "data": {"k": "v"}}


@pytest.mark.parametrize("verb", ["create", "replace", "apply"])
@pytest.mark.parametrize("written", [MAP, ConfigMap, None, '{"metadata": {"name": "a"}}'])
async def test_only_objects_are_written(
    embedded_client: Client, kubex_server: EmbeddedServer, verb: str, written: object
) -> None:
    api = Api(ConfigMap, embedded_client)
    wanted = (
        f"{type(written).__name__} is not an object of kind ConfigMap; create one from a dict with "
        r"ConfigMap\.model_validate\(\.\.\.\)"
    )
    with pytest.raises(TypeError, match=wanted):
        await getattr(api, verb)(written)
    assert kubex_server.requests == []


async def test_only_a_scale_replaces_a_scale(embedded_client: Client, kubex_server: EmbeddedServer) -> None:
    deployments = Api(Deployment, embedded_client)
    with pytest.raises(
        TypeError, match=r"dict is not an object of kind Scale; create one from a dict with Scale\.model_validate"
    ):
        await deployments.scale.replace(MAP)
    with pytest.raises(TypeError, match="dict is not an object of kind Deployment"):
        await deployments.status.replace(MAP)
    assert kubex_server.requests == []


@pytest.mark.parametrize("patch", [MAP, [{"op": "remove", "path": "/data"}], b"{}", ConfigMap()])
async def test_a_patch_says_of_which_kind_it_is(
    embedded_client: Client, kubex_server: EmbeddedServer, patch: Any
) -> None:
    wanted = (
        f"expected a patch, not {type(patch).__name__}: wrap it in MergePatch, StrategicMergePatch, JsonPatch or "
        "ApplyPatch"
    )
    with pytest.raises(TypeError, match=wanted):
        await Api(ConfigMap, embedded_client).patch("a", patch)
    with pytest.raises(TypeError, match=wanted):
        await Api(Deployment, embedded_client).scale.patch("a", patch)
    assert kubex_server.requests == []


async def test_an_api_needs_a_client_that_was_awaited(kubex_server: EmbeddedServer, backend: Backend) -> None:
    unawaited: Any = create_client(kubex_server.handle.configuration(), client_class=backend)
    others: list[Any] = [unawaited, None, kubex_server.handle]
    for client in others:
        wanted = rf"expected a Client, not {type(client).__name__}: use `async with create_client\(\) as client`"
        with pytest.raises(TypeError, match=wanted):
            Api(ConfigMap, client)
        with pytest.raises(TypeError, match=wanted):
            await create_review(client, TokenReview(spec=TokenReviewSpec(token="a")))
    with pytest.raises(TypeError, match="expected a Client, not _ClientContext"):
        await create_api(ConfigMap, client=unawaited)


@pytest.mark.parametrize("kind", ["Pod", None, ConfigMap()])
async def test_an_api_needs_the_class_of_a_kind(embedded_client: Client, kind: Any) -> None:
    with pytest.raises(TypeError, match=f"expected the class of a kind, such as Pod, not {type(kind).__name__}"):
        Api(kind, embedded_client)
