"""The requests that an informer sends, and the size of what it keeps."""

import pytest

from kubex.api import Api
from kubex.errors import ConfigurationError
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_runtime import Informer, Key, keep_fields
from kubex_testing.embedded import EmbeddedServer, Silence
from runtime.following import WRONG_ARGUMENTS
from support.informers import document, list_of, running

pytestmark = pytest.mark.anyio


def sent(server: EmbeddedServer) -> list[tuple[str, dict[str, str]]]:
    """Return the path and the query of each request."""
    return [(request.path, {name: values[0] for name, values in request.query.items()}) for request in server.requests]


@pytest.mark.covers("pitfall-66")
async def test_informer_requests_only_what_it_keeps(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    informer = Informer(
        api, namespaces=["a", "b", "a"], label_selector={"app": "web"}, field_selector="metadata.name=x"
    )
    async with running(informer):
        requests = sent(kubex_server)
    assert sorted(path for path, _ in requests) == [
        "/api/v1/namespaces/a/configmaps",
        "/api/v1/namespaces/b/configmaps",
    ]
    for _, query in requests:
        assert (query["labelSelector"], query["fieldSelector"]) == ("app=web", "metadata.name=x")
        assert (query["watch"], query["sendInitialEvents"]) == ("true", "true")


async def test_informer_of_all_namespaces_sends_one_request(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    async with running(Informer(api, namespaces=None)):
        assert [path for path, _ in sent(kubex_server)] == ["/api/v1/configmaps"]


async def test_initial_any_accepts_an_old_list(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    async with running(Informer(api, initial="any")):
        path, query = sent(kubex_server)[0]
    assert (path, query["resourceVersion"]) == ("/api/v1/namespaces/default/configmaps", "0")


@pytest.mark.covers("pitfall-66")
async def test_informer_of_metadata_requests_only_metadata(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    informer = Informer(api.metadata)
    async with running(informer):
        assert all("as=PartialObjectMetadata" in request.header("accept") for request in kubex_server.requests)


@pytest.mark.covers("pitfall-66")
async def test_transform_reduces_the_stored_bytes(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    managed = [{"manager": "kubectl", "fieldsV1": {f"f:{number}": {} for number in range(100)}}]
    objects = [document(f"object-{number}", 900, data={"a": "x" * 5000}) for number in range(50)]
    for obj in objects:
        obj["metadata"]["managedFields"] = managed
    kubex_server.inject("list configmaps", list_of(objects, 900), times=2)
    kubex_server.inject("watch configmaps", Silence(), times=None)
    complete, reduced = (
        Informer(api, initial="list"),
        Informer(api, initial="list", transform=keep_fields("metadata.labels")),
    )
    async with running(complete, reduced):
        assert len(complete) == len(reduced) == 50
        assert 5000 * 50 < stored_bytes(complete) < 5500 * 50
        assert stored_bytes(reduced) < 300 * 50


def stored_bytes(informer: Informer[ConfigMap]) -> int:
    """Return the size of the JSON in the cache."""
    return sum(len(json) for _, json in informer._cache.items())  # pyright: ignore[reportPrivateUsage]  # not public


@pytest.mark.covers("pitfall-70")
async def test_informer_keeps_any_number_of_objects(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    objects = [document(f"object-{number}", 900) for number in range(20_001)]
    kubex_server.inject("list configmaps", list_of(objects, 900))
    kubex_server.inject("watch configmaps", Silence(), times=None)
    informer = Informer(api, initial="list")
    async with running(informer):
        assert len(informer) == len(informer.keys()) == sum(1 for _ in informer.objects()) == 20_001
        assert Key("default", "object-20000") in informer


@pytest.mark.parametrize(
    ("namespaces", "message"),
    [("default", r"namespaces: pass a list: \['default'\]"), ([], "namespaces: is empty: name at least one")],
)
async def test_wrong_namespaces_raise(api: Api[ConfigMap], namespaces: list[str], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Informer(api, namespaces=namespaces)


@WRONG_ARGUMENTS
async def test_wrong_arguments_raise(api: Api[ConfigMap], arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Informer(api, **arguments)  # type: ignore[arg-type]  # wrong on purpose
    assert str(caught.value) == message
