"""Generate models from live servers: the packages of this workspace, and custom resources."""

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from kubex.api import Api
from kubex.client import Client, create_client
from kubex.models import crd_for
from kubex.models.markers import HasScale, HasStatus
from kubex_codegen import Document, Options, fetch_document, generate
from kubex_codegen.__main__ import main
from kubex_codegen._resources import find_resources
from kubex_k8s.v1_37.apiextensions.v1 import CustomResourceDefinition
from kubex_testing import ServerHandle
from kubex_testing.controlplane import ControlPlane, ControlPlaneUnavailable
from kubex_testing.embedded import Answer, EmbeddedServer
from models.widgets import Widget
from support.openapi_documents import document, package_folder

ALL_APIS_FLAGS = ("--runtime-config=api/all=true", "--feature-gates=AllAlpha=true,AllBeta=true")


@pytest.fixture(scope="module")
def server() -> Iterator[ServerHandle]:
    """Start a kube-apiserver with all APIs."""
    control_plane = ControlPlane(extra_apiserver_args=ALL_APIS_FLAGS)
    try:
        handle = control_plane.start()
    except ControlPlaneUnavailable as error:
        pytest.skip(str(error))
    yield handle
    control_plane.stop()


async def fetch(server: ServerHandle) -> Document:
    """Read the document of a server."""
    async with create_client(server.configuration()) as client:
        return await fetch_document(client)


async def fetch_groups(server: ServerHandle, groups: frozenset[str]) -> Document:
    """Read the documents of some groups of a server."""
    async with create_client(server.configuration()) as client:
        return await fetch_document(client, groups)


async def minor_version(server: ServerHandle) -> str:
    """Return the minor version of a server, such as `1.37`."""
    async with create_client(server.configuration()) as client:
        found = await client.version()
        return f"{found.major}.{found.minor}"


async def published(server: ServerHandle) -> None:
    """Create the definition of widgets, and wait until the documents of the server contain it."""
    async with create_client(server.configuration()) as client:
        await Api(CustomResourceDefinition, client).create(CustomResourceDefinition.model_validate(crd_for(Widget)))
        with anyio.fail_after(30):
            while "Widget" not in await openapi_text(client):
                await anyio.lowlevel.checkpoint()


async def openapi_text(client: Client) -> str:
    """Return the OpenAPI document of models.example.com, or an empty string."""
    index = json.loads((await client.request("GET", "/openapi/v3")).body)["paths"]
    if "apis/models.example.com/v1" not in index:
        return ""
    found = json.loads((await client.request("GET", "/openapi/v3/apis/models.example.com/v1")).body)
    return " ".join(found["components"]["schemas"])


def test_document_of_a_live_server_generates_the_package_of_its_version(server: ServerHandle) -> None:
    version = anyio.run(minor_version, server)
    # Another test may have created a definition.
    groups = frozenset(resource.group or "core" for resource in find_resources(document(version)))
    files = generate(anyio.run(fetch, server), Options(descriptions=False, reference=version, groups=groups))
    folder = package_folder(version)
    for name, openapi_text in files.items():
        assert (folder / name).read_bytes().decode() == openapi_text, name
    assert len(files) == len([path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"])


@pytest.mark.parametrize("groups", [{"core"}, {"apps", "batch"}, {"apiextensions.k8s.io"}])
def test_selected_groups_generate_the_same_models(server: ServerHandle, groups: set[str]) -> None:
    options = Options(groups=frozenset(groups))
    part = anyio.run(fetch_groups, server, options.groups)
    whole = anyio.run(fetch, server)
    assert generate(part, options) == generate(whole, options)
    assert len(part.paths) < len(whole.paths)


def test_custom_resources_are_generated_from_a_cluster(
    server: ServerHandle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    anyio.run(published, server)
    monkeypatch.setenv("KUBECONFIG", str(server.write_kubeconfig(tmp_path / "kubeconfig")))
    monkeypatch.syspath_prepend(str(tmp_path))
    command = [
        "--from-cluster",
        "--group",
        "models.example.com",
        "-o",
        str(tmp_path),
        "--package",
        "kubex_cluster_models",
    ]
    assert main(command) == 0, capsys.readouterr().err
    package = importlib.import_module("kubex_cluster_models.models_example_com.v1")
    resource = package.Widget.__resource__
    assert (resource.plural, resource.subresources) == ("widgets", {"status", "scale"})
    assert issubclass(package.Widget, HasScale)
    assert issubclass(package.Widget, HasStatus)
    spec = {"size": 1, "requiredText": "x", "port": "http", "parts": [{"from": "a", "sourceURL": "b"}], "free": [1]}
    widget = package.Widget.model_validate({"metadata": {"name": "w"}, "spec": spec})
    assert widget.spec.parts[0].source_url == "b"
    assert widget.to_dict()["spec"] == spec
    module = tmp_path / "kubex_cluster_models" / "models_example_com" / "v1" / "_widget.py"
    assert '"""The name of the widget."""' in module.read_text()
    for name in [name for name in sys.modules if name.startswith("kubex_cluster_models")]:
        del sys.modules[name]


def test_missing_context_is_a_one_line_error(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    kubex_server_handle: ServerHandle,
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(kubex_server_handle.write_kubeconfig(tmp_path / "kubeconfig")))
    assert main(["--from-cluster", "--context", "absent", "-o", str(tmp_path / "models")]) == 1
    assert "absent" in capsys.readouterr().err


def test_server_without_openapi_documents_is_a_one_line_error(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    server = EmbeddedServer()
    server.inject(lambda request: request.target.startswith("/openapi/"), Answer(404), times=None)
    with server as handle:
        monkeypatch.setenv("KUBECONFIG", str(handle.write_kubeconfig(tmp_path / "kubeconfig")))
        assert main(["--from-cluster", "-o", str(tmp_path / "models")]) == 1
    assert "GET /openapi/v2" in capsys.readouterr().err
