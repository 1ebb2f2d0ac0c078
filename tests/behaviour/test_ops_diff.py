"""`kubex_ops.diff()`: what an apply would change."""

import json
import logging
from typing import Any

import pytest

from behaviour.apply_sets import Json, config_map, lists, secret
from kubex.api import Api
from kubex.client import Client
from kubex.errors import BadRequest, ConfigurationError, Conflict
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_ops import ApplySet, Change, apply, diff
from kubex_ops.errors import OperationError
from kubex_testing.embedded import Answer, EmbeddedServer
from support.backend_pairs import PAIRS

pytestmark = pytest.mark.anyio

one_pair = pytest.mark.parametrize("pair", PAIRS[:1], ids=str)  # these tests do not depend on the HTTP library

JSON = [("Content-Type", "application/json")]


async def changes(client: Client, *documents: Json, **options: Any) -> list[Change]:
    """Return the changes of documents."""
    return await diff(client, documents, field_manager="me", **options)


async def test_diff_shows_added_removed_and_changed_fields(client: Client, namespace: str) -> None:
    await apply(client, [config_map("a", x="1", old="1"), config_map("same", x="1")], field_manager="me")
    new = {**config_map("new", x="1")}
    found = await changes(client, config_map("a", x="2", new="1"), config_map("same", x="1"), new)
    assert [change.outcome for change in found] == ["configured", "unchanged", "created"]
    changed, same, created = found
    assert sorted(map(str, (operation["path"] for operation in changed.patch.operations))) == [
        "/data/new",
        "/data/old",
        "/data/x",
    ]
    lines = [line for line in changed.text().splitlines() if line.startswith(("+ ", "- "))]
    assert lines == ['-  old: "1"', '-  x: "1"', '+  new: "1"', '+  x: "2"']
    assert same.text() == ""
    assert same.patch.operations == ()
    assert created.before is None
    assert f"+  namespace: {namespace}" in created.text()
    assert await Api(ConfigMap, client).get_or_none("new") is None
    stored = await Api(ConfigMap, client).get("a")
    assert stored.data == {"x": "1", "old": "1"}


@one_pair
async def test_fields_of_the_server_are_not_shown(client: Client) -> None:
    await apply(client, [config_map("a", x="1")], field_manager="me")
    (change,) = await changes(client, config_map("a", x="2"))
    for state in (change.before, change.after):
        assert state is not None
        assert not {"managedFields", "resourceVersion", "generation"} & state["metadata"].keys()


async def test_secret_values_are_nowhere_shown(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    old = {**secret("s"), "data": None, "stringData": {"same": "hunter1", "changed": "hunter2"}}
    await apply(client, [old], field_manager="me")
    new = {**old, "stringData": {"same": "hunter1", "changed": "hunter3", "added": "hunter4"}}
    (change,) = await changes(client, new)
    assert change.outcome == "configured"
    texts = [change.text(), repr(change), str(change), repr(change.before), repr(change.after), repr(change.result)]
    texts += [repr(change.patch), repr(change.patch.operations), caplog.text]
    # The values, and their base64 without the last characters.
    for value in ("hunter", "aHVudGVy"):
        assert not [text for text in texts if value in text]
    assert "*** (before)" in change.text()
    assert "*** (after)" in change.text()
    assert sorted(str(operation["path"]) for operation in change.patch.operations) == ["/data/added", "/data/changed"]


@one_pair
async def test_namespace_and_definition_of_the_same_set_leave_objects_unchecked(client: Client, namespace: str) -> None:
    other, group = f"{namespace}-x", f"{namespace}.example.com"
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    definition: Json = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"toys.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"kind": "Toy", "plural": "toys", "singular": "toy", "listKind": "ToyList"},
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}],
        },
    }
    space: Json = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": other}}
    toy: Json = {"apiVersion": f"{group}/v1", "kind": "Toy", "metadata": {"name": "t"}}
    found = await changes(client, toy, config_map("a", other, x="1"), definition, space)
    assert [(change.outcome, change.checked) for change in found] == [
        ("created", False),
        ("created", False),
        ("created", True),
        ("created", True),
    ]
    assert found[0].after == {**toy, "metadata": {"name": "t", "namespace": namespace}}
    assert "(not checked)" in found[1].text()
    with pytest.raises(OperationError) as caught:
        await changes(client, config_map("a", other))
    assert caught.value.report.failures[0].document.name == "a"


async def test_conflict_of_field_managers_is_an_error_unless_it_is_forced(client: Client) -> None:
    await apply(client, [config_map("a", x="1")], field_manager="other")
    with pytest.raises(OperationError, match=r'conflict with "other"') as caught:
        await changes(client, config_map("a", x="2"), config_map("b"))
    assert [result.outcome for result in caught.value.report.results] == ["failed", "created"]
    assert isinstance(caught.value.__cause__, Conflict)
    (forced,) = await changes(client, config_map("a", x="2"), force=True)
    assert forced.outcome == "configured"


async def test_diff_with_a_set_contains_what_would_be_pruned(client: Client) -> None:
    shop = ApplySet("shop")
    await apply(client, [config_map("a", x="1"), config_map("b", x="1")], field_manager="me", apply_set=shop)
    found = await changes(client, config_map("a", x="1"), secret("c"), apply_set=shop)
    assert [(change.document.name, change.outcome) for change in found] == [
        ("a", "unchanged"),
        ("c", "created"),
        ("b", "pruned"),
    ]
    assert '-  x: "1"' in found[2].text()
    assert await lists(client, "shop") == ("ConfigMap", "")


@one_pair
async def test_empty_field_manager_is_an_error(client: Client) -> None:
    with pytest.raises(ConfigurationError, match="field_manager"):
        await diff(client, [config_map("a")], field_manager="")


async def test_object_that_changes_in_the_meantime_is_compared_again(
    embedded_client: Client, kubex_server: EmbeddedServer
) -> None:
    await apply(embedded_client, [config_map("a", x="1")], field_manager="me")
    kubex_server.inject("patch configmaps", Answer(409, b'{"kind": "Status", "reason": "Conflict"}', JSON), times=2)
    kubex_server.clear_requests()
    (change,) = await changes(embedded_client, config_map("a", x="2"))
    assert change.outcome == "configured"
    methods = [request.method for request in kubex_server.requests if "/configmaps/" in request.path]
    assert methods == ["GET", "PATCH"] * 3


@one_pair
async def test_rejected_dry_run_because_of_a_webhook_is_reported(
    embedded_client: Client, kubex_server: EmbeddedServer
) -> None:
    await apply(embedded_client, [config_map("a", x="1")], field_manager="me")
    message = 'admission webhook "audit.example.com" does not support dry run'
    status = {"kind": "Status", "reason": "BadRequest", "message": message}
    kubex_server.inject("patch configmaps", Answer(400, json.dumps(status).encode(), JSON))
    first, second = await changes(embedded_client, config_map("a", x="2"), secret("s"))
    assert (first.outcome, first.checked, second.outcome) == ("failed", False, "created")
    assert isinstance(first.error, BadRequest)
    assert first.error.message == message
    assert first.before == first.after
    assert first.text().startswith("# ConfigMap a: not checked: 400 BadRequest: admission webhook")
