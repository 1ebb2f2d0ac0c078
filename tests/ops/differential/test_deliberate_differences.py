"""Documents that Kubex treats in another way than kubectl, on purpose."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import kubex_ops
from kubex import create_client
from kubex.errors import KubexError, ManifestError, NamespaceError
from kubex.manifests import load
from kubex_testing import ServerHandle
from kubex_testing.embedded import EmbeddedServer
from ops.differential.kubectl import Done, Kubectl
from support.kubectl import require_kubectl

EXISTING = "{apiVersion: v1, kind: ConfigMap, metadata: {name: existing}, data: {a: '0'}}"
TWICE = """
{apiVersion: v1, kind: ConfigMap, metadata: {name: twice}, data: {a: '1'}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: twice}, data: {a: '2'}}
"""


@dataclass(frozen=True)
class Row:
    """A document, and what both programs do with it. A text of `kubectl` or `kubex` is a part of the error."""

    name: str
    text: str
    kubectl: str
    kubex: str
    error: type[KubexError] | None = None
    """The exception of Kubex, or None if `kubex` is the outcome."""
    namespace: str | None = None
    """The namespace of the command and of the call."""


ROWS = [
    Row(
        "a key twice: kubectl takes the last value",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: key-twice\ndata:\n  a: '1'\n  a: '2'\n",
        kubectl="",
        kubex="line 6",
        error=ManifestError,
    ),
    Row(
        "an object twice: in kubectl the last document wins",
        TWICE,
        kubectl="",
        kubex="same object",
        error=ManifestError,
    ),
    Row(
        "managedFields of an exported object",
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: exported, managedFields: [{manager: m}]}}",
        kubectl="metadata.managedFields must be nil",
        kubex="created",
    ),
    Row(
        "an old resourceVersion",
        EXISTING.replace("name: existing", "name: existing, resourceVersion: '1'").replace("'0'", "'1'"),
        kubectl="the object has been modified",
        kubex="configured",
    ),
    Row(
        "the UID of another object",
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: moved, uid: 11111111-1111-1111-1111-111111111111}}",
        kubectl="uid mismatch",
        kubex="created",
    ),
    Row(
        "another namespace than that of the command",
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: elsewhere, namespace: default}}",
        kubectl='does not match the namespace "$NAMESPACE"',
        kubex="namespace='$NAMESPACE'",
        error=NamespaceError,
        namespace="$NAMESPACE",
    ),
    Row(
        "generateName",
        "{apiVersion: v1, kind: ConfigMap, metadata: {generateName: random-}}",
        kubectl="cannot use generate name with apply",
        kubex="generateName",
        error=ManifestError,
    ),
]


@pytest.fixture(scope="module", params=["embedded", "real"])
def handle(request: pytest.FixtureRequest) -> Iterator[ServerHandle]:
    if request.param == "real":
        yield request.getfixturevalue("kubex_control_plane")
        return
    server = EmbeddedServer()
    with server:
        yield server.handle_for_programs


@pytest.fixture(scope="module")
def namespace() -> str:
    return f"deliberate-{uuid.uuid4().hex[:6]}"


@pytest.fixture(scope="module")
def kubectl(handle: ServerHandle, namespace: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kubectl]:
    program = Kubectl(require_kubectl(), handle, tmp_path_factory.mktemp("kubectl"), namespace)
    assert program.run("create", "namespace", namespace).exit_code == 0
    yield program
    program.run("delete", "namespace", namespace, "--wait=false")


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_deliberate_difference(
    row: Row, handle: ServerHandle, kubectl: Kubectl, namespace: str, tmp_path: Path
) -> None:
    def for_namespace(text: str) -> str:
        return text.replace("$NAMESPACE", namespace)

    existing = tmp_path / "existing.yaml"
    existing.write_text(EXISTING)
    assert kubectl.apply([existing], before_retry=lambda: None).exit_code == 0
    file = tmp_path / "document.yaml"
    file.write_text(for_namespace(row.text))
    arguments = [f"--namespace={for_namespace(row.namespace)}"] if row.namespace else []
    check(kubectl.run("apply", "--server-side", "--dry-run=server", f"--filename={file}", *arguments), row, namespace)
    called = None if row.namespace is None else for_namespace(row.namespace)
    async with create_client(handle.configuration(namespace)) as client:
        if row.error is None:
            report = await kubex_ops.apply(client, load(file), field_manager="kubectl", namespace=called)
            assert [result.outcome for result in report.results] == [row.kubex]
        else:
            with pytest.raises(row.error) as caught:
                await kubex_ops.apply(client, load(file), field_manager="kubectl", namespace=called)
            assert for_namespace(row.kubex) in str(caught.value)


def check(done: Done, row: Row, namespace: str) -> None:
    """Check what kubectl has printed."""
    assert (done.exit_code == 0) == (row.kubectl == ""), done.errors
    assert row.kubectl.replace("$NAMESPACE", namespace) in done.errors


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_diff_shows_objects_of_a_new_namespace(
    handle: ServerHandle, kubectl: Kubectl, namespace: str, tmp_path: Path
) -> None:
    file = tmp_path / "new.yaml"
    file.write_text(
        f"{{apiVersion: v1, kind: Namespace, metadata: {{name: {namespace}-new}}}}\n---\n"
        f"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: a, namespace: {namespace}-new}}}}\n"
    )
    done, _ = kubectl.diff([file])
    assert f'namespaces "{namespace}-new" not found' in done.errors
    async with create_client(handle.configuration(namespace)) as client:
        changes = await kubex_ops.diff(client, load(file), field_manager="kubectl")
    assert [(change.document.kind, change.checked) for change in changes] == [("Namespace", True), ("ConfigMap", False)]
