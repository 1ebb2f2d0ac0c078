"""`kubex_ops.apply()` on both servers."""

import json
from typing import Any

import anyio
import pytest

from behaviour.manifests import config_map, custom_resource, definition, documents, webhook
from kubex.api import Api
from kubex.client import Client, create_client
from kubex.discovery import Discovery
from kubex.errors import Conflict, Forbidden, NoSuchKind
from kubex.models import ObjectMeta
from kubex.transport import Backend
from kubex_k8s.v1_37.core.v1 import ConfigMap, Namespace
from kubex_k8s.v1_37.rbac.v1 import ClusterRole, PolicyRule, RoleBinding, RoleRef, Subject
from kubex_ops import Report, Result, apply, delete
from kubex_ops.errors import OperationError
from kubex_testing import ServerHandle
from kubex_testing.embedded import Answer, EmbeddedServer
from ops.interrupted_applies import check, content_of
from runtime.machine.server_model import seeded

pytestmark = pytest.mark.anyio

MANAGER = "tests"
_READ = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}
_CREATE_PODS = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}


def outcomes(report: Report) -> list[tuple[str | None, str]]:
    """Return the name and the outcome of each object."""
    return [(result.document.name, result.outcome) for result in report.results]


async def failure(client: Client, objects: list[Any], **options: Any) -> Report:
    """Apply objects, which must fail, and return the report."""
    with pytest.raises(OperationError) as raised:
        await apply(client, objects, field_manager=MANAGER, **options)
    assert raised.value.__cause__ is raised.value.report.failures[0].error
    return raised.value.report


async def test_apply_reports_what_happened_to_each_object(client: Client) -> None:
    first = await apply(client, [config_map("a"), config_map("b")], field_manager=MANAGER)
    assert outcomes(first) == [("a", "created"), ("b", "created")]
    changed = [config_map("a"), config_map("b", {"color": "red"}), config_map("c")]
    second = await apply(client, changed, field_manager=MANAGER)
    assert outcomes(second) == [("a", "unchanged"), ("b", "configured"), ("c", "created")]
    assert second.counts == {"unchanged": 1, "configured": 1, "created": 1}
    stored = second.results[1].object
    assert stored is not None
    assert stored["data"] == {"color": "red"}
    assert str(second) == "1 unchanged, 1 configured, 1 created"


async def test_apply_accepts_documents_models_and_json(client: Client) -> None:
    text = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {color: red}}"
    model = ConfigMap(metadata=ObjectMeta(name="b"), data={"color": "red"})
    report = await apply(client, [*documents(text), model, config_map("c", {"color": "red"})], field_manager=MANAGER)
    assert report.counts == {"created": 3}
    stored = await Api(ConfigMap, client).list(field_selector="metadata.name!=kube-root-ca.crt")
    assert [(item.metadata.name, item.data) for item in stored] == [(name, {"color": "red"}) for name in "abc"]


async def test_apply_does_not_send_metadata_of_the_server(client: Client) -> None:
    stored = (await apply(client, [config_map("a", {"color": "red"})], field_manager=MANAGER)).results[0].object
    assert stored is not None
    assert {"managedFields", "resourceVersion", "uid"} <= stored["metadata"].keys()
    await apply(client, [config_map("a", {"size": "1"})], field_manager="other")
    assert outcomes(await apply(client, [stored], field_manager=MANAGER)) == [("a", "unchanged")]
    await Api(ConfigMap, client).delete("a")
    assert outcomes(await apply(client, [stored], field_manager=MANAGER)) == [("a", "created")]


async def test_apply_removes_fields_that_are_no_longer_in_a_document(client: Client) -> None:
    await apply(client, [config_map("a", {"color": "red", "size": "1"})], field_manager=MANAGER)
    await apply(client, [config_map("a", {"color": "red"})], field_manager=MANAGER)
    assert (await Api(ConfigMap, client).get("a")).data == {"color": "red"}


async def test_apply_reports_a_conflict_unless_it_is_forced(client: Client) -> None:
    await apply(client, [config_map("a", {"color": "red"})], field_manager="other")
    changed = [config_map("a", {"color": "blue"}), config_map("b")]
    report = await failure(client, changed)
    assert outcomes(report) == [("a", "failed"), ("b", "created")]
    assert isinstance(report.results[0].error, Conflict)
    assert (await apply(client, changed, field_manager=MANAGER, force=True)).counts == {"configured": 1, "unchanged": 1}


async def test_apply_rejects_unknown_fields_by_default(client: Client) -> None:
    wrong = {**config_map("a"), "dat": {}}
    report = await failure(client, [wrong])
    assert "dat: field not declared in schema" in str(report.results[0].error)


