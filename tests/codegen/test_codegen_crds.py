"""Models from CustomResourceDefinitions are equal to models from the document of a server."""

import gzip
import importlib
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest
import yaml

from kubex.api import Api
from kubex.client import Client, create_client
from kubex.models import NamespacedResource
from kubex.models.markers import HasScale, HasStatus
from kubex_codegen import CodegenError, Options, fetch_document, generate, read_document
from kubex_codegen.__main__ import main
from kubex_k8s.v1_37.apiextensions.v1 import CustomResourceDefinition
from kubex_testing import ServerHandle
from kubex_testing.controlplane import ControlPlane, ControlPlaneUnavailable

CRDS = Path(__file__).parent / "crds"
GROUP = "shop.example.com"
NAME = "kubex_crd_models"

MINIMAL: dict[str, Any] = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "widgets.example.com"},
    "spec": {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"kind": "Widget", "plural": "widgets"},
        "versions": [
            {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}},
        ],
    },
}


def definitions() -> list[dict[str, Any]]:
    """Return the definitions in the folder."""
    documents = [
        *yaml.safe_load_all((CRDS / "constructs.yaml").read_text()),
        *yaml.safe_load_all((CRDS / "versions.yml").read_text()),
        *json.loads((CRDS / "more" / "list.json").read_text())["items"],
    ]
    return [item for item in documents if item and item["kind"] == "CustomResourceDefinition"]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Generate an importable package from the folder with the command."""
    folder = tmp_path_factory.mktemp("crds")
    assert main([str(CRDS), "-o", str(folder), "--package", NAME]) == 0
    sys.path.insert(0, str(folder))
    yield folder / NAME
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.startswith(NAME)]:
        del sys.modules[name]


def test_folder_generates_all_served_versions_with_their_subresources(package: Path) -> None:
    v1, v1beta1, v1beta2 = (importlib.import_module(f"{NAME}.shop_example_com.{name}") for name in _VERSIONS)
    assert sorted(path.name for path in (package / "shop_example_com").iterdir() if path.name[0] == "v") == _VERSIONS
    assert v1.Order.__resource__.subresources == {"status", "scale"}
    assert v1.Item.__resource__.subresources == v1.Shop.__resource__.subresources == frozenset()
    bases = [(issubclass(kind, HasStatus), issubclass(kind, HasScale)) for kind in (v1beta1.Shop, v1beta2.Shop)]
    assert bases == [(False, True), (True, False)]
    assert (issubclass(v1.Order, NamespacedResource), issubclass(v1.Shop, NamespacedResource)) == (True, False)
    assert (v1.Order.__resource__.list_kind, v1.Shop.__resource__.list_kind) == ("OrderList", "ShopCollection")


_VERSIONS = ["v1", "v1beta1", "v1beta2"]


def test_objects_with_all_constructs_round_trip_unchanged(package: Path) -> None:
    order = importlib.import_module(f"{NAME}.shop_example_com.v1").Order
    spec = {
        "extra": {"a": ["b"]},
        "request": "YWJj",
        "issuerRef": {"name": "i"},
        "solver": {"dns": {"any": [1]}, "http": {"podTemplate": {"metadata": {"annotations": {"a": "b"}}}}},
        "webhookConfig": [1, "a", None],
        "expr": 1,
        "limits": {"cpu": "1", "pods": 2},
        "for": "1m",
        "keep_firing_for": "2m",
        "volumeClaimTemplate": {"apiVersion": "v1", "kind": "X", "metadata": {"name": "a"}, "spec": {"more": 1}},
        "priority": 1,
        "match": [{"exact": "a"}],
        "targetRefs": [{"group": "", "kind": "Service", "name": "s"}],
        "generators": [{"list": {"elements": [{"a": 1}, "b"]}}],
        "type": "t",
        "required": True,
        "items": ["a"],
        "properties": {"a": "b"},
        "additionalProperties": True,
        "from": "f",
        "global": "g",
        "$ref": "r",
        "x-custom": "x",
        "caBundleURL": "u",
        "clusterIPs": ["10.0.0.1"],
        "matrix": [[1, 1.5], []],
        "tree": {"a": {"b": {"leaf": "c"}}},
        "maybe": [None, "a"],
        "maybeMap": {"a": None},
    }
    wanted = {
        "apiVersion": f"{GROUP}/v1",
        "kind": "Order",
        "metadata": {"name": "o"},
        "operation": {"retry": 1},
        "spec": spec,
        "status": {"conditions": [{"type": "Ready", "status": "True"}], "more": {"a": 1}},
    }
    assert order.model_validate_json(json.dumps(wanted)).to_dict() == wanted


def test_generated_code_passes_both_type_checkers(package: Path) -> None:
    root = Path(__file__).parents[2]
    for command in (
        ("mypy", "--strict", "--cache-dir", ".mypy_cache", str(package)),
        ("pyright", "--pythonpath", sys.executable, str(package)),
    ):
        done = subprocess.run((sys.executable, "-m", *command), cwd=root, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def server() -> Iterator[ServerHandle]:
    """Start a kube-apiserver."""
    control_plane = ControlPlane(controller_manager=False)
    try:
        handle = control_plane.start()
    except ControlPlaneUnavailable as error:
        pytest.skip(str(error))
    yield handle
    control_plane.stop()


async def _published(client: Client) -> bool:
    index = json.loads((await client.request("GET", "/openapi/v3")).body)["paths"]
    for version, kinds in (("v1", "Order Shop Item"), ("v1beta1", "Shop"), ("v1beta2", "Shop")):
        name = f"apis/{GROUP}/{version}"
        if name not in index:
            return False
        schemas = json.loads((await client.request("GET", f"/openapi/v3/{name}")).body)["components"]["schemas"]
        if not all(f"com.example.shop.{version}.{kind}" in schemas for kind in kinds.split()):
            return False
    return True


@pytest.mark.filterwarnings('ignore:unrecognized format "uint32":kubex.errors.ApiWarning')
def test_files_and_a_live_server_generate_the_same_code(server: ServerHandle) -> None:
    async def fetch() -> dict[str, str]:
        async with create_client(server.configuration()) as client:
            for definition in definitions():
                await Api(CustomResourceDefinition, client).create(CustomResourceDefinition.model_validate(definition))
            with anyio.fail_after(60):
                while not await _published(client):
                    await anyio.lowlevel.checkpoint()
            return generate(await fetch_document(client, {GROUP}), Options(groups=frozenset({GROUP})))

    live = anyio.run(fetch)
    assert generate(read_document(CRDS)) == live


@pytest.mark.parametrize("form", ["yaml", "json", "gzip", "standard input", "several documents", "list"])
def test_all_formats_of_a_definition_generate_the_same_code(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "crd"
    content = yaml.safe_dump(MINIMAL).encode()
    if form == "json":
        content = json.dumps(MINIMAL).encode()
    elif form == "gzip":
        content = gzip.compress(content)
    elif form == "several documents":
        content = b"---\n# a comment\n---\nkind: Service\n---\n" + content + b"---\n" + content
    elif form == "list":
        items = [{"kind": "Service"}, MINIMAL]
        content = json.dumps({"apiVersion": "v1", "kind": "CustomResourceDefinitionList", "items": items}).encode()
    if form == "standard input":
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        path = Path("-")
    else:
        path.write_bytes(content)
    files = generate(read_document(path))
    assert "class Widget(NamespacedResource):" in files["example_com/v1/_widget.py"]
    assert len([name for name in files if name.startswith("example_com/v1/_")]) == 2


def with_spec(**spec: Any) -> dict[str, Any]:
    return {**MINIMAL, "spec": {**MINIMAL["spec"], **spec}}


VERSION: dict[str, Any] = MINIMAL["spec"]["versions"][0]
INVALID_DEFINITIONS: dict[str, tuple[Any, str]] = {
    "an old version": (
        {**MINIMAL, "apiVersion": "apiextensions.k8s.io/v1beta1"},
        "crd is a CustomResourceDefinition of apiextensions.k8s.io/v1beta1, which API servers do not support any more",
    ),
    "no spec": ({**MINIMAL, "spec": None}, "crd: spec must be an object, not null"),
    "no group": (with_spec(group=""), "crd: spec.group must be a non-empty string"),
    "no names": (with_spec(names=[]), "crd: spec.names must be an object, not a list"),
    "no kind": (with_spec(names={"plural": "a"}), "crd: spec.names.kind must be a non-empty string"),
    "no versions": (with_spec(versions={}), "crd: spec.versions must be a list, not an object"),
    "no served version": (
        with_spec(versions=[{**VERSION, "served": False}]),
        "crd does not serve any version; set `served: true`",
    ),
    "no schema": (
        with_spec(versions=[{**VERSION, "schema": {}}]),
        "versions[0].schema.openAPIV3Schema must be an object",
    ),
    "a list of properties": (
        with_spec(versions=[{**VERSION, "schema": {"openAPIV3Schema": {"properties": [1]}}}]),
        "openAPIV3Schema.properties must be an object, not a list",
    ),
    "another kind": (
        {"kind": "Service"},
        "crd contains neither an OpenAPI document nor a CustomResourceDefinition: it contains Service",
    ),
    "a text": ("text", "it contains no Kubernetes objects; the input must be an OpenAPI document in JSON"),
    "nothing": (None, "it contains no Kubernetes objects"),
}


@pytest.mark.parametrize(("content", "message"), INVALID_DEFINITIONS.values(), ids=INVALID_DEFINITIONS.keys())
def test_invalid_definition_is_an_error_that_names_the_location(
    content: Any, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("crd").write_text(yaml.safe_dump(content))
    with pytest.raises(CodegenError) as caught:
        generate(read_document(Path("crd")))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{{ if .Values.crds }}\nkind: x", "cannot read .*a.yaml"),
        ("kind: {{ .Values.kind }}\n- a", "cannot read .*a.yaml: .*; render templates first"),
        ("a: 1\na: 2", "cannot read .*a.yaml: the key a is repeated"),
        ("a: &a [*b]", "cannot read .*a.yaml: an alias refers to an unknown anchor"),
        ("\x00", "cannot read .*a.yaml"),
    ],
)
def test_unreadable_file_in_a_folder_is_an_error_that_names_it(content: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(content)
    (tmp_path / "crd.json").write_text(json.dumps(MINIMAL))
    with pytest.raises(CodegenError, match=message):
        read_document(tmp_path)


def test_two_different_definitions_of_a_kind_are_an_error_that_names_both(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(MINIMAL))
    (tmp_path / "b.json").write_text(json.dumps(with_spec(scope="Cluster")))
    with pytest.raises(CodegenError, match=r"is defined in .*a\.json and differently in .*b\.json"):
        read_document(tmp_path)


def test_empty_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("kind: CustomResourceDefinition")
    with pytest.raises(CodegenError, match="contains neither an OpenAPI document nor a CustomResourceDefinition"):
        read_document(tmp_path)
