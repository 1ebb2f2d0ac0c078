"""The examples in the docstrings of the public API run, and every verb has one."""

import inspect
from collections.abc import Iterable
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

import anyio
import pytest

import kubex
import kubex.api
import kubex.client
import kubex.discovery
import kubex.errors
import kubex.lazy_import
import kubex.manifests
import kubex.models
import kubex.models.fields
import kubex.models.markers
import kubex.patch
import kubex.selectors
import kubex.streaming
import kubex_ops
import kubex_runtime
import kubex_runtime.conditions
import kubex_testing
import kubex_testing.embedded
from docs.blocks import Block, run_block
from docs.docstrings import code_without_heading, example, examples, public_objects
from docs.running_pod import create_running_pod
from kubex.api import Api, Attach, Exec, Files, Logs, PortForward, RawApi, Subresource, create_api, create_review
from kubex.client import Client, create_client
from kubex.discovery import Discovery, Kinds
from kubex.errors import is_transient
from kubex.models import ObjectMeta
from kubex_k8s.v1_37.apps.v1 import Deployment
from kubex_k8s.v1_37.authorization.v1 import ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec
from kubex_k8s.v1_37.core.v1 import ConfigMap, Pod, ServiceAccount
from kubex_k8s.v1_37.meta.v1 import LabelSelector
from kubex_runtime import Informer, follow, wait_for
from kubex_testing.embedded import Answer, EmbeddedServer, FaultAction

EXAMPLES = examples(
    kubex.api,
    kubex.client,
    kubex.discovery,
    kubex.errors,
    kubex.manifests,
    kubex.models,
    kubex.models.fields,
    kubex.models.markers,
    kubex.patch,
    kubex.selectors,
    kubex.lazy_import,
    kubex.streaming,
    kubex_ops,
    kubex_runtime,
    kubex_runtime.conditions,
    kubex_testing,
    kubex_testing.embedded,
)
MODULES_IN_SCOPE = (
    kubex.models,
    kubex.models.fields,
    kubex.models.markers,
    kubex.errors,
    kubex.patch,
    kubex.selectors,
    kubex.manifests,
    kubex.client,
    kubex.discovery,
    kubex.api,
    kubex.lazy_import,
    kubex,
    kubex_ops,
    kubex_runtime,
    kubex_runtime.conditions,
    kubex_testing,
    kubex_testing.embedded,
)
WEB = {
    "metadata": {"name": "web"},
    "spec": {
        "replicas": 2,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {"containers": [{"name": "app", "image": "app:1"}]},
        },
    },
}


def verbs() -> Iterable[tuple[str, object]]:
    for kind in (Api, Attach, Client, Exec, Files, Logs, PortForward, RawApi, Subresource, Discovery, Kinds):
        for name, method in inspect.getmembers(kind, inspect.isfunction):
            if not name.startswith("_") and name != "aclose":
                yield f"{kind.__name__}.{name}", method
    for function in (
        create_api,
        create_client,
        create_review,
        follow,
        is_transient,
        kubex_ops.adopt,
        kubex_ops.apply,
        kubex_ops.delete,
        kubex_ops.diff,
        kubex_ops.remove,
        wait_for,
    ):
        yield function.__name__, function


def faults() -> Iterable[type[FaultAction]]:
    for name in kubex_testing.embedded.__all__:
        value = getattr(kubex_testing.embedded, name)
        if inspect.isclass(value) and issubclass(value, FaultAction) and value is not FaultAction:
            yield value


@pytest.mark.parametrize("verb", [pytest.param(value, id=name) for name, value in verbs()])
def test_each_verb_has_an_example(verb: object) -> None:
    assert example(verb) is not None


@pytest.mark.parametrize("fault", list(faults()), ids=lambda fault: fault.__name__)
def test_each_fault_has_an_example(fault: type[FaultAction]) -> None:
    assert example(fault) is not None


@pytest.mark.parametrize("module", MODULES_IN_SCOPE, ids=lambda module: module.__name__)
def test_code_in_docstrings_has_the_heading_of_an_example(module: ModuleType) -> None:
    found = {name: code_without_heading(value) for name, value in public_objects(module)}
    assert {name: code for name, code in found.items() if code is not None} == {}


@pytest.mark.anyio
@pytest.mark.parametrize("block", [pytest.param(block, id=name) for name, block in EXAMPLES.items()])
async def test_example_of_a_docstring_runs(block: Block, cluster: EmbeddedServer) -> None:
    async with create_client() as client, anyio.create_task_group() as tasks:
        names = await names_in_examples(client, cluster)
        if "informer" in block.text:
            await tasks.start(names["informer"].run)
        await run_block(block, names)
        tasks.cancel_scope.cancel()


async def names_in_examples(client: Client, cluster: EmbeddedServer) -> dict[str, Any]:
    """Create the objects that examples use, and return the names that are in scope in examples."""
    pods = Api(Pod, client, namespace="default")
    config_maps = Api(ConfigMap, client, namespace="default")
    deployments = Api(Deployment, client, namespace="default")
    service_accounts = Api(ServiceAccount, client, namespace="default")

    await create_running_pod(cluster, client)
    cluster.inject("GET /metrics", Answer(200, b"apiserver_request_total 1\n"))
    await config_maps.create(ConfigMap(metadata=ObjectMeta(name="settings"), data={"color": "blue", "size": "large"}))
    await deployments.create(Deployment.model_validate(WEB))
    await service_accounts.create(ServiceAccount(metadata=ObjectMeta(name="builder")))

    public = {name: getattr(module, name) for module in MODULES_IN_SCOPE for name in module.__all__}
    kinds = (ConfigMap, LabelSelector, Pod, ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec)
    return {
        **public,
        "TYPE_CHECKING": TYPE_CHECKING,
        "anyio": anyio,
        "contextmanager": contextmanager,
        "pytest": pytest,
        "server": cluster,
        **{kind.__name__: kind for kind in kinds},
        "client": client,
        "config_maps": config_maps,
        "deployments": deployments,
        "discovery": Discovery(client),
        "informer": Informer(pods, indexes={"node": lambda pod: [pod.spec.node_name]}),
        "pods": pods,
        "service_accounts": service_accounts,
    }