@pytest.mark.covers("python-740")
@pytest.mark.parametrize("seed", range(3))
async def test_apply_of_a_set_does_not_depend_on_the_order(client: Client, namespace: str, seed: int) -> None:
    kind, inner = f"Order{seed}", f"{namespace}-{seed}"
    kind += namespace.rpartition("-")[2].capitalize()
    objects = [
        definition(kind),
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": inner}},
        custom_resource(kind, "one", namespace=inner),
        config_map("settings", namespace=inner),
        config_map("others"),
    ]
    seeded(seed).shuffle(objects)
    report = await apply(client, objects, field_manager=MANAGER)
    assert report.counts == {"created": 5}
    assert [result.document.value for result in report.results] == objects
    assert (await apply(client, objects, field_manager=MANAGER)).counts == {"unchanged": 5}


async def test_apply_calls_the_callback_with_each_result(client: Client) -> None:
    seen: list[Result] = []
    objects = [config_map("a"), {**config_map("b"), "dat": 1}, config_map("b2")]
    report = await failure(client, objects, on_result=seen.append)
    assert sorted(seen, key=lambda result: result.document.name or "") == list(report.results)


async def test_apply_raises_the_error_of_the_callback(client: Client) -> None:
    def fail(result: Result) -> None:
        raise ValueError(result.document.name)

    with pytest.raises(ValueError, match="a"):
        await apply(client, [config_map("a")], field_manager=MANAGER, on_result=fail)


async def test_apply_fills_the_namespace(client: Client, namespace: str) -> None:
    report = await apply(client, [config_map("a")], field_manager=MANAGER)
    stored = report.results[0].object
    assert stored is not None
    assert stored["metadata"]["namespace"] == namespace
    report = await apply(client, [config_map("b")], field_manager=MANAGER, namespace="default")
    stored = report.results[0].object
    assert stored is not None
    assert stored["metadata"]["namespace"] == "default"
    await Api(ConfigMap, client).delete("b", namespace="default")


async def test_apply_ignores_the_namespace_for_cluster_scoped_kinds(client: Client, namespace: str) -> None:
    metadata = {"name": f"{namespace}-role", "namespace": "other"}
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": metadata}
    assert (await apply(client, [role], field_manager=MANAGER, namespace=namespace)).counts == {"created": 1}
    await Api(ClusterRole, client).delete(f"{namespace}-role")


async def test_dry_run_stores_nothing(client: Client) -> None:
    await apply(client, [config_map("a"), config_map("b")], field_manager=MANAGER)
    changed = [config_map("a"), config_map("b", {"color": "red"}), config_map("c")]
    report = await apply(client, changed, field_manager=MANAGER, dry_run=True)
    assert outcomes(report) == [("a", "unchanged"), ("b", "configured"), ("c", "created")]
    assert all(result.checked for result in report.results)
    assert not (await Api(ConfigMap, client).get("b")).data
    assert await Api(ConfigMap, client).get_or_none("c") is None


async def test_dry_run_reports_objects_that_cannot_be_checked(client: Client, namespace: str) -> None:
    kind, inner = "Dry" + namespace.rpartition("-")[2].capitalize(), f"{namespace}-dry"
    objects = [
        custom_resource(kind, "one"),
        config_map("a", namespace=inner),
        config_map("b"),
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": inner}},
        definition(kind),
    ]
    report = await apply(client, objects, field_manager=MANAGER, dry_run=True)
    assert report.counts == {"created": 5}
    assert [result.checked for result in report.results] == [False, False, True, True, True]
    assert await Api(Namespace, client).get_or_none(inner) is None


async def test_a_kind_that_the_server_does_not_have_fails(client: Client) -> None:
    report = await failure(client, [custom_resource("Nothing", "x"), config_map("a")])
    assert outcomes(report) == [("x", "failed"), ("a", "created")]
    assert isinstance(report.results[0].error, NoSuchKind)


async def test_a_phase_with_a_failure_skips_later_phases(client: Client, namespace: str) -> None:
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web"},
        "spec": {"ports": [{"port": 80}]},
    }
    hook = webhook(f"{namespace}-hook", {}, namespace=namespace)
    objects = [hook, service, config_map("a"), {**config_map("b"), "dat": 1}, config_map("c")]
    report = await failure(client, objects)
    assert [result.outcome for result in report.results] == ["skipped", "skipped", "created", "failed", "created"]
    text = str(OperationError(report))
    assert text.startswith("1 of 5 objects failed (2 skipped, 2 created, 1 failed)\n  ConfigMap b")
    assert "dat" in text


async def test_webhooks_are_applied_after_the_objects_that_they_reject(client: Client, namespace: str) -> None:
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["configmaps", "services"]}
    hook = webhook(f"{namespace}-hook", rule, namespace=namespace)
    objects = [hook, config_map("a"), config_map("b")]
    try:
        assert (await apply(client, objects, field_manager=MANAGER)).counts == {"created": 3}
    finally:
        await client.request(
            "DELETE", f"/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/{namespace}-hook"
        )


