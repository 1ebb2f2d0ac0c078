"""The write hook receives the identity and the version of each object that the server has stored."""

from collections.abc import AsyncIterator

import pytest

from behaviour.objects import config_map
from kubex.api import Api
from kubex.client import Client, ClientOptions, Write, WriteResult, create_client
from kubex.models import Resource
from kubex.patch import MergePatch
from kubex.transport import Backend
from kubex_k8s.v1_37.apps.v1 import Deployment
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_testing import ServerHandle

pytestmark = pytest.mark.anyio


class Recorder:
    def __init__(self) -> None:
        self.results: list[tuple[str, WriteResult]] = []

    def before(self, write: Write) -> None:
        pass

    def after(self, write: Write, result: WriteResult) -> None:
        self.results.append((write.verb, result))

    def take(self) -> tuple[str, WriteResult]:
        [(verb, result)] = self.results
        self.results.clear()
        return verb, result


@pytest.fixture
def hook() -> Recorder:
    return Recorder()


@pytest.fixture
async def client(server: ServerHandle, backend: Backend, namespace: str, hook: Recorder) -> AsyncIterator[Client]:
    """Return a client with the hook."""
    options = ClientOptions(on_write=hook)
    configuration = server.configuration(namespace=namespace)
    async with create_client(configuration, client_class=backend, options=options) as client:
        yield client


def result_for(obj: Resource, status: int = 200) -> WriteResult:
    metadata = obj.metadata
    return WriteResult(
        status, obj.api_version, obj.kind, metadata.name, metadata.namespace, metadata.uid, metadata.resource_version
    )


async def test_write_hook_receives_the_stored_version_of_each_write(client: Client, hook: Recorder) -> None:
    api = Api(ConfigMap, client)
    created = await api.create(config_map("a"))
    assert hook.take() == ("create", result_for(created, 201))
    created.data = {"k": "1"}
    replaced = await api.replace(created)
    assert hook.take() == ("update", result_for(replaced))
    patched = await api.patch("a", MergePatch({"data": {"k": "2"}}))
    assert hook.take() == ("patch", result_for(patched))
    applied = await api.apply(config_map("b"), field_manager="tests")
    assert hook.take() == ("patch", result_for(applied, 201))
    await api.get("a")
    await api.list()
    assert hook.results == []


async def test_write_hook_receives_the_uid_of_a_deleted_object(client: Client, hook: Recorder) -> None:
    api = Api(ConfigMap, client)
    created = await api.create(config_map("a", finalizers=["example.com/hold"]))
    hook.take()
    await api.delete("a")
    verb, result = hook.take()
    assert (verb, result.kind, result.name, result.uid) == ("delete", "ConfigMap", "a", created.metadata.uid)
    await api.patch("a", MergePatch({"metadata": {"finalizers": None}}))
    hook.take()
    other = await api.create(config_map("b"))
    hook.take()
    await api.delete("b")
    verb, result = hook.take()
    assert (verb, result.kind, result.name, result.uid) == ("delete", "Status", "b", other.metadata.uid)


async def test_write_hook_receives_the_version_of_a_subresource(client: Client, hook: Recorder) -> None:
    deployments = Api(Deployment, client)
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web", "image": "web:1"}]}}
    spec = {"replicas": 1, "selector": {"matchLabels": {"app": "web"}}, "template": template}
    created = await deployments.create(Deployment.model_validate({"metadata": {"name": "web"}, "spec": spec}))
    hook.take()
    scaled = await deployments.scale.patch("web", MergePatch({"spec": {"replicas": 0}}))
    verb, result = hook.take()
    assert (verb, result.kind, result.name, result.uid) == ("patch", "Scale", "web", created.metadata.uid)
    assert result.resource_version == scaled.metadata.resource_version
