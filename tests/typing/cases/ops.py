"""Sets of objects: what `kubex_ops` accepts and returns."""

from collections.abc import Mapping
from typing import Any

from typing_extensions import assert_type

from kubex.client import Client
from kubex.manifests import Document, load
from kubex_k8s.v1_37.apps.v1 import Deployment
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex.patch import JsonPatch
from kubex_ops import ApplySet, Change, Outcome, Report, Result, adopt, apply, delete, diff, remove
from kubex_ops.errors import OperationError
from kubex_runtime.conditions import available, condition


async def applied(client: Client, objects: list[ConfigMap], json: list[Mapping[str, Any]]) -> None:
    documents = load("")
    report = await apply(client, documents, field_manager="tests")
    assert_type(report, Report)
    assert_type(report.results, tuple[Result, ...])
    assert_type(report.results[0].outcome, Outcome)
    assert_type(report.results[0].document, Document)
    assert_type(report.results[0].object, dict[str, Any] | None)
    await apply(client, objects, field_manager="tests", wait=True, timeout=None)
    await apply(client, json, field_manager="tests", on_result=print)
    await apply(client, [documents[0], objects[0], json[0]], field_manager="tests")
    wait = {Deployment: available(), ("example.com/v1", "Widget"): condition("Ready")}
    await apply(client, objects, field_manager="tests", wait=wait, timeout=60)
    await apply(client, objects)  # E: mypy[call-arg] pyright[reportCallIssue]
    await apply(client, [1], field_manager="tests")  # E: mypy[list-item] pyright[reportArgumentType]
    await apply(client, objects, field_manager="tests", wait=60)  # E: mypy[arg-type] pyright[reportArgumentType]
    await apply(client, objects, field_manager="tests", time_limit=60)  # E: mypy[call-arg] pyright[reportCallIssue]


async def deleted(client: Client, objects: list[ConfigMap]) -> None:
    assert_type(await delete(client, objects, wait=True, timeout=60), Report)
    await delete(client, objects, propagation_policy="Now")  # E: mypy[arg-type] pyright[reportArgumentType]


async def compared(client: Client, objects: list[ConfigMap]) -> None:
    shop = ApplySet("shop", namespace="default", parent="ConfigMap")
    changes = await diff(client, objects, field_manager="tests", apply_set=shop)
    assert_type(changes, list[Change])
    assert_type(changes[0].text(), str)
    assert_type(changes[0].patch, JsonPatch)
    await diff(client, objects)  # E: mypy[call-arg] pyright[reportCallIssue]
    await apply(client, objects, field_manager="tests", apply_set=shop)
    await diff(client, objects, field_manager="me", apply_set="x")  # E: mypy[arg-type] pyright[reportArgumentType]
    assert_type(await adopt(client, shop, objects), Report)
    assert_type(await remove(client, shop), Report)
    ApplySet("shop", parent="Pod")  # E: mypy[arg-type] pyright[reportArgumentType]


def failed(error: OperationError) -> None:
    assert_type(error.report.failures, list[Result])