async def test_an_object_that_refers_to_a_later_one_is_tried_again(
    client: Client, server: ServerHandle, backend: Backend, namespace: str
) -> None:
    user = f"{namespace}-user"
    everything = PolicyRule(api_groups=["*"], resources=["*"], verbs=["*"])
    await Api(ClusterRole, client).create(ClusterRole(metadata=ObjectMeta(name=user), rules=[everything]))
    subject = Subject(kind="User", name=user, api_group="rbac.authorization.k8s.io")
    role = RoleRef(api_group="rbac.authorization.k8s.io", kind="ClusterRole", name=user)
    binding = RoleBinding(metadata=ObjectMeta(name=user), subjects=[subject], role_ref=role)
    await Api(RoleBinding, client).create(binding)
    group = "rbac.authorization.k8s.io"
    objects: list[dict[str, Any]] = [
        # Without the right to bind all roles, the server checks the rights of the role, which must exist.
        {
            "apiVersion": f"{group}/v1",
            "kind": "RoleBinding",
            "metadata": {"name": "b"},
            "roleRef": {"apiGroup": group, "kind": "Role", "name": "r"},
        },
        {"apiVersion": f"{group}/v1", "kind": "Role", "metadata": {"name": "r"}, "rules": [_READ]},
    ]
    async with create_client(server.as_user(user).configuration(namespace=namespace), client_class=backend) as limited:
        report = await apply(limited, objects, field_manager=MANAGER, concurrency=1)
    assert report.counts == {"created": 2}


async def test_a_rejected_object_is_tried_again_if_another_one_was_applied(
    embedded_client: Client, kubex_server: EmbeddedServer
) -> None:
    path = "/api/v1/namespaces/default/configmaps/a"
    with kubex_server.inject(f"PATCH {path}", Answer(403, b"no")):
        objects = [config_map("a"), config_map("b")]
        assert (await apply(embedded_client, objects, field_manager=MANAGER)).counts == {"created": 2}
    kubex_server.clear_requests()
    with kubex_server.inject(f"PATCH {path}", Answer(403, b"no"), times=None):
        report = await failure(embedded_client, [*objects, config_map("c")])
        assert report.counts == {"failed": 1, "unchanged": 1, "created": 1}
        assert len([each for each in kubex_server.requests if each.method == "PATCH" and each.path == path]) == 2
        kubex_server.clear_requests()
        # Nothing changed that could explain the error.
        await failure(embedded_client, objects)
        assert len([each for each in kubex_server.requests if each.method == "PATCH" and each.path == path]) == 1


async def test_forbidden_objects_fail(client: Client, server: ServerHandle, backend: Backend, namespace: str) -> None:
    anonymous = server.anonymous().configuration(namespace=namespace)
    async with create_client(anonymous, client_class=backend) as other:
        report = await failure(other, [config_map("a"), config_map("b")], discovery=Discovery(client))
    assert [type(result.error) for result in report.results] == [Forbidden, Forbidden]


async def test_a_cancelled_apply_can_be_repeated(client: Client) -> None:
    objects = [config_map(f"c{number}") for number in range(10)]
    with anyio.CancelScope() as scope:
        await apply(client, objects, field_manager=MANAGER, on_result=lambda _: scope.cancel(), concurrency=2)
    assert scope.cancelled_caught
    report = await apply(client, objects, field_manager=MANAGER)
    assert report.counts["unchanged"] >= 1
    assert (await apply(client, objects, field_manager=MANAGER)).counts == {"unchanged": 10}


async def test_the_same_document_twice_is_applied_once(client: Client) -> None:
    report = await apply(client, [config_map("a"), config_map("a")], field_manager=MANAGER)
    assert outcomes(report) == [("a", "created"), ("a", "unchanged")]


@pytest.mark.parametrize("seed", range(3))
async def test_an_interrupted_apply_can_be_repeated(
    embedded_client: Client, kubex_server: EmbeddedServer, seed: int
) -> None:
    await check(embedded_client, kubex_server, seed)


async def test_an_apply_that_failed_at_any_object_can_be_repeated(client: Client, namespace: str) -> None:
    kind = "Repeat" + namespace.rpartition("-")[2].capitalize()

    def objects(number: int) -> list[dict[str, Any]]:
        inner = f"{namespace}-{number}"
        return [
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": inner, "labels": {"tests": "yes"}}},
            definition(kind),
            config_map("settings", {"color": "red"}, namespace=inner),
            custom_resource(kind, "one", namespace=inner),
            webhook(f"{inner}-hook", _CREATE_PODS, namespace=inner),
        ]

    def comparable(report: Report, number: int) -> list[str]:
        """Return the content of the objects, without the namespace of the attempt."""
        texts = [json.dumps(content_of(result.object), sort_keys=True) for result in report.results]
        return [text.replace(f"{namespace}-{number}", "x") for text in texts]

    expected = comparable(await apply(client, objects(9), field_manager=MANAGER), 9)
    for position in range(5):
        broken = objects(position)
        broken[position] = {**broken[position], "metadata": {**broken[position]["metadata"], "labels": {"-": "-"}}}
        report = await failure(client, broken)
        assert report.results[position].outcome == "failed"
        await apply(client, objects(position), field_manager=MANAGER)
        report = await apply(client, objects(position), field_manager=MANAGER)
        assert [result.outcome for result in report.results] == ["unchanged"] * 5, report.results
        assert comparable(report, position) == expected
    for number in (*range(5), 9):
        await delete(client, objects(number)[4:])
