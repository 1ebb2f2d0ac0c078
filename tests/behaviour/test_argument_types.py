"""Arguments of wrong types raise a helpful `TypeError` before a request is sent."""

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

# `Any` hides the wrong type from the type checker.
DICT: Any = {"metadata": {"name": "a"}, "data": {"k": "v"}}


@pytest.mark.parametrize("verb", ["create", "replace", "apply"])
@pytest.mark.parametrize("value", [DICT, ConfigMap, None, '{"metadata": {"name": "a"}}'])
async def test_write_verbs_raise_type_error_for_other_arguments(
    embedded_client: Client, kubex_server: EmbeddedServer, verb: str, value: object
) -> None:
    api = Api(ConfigMap, embedded_client)
    message = (
        f"{type(value).__name__} is not an object of kind ConfigMap; create one from a dict with "
        r"ConfigMap\.model_validate\(\.\.\.\)"
    )
    with pytest.raises(TypeError, match=message):
        await getattr(api, verb)(value)
    assert kubex_server.requests == []


async def test_edit_raises_type_error_for_another_create(embedded_client: Client, kubex_server: EmbeddedServer) -> None:
    with pytest.raises(TypeError, match="dict is not an object of kind ConfigMap; create one from a dict"):
        await Api(ConfigMap, embedded_client).edit("a", lambda _: None, create=DICT)
    assert kubex_server.requests == []


async def test_subresource_replace_raises_type_error_for_other_arguments(
    embedded_client: Client, kubex_server: EmbeddedServer
) -> None:
    deployments = Api(Deployment, embedded_client)
    with pytest.raises(
        TypeError, match=r"dict is not an object of kind Scale; create one from a dict with Scale\.model_validate"
    ):
        await deployments.scale.replace(DICT)
    with pytest.raises(TypeError, match="dict is not an object of kind Deployment"):
        await deployments.status.replace(DICT)
    assert kubex_server.requests == []


@pytest.mark.parametrize("patch", [DICT, [{"op": "remove", "path": "/data"}], b"{}", ConfigMap()])
async def test_patch_without_a_patch_class_raises_type_error(
    embedded_client: Client, kubex_server: EmbeddedServer, patch: Any
) -> None:
    message = (
        f"expected a patch, not {type(patch).__name__}: wrap it in MergePatch, StrategicMergePatch, JsonPatch or "
        "ApplyPatch"
    )
    with pytest.raises(TypeError, match=message):
        await Api(ConfigMap, embedded_client).patch("a", patch)
    with pytest.raises(TypeError, match=message):
        await Api(Deployment, embedded_client).scale.patch("a", patch)
    assert kubex_server.requests == []


async def test_api_with_an_unawaited_client_raises_type_error(kubex_server: EmbeddedServer, backend: Backend) -> None:
    unawaited: Any = create_client(kubex_server.handle.configuration(), client_class=backend)
    others: list[Any] = [unawaited, None, kubex_server.handle]
    for client in others:
        message = rf"expected a Client, not {type(client).__name__}: use `async with create_client\(\) as client`"
        with pytest.raises(TypeError, match=message):
            Api(ConfigMap, client)
        with pytest.raises(TypeError, match=message):
            await create_review(client, TokenReview(spec=TokenReviewSpec(token="a")))
    with pytest.raises(TypeError, match="expected a Client, not _ClientContext"):
        await create_api(ConfigMap, client=unawaited)


@pytest.mark.parametrize("kind", ["Pod", None, ConfigMap()])
async def test_api_without_a_resource_class_raises_type_error(embedded_client: Client, kind: Any) -> None:
    with pytest.raises(TypeError, match=f"expected the class of a kind, such as Pod, not {type(kind).__name__}"):
        Api(kind, embedded_client)
